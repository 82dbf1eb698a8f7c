"""Who is who in the access log: the people who looked and the patients they looked at, with no clinical content."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import User
from audit.enums import DEVICE_ROLE, PATIENT_ROLE, RELATIVE_ROLE, SYSTEM_ROLE, Action, Basis
from audit.models import AccessEntry
from audit.queries.log import looks_at
from dho.lib.encryption import blind_index
from patients.access import patients_of_controller
from patients.models import Patient

MOST_PEOPLE: Final = 50

WHY: Final[dict[Basis, str]] = {
    Basis.HEALTH_CARE: "For å gi deg helsehjelp",
    Basis.ADMINISTRATION: "For å ordne noe praktisk i tjenesten",
    Basis.EMERGENCY: "Nødtilgang: noen måtte se journalen din raskt for å hjelpe deg",
    Basis.INSIGHT: "Fordi du har bedt om innsyn",
    Basis.CONTROL: "For å kontrollere at ingen ser i journalen din uten grunn",
    Basis.OWN: "Du selv",
    Basis.AUTHORITY: "Du har gitt fullmakt",
    Basis.AUTOMATIC: "Automatisk behandling av det du har sendt inn",
}
_OUTSIDE: Final = {
    DEVICE_ROLE: _("pasientens enhet"),
    PATIENT_ROLE: _("pasienten selv"),
    RELATIVE_ROLE: _("pårørende"),
    SYSTEM_ROLE: _("system i kommunen"),
}
WHAT: Final[dict[Action, str]] = {
    Action.OPEN_PATIENT: "Så på siden din med målinger og varsler",
    Action.OPEN_EXPLANATION: "Så hvorfor en måling ble vurdert som den ble",
    Action.OPEN_PLAN: "Så på planen din",
    Action.PRINT_PLAN: "Skrev ut planen din",
    Action.DECIDE_PLAN: "Godkjente planen din eller sendte den tilbake",
    Action.OPEN_ACCESS: "Så hvem som har tilgang til journalen din",
    Action.SHARE_PATIENT: "Endret hvem journalen din er delt med",
    Action.HAND_OVER: "Overførte oppfølgingen din mellom tjenester",
    Action.BLOCK_ACCESS: "Registrerte eller opphevet en sperring for deg",
    Action.LOOK_UP: "Slo deg opp for å be om nødtilgang",
    Action.EMERGENCY_ACCESS: "Åpnet journalen din med nødtilgang",
    Action.REVIEW_EMERGENCY: "Vurderte en nødtilgang til journalen din",
    Action.CLAIM: "Tok eller slapp saken din i arbeidskøen",
    Action.HANDLE: "Behandlet et varsel om deg",
    Action.OPEN_DEVICES: "Så hvilke enheter du bruker",
    Action.ISSUE_DEVICE: "Ga en enhet tilgang til å sende målinger for deg",
    Action.REVOKE_DEVICE: "Sperret en enhet",
    Action.FIND_TABLET: "Slo opp koden fra et nettbrett for å koble det til deg",
    Action.PAIR_DEVICE: "Koblet et nettbrett til deg",
    Action.RESET_PIN: "Nullstilte PIN-koden på nettbrettet ditt",
    Action.SYSTEM_READINGS: "Hentet målingene dine til et annet system i kommunen",
    Action.SYSTEM_PLAN: "Hentet planen din til et annet system i kommunen",
    Action.SYSTEM_SEND: "Sendte inn noe om deg fra et annet system i kommunen",
    Action.SYSTEM_FORMS: "Hentet skjemaene dine til et annet system i kommunen",
    Action.READ_LOG: "Så hvem som har sett i journalen din",
    Action.REVIEW_LOG: "Kontrollerte hvem som har sett i journalen din",
    Action.PRINT_LOG: "Skrev ut hvem som har sett i journalen din",
    Action.EXPORT: "Hentet ut alt som er lagret om deg",
    Action.CORRECT: "Behandlet ønsket ditt om retting",
    Action.OPEN_OWN: "Åpnet de egne sidene dine",
    Action.OPEN_SUBMIT: "Åpnet siden for å sende en måling for deg",
    Action.SUBMIT: "Sendte inn måling",
    Action.READ_OWN_LOG: "Så hvem som har sett i journalen din",
    Action.AUTHORISE: "Ga en pårørende fullmakt, eller trakk den tilbake",
}


def find_patient_id(by: Actor, *, national_id: str) -> UUID | None:
    """The municipality's own patient with this national id."""
    found = patients_of_controller(by).filter(national_id_index=blind_index(national_id))
    return found.values_list("pk", flat=True).first()


def find_people(words: Sequence[str]) -> list[UUID]:
    """Staff whose name has all the words, at most fifty."""
    people = User.objects.all()
    for word in words:
        people = people.filter(first_name__icontains=word) | people.filter(last_name__icontains=word)
    return list(people.order_by("pk").values_list("pk", flat=True)[:MOST_PEOPLE])


@dataclass(frozen=True, slots=True)
class LogRow:
    """One entry in words, with the patient where the privacy officer's municipality has it."""

    entry: AccessEntry
    patient: Patient | None
    role: str
    action: str
    basis: str


def in_words(by: Actor, entries: Iterable[AccessEntry]) -> list[LogRow]:
    """The entries with the names of the patients: one query for all of them."""
    entries = list(entries)
    wanted = {entry.patient_id for entry in entries if entry.patient_id}
    patients = patients_of_controller(by).defer("national_id").in_bulk(wanted)
    return [
        LogRow(
            entry=entry,
            patient=patients.get(entry.patient_id) if entry.patient_id else None,
            role=role_word(entry.role),
            action=str(Action(entry.action).label),
            basis=str(Basis(entry.basis).label),
        )
        for entry in entries
    ]


def role_word(role: str) -> str:
    """The role as it was called when the entry was written; one that is gone since keeps its code."""
    if role in _OUTSIDE:
        return str(_OUTSIDE[role])
    return Role(role).label if role in Role.values else role


@dataclass(frozen=True, slots=True)
class ToldLook:
    """One line of «Hvem har sett i journalen min»."""

    first: datetime
    last: datetime
    times: int
    who: str
    role: str
    organisation: str
    what: str
    why: str
    # The patient's own visit to the own pages.
    own: bool


def own_log(patient: Patient, *, since: datetime) -> list[ToldLook]:
    """The patient's log in the patient's words. Whoever asks has been let in before: staff today, the patient later."""
    return [
        ToldLook(
            first=found.first,
            last=found.last,
            times=found.times,
            who=found.actor_name,
            role=role_word(found.role),
            organisation=found.organisation,
            what=str(WHAT.get(Action(found.action), Action(found.action).label)),
            why=str(WHY[Basis(found.basis)]) + (f": {found.purpose}" if found.purpose else ""),
            own=found.role == PATIENT_ROLE,
        )
        for found in looks_at(patient.pk, municipality_id=patient.municipality_id, since=since)
    ]
