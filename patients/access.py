"""Lock one: the only way a view gets a patient (architecture section 6).

Role × organisation × agreement × care relation, minus the patient's own blocks. «Not yours» and «does not exist»
answer the same, and every look is logged. Lock two, row-level security, stands behind it and has already hidden other
municipalities.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.actor import Actor
from accounts.enums import RevokedWhy, Role
from accounts.models import DeviceCredential, Membership
from accounts.roles import Permission
from audit.enums import Action, Basis
from audit.services import Refused, record_access
from patients.models import AccessBlock, CareRelation, EmergencyAccess, Enrolment, Patient

# What only the service that holds the course does; one that a patient is shared with reads along.
_OF_THE_HOLDER: Final = frozenset(
    {
        Permission.TRIAGE,
        Permission.CLOSE_RED,
        Permission.HAND_OVER,
        Permission.SHARE_PATIENT,
        Permission.BLOCK_ACCESS,
        Permission.DRAFT_PLAN,
        Permission.MANAGE_DEVICES,
        Permission.MESSAGE,
    }
)
# A device that has been shut out is fetched within this time; nobody says when it has come back (ADR 22).
FETCHED_WITHIN: Final = timedelta(days=90)
_NOBODY: Final = UUID(int=0)
# What emergency access opens: reading, nothing else.
_IN_EMERGENCY: Final = frozenset({Permission.SEE_PATIENT, Permission.SEE_PLAN})
# What the log says beside the action. Stored, so in bokmål whoever looks (ADR 21).
EMERGENCY: Final = "Nødtilgang"
PAST_BLOCK: Final = "Nødtilgang, selv om pasienten har sperret for innsyn"


def visible_patients(by: Actor, *, now: datetime, permission: Permission = Permission.SEE_PATIENT) -> QuerySet[Patient]:
    """The patients for whom this actor has the permission: by care relation and not blocked, or in an emergency."""
    reachable = Patient.objects.filter(municipality_id__in=by.reaches(permission))
    own = _own(by, permission, now=now)
    if permission in _IN_EMERGENCY and by.may(Permission.EMERGENCY_ACCESS):
        opened = EmergencyAccess.objects.filter(patient=OuterRef("pk"), user=by.user, ends_at__gt=now)
        own |= Q(Exists(opened))
    return reachable.filter(own)


def own_patients(by: Actor, *, now: datetime, permission: Permission = Permission.SEE_PATIENT) -> QuerySet[Patient]:
    """As `visible_patients`, without those whom only emergency access has opened."""
    return Patient.objects.filter(_own(by, permission, now=now), municipality_id__in=by.reaches(permission))


def _own(by: Actor, permission: Permission, *, now: datetime) -> Q:
    return Q(related_to(by, permission, on=timezone.localdate(now))) & ~Q(Exists(blocks_of(by)))


def emergency_of(patient: Patient, *, by: Actor, now: datetime) -> EmergencyAccess | None:
    """The emergency access that alone lets this person in now; None for whoever is let in by the ordinary rules."""
    if not by.may(Permission.EMERGENCY_ACCESS):
        return None
    opened = EmergencyAccess.objects.filter(patient=patient, user=by.user, ends_at__gt=now).order_by("ends_at").last()
    return None if opened is None or own_patients(by, now=now).filter(pk=patient.pk).exists() else opened


def related_to(by: Actor, permission: Permission, *, on: date) -> Q:
    """The care relation that the role needs. Who is dead or has moved stays with those who hold the course."""
    if by.service_id:
        held = Exists(Enrolment.objects.filter(patient=OuterRef("pk"), service_id=by.service_id, ended_on__isnull=True))
        if permission in _OF_THE_HOLDER:
            return Q(held)
        shared = CareRelation.objects.in_force(on).filter(patient=OuterRef("pk"), service_id=by.service_id)
        return Q(held) | Q(Exists(shared)) & _still_here(on)
    if by.role == Role.GP:
        return Q(gp=by.user) & _still_here(on)
    if by.role == Role.GP_OFFICE_NURSE:
        doctors = Membership.objects.in_force(on).filter(practice_id=by.practice_id, role=Role.GP)
        return Q(gp__in=doctors.values("user_id")) & _still_here(on)
    if by.partner_id:
        delivered = permission == Permission.SEE_DELIVERY
        return Q(Exists(equipment_out(on).filter(patient_id=OuterRef("pk")))) if delivered else Q(pk__in=[])
    # The municipality's own staff: the record is the municipality's, also of who has left it.
    return Q()


def equipment_out(on: date) -> QuerySet[DeviceCredential]:
    """The devices that are with a patient: in use, or no longer in use and to be fetched (R-180)."""
    in_use = DeviceCredential.objects.filter(revoked_at__isnull=True)
    # A device that was shut out and then let in again stands there once.
    again = Exists(in_use.filter(patient_id=OuterRef("patient_id"), label=OuterRef("label")))
    nothing_there = Q(revoked_why__in=[RevokedWhy.LOST, RevokedWhy.RETURNED])
    to_fetch = Q(revoked_at__date__gt=on - FETCHED_WITHIN) & ~Q(again) & ~nothing_there
    return DeviceCredential.objects.filter(Q(revoked_at__isnull=True) | to_fetch)


def blocks_of(by: Actor, *, patient: str = "pk") -> QuerySet[AccessBlock]:
    """Blocks in force against this person, service or practice, of the patient named by the outer column."""
    return _blocks_against(by).filter(patient=OuterRef(patient))


def _blocks_against(by: Actor) -> QuerySet[AccessBlock]:
    against = Q(user=by.user)
    if by.service_id:
        against |= Q(service_id=by.service_id)
    if by.practice_id:
        against |= Q(practice_id=by.practice_id)
    return AccessBlock.objects.filter(against, lifted_at__isnull=True)


def patients_to_decide_for(by: Actor, *, now: datetime) -> QuerySet[Patient]:
    """Whose plan this doctor approves: the GP's own list, but the hospital's doctor while the hospital has the phase.

    C3: approve limits; architecture P2: nobody else may.
    """
    visible = visible_patients(by, now=now, permission=Permission.APPROVE_PLAN)
    hospital = Enrolment.objects.filter(patient=OuterRef("pk"), ended_on__isnull=True, service__trust__isnull=False)
    if by.role == Role.GP:
        return visible.exclude(Exists(hospital))
    return visible.filter(Exists(hospital.filter(service_id=by.service_id)))


def patients_of_controller(by: Actor, **_: object) -> QuerySet[Patient]:
    """Every patient of the municipality whose privacy officer this is, also those whose course has ended."""
    if not by.may(Permission.READ_ACCESS_LOG):
        return Patient.objects.none()
    return Patient.objects.filter(municipality_id__in=by.municipality_ids)


def get_patient(
    patient_id: UUID | None,
    *,
    by: Actor | None,
    now: datetime,
    action: Action = Action.OPEN_PATIENT,
    permission: Permission = Permission.SEE_PATIENT,
    object_id: str = "",
    purpose: str = "",
    among: Callable[..., QuerySet[Patient]] = visible_patients,
) -> Patient:
    """The patient, with the look logged. Raises `Refused` (a logged 404) when this actor may not see or do it.

    None is the patient of something that does not exist: looked up all the same, so that the time tells nothing.
    `among` is whom the actor may open here; an app above may have a reason of its own to widen it. `purpose` is the
    written reason where one is asked for; what emergency access has to say stands before it.
    """
    if by is None or not by.may(permission):
        raise Refused(action, patient_id=patient_id, object_id=object_id)
    reachable = among(by, now=now, permission=permission)
    found = reachable.select_related("municipality", "gp").filter(pk=patient_id or _NOBODY).first()
    if found is None:
        raise Refused(action, patient_id=patient_id, object_id=object_id)
    emergency = _purpose(found, by=by, now=now)
    record_access(
        action,
        municipality_id=found.municipality_id,
        patient_id=found.pk,
        by=by,
        now=now,
        basis=Basis.EMERGENCY if emergency else None,
        purpose=emergency or purpose,
        object_id=object_id,
    )
    return found


def _purpose(patient: Patient, *, by: Actor, now: datetime) -> str:
    """What the log says beside the action: that only emergency access opened the record, and past a block."""
    if emergency_of(patient, by=by, now=now) is None:
        return ""
    blocked = _blocks_against(by).filter(patient=patient).exists()
    return PAST_BLOCK if blocked else EMERGENCY


def _still_here(on: date) -> Q:
    return ~Q(deceased_on__lte=on) & ~Q(moved_on__lte=on)


def get_patient_for_insight(patient_id: UUID, *, by: Actor | None, now: datetime, action: Action) -> Patient:
    """A patient who has asked who looked (R-301): for the privacy officer, and for whoever may see the patient."""
    officer = by is not None and by.may(Permission.READ_ACCESS_LOG)
    return get_patient(
        patient_id,
        by=by,
        now=now,
        action=action,
        permission=Permission.READ_ACCESS_LOG if officer else Permission.SEE_PATIENT,
        among=patients_of_controller if officer else visible_patients,
    )
