"""The export in words: which tables and columns a person can read, and what they are called in Norwegian."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.queries import names_of
from dho.lib.numbers import WEEKDAYS, date_nb, decimal_comma, time_nb
from dho.lib.texts import LazyText
from patients.queries.export import Table
from patients.queries.log import role_word

# Of the longest tables the newest rows; all of them are in the file.
MOST_ROWS: Final = 200

TITLES: Final[dict[str, LazyText]] = {
    "patients_patient": _("Om deg"),
    "patients_homeaddress": _("Hjemmeadresse"),
    "patients_relative": _("Pårørende"),
    "patients_relativeauthority": _("Fullmakter til pårørende"),
    "patients_enrolment": _("Perioder med digital hjemmeoppfølging"),
    "patients_referral": _("Henvisninger og søknader"),
    "patients_pathwaystep": _("Steg i forløpet"),
    "patients_pause": _("Pauser"),
    "patients_criteriaassessment": _("Vurderinger av henvisningen"),
    "patients_criterionanswer": _("Svar på vilkårene"),
    "patients_allocation": _("Tildeling av tjenesten"),
    "patients_informationgiven": _("Skriftlig informasjon du har fått"),
    "patients_insightrequest": _("Krav om innsyn"),
    "patients_correctionrequest": _("Krav om retting"),
    "patients_carerelation": _("Andre som følger deg opp"),
    "patients_handover": _("Overføringer mellom tjenester"),
    "patients_accessblock": _("Sperringer du har bedt om"),
    "patients_emergencyaccess": _("Nødtilganger"),
    "accounts_devicecredential": _("Enheter som sender målinger"),
    "measurements_reading": _("Målinger"),
    "measurements_readingstatement": _("Målinger som er sagt å være feil"),
    "measurements_questionnaireresponse": _("Besvarte skjemaer"),
    "measurements_refusedsubmission": _("Det enheten sendte, som ikke kunne tas imot"),
    "careplans_plan": _("Egenbehandlingsplan"),
    "careplans_planversion": _("Versjoner av planen"),
    "careplans_threshold": _("Grenseverdier"),
    "careplans_measure": _("Tiltak"),
    "careplans_schedule": _("Når du skal måle"),
    "careplans_goal": _("Målene dine"),
    "careplans_zonetext": _("Tegn i hver sone, og hvem du kontakter"),
    "careplans_responsibility": _("Hvem som har ansvar for hva"),
    "careplans_planmeeting": _("Gjennomgang av planen"),
    "careplans_patientacceptance": _("Din godkjenning av planen"),
    "careplans_casetask": _("Oppgaver i forløpet"),
    "careplans_evaluation": _("Evalueringer av oppfølgingen"),
    "careplans_templateconfirmation": _("Deler av malen som er vurdert for deg"),
    "careplans_approval": _("Legens svar på planen"),
    "careplans_planopening": _("Når legen åpnet planen"),
    "careplans_doctornotice": _("Beskjeder til legen om at noe venter"),
    "careplans_doctorcontact": _("Kontakt med legen om deg"),
    "careplans_curvereport": _("Kurver som er sendt til fastlegen"),
    "careplans_gproutine": _("Avtalen med fastlegen om målingene"),
    "careplans_gplook": _("Når fastlegen så på målingene som avtalt"),
    "alerts_assessment": _("Vurderinger av målingene"),
    "alerts_alert": _("Varsler"),
    "alerts_handling": _("Hva tjenesten gjorde"),
    "alerts_queueentry": _("Åpen sak i arbeidskøen"),
    "alerts_delivery": _("Beskjeder sendt til tjenesten"),
    "alerts_expectation": _("Målinger vi venter på"),
    "alerts_agendaitem": _("Møter mellom tjenesten og sykehuset om deg"),
    "alerts_agendadecision": _("Hva møtene bestemte"),
    "alerts_outpatientrequest": _("Hastetimer"),
    "alerts_hospitalactivity": _("Hva sykehuset har gjort i forløpet"),
    "audit_accessentry": _("Hvem har sett i journalen"),
    "audit_auditreview": _("Kontroll av hvem som har sett"),
    "audit_changeentry": _("Endringer i opplysningene"),
}
COLUMNS: Final[dict[str, str | LazyText]] = {
    "given_name": _("Fornavn"),
    "family_name": _("Etternavn"),
    "birth_date": _("Født"),
    "sex": _("Kjønn"),
    "national_id": _("Fødselsnummer"),
    "phone": _("Telefon"),
    "language": _("Språk"),
    "communication": _("Tilrettelegging"),
    "cave": "CAVE",
    "deceased_on": _("Død"),
    "name": _("Navn"),
    "relation": _("Relasjon"),
    "status": _("Status"),
    "started_on": _("Fra"),
    "ended_on": _("Til"),
    "end_reason": _("Hvorfor avsluttet"),
    "target_groups": _("Målgruppe"),
    "what": _("Hva som er feil"),
    "decision": _("Svar"),
    "reason": _("Begrunnelse"),
    "received_at": _("Mottatt"),
    "decided_at": _("Besvart"),
    "label": _("Enhet"),
    "issued_at": _("Fikk tilgang"),
    "revoked_at": _("Sperret"),
    "taken_at": _("Målt"),
    "type_id": _("Hva"),
    "sent_value": _("Verdi"),
    "sent_unit": _("Enhet"),
    "source": _("Kilde"),
    "answers": _("Svar"),
    "score": _("Poeng"),
    "kind": _("Type"),
    "stated_at": _("Sagt"),
    "text": _("Tekst"),
    "body": _("Innhold"),
    "number": _("Versjon"),
    "what_matters": _("Hva er viktig for deg"),
    "habitual_state": _("Vanlig tilstand"),
    "little_data_reason": _("Hvorfor planen sendes med lite data"),
    "approved_at": _("Godkjent"),
    "valid_until": _("Gjelder til"),
    "quantity": _("Måling"),
    "red_low": _("Rød under"),
    "yellow_low": _("Gul under"),
    "yellow_high": _("Gul over"),
    "red_high": _("Rød over"),
    "zone": _("Sone"),
    "weekdays": _("Ukedager"),
    "times": _("Klokkeslett"),
    "question": _("Spørsmål"),
    "colour": _("Farge"),
    "assessed_at": _("Vurdert"),
    "reasons": _("Begrunnelser"),
    "headline": _("Varsel"),
    "detail": _("Utdyping"),
    "level": _("Nivå"),
    "opened_at": _("Åpnet"),
    "closed_at": _("Lukket"),
    "action": _("Handling"),
    "outcomes": _("Utfall"),
    "note": _("Notat"),
    "at": _("Tid"),
    "channel": _("Måte"),
    "state": _("Tilstand"),
    "created_at": _("Laget"),
    "delivered_at": _("Sendt"),
    "due_at": _("Ventet"),
    "deadline": _("Frist"),
    "waiting_since": _("Ventet siden"),
    "actor_name": _("Hvem"),
    "role": _("Rolle"),
    "organisation": _("Virksomhet"),
    "basis": _("Grunnlag"),
    "outcome": _("Resultat"),
    "reviewer_name": _("Hvem"),
    "reviewed_at": _("Kontrollert"),
    "codes": _("Hvorfor avvist"),
    "scopes": _("Hva den omfatter"),
    "valid_from": _("Gjelder fra"),
    "given_at": _("Gitt"),
    "consent": _("Samtykke"),
    "withdrawn_at": _("Trukket tilbake"),
    "submitted_as": _("Sendt av"),
    "street": _("Gateadresse"),
    "postal_code": _("Postnummer"),
    "place": _("Poststed"),
    "registered_at": _("Registrert"),
    "origin": _("Hvem henvisningen kom fra"),
    "referrer": _("Henviser"),
    "received_on": _("Mottatt"),
    "allocated_on": _("Tildelt"),
    "declined_reason": _("Hvorfor ikke tildelt"),
    "to_status": _("Steg"),
    "why": _("Begrunnelse"),
    "first_day": _("Første dag"),
    "last_day": _("Siste dag"),
    "other_plan": _("Annen behandlingsplan"),
    "reds": _("Antall røde"),
    "yellows": _("Antall gule"),
    "responsible": _("Ansvarlig"),
    "due_on": _("Frist"),
    "wanted_by": _("Ønsket innen"),
    "answer": _("Svar"),
    "slot_at": _("Time"),
    "advice": _("Råd"),
    "on": _("Dag"),
    "minutes": _("Minutter"),
    "relatives_part": _("Pårørendes del"),
    "outside_hours": _("Når tjenesten er stengt"),
    "review_on": _("Gjennomgås"),
    "signs": _("Tegn"),
    "contact": _("Hvem du kontakter"),
    "task": _("Oppgave"),
    "who": _("Hvem"),
    "reached": _("Fikk kontakt"),
    "mode": _("Når fastlegen ser på målingene"),
    "curves_every_days": _("Dager mellom hver gang kurver sendes"),
    "way": _("Måte"),
    "sent_at": _("Sendt"),
    "interval_days": _("Dager mellom hver gang"),
    "tasks": _("Fastlegens oppgaver"),
    "agreed_on": _("Avtalt"),
    "agreed_with": _("Avtalt med"),
    "held_on": _("Dato"),
    "participants": _("Deltakere"),
    "accepted_on": _("Godkjent av deg"),
    "title": _("Oppgave"),
    "done_at": _("Utført"),
    "benefit": _("Nytte"),
    "frequency": _("Hvor ofte du måler"),
    "makes_insecure": _("Gjør oppfølgingen deg utrygg"),
    "health_anxiety": _("Tegn til helseangst"),
    "next_on": _("Neste evaluering"),
    "how": _("Hvordan"),
    "part": _("Del av planen"),
    "confirmed_at": _("Vurdert"),
    "taken_over_from": _("Tatt over fra"),
    "revoked_why": _("Hvorfor sperret"),
    "device_model": _("Modell"),
    "last_seen_at": _("Sist i kontakt"),
    "insecurity": _("Kan gjøre deg utrygg"),
    "insecurity_note": _("Om utrygghet"),
    "login": _("Innlogging"),
    "tablet": _("Nettbrett"),
    "coverage": _("Dekning hjemme"),
    "risk": _("Risiko"),
    "cross_sector": _("Trenger samordning"),
    "present_services": _("Tjenester du har"),
    "replaces": _("I stedet for eller i tillegg til"),
    "criterion": _("Vilkår"),
    "met": _("Oppfylt"),
    "allocated_at": _("Tildelt"),
    "override_reason": _("Hvorfor tildelt selv om et vilkår mangler"),
    "decided_on": _("Vedtaksdato"),
    "reference": _("Referanse"),
    "given_to": _("Gitt til"),
    "given_how": _("Måte"),
    "given_on": _("Gitt"),
}
# Codes that belong to apps above this one and have no Norwegian label in their model.
CODES: Final[dict[str, str | LazyText]] = {
    "RED": _("Rød"),
    "YELLOW": _("Gul"),
    "GREEN": _("Grønn"),
    "NOT_ASSESSED": _("Ikke vurdert"),
    "BAND": _("Grense"),
    "CHANGE": _("Endring"),
    "SCORE": _("Poengsum"),
    "SHARE": _("Andel av vanlig verdi"),
    "REPEATED": _("Flere ganger"),
    "ANSWER": _("Svar"),
    "NEWS2": "NEWS2",
}
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*[+-]\d\d:\d\d$")
# Columns that are told in another way than their content says.
_TOLD: Final[dict[str, Callable[[Any], str]]] = {
    "role": role_word,
    "weekdays": lambda days: ", ".join(str(WEEKDAYS[day]) for day in days),
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
        title=str(TITLES[table.name]),
        columns=[str(COLUMNS[name]) for name in shown],
        rows=[[_told(table, name, row[name]) for name in shown] for row in newest],
        left_out=len(table.rows) - len(newest),
    )


def _changes(table: Table, by_name: Mapping[str, Table]) -> ReadableTable:
    """What was changed after it was first written: what it said before, and what it says now."""
    changed = [row for row in table.rows if row["operation"] != "INSERT"]
    newest = changed[-MOST_ROWS:]
    people = names_of({row["actor"] for row in newest})
    rows = [
        [_text(row["at"]), people.get(row["actor"], gettext("Automatisk")), str(TITLES[row["table_name"]]), difference]
        for row in newest
        if (difference := _difference(by_name[row["table_name"]], row["before"] or {}, row["after"] or {}))
    ]
    return ReadableTable(
        title=str(TITLES[table.name]),
        columns=[gettext("Tid"), gettext("Hvem"), gettext("Hvor"), gettext("Hva som ble endret")],
        rows=rows,
        left_out=len(changed) - len(newest),
    )


def _difference(table: Table, before: dict[str, Any], after: dict[str, Any]) -> str:
    return "; ".join(
        f"{COLUMNS[name]}: «{_told(table, name, before.get(name))}» → «{_told(table, name, after.get(name))}»"
        for name in COLUMNS
        if before.get(name) != after.get(name)
    )


def _told(table: Table, name: str, value: Any) -> str:
    if name in _TOLD and value is not None:
        return _TOLD[name](value)
    labels = {**table.labels.get(name, {}), **{code: str(word) for code, word in CODES.items()}}
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
    (bool, lambda yes: gettext("ja") if yes else gettext("nei")),
    (list, lambda several: ", ".join(_text(each) for each in several)),
    (dict, lambda named: "; ".join(f"{name}: {_text(each)}" for name, each in named.items())),
)
