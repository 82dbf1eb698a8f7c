"""The export in words: which tables and columns a person can read, and what they are called in Norwegian."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from dho.lib.numbers import date_nb, decimal_comma, time_nb
from patients.queries.export import Table

# Of the longest tables the newest rows; all of them are in the file.
MOST_ROWS: Final = 200

TITLES: Final[dict[str, str]] = {
    "patients_patient": "Om deg",
    "patients_relative": "Pårørende",
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
    "taken_at": "Målt", "type_id": "Hva", "sent_value": "Verdi", "sent_unit": "Enhet", "source": "Kilde",
    "answers": "Svar", "score": "Poeng", "kind": "Type", "stated_at": "Sagt", "text": "Tekst", "body": "Innhold",
    "number": "Versjon", "what_matters": "Hva er viktig for deg", "habitual_state": "Vanlig tilstand",
    "approved_at": "Godkjent", "valid_until": "Gjelder til", "quantity": "Måling", "red_low": "Rød under",
    "yellow_low": "Gul under", "yellow_high": "Gul over", "red_high": "Rød over", "zone": "Sone",
    "weekdays": "Ukedager", "times": "Klokkeslett", "question": "Spørsmål", "colour": "Farge",
    "assessed_at": "Vurdert", "reasons": "Begrunnelser", "headline": "Varsel", "detail": "Utdyping", "level": "Nivå",
    "opened_at": "Åpnet", "closed_at": "Lukket", "action": "Handling", "outcomes": "Utfall", "note": "Notat",
    "at": "Tid", "channel": "Måte", "state": "Tilstand", "created_at": "Laget", "delivered_at": "Sendt",
    "due_at": "Ventet",    "deadline": "Frist", "waiting_since": "Ventet siden", "actor_name": "Hvem", "role": "Rolle",
    "organisation": "Virksomhet", "basis": "Grunnlag", "outcome": "Resultat", "reviewer_name": "Hvem",
    "reviewed_at": "Kontrollert", "operation": "Hva skjedde", "before": "Før", "after": "Etter", "actor": "Hvem (id)",
    "table_name": "Tabell", "codes": "Hvorfor avvist",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadableTable:
    """One section of the page: a heading, the columns in words, and the rows as text."""

    title: str
    columns: list[str]
    rows: list[list[str]]
    left_out: int


def readable(tables: Iterable[Table]) -> list[ReadableTable]:
    """The tables with what a person can read. Keys and numbers for machines are left to the file."""
    return [_readable(table) for table in tables]


def _readable(table: Table) -> ReadableTable:
    shown = [name for name in table.rows[0] if name in COLUMNS]
    newest = table.rows[-MOST_ROWS:]
    return ReadableTable(
        title=TITLES[table.name],
        columns=[COLUMNS[name] for name in shown],
        rows=[[_text(row[name]) for name in shown] for row in newest],
        left_out=len(table.rows) - len(newest),
    )


def _text(value: Any) -> str:
    """The value as Norwegians write it."""
    if isinstance(value, datetime):
        return f"{date_nb(value)} {time_nb(value)}"
    if isinstance(value, date):
        return date_nb(value)
    if isinstance(value, Decimal):
        return decimal_comma(value)
    if isinstance(value, list | tuple):
        return ", ".join(_text(each) for each in value)
    if isinstance(value, dict):
        return "; ".join(f"{COLUMNS.get(name, name)}: {_text(each)}" for name, each in value.items())
    return "" if value is None else str(value)
