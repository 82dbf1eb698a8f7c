"""The course goes from one service to another. Nobody lets go before another has taken it (R-144, R-160, R-162).

What stands in the queue follows in `alerts.services.handing_over`, which lies above this app and calls what is here.
"""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission
from organisations.enums import Shared
from organisations.models import FollowUpService
from patients.enums import HandoverAnswer, Obstacle
from patients.models import AccessBlock, Enrolment, Handover, Patient
from patients.queries import can_follow_up, open_handovers, reaches
from patients.services.rights import NotPossible, NotYours, lock_patient, require


@transaction.atomic
def propose_handover(
    *, patient: Patient, to_service: FollowUpService, takes_effect_on: date, note: str, by: Actor, now: datetime
) -> Handover:
    """Ask another service to take the course over from a day. Raises NotYours, NotPossible."""
    require(by, Permission.HAND_OVER, patient, now=now)
    lock_patient(patient.pk)
    enrolment = Enrolment.objects.filter(patient=patient, ended_on__isnull=True).first()
    if enrolment is None:
        raise NotPossible(Obstacle.NO_COURSE)
    if enrolment.service_id == to_service.pk:
        raise NotPossible(Obstacle.HOLDS_COURSE)
    if takes_effect_on < timezone.localdate(now):
        raise NotPossible(Obstacle.PAST_DAY)
    if open_handovers(patient).exists():
        raise NotPossible(Obstacle.HANDOVER_OPEN)
    if obstacle := cannot_receive(to_service, patient, on=takes_effect_on):
        raise NotPossible(obstacle)
    return Handover.objects.create(
        municipality_id=patient.municipality_id,
        patient=patient,
        enrolment=enrolment,
        from_service_id=enrolment.service_id,
        to_service=to_service,
        takes_effect_on=takes_effect_on,
        note=note.strip(),
        proposed_at=now,
        proposed_by=by.user,
    )


@transaction.atomic
def withdraw_handover(*, handover: Handover, by: Actor, now: datetime) -> None:
    """The holder of the course keeps it after all, as long as nothing has moved. Raises NotYours, NotPossible."""
    require(by, Permission.HAND_OVER, handover.patient, now=now)
    standing = _locked(handover.pk)
    if standing.moved_at or standing.answer not in ("", HandoverAnswer.ACCEPTED):
        raise NotPossible(Obstacle.ANSWERED)
    _answer(standing, HandoverAnswer.WITHDRAWN, standing.answer_note, by=by, now=now)


def withdraw_of_ended(enrolment: Enrolment, *, by: Actor, now: datetime) -> int:
    """The course ends, so nobody is to take it over; how many handovers were withdrawn. The patient's row is held."""
    waiting = Handover.objects.filter(
        enrolment=enrolment, moved_at__isnull=True, answer__in=["", HandoverAnswer.ACCEPTED]
    )
    rows = list(waiting.select_for_update())
    for handover in rows:
        _answer(handover, HandoverAnswer.WITHDRAWN, handover.answer_note, by=by, now=now)
    return len(rows)


@transaction.atomic
def accept_handover(*, handover_id: UUID, note: str, by: Actor, now: datetime) -> Handover:
    """The receiver takes the course; it moves at once when the day has come. Raises NotYours, NotPossible.

    The receiver must see the municipality's patients on the day, and have a nurse there.
    """
    handover = _waiting(handover_id, by=by)
    enrolment = handover.enrolment
    if enrolment.ended_on or enrolment.service_id != handover.from_service_id:
        raise NotPossible(Obstacle.COURSE_CHANGED)
    on = max(handover.takes_effect_on, timezone.localdate(now))
    if obstacle := cannot_receive(handover.to_service, handover.patient, on=on):
        raise NotPossible(obstacle)
    _answer(handover, HandoverAnswer.ACCEPTED, note, by=by, now=now)
    take_effect(handover=handover, now=now)
    return handover


@transaction.atomic
def decline_handover(*, handover_id: UUID, note: str, by: Actor, now: datetime) -> Handover:
    """The receiver says no; the course stays where it is. Raises NotYours, NotPossible."""
    handover = _waiting(handover_id, by=by)
    _answer(handover, HandoverAnswer.DECLINED, note, by=by, now=now)
    return handover


@transaction.atomic
def take_effect(*, handover: Handover, now: datetime) -> bool:
    """Move the course when it is accepted and its day in Oslo has come; whether it moved now. Done twice it moves once.

    Where the receiver can no longer follow up, it stays with the giver, and both see that it has not moved.
    """
    patient = lock_patient(handover.patient_id)
    handover.refresh_from_db()
    today = timezone.localdate(now)
    accepted = handover.answer == HandoverAnswer.ACCEPTED and handover.moved_at is None
    if not accepted or handover.takes_effect_on > today or cannot_receive(handover.to_service, patient, on=today):
        return False
    standing = Enrolment.objects.filter(
        pk=handover.enrolment_id, service_id=handover.from_service_id, ended_on__isnull=True
    )
    if not standing.update(service_id=handover.to_service_id):
        return False
    handover.moved_at = now
    handover.save(update_fields=["moved_at"])
    return True


def cannot_receive(service: FollowUpService, patient: Patient, *, on: date) -> Obstacle | None:
    """What would leave the patient's alerts where nobody sees them (P1); None where the service can take the course."""
    if not reaches(service, patient.municipality_id, on=on, sharing=[Shared.READINGS]):
        return Obstacle.NO_AGREEMENT
    if AccessBlock.objects.filter(patient=patient, service=service, lifted_at__isnull=True).exists():
        return Obstacle.BLOCKED
    return None if can_follow_up(service, patient, on=on) else Obstacle.NOBODY_THERE


def _locked(handover_id: UUID) -> Handover:
    """The handover as it stands, with the patient's row held first. Raises NotYours when there is none to be seen."""
    patient_id = Handover.objects.filter(pk=handover_id).values_list("patient_id", flat=True).first()
    if patient_id is None:
        raise NotYours
    lock_patient(patient_id)
    return Handover.objects.select_related("patient", "enrolment", "to_service").get(pk=handover_id)


def _waiting(handover_id: UUID, *, by: Actor) -> Handover:
    handover = _locked(handover_id)
    reached = handover.municipality_id in by.reaches(Permission.HAND_OVER)
    blocked = AccessBlock.objects.filter(patient=handover.patient, user=by.user, lifted_at__isnull=True)
    if not reached or handover.to_service_id != by.service_id or blocked.exists():
        raise NotYours
    if handover.answer:
        raise NotPossible(Obstacle.ANSWERED)
    return handover


def _answer(handover: Handover, answer: HandoverAnswer, note: str, *, by: Actor, now: datetime) -> None:
    handover.answer, handover.answer_note = answer, note.strip()
    handover.answered_at, handover.answered_by = now, by.user
    handover.save(update_fields=["answer", "answer_note", "answered_at", "answered_by"])
