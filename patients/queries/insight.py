"""Who sees a patient now and why, asked of the same rules as the doors, and who answers for her (R-151, R-300)."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet, UUIDField, Value
from django.utils import timezone
from django.utils.translation import gettext

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Membership
from accounts.queries import actors_in
from accounts.roles import RIGHTS, Permission, roles_with
from dho.lib.numbers import date_nb
from organisations.models import Agreement, FollowUpService
from patients.access import own_patients
from patients.models import AccessBlock, CareRelation, Enrolment, Handover, Patient

_AT_ONCE: Final = 50
_READING: Final = [role for role, rights in RIGHTS.items() if {Permission.SEE_PATIENT, Permission.SEE_PLAN} & rights]


@dataclass(frozen=True, slots=True)
class Seer:
    """An organisation whose people see the patient: why, and who sees all or the plan only."""

    organisation: str
    why: str
    people: list[tuple[Actor, bool]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Responsibility:
    """Who answers for something, and since which day where that is known."""

    what: str
    who: str
    since: date | None
    # The one place to turn to, where one is registered.
    contact: str = ""


def who_sees(patient: Patient, *, now: datetime) -> list[Seer]:
    """Every person whom the ordinary rules let in now, by organisation; blocked people are not among them."""
    on = timezone.localdate(now)
    why, near = _reasons(patient, on), _people_near(patient, on)
    all_of_it, plan = (_let_in(near, each, patient, now=now) for each in (Permission.SEE_PATIENT, Permission.SEE_PLAN))
    found: dict[str, Seer] = {}
    for actor in near:
        if actor.membership_id in all_of_it | plan:
            key = str(actor.service_id or actor.practice_id or "")
            seer = found.setdefault(key, Seer(actor.organisation, why.get(key, gettext("kommunens egne ansatte"))))
            seer.people.append((actor, actor.membership_id in all_of_it))
    return sorted(found.values(), key=lambda seer: seer.organisation)


def _let_in(work: list[Actor], permission: Permission, patient: Patient, *, now: datetime) -> set[UUID]:
    """The memberships that give the permission for the patient. One statement for fifty of them."""
    asked = [by for by in work if patient.municipality_id in by.reaches(permission)]
    found: set[UUID] = set()
    for first in range(0, len(asked), _AT_ONCE):
        each = [
            own_patients(by, now=now, permission=permission)
            .filter(pk=patient.pk)
            .values_list(Value(by.membership_id, output_field=UUIDField()))
            for by in asked[first : first + _AT_ONCE]
        ]
        found |= {membership for (membership,) in each[0].union(*each[1:], all=True)}
    return found


def _people_near(patient: Patient, on: date) -> list[Actor]:
    """At work where a care relation could lie: everybody else is refused without being asked."""
    services = _services_near(patient, on)
    doctors = _offices(patient, on)
    near = Membership.objects.in_force(on).filter(
        Q(service__in=services) | Q(practice__in=doctors.values("practice_id")) | Q(authority=patient.municipality_id),
        role__in=_READING,
    )
    rows = list(near.select_related("user").order_by("user__last_name", "user__first_name", "pk"))
    work = {actor.membership_id: actor for actor in actors_in(rows, on=on)}
    return [work[row.pk] for row in rows if row.pk in work]


def _services_near(patient: Patient, on: date) -> set[object]:
    held = Enrolment.objects.filter(patient=patient, ended_on__isnull=True).values_list("service_id", flat=True)
    shared = CareRelation.objects.in_force(on).filter(patient=patient).values_list("service_id", flat=True)
    return {*held, *shared}


def _reasons(patient: Patient, on: date) -> dict[str, str]:
    reasons = {}
    for row in CareRelation.objects.in_force(on).filter(patient=patient).select_related("service"):
        said = gettext("delt fra %(first)s til og med %(last)s") if row.valid_until else gettext("delt fra %(first)s")
        days = {"first": date_nb(row.valid_from), "last": date_nb(row.valid_until) if row.valid_until else ""}
        reasons[str(row.service_id)] = said % days
    for course in Enrolment.objects.filter(patient=patient, ended_on__isnull=True):
        reasons[str(course.service_id)] = gettext("følger opp pasienten")
    for office in _offices(patient, on):
        reasons[str(office.practice_id)] = gettext("pasientens fastlege")
    for agreement in Agreement.objects.in_force(on).filter(party_id=patient.municipality_id, partner__isnull=True):
        key = str(agreement.service_id or agreement.practice_id)
        if key in reasons:
            reasons[key] += gettext(", avtale med kommunen fra %(valid_from)s") % {
                "valid_from": date_nb(agreement.valid_from)
            }
    return reasons


def _offices(patient: Patient, on: date) -> QuerySet[Membership]:
    """Where the patient's GP works as one."""
    if patient.gp is None:
        return Membership.objects.none()
    return Membership.objects.in_force(on).filter(user=patient.gp, role=Role.GP)


def in_hospitals_phase(course: Enrolment | None) -> bool:
    """Whether the course is open, and with a service of the trust's own (C3, R-143)."""
    return course is not None and course.ended_on is None and course.service.trust_id is not None


def deciding_doctor(course: Enrolment | None) -> str:
    """Who decides about the plan, as running text says it; the one place where the word is chosen (C3)."""
    return gettext("sykehuslegen") if in_hospitals_phase(course) else gettext("fastlegen")


def has_deciding_doctor(patient: Patient, course: Enrolment | None, *, on: date) -> bool:
    """Whether a proposal would stand on a doctor's list: the GP's, or in the hospital's phase a specialist's there."""
    if course is None or not in_hospitals_phase(course):
        return patient.gp_id is not None
    blocked = AccessBlock.objects.filter(patient=patient, lifted_at__isnull=True, user__isnull=False)
    doctors = Membership.objects.in_force(on).filter(
        service=course.service_id, role__in=roles_with(Permission.APPROVE_PLAN), user__is_active=True
    )
    return doctors.exclude(user__in=blocked.values("user_id")).exists()


def responsibility(patient: Patient) -> list[Responsibility]:
    """Who follows up, and whose doctor decides: the hospital's in its phase, else the GP (R-143, R-151, C3)."""
    course = (
        Enrolment.objects.select_related("service").filter(patient=patient, ended_on__isnull=True).order_by().first()
    )
    gp = Responsibility(
        gettext("Medisinsk ansvar"),
        gettext("Fastlege %(name)s") % {"name": patient.gp.get_full_name()} if patient.gp else "",
        None,
    )
    if course is None:
        return [Responsibility(gettext("Oppfølging"), "", None), gp]
    since = _held_since(course)
    follows = Responsibility(gettext("Oppfølging"), course.service.name, since, contact_of(course.service))
    if in_hospitals_phase(course):
        return [
            follows,
            Responsibility(
                gettext("Medisinsk ansvar"),
                gettext("Sykehuslegen ved %(service)s") % {"service": course.service.name},
                since,
                contact_of(course.service),
            ),
        ]
    return [follows, gp]


def contact_of(service: FollowUpService) -> str:
    """«Lungevakten, telefon 62 53 70 00»."""
    phone = gettext("telefon %(phone)s") % {"phone": service.phone}
    return f"{service.contact_point}, {phone}" if service.contact_point else phone


def _held_since(course: Enrolment) -> date:
    moved = Handover.objects.filter(enrolment=course, to_service_id=course.service_id, moved_at__isnull=False)
    latest = moved.order_by("moved_at").last()
    return timezone.localdate(latest.moved_at) if latest else course.held_from
