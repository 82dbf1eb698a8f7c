"""Sperring: what the patient refuses, registered for the patient (pasientjournalloven § 17; norway.md 5)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Membership, User
from accounts.roles import Permission
from organisations.models import FollowUpService, GpPractice
from patients.enums import Obstacle
from patients.models import AccessBlock, Enrolment, Patient
from patients.queries import can_follow_up, open_handovers
from patients.services.rights import NotPossible, lock_patient, require

Blocked = User | FollowUpService | GpPractice


@transaction.atomic
def block_access(*, patient: Patient, against: Blocked, by: Actor, now: datetime) -> AccessBlock:
    """The person, service or practice sees nothing of the patient from now on. Raises NotYours, NotPossible.

    Refused where the patient's alerts would then stand where nobody sees them (P1): the course is ended instead.
    """
    require(by, Permission.BLOCK_ACCESS, patient, now=now)
    lock_patient(patient.pk)
    target = {_KIND[type(against)]: against}
    if AccessBlock.objects.filter(patient=patient, lifted_at__isnull=True, **target).exists():
        raise NotPossible(Obstacle.ALREADY_BLOCKED)
    if obstacle := _leaves_nobody(patient, against, now=now):
        raise NotPossible(obstacle)
    return AccessBlock.objects.create(
        municipality_id=patient.municipality_id, patient=patient, blocked_at=now, blocked_by=by.user, **target
    )


@transaction.atomic
def lift_block(*, block: AccessBlock, by: Actor, now: datetime) -> None:
    """The block holds no more. Raises NotYours, also for whoever is blocked, or NotPossible when already lifted."""
    require(by, Permission.BLOCK_ACCESS, block.patient, now=now)
    lock_patient(block.patient_id)
    standing = AccessBlock.objects.filter(pk=block.pk, lifted_at__isnull=True)
    if not standing.update(lifted_at=now, lifted_by=by.user):
        raise NotPossible(Obstacle.ALREADY_LIFTED)


def concerns_gp(patient: Patient, against: Blocked, *, now: datetime) -> bool:
    """Whether it shuts out the patient's only doctor: nobody could approve a plan. The screen says so first."""
    if patient.gp is None:
        return False
    if isinstance(against, GpPractice):
        own = Membership.objects.in_force(timezone.localdate(now)).filter(user=patient.gp)
        return own.filter(practice=against).exists()
    return against == patient.gp


_KIND: dict[type, str] = {User: "user", FollowUpService: "service", GpPractice: "practice"}


def _leaves_nobody(patient: Patient, against: Blocked, *, now: datetime) -> Obstacle | None:
    course = Enrolment.objects.select_related("service").filter(patient=patient, ended_on__isnull=True).first()
    coming = open_handovers(patient).select_related("to_service").first()
    if isinstance(against, FollowUpService):
        if course and course.service_id == against.pk:
            return Obstacle.BLOCK_OF_HOLDER
        return Obstacle.HANDOVER_OPEN if coming and coming.to_service_id == against.pk else None
    services = [each for each in (course and course.service, coming and coming.to_service) if each]
    if not isinstance(against, User):
        return None
    on = timezone.localdate(now)
    # Only where the block makes the difference: a service that has nobody already is another matter.
    empty = (
        can_follow_up(service, patient, on=on) and not can_follow_up(service, patient, on=on, without=against)
        for service in services
    )
    return Obstacle.BLOCK_OF_LAST_NURSE if any(empty) else None
