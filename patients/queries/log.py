"""Who is who in the access log: the people who looked and the patients they looked at, with no clinical content."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import User
from audit.enums import DEVICE_ROLE, PATIENT_ROLE, RELATIVE_ROLE, SYSTEM_ROLE, Action, Basis
from audit.models import AccessEntry
from audit.queries.log import Looks, looks_at
from dho.lib.encryption import blind_index
from dho.lib.texts import LazyText
from patients.access import PAST_BLOCK, patients_of_controller
from patients.models import EmergencyAccess, Patient

MOST_PEOPLE: Final = 50
# How far back the patient's own log goes.
TOLD: Final = timedelta(days=2 * 366)

WHY: Final[dict[Basis, LazyText]] = {
    Basis.HEALTH_CARE: _("For å gi deg helsehjelp"),
    Basis.ADMINISTRATION: _("For å ordne noe praktisk i tjenesten"),
    Basis.EMERGENCY: _("Nødtilgang: noen måtte se journalen din raskt for å hjelpe deg"),
    Basis.INSIGHT: _("For å gi deg innsyn i det som er lagret om deg, eller rette det"),
    Basis.CONTROL: _("For å kontrollere at ingen ser i journalen din uten grunn"),
    Basis.OWN: _("Du selv"),
    Basis.AUTHORITY: _("Du har gitt fullmakt"),
    Basis.AUTOMATIC: _("Automatisk behandling av det du har sendt inn"),
}
_OUTSIDE: Final = {
    DEVICE_ROLE: _("pasientens enhet"),
    PATIENT_ROLE: _("pasienten selv"),
    RELATIVE_ROLE: _("pårørende"),
    SYSTEM_ROLE: _("system i kommunen"),
}
WHAT: Final[dict[Action, LazyText]] = {
    Action.OPEN_PATIENT: _("Så på siden din med målinger og varsler"),
    Action.OPEN_EXPLANATION: _("Så hvorfor en måling ble vurdert som den ble"),
    Action.OPEN_PLAN: _("Så på planen din"),
    Action.WRITE_PLAN: _("Skrev på planen din"),
    Action.EXPORT_PLAN: _("Hentet ut planen din som fil, til dem som skal følge deg opp videre"),
    Action.PRINT_PLAN: _("Skrev ut planen din"),
    Action.DECIDE_PLAN: _("Godkjente planen din eller sendte den tilbake"),
    Action.OPEN_ACCESS: _("Så hvem som har tilgang til journalen din"),
    Action.SHARE_PATIENT: _("Endret hvem journalen din er delt med"),
    Action.HAND_OVER: _("Overførte oppfølgingen din mellom tjenester"),
    Action.BLOCK_ACCESS: _("Registrerte eller opphevet en sperring for deg"),
    Action.LOOK_UP: _("Slo deg opp for å be om nødtilgang"),
    Action.EMERGENCY_ACCESS: _("Åpnet journalen din med nødtilgang"),
    Action.REVIEW_EMERGENCY: _("Vurderte en nødtilgang til journalen din"),
    Action.CLAIM: _("Tok eller slapp saken din i arbeidskøen"),
    Action.HANDLE: _("Behandlet et varsel om deg"),
    Action.OPEN_DEVICES: _("Så hvilke enheter du bruker"),
    Action.ISSUE_DEVICE: _("Ga en enhet tilgang til å sende målinger for deg"),
    Action.REVOKE_DEVICE: _("Sperret en enhet"),
    Action.FIND_TABLET: _("Slo opp koden fra et nettbrett for å koble det til deg"),
    Action.PAIR_DEVICE: _("Koblet et nettbrett til deg"),
    Action.RESET_PIN: _("Nullstilte PIN-koden på nettbrettet ditt"),
    Action.SYSTEM_READINGS: _("Hentet målingene dine til et annet system i kommunen"),
    Action.SYSTEM_PLAN: _("Hentet planen din til et annet system i kommunen"),
    Action.SYSTEM_SEND: _("Sendte inn noe om deg fra et annet system i kommunen"),
    Action.SYSTEM_FORMS: _("Hentet skjemaene dine til et annet system i kommunen"),
    Action.READ_LOG: _("Så hvem som har sett i journalen din"),
    Action.REVIEW_LOG: _("Kontrollerte hvem som har sett i journalen din"),
    Action.PRINT_LOG: _("Skrev ut hvem som har sett i journalen din"),
    Action.REQUEST_INSIGHT: _("Behandlet kravet ditt om innsyn"),
    Action.EXPORT: _("Hentet ut alt som er lagret om deg"),
    Action.CORRECT: _("Behandlet ønsket ditt om retting"),
    Action.OPEN_OWN: _("Åpnet de egne sidene dine"),
    Action.OPEN_SUBMIT: _("Åpnet siden for å sende en måling for deg"),
    Action.SUBMIT: _("Sendte inn måling"),
    Action.READ_OWN_LOG: _("Så hvem som har sett i journalen din"),
    Action.AUTHORISE: _("Ga en pårørende fullmakt, eller trakk den tilbake"),
    Action.OPEN_COURSE: _("Så hvor langt du er kommet i forløpet"),
    Action.CHANGE_COURSE: _("Endret noe i forløpet ditt: oppgave, prøveperiode, evaluering eller pause"),
    Action.END_COURSE: _("Avsluttet oppfølgingen din"),
    Action.OPEN_CONTACT: _("Så hvordan vi når deg: telefon og adresse"),
    Action.CONTACT_DOCTOR: _("Minnet legen din på planen din, eller skrev at legen ble kontaktet"),
    Action.GP_ROUTINE: _("Så på eller endret avtalen med fastlegen om når målingene dine blir sett på"),
    Action.SEND_CURVES: _("Sendte kurvene dine til fastlegen, eller så hva som er sendt"),
    Action.OPEN_CURVES: _("Så på kurver som er sendt til fastlegen din"),
    Action.GP_LOOK: _("Fastlegen din så på målingene dine, som avtalt"),
    Action.OPEN_MEETING: _("Så deg på agendaen til et møte mellom oppfølgingstjenesten og sykehuset"),
    Action.CHANGE_AGENDA: _("Satte deg på agendaen til et møte med sykehuset, eller skrev referatet"),
    Action.DECIDE_IN_MEETING: _("Skrev hva et møte med sykehuset bestemte om deg"),
    Action.REQUEST_SLOT: _("Ba sykehuset om en hastetime for deg"),
    Action.ANSWER_SLOT: _("Svarte på en hastetime for deg, eller skrev om du møtte"),
    Action.LOG_ACTIVITY: _("Registrerte noe sykehuset har gjort i forløpet ditt"),
    Action.CHANGE_CONTACT: _("Endret telefonen eller adressen din, eller noe annet om hvordan vi når deg"),
    Action.REFER: _("Henviste deg til digital hjemmeoppfølging"),
    Action.OPEN_REFERRAL: _("Så på henvisningen din"),
    Action.ASSESS_REFERRAL: _("Vurderte om digital hjemmeoppfølging passer for deg"),
    Action.DECIDE_REFERRAL: _("Avgjorde om du får digital hjemmeoppfølging"),
    Action.PRINT_LETTER: _("Skrev ut brev til deg om digital hjemmeoppfølging"),
}


def find_patient_id(by: Actor, *, national_id: str) -> UUID | None:
    """The municipality's own patient with this national id."""
    found = patients_of_controller(by).filter(national_id_index=blind_index(national_id))
    return found.values_list("pk", flat=True).first()


