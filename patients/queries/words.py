"""The export in words: which tables and columns a person can read, and what they are called in Norwegian."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

from accounts.models import User
from dho.lib.numbers import date_nb, decimal_comma, time_nb
from patients.queries.export import Table
from patients.queries.log import role_word

# Of the longest tables the newest rows; all of them are in the file.
MOST_ROWS: Final = 200

TITLES: Final[dict[str, str]] = {
    "patients_patient": "Om deg",
    "patients_relative": "Pårørende",
    "patients_relativeauthority": "Fullmakter til pårørende",
    "patients_enrolment": "Perioder med digital hjemmeoppfølging",
    "patients_correctionrequest": "Krav om retting",
    "patients_carerelation": "Andre som følger deg opp",
    "patients_handover": "Overføringer mellom tjenester",
    "patients_accessblock": "Sperringer du har bedt om",
    "patients_emergencyaccess": "Nødtilganger",
    "accounts_devicecredential": "Enheter som sender målinger",
    "measurements_reading": "Målinger",
    "measurements_readingstatement": "Målinger som er sagt å være feil",
    "measurements_questionnaireresponse": "Besvarte skjemaer",
    "measurements_refusedsubmission": "Det enheten sendte, som ikke kunne tas imot",
    "careplans_plan": "Egenbehandlingsplan",
    "careplans_planversion": "Versjoner av planen",
    "careplans_threshold": "Grenseverdier",
    "careplans_measure": "Tiltak",
    "careplans_schedule": "Når du skal måle",
    "careplans_approval": "Legens svar på planen",
    "alerts_assessment": "Vurderinger av målingene",
    "alerts_alert": "Varsler",
    "alerts_handling": "Hva tjenesten gjorde",
    "alerts_queueentry": "Åpen sak i arbeidskøen",
    "alerts_delivery": "Beskjeder sendt til tjenesten",
    "alerts_expectation": "Målinger vi venter på",
    "audit_accessentry": "Hvem har sett i journalen",
    "audit_auditreview": "Kontroll av hvem som har sett",
    "audit_changeentry": "Endringer i opplysningene",
}
COLUMNS: Final[dict[str, str]] = {
    "given_name": "Fornavn", "family_name": "Etternavn", "birth_date": "Født", "sex": "Kjønn",
    "national_id": "Fødselsnummer", "phone": "Telefon", "language": "Språk", "communication": "Tilrettelegging",
    "cave": "CAVE", "deceased_on": "Død", "name": "Navn", "relation": "Relasjon", "status": "Status",
    "started_on": "Fra", "ended_on": "Til", "end_reason": "Hvorfor avsluttet", "target_groups": "Målgruppe",
    "what": "Hva som er feil", "decision": "Svar", "reason": "Begrunnelse", "received_at": "Mottatt",
    "decided_at": "Besvart", "label": "Enhet", "issued_at": "Fikk tilgang", "revoked_at": "Sperret",
    "revoked_why": "Hvorfor sperret", "device_model": "Modell", "last_seen_at": "Sist i kontakt",
    "taken_at": "Målt", "type_id": "Hva", "sent_value": "Verdi", "sent_unit": "Enhet", "source": "Kilde",
    "answers": "Svar", "score": "Poeng", "kind": "Type", "stated_at": "Sagt", "text": "Tekst", "body": "Innhold",
    "number": "Versjon", "what_matters": "Hva er viktig for deg", "habitual_state": "Vanlig tilstand",
    "approved_at": "Godkjent", "valid_until": "Gjelder til", "quantity": "Måling", "red_low": "Rød under",
    "yellow_low": "Gul under", "yellow_high": "Gul over", "red_high": "Rød over", "zone": "Sone",
    "weekdays": "Ukedager", "times": "Klokkeslett", "question": "Spørsmål", "colour": "Farge",
    "assessed_at": "Vurdert", "reasons": "Begrunnelser", "headline": "Varsel", "detail": "Utdyping", "level": "Nivå",
    "opened_at": "Åpnet", "closed_at": "Lukket", "action": "Handling", "outcomes": "Utfall", "note": "Notat",
    "at": "Tid", "channel": "Måte", "state": "Tilstand", "created_at": "Laget", "delivered_at": "Sendt",
    "due_at": "Ventet", "deadline": "Frist", "waiting_since": "Ventet siden", "actor_name": "Hvem", "role": "Rolle",
    "organisation": "Virksomhet", "basis": "Grunnlag", "outcome": "Resultat", "reviewer_name": "Hvem",
    "reviewed_at": "Kontrollert", "codes": "Hvorfor avvist", "scopes": "Hva den omfatter",
    "valid_from": "Gjelder fra", "given_at": "Gitt", "consent": "Samtykke",
    "withdrawn_at": "Trukket tilbake", "submitted_as": "Sendt av",
}  # fmt: skip
# Codes that belong to apps above this one and have no Norwegian label in their model.
CODES: Final[dict[str, str]] = {
    "RED": "Rød", "YELLOW": "Gul", "GREEN": "Grønn", "NOT_ASSESSED": "Ikke vurdert", "BAND": "Grense",
    "CHANGE": "Endring", "SCORE": "Poengsum", "SHARE": "Andel av vanlig verdi", "REPEATED": "Flere ganger",
    "ANSWER": "Svar", "NEWS2": "NEWS2",
}  # fmt: skip
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*[+-]\d\d:\d\d$")
_DAYS: Final = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
# Columns that are told in another way than their content says.
_TOLD: Final[dict[str, Callable[[Any], str]]] = {
    "role": role_word,
    "weekdays": lambda days: ", ".join(_DAYS[day] for day in days),
    "reasons": lambda reasons: " ".join(str(reason.get("sentence", "")) for reason in reasons),
}


@dataclass(frozen=True, slots=True)
class ReadableTable:
    """One section of the page: a heading, the columns in words, and the rows as text."""

    title: str
    columns: list[str]
    rows: list[list[str]]
    left_out: int


def readable(tables: Iterable[Table]) -> list[ReadableTable]:
    """The tables with what a person can read. Keys and numbers for machines are left to the file."""
    by_name = {table.name: table for table in tables}
    changes = by_name.pop("audit_changeentry", None)
    told = [_readable(table) for table in by_name.values()] + ([_changes(changes, by_name)] if changes else [])
    return [table for table in told if table.rows and table.columns]


def _readable(table: Table) -> ReadableTable:
    """The columns that have a name in Norwegian and something in them."""
    newest = table.rows[-MOST_ROWS:]
    shown = [name for name in table.rows[0] if name in COLUMNS and any(row[name] for row in newest)]
    return ReadableTable(
        title=TITLES[table.name],
        columns=[COLUMNS[name] for name in shown],
        rows=[[_told(table, name, row[name]) for name in shown] for row in newest],
        left_out=len(table.rows) - len(newest),
    )


def _changes(table: Table, by_name: Mapping[str, Table]) -> ReadableTable:
    """What was changed after it was first written: what it said before, and what it says now."""
    changed = [row for row in table.rows if row["operation"] != "INSERT"]
    newest = changed[-MOST_ROWS:]
    people = _names({row["actor"] for row in newest})
    rows = [
        [_text(row["at"]), people.get(row["actor"], "Automatisk"), TITLES[row["table_name"]], difference]
        for row in newest
        if (difference := _difference(by_name[row["table_name"]], row["before"] or {}, row["after"] or {}))
    ]
    return ReadableTable(
        title=TITLES[table.name],
        columns=["Tid", "Hvem", "Hvor", "Hva som ble endret"],
        rows=rows,
        left_out=len(changed) - len(newest),
    )


def _names(actors: set[str]) -> dict[str, str]:
    """The people among those who made changes; the others are devices and the workers."""
    ids = [actor for actor in actors if actor.count("-") == 4 and not actor.startswith("device:")]
    return {str(user.pk): user.get_full_name() for user in User.objects.filter(pk__in=ids)}


def _difference(table: Table, before: dict[str, Any], after: dict[str, Any]) -> str:
    return "; ".join(
        f"{COLUMNS[name]}: «{_told(table, name, before.get(name))}» → «{_told(table, name, after.get(name))}»"
        for name in COLUMNS
        if before.get(name) != after.get(name)
    )


def _told(table: Table, name: str, value: Any) -> str:
    if name in _TOLD and value is not None:
        return _TOLD[name](value)
    labels = {**table.labels.get(name, {}), **CODES}
    if isinstance(value, list):
        return ", ".join(labels.get(each) or _text(each) for each in value)
    return (labels.get(value) if isinstance(value, str | int) else "") or _text(value)


def _text(value: Any) -> str:
    """The value as Norwegians write it. In the change log times are text in one form."""
    if isinstance(value, str) and _TIME.match(value):
        value = datetime.fromisoformat(value)
    written = next((write for kind, write in _WRITTEN if isinstance(value, kind)), str)
    return "" if value is None else written(value)


# The first that fits: a date with a time is also a date.
_WRITTEN: Final[tuple[tuple[type, Callable[[Any], str]], ...]] = (
    (datetime, lambda at: f"{date_nb(at)} {time_nb(at)}"),
    (date, date_nb),
    (time, time_nb),
    (Decimal, decimal_comma),
    (bool, lambda yes: "ja" if yes else "nei"),
    (list, lambda several: ", ".join(_text(each) for each in several)),
    (dict, lambda named: "; ".join(f"{name}: {_text(each)}" for name, each in named.items())),
)
