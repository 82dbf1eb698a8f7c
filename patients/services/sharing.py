"""A patient shared with a service that does not hold the course, so that it reads along (R-140, R-303)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission
from organisations.models import FollowUpService
from patients.enums import Obstacle
from patients.models import AccessBlock, CareRelation, Enrolment, Patient
from patients.queries import TO_READ, reaches
from patients.services.rights import NotPossible, lock_patient, require


@transaction.atomic
def share_patient(
    *, patient: Patient, service: FollowUpService, last_day: date | None, by: Actor, now: datetime
) -> CareRelation:
    """Let the service see the patient from today, to the last day if there is one.

    Raises NotYours, or NotPossible: without an agreement in force on what there is to read, nothing is shared (R-303).
    """
    require(by, Permission.SHARE_PATIENT, patient, now=now)
    lock_patient(patient.pk)
    today = timezone.localdate(now)
    if obstacle := _obstacle(patient, service, today, last_day):
        raise NotPossible(obstacle)
    return CareRelation.objects.create(
        municipality_id=patient.municipality_id,
        patient=patient,
        service=service,
        valid_from=today,
        valid_until=last_day,
        given_at=now,
        given_by=by.user,
    )


def _obstacle(patient: Patient, service: FollowUpService, today: date, last_day: date | None) -> Obstacle | None:
    if last_day and last_day < today:
        return Obstacle.PAST_DAY
    if not reaches(service, patient.municipality_id, on=today, sharing=TO_READ):
        return Obstacle.NO_AGREEMENT
    if Enrolment.objects.filter(patient=patient, service=service, ended_on__isnull=True).exists():
        return Obstacle.HOLDS_COURSE
    if AccessBlock.objects.filter(patient=patient, service=service, lifted_at__isnull=True).exists():
        return Obstacle.BLOCKED
    shared = CareRelation.objects.in_force(today).filter(patient=patient, service=service)
    return Obstacle.ALREADY_SHARED if shared.exists() else None


@transaction.atomic
def end_sharing(*, relation: CareRelation, by: Actor, now: datetime) -> None:
    """The service sees the patient no more, from now. Raises NotYours, or NotPossible when it is over already."""
    require(by, Permission.SHARE_PATIENT, relation.patient, now=now)
    lock_patient(relation.patient_id)
    if not CareRelation.objects.in_force(timezone.localdate(now)).filter(pk=relation.pk).exists():
        raise NotPossible(Obstacle.ALREADY_ENDED)
    relation.ended_at, relation.ended_by = now, by.user
    relation.save(update_fields=["ended_at", "ended_by"])
