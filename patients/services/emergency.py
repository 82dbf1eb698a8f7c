"""Nødtilgang: one person's own decision to look, with a written reason, for four hours (norway.md 5)."""

from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.actor import Actor
from accounts.roles import Permission
from audit.enums import Action
from audit.services import record_access
from patients.access import EMERGENCY, visible_patients
from patients.enums import Obstacle
from patients.models import EMERGENCY_LASTS, EmergencyAccess, Patient
from patients.services.rights import NotPossible, NotYours, lock_patient

REASON_AT_LEAST: Final = 20


@transaction.atomic
def open_emergency_access(*, patient: Patient, reason: str, by: Actor, now: datetime) -> EmergencyAccess:
    """Open the record for reading, also past a block; the log and the privacy officer's list say so.

    Raises NotYours outside the municipalities that the actor reaches, NotPossible for a reason that says too little and
    for whoever sees the patient already.
    """
    if patient.municipality_id not in by.reaches(Permission.EMERGENCY_ACCESS):
        raise NotYours
    if len(reason.strip()) < REASON_AT_LEAST:
        raise NotPossible(Obstacle.SHORT_REASON)
    lock_patient(patient.pk)
    if visible_patients(by, now=now).filter(pk=patient.pk).exists():
        raise NotPossible(Obstacle.ALREADY_OPEN)
    opened = EmergencyAccess.objects.create(
        municipality_id=patient.municipality_id,
        patient=patient,
        user=by.user,
        role=by.role,
        organisation=by.organisation,
        reason=reason.strip(),
        began_at=now,
        ends_at=now + EMERGENCY_LASTS,
    )
    record_access(
        Action.EMERGENCY_ACCESS,
        municipality_id=patient.municipality_id,
        patient_id=patient.pk,
        by=by,
        now=now,
        purpose=EMERGENCY,
        object_id=str(opened.pk),
    )
    return opened


@transaction.atomic
def review_emergency_access(*, emergency: EmergencyAccess, review: str, by: Actor, now: datetime) -> None:
    """The privacy officer of the patient's municipality says what came of it, once, and never about oneself.

    Raises NotYours, NotPossible.
    """
    if emergency.municipality_id not in by.reaches(Permission.READ_ACCESS_LOG):
        raise NotYours
    if emergency.user_id == by.user.pk:
        raise NotPossible(Obstacle.OWN_EMERGENCY)
    if not review.strip():
        raise NotPossible(Obstacle.NO_REVIEW)
    waiting = EmergencyAccess.objects.filter(pk=emergency.pk, reviewed_at__isnull=True)
    if not waiting.update(reviewed_at=now, reviewed_by=by.user, review=review.strip()):
        raise NotPossible(Obstacle.ALREADY_REVIEWED)
