"""What patient and nurse have agreed on in the demo's plans, beside the limits: every face has something to show."""

from typing import Any, Final

from alerts.demo.cast import Condition
from careplans.enums import GuidanceForm, MeasureCategory, MeasureKind, Zone

Row = dict[str, Any]

_GOALS: Final = {
    Condition.COPD: ("Gå til butikken og hjem igjen uten å måtte sette meg.", "Sove hele natten."),
    Condition.HEART_FAILURE: ("Ha sko på uten at de strammer om kvelden.", "Gå opp trappen med ett stopp."),
    Condition.DIABETES: ("Færre følinger enn i vår.", "Kjenne meg trygg når jeg kjører bil."),
    Condition.MIXED: ("Klare morgenstellet selv.", "Være med på sangstunden på torsdager."),
}
# Signs of green, yellow and red.
_SIGNS: Final = {
    Condition.COPD: (
        "Puster som vanlig. Litt hoste om morgenen.",
        "Mer tungpust enn vanlig, mer slim, eller slimet har fått annen farge.",
        "Tungpust i ro, blå på leppene, eller klarer ikke å snakke i hele setninger.",
    ),
    Condition.HEART_FAILURE: (
        "Vekten er stabil. Sover med to puter.",
        "Vekten har økt, skoene strammer, eller du må ha flere puter om natten.",
        "Tungpust når du ligger, trykk i brystet, eller vekten øker fra dag til dag.",
    ),
    Condition.DIABETES: (
        "Blodsukkeret er der vi ble enige om.",
        "Føling, mye tørst, eller blodsukker utenfor det avtalte to ganger på rad.",
        "Klarer ikke å få blodsukkeret opp, er forvirret, eller kaster opp.",
    ),
    Condition.MIXED: (
        "Er i form som vanlig.",
        "Mer trett enn vanlig, svimmel, eller spiser og drikker lite.",
        "Forvirret, har falt, eller klarer ikke å stå på beina.",
    ),
}
_CONTACT: Final = (
    "Ingen. Mål som avtalt.",
    "Ring oppfølgingstjenesten i åpningstiden. Er det ikke bedre til kvelden, ring legevakt 116 117.",
    "Ring 113 hvis du ikke får puste eller har vondt i brystet. Ellers oppfølgingstjenesten, eller legevakt 116 117.",
)
# Zone, kind, category, text, how often, and whether the patient may start it alone.
_COMMON: Final = (
    (Zone.GREEN, MeasureKind.OWN, MeasureCategory.MEDICATION, "Ta faste medisiner.", "morgen og kveld", True),
    (Zone.GREEN, MeasureKind.OWN, MeasureCategory.ACTIVITY, "Vær i bevegelse.", "hver dag", True),
    (Zone.GREEN, MeasureKind.OWN, MeasureCategory.SOCIAL, "Treff noen du har det godt med.", "hver uke", True),
    (Zone.YELLOW, MeasureKind.OWN, MeasureCategory.OTHER, "Mål på nytt etter 15 minutter hvile.", "", True),
    (
        Zone.RED, MeasureKind.OWN, MeasureCategory.OTHER,
        "Ring oppfølgingstjenesten i åpningstiden. Ellers legevakt 116 117, eller 113.", "", True,
    ),
)  # fmt: skip
_OF_CONDITION: Final = {
    Condition.COPD: (
        (Zone.YELLOW, MeasureKind.OWN, MeasureCategory.ACTIVITY, "Bruk leppepust, og hvil oftere.", "", True),
        (
            Zone.YELLOW, MeasureKind.MEDICAL, MeasureCategory.MEDICATION,
            "Ta to ekstra doser av den hurtigvirkende inhalasjonen.", "høyst fire ganger i døgnet", True,
        ),
        (
            Zone.RED, MeasureKind.MEDICAL, MeasureCategory.MEDICATION,
            "Start kortisonkuren du har hjemme, etter avtale med sykepleier.", "", False,
        ),
    ),
    Condition.HEART_FAILURE: (
        (
            Zone.YELLOW, MeasureKind.OWN, MeasureCategory.DIET,
            "Drikk høyst 1,5 liter. Spar på saltet.", "hver dag", True,
        ),
        (
            Zone.YELLOW, MeasureKind.MEDICAL, MeasureCategory.MEDICATION,
            "Ta én ekstra vanndrivende tablett i tre dager.", "om morgenen", False,
        ),
        (
            Zone.RED, MeasureKind.MEDICAL, MeasureCategory.MEDICATION,
            "Doble vanndrivende etter avtale med fastlegen.", "", False,
        ),
    ),
    Condition.DIABETES: (
        (
            Zone.YELLOW, MeasureKind.OWN, MeasureCategory.DIET,
            "Under 4: ta druesukker, og mål igjen etter 15 minutter.", "", True,
        ),
        (
            Zone.YELLOW, MeasureKind.OWN, MeasureCategory.DIET,
            "Over gul grense: drikk vann, og mål igjen etter to timer.", "", True,
        ),
        (
            Zone.RED, MeasureKind.MEDICAL, MeasureCategory.MEDICATION,
            "Juster insulinet etter tabellen, sammen med sykepleier.", "", False,
        ),
    ),
    Condition.MIXED: (
        (
            Zone.YELLOW, MeasureKind.OWN, MeasureCategory.DIET,
            "Hvil, drikk litt ekstra, og si fra til hjemmesykepleien.", "", True,
        ),
        (
            Zone.RED, MeasureKind.MEDICAL, MeasureCategory.OTHER,
            "Sykepleier vurderer tilsyn samme dag.", "", False,
        ),
    ),
}  # fmt: skip
_WHO: Final = (
    ("Måler og svarer på skjema", "Pasienten"),
    ("Ser på målingene på hverdager", "Oppfølgingstjenesten"),
    ("Bestemmer grenser og medisiner", "Fastlegen"),
    ("Bytter batteri og retter feil på utstyr", "Oppfølgingstjenesten"),
)
_GUIDANCE_WEEKS: Final = 4


def agreed_on(condition: Condition) -> dict[str, Any]:
    """Goals, signs, contact, measures, who does what, relatives, outside hours and guidance."""
    measures = (*_COMMON, *_OF_CONDITION[condition])
    return {
        "relatives_part": "Datteren ringer hver kveld, og hjelper med nettbrettet når det trengs.",
        "outside_hours": "Følg planen for fargen du er i. Ring legevakt 116 117, eller 113 når det er fare for liv.",
        "guidance_every_weeks": _GUIDANCE_WEEKS,
        "guidance_form": GuidanceForm.PHONE,
        "goals": [{"position": place, "text": text} for place, text in enumerate(_GOALS[condition])],
        "zone_texts": [
            {"zone": zone, "signs": signs, "contact": contact}
            for zone, signs, contact in zip(Zone, _SIGNS[condition], _CONTACT, strict=True)
        ],
        "measures": [_measure(place, *row) for place, row in enumerate(measures)],
        "responsibilities": [{"position": place, "task": task, "who": who} for place, (task, who) in enumerate(_WHO)],
    }


def _measure(
    position: int, zone: Zone, kind: MeasureKind, category: MeasureCategory, text: str, frequency: str, alone: bool
) -> Row:
    return {
        "zone": zone,
        "kind": kind,
        "position": position,
        "category": category,
        "text": text,
        "frequency": frequency,
        "start_alone": alone,
    }
