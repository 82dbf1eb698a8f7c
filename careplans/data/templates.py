"""The common plan templates as data, loaded by migration (R-045). The wording is our own.

The limits are the starting values of norway.md 3.4. None of them is anybody's: a plan from a template cannot be sent
before each limit has been changed or confirmed for the patient, and none counts before a doctor has approved it. What
is said of a patient with «…» is left for the nurse to write.
Loss of weight is given in kilograms a month: 3 kg is 5 % of 60 kg, and the nurse puts in the patient's own.
"""

from typing import Any, Final

_HOURS: Final = (
    "Tjenesten er stengt om kvelden, i helgen og på røde dager. "
    "Ring legevakten på 116 117 når det ikke kan vente, og 113 når det står om livet."
)
_CONTACT: Final = {
    "GREEN": "Oppfølgingstjenesten i åpningstiden, hvis du lurer på noe.",
    "YELLOW": "Ring oppfølgingstjenesten i åpningstiden samme dag. Ellers legevakten på 116 117.",
    "RED": (
        "Ring oppfølgingstjenesten med en gang i åpningstiden. Ellers legevakten på 116 117. "
        "Ring 113 når det står om livet."
    ),
}
_WHO: Final = [
    ("Følge med på målingene i åpningstiden", "Oppfølgingstjenesten"),
    ("Bestemme grenser og medisinske tiltak", "Fastlegen"),
    ("Måle og svare som avtalt", "Pasienten"),
]
_EVERY_DAY: Final = [0, 1, 2, 3, 4, 5, 6]


def _band(quantity: str, **limits: str) -> dict[str, Any]:
    return {"kind": "BAND", "quantity": quantity, **limits}


def _change(quantity: str, hours: int, **limits: str) -> dict[str, Any]:
    return {"kind": "CHANGE", "quantity": quantity, "window_hours": hours, **limits}


def _score(form: str, yellow: str, red: str) -> dict[str, Any]:
    return {"kind": "SCORE", "quantity": form, "yellow_high": yellow, "red_high": red}


def _answer(form: str, item: str, *red: str) -> dict[str, Any]:
    return {"kind": "ANSWER", "quantity": form, "item": item, "red_answers": list(red)}


def _daily(type_code: str) -> dict[str, Any]:
    return {"type_id": type_code, "weekdays": _EVERY_DAY, "times": ["09:00"], "grace_minutes": 120}


def _form(code: str, days: list[int] = _EVERY_DAY) -> dict[str, Any]:
    return {"questionnaire_code": code, "weekdays": days, "times": ["09:00"], "grace_minutes": 360}


def _template(
    *,
    usual: str,
    signs: dict[str, str],
    own: dict[str, list[tuple[str, str]]],
    limits: list[dict[str, Any]],
    schedules: list[dict[str, Any]],
    weeks: int,
    medical: list[tuple[str, str]] = [],  # noqa: B006 - read only
) -> dict[str, Any]:
    """The JSON of a plan's content; the fields that are left out have their defaults."""
    measures = [
        {"zone": zone, "kind": "OWN", "category": category, "text": text, "position": position, "start_alone": True}
        for zone, texts in own.items()
        for position, (category, text) in enumerate(texts)
    ]
    measures += [
        {
            "zone": zone,
            "kind": "MEDICAL",
            "category": "MEDICATION",
            "text": text,
            "position": 50 + position,
            "start_alone": False,
            "responsible": "Fastlegen",
        }
        for position, (zone, text) in enumerate(medical)
    ]
    return {
        "habitual_state": usual,
        "zone_texts": [{"zone": zone, "signs": signs[zone], "contact": _CONTACT[zone]} for zone in signs],
        "measures": measures,
        "thresholds": limits,
        "schedules": schedules,
        "responsibilities": [
            {"position": position, "task": task, "who": who} for position, (task, who) in enumerate(_WHO)
        ],
        "outside_hours": _HOURS,
        "guidance_every_weeks": weeks,
        "guidance_form": "PHONE",
    }