class TooMany(Exception):
    """More people than can be looked for at once."""


def find_people(
    words: Sequence[str], *, municipality_ids: Iterable[int], since: datetime, until: datetime
) -> list[UUID]:
    """Those who stand in the log of these municipalities in the period, and whose name has all the words.

    Raises TooMany: some of them must not be left out unseen.
    """
    people = User.objects.all()
    for word in words:
        people = people.filter(first_name__icontains=word) | people.filter(last_name__icontains=word)
    looks = AccessEntry.objects.filter(
        municipality_id__in=municipality_ids, actor_id=OuterRef("pk"), at__gte=since, at__lt=until
    )
    found = list(people.filter(Exists(looks)).order_by("pk").values_list("pk", flat=True)[: MOST_PEOPLE + 1])
    if len(found) > MOST_PEOPLE:
        raise TooMany
    return found


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
    return str(Role(role).label) if role in Role.values else role


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
    emergencies = list(EmergencyAccess.objects.filter(patient=patient, ends_at__gt=since).order_by("began_at"))
    return [
        ToldLook(
            first=found.first,
            last=found.last,
            times=found.times,
            who=found.actor_name,
            role=role_word(found.role),
            organisation=found.organisation,
            what=str(WHAT.get(Action(found.action), Action(found.action).label)),
            why=_why(found, emergencies),
            own=found.role == PATIENT_ROLE,
        )
        for found in looks_at(patient.pk, municipality_id=patient.municipality_id, since=since)
    ]


def _why(found: Looks, emergencies: list[EmergencyAccess]) -> str:
    """Why somebody looked; in an emergency with the reason as it was written, as whoever opens a record is told."""
    why = str(WHY[Basis(found.basis)])
    if found.basis != Basis.EMERGENCY:
        return f"{why}: {found.purpose}" if found.purpose else why
    said = [
        gettext("Begrunnelsen var: «%(reason)s»") % {"reason": each.reason}
        for each in emergencies
        if each.user_id == found.actor_id and each.began_at <= found.last and found.first < each.ends_at
    ]
    if found.purpose == PAST_BLOCK:
        said.append(gettext("Du hadde sperret for innsyn."))
    return " ".join([f"{why}.", *said])