TEMPLATES: Final[dict[str, dict[str, Any]]] = {
    "Kols": _template(
        usual="Pusten er som vanlig når pasienten …",
        signs={
            "GREEN": "Pusten, hosten og slimet er som vanlig.",
            "YELLOW": "Tyngre pust enn vanlig. Mer hoste. Mer slim, eller slim som har fått farge.",
            "RED": "Tungpustet i ro. Forvirret eller uvanlig trett. Klarer ikke å snakke i hele setninger.",
        },
        own={
            "GREEN": [("ACTIVITY", "Gå en tur eller tren litt hver dag."), ("MEDICATION", "Ta de faste medisinene.")],
            "YELLOW": [("OTHER", "Hvil oftere, og bruk leppepust."), ("OTHER", "Mål på nytt etter 15 minutter hvile.")],
            "RED": [("OTHER", "Sett deg godt, len deg fram og ring.")],
        },
        medical=[("YELLOW", "Ekstra doser av den hurtigvirkende inhalasjonen: …"), ("RED", "Kur som ligger hjemme: …")],
        limits=[
            _band("spo2", yellow_low="90", red_low="88"),
            _band("pulse", yellow_high="100", red_high="120"),
            _band("respiration_rate", yellow_high="20", red_high="24"),
            _score("symptoms_copd", "3", "7"),
            _answer("symptoms_copd", "breath", "at_rest"),
        ],
        schedules=[_daily("spo2"), _daily("pulse"), _form("symptoms_copd")],
        weeks=4,
    ),
    "Hjertesvikt": _template(
        usual="Vekten er … kg. Pasienten sover med … puter.",
        signs={
            "GREEN": "Vekten står stille, og pusten er som vanlig.",
            "YELLOW": "Vekten går opp. Mer hoven i beina. Tyngre pust i bakker, eller må ligge høyere om natten.",
            "RED": "Tungpustet i ro eller om natten. Besvimt, eller nær ved. Vondt i brystet.",
        },
        own={
            "GREEN": [("ACTIVITY", "Vær i bevegelse hver dag."), ("DIET", "Spar på saltet.")],
            "YELLOW": [("DIET", "Drikk ikke mer enn det som er avtalt."), ("OTHER", "Legg beina høyt når du hviler.")],
            "RED": [("OTHER", "Sitt oppreist og ring.")],
        },
        medical=[("YELLOW", "Ekstra vanndrivende: …")],
        limits=[
            _change("weight", 72, yellow_high="2", red_high="3"),
            _band("systolic", red_low="90", yellow_low="100", yellow_high="160", red_high="180"),
            _band("pulse", red_low="40", yellow_low="50", yellow_high="100", red_high="120"),
            _score("symptoms_heart_failure", "3", "7"),
            _answer("symptoms_heart_failure", "breath_exertion", "at_rest"),
        ],
        schedules=[_daily("weight"), _daily("blood_pressure"), _form("symptoms_heart_failure")],
        weeks=4,
    ),
    "Diabetes": _template(
        usual="Blodsukkeret er vanligvis mellom … og ….",
        signs={
            "GREEN": "Blodsukkeret ligger der det pleier.",
            "YELLOW": "Føling: skjelving, svette, sult. Eller tørst, og må ofte tisse.",
            "RED": "Sløv eller forvirret. Kaster opp. Får ikke i seg mat eller drikke.",
        },
        own={
            "GREEN": [("DIET", "Spis til faste tider."), ("ACTIVITY", "Gå en tur etter middag.")],
            "YELLOW": [("DIET", "Lavt: ta druesukker, og mål igjen etter 15 minutter. Høyt: drikk vann.")],
            "RED": [("OTHER", "Er du alene, så ring noen som kan komme.")],
        },
        medical=[("YELLOW", "Justering av insulin: …")],
        limits=[
            _band("glucose", red_low="3", yellow_low="4", yellow_high="13", red_high="20"),
            _answer("symptoms_diabetes", "hypo_help", "true"),
        ],
        schedules=[_daily("glucose"), _form("symptoms_diabetes")],
        weeks=6,
    ),
    "Kreft": _template(
        usual="Formen er … mellom kurene.",
        signs={
            "GREEN": "Formen er som vanlig etter behandlingen.",
            "YELLOW": "Litt forhøyet temperatur. Mer kvalme, smerter eller slapphet enn vanlig.",
            "RED": "Feber eller frostanfall. Får ikke i deg drikke. Smerter som ikke gir seg.",
        },
        own={
            "GREEN": [("DIET", "Spis lite og ofte."), ("ACTIVITY", "Beveg deg litt hver dag.")],
            "YELLOW": [("OTHER", "Mål temperaturen igjen etter en time."), ("DIET", "Drikk små slurker.")],
            "RED": [("OTHER", "Ring med en gang. Si at du får kreftbehandling.")],
        },
        limits=[
            _band("temperature", yellow_high="37.7", red_high="37.9"),
            _change("weight", 720, yellow_low="-3", red_low="-6"),
            _score("daily_form", "3", "6"),
        ],
        schedules=[_daily("temperature"), _form("daily_form")],
        weeks=2,
    ),
    "Psykisk helse": _template(
        usual="En vanlig dag er …",
        signs={
            "GREEN": "Søvn, humør og dagsrytme er som vanlig.",
            "YELLOW": "Sover dårligere. Trekker seg unna. Mer urolig eller tankefull enn vanlig.",
            "RED": "Orker ikke å stå opp eller spise. Tanker om ikke å ville leve.",
        },
        own={
            "GREEN": [("SOCIAL", "Hold fast på avtaler med venner og familie."), ("ACTIVITY", "Gå ut hver dag.")],
            "YELLOW": [("SOCIAL", "Ring en du stoler på."), ("ACTIVITY", "Ta en tur, også om den er kort.")],
            "RED": [("SOCIAL", "Ikke vær alene. Ring en du stoler på, og ring tjenesten.")],
        },
        limits=[_score("daily_form", "3", "6"), _answer("daily_form", "day_form", "much_worse")],
        schedules=[_form("daily_form")],
        weeks=1,
    ),
    "Ernæring": _template(
        usual="Vekten er … kg. Pasienten spiser … måltider om dagen.",
        signs={
            "GREEN": "Vekten står stille, og matlysten er som vanlig.",
            "YELLOW": "Vekten går ned. Mindre matlyst. Klær som er blitt for store.",
            "RED": "Får nesten ikke i seg mat eller drikke. Raskt vekttap.",
        },
        own={
            "GREEN": [("DIET", "Spis de måltidene som er avtalt."), ("SOCIAL", "Spis sammen med noen når du kan.")],
            "YELLOW": [("DIET", "Ta mellommåltider og næringsdrikk som avtalt.")],
            "RED": [("DIET", "Drikk små slurker ofte, og ring.")],
        },
        limits=[_change("weight", 720, yellow_low="-3", red_low="-6"), _score("daily_form", "3", "6")],
        schedules=[{**_daily("weight"), "weekdays": [0]}, _form("daily_form", [0, 3])],
        weeks=4,
    ),
}
