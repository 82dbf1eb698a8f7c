"""What the patient asks for: insight, registered before anything is taken out; and correction, decided once."""

from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.actor import Actor
from accounts.roles import Permission
from patients.enums import Decision, InsightChannel
from patients.models import CorrectionRequest, InsightRequest, Patient


class AlreadyDecided(Exception):
    """Somebody has answered this request."""


@transaction.atomic
def receive_insight_request(
    *, patient: Patient, asked_on: date, channel: InsightChannel, by: Actor, now: datetime
) -> InsightRequest:
    """Keep that the patient has asked for what is stored, when and how (GDPR article 15). Raises PermissionDenied."""
    _require(by, patient.municipality_id)
    return InsightRequest.objects.create(
        municipality_id=patient.municipality_id, patient=patient, asked_on=asked_on, channel=channel,
        registered_at=now, registered_by=by.user,
    )  # fmt: skip


@transaction.atomic
def receive_correction(*, patient: Patient, what: str, by: Actor, now: datetime) -> CorrectionRequest:
    """Keep what the patient says is wrong, word for word (GDPR article 16). Raises PermissionDenied."""
    _require(by, patient.municipality_id)
    return CorrectionRequest.objects.create(
        municipality_id=patient.municipality_id, patient=patient, what=what, received_at=now, received_by=by.user
    )


@transaction.atomic
def decide_correction(
    *, patient: Patient, request_id: UUID, decision: Decision, reason: str, by: Actor, now: datetime
) -> CorrectionRequest:
    """Answer the request, once. Raises DoesNotExist, AlreadyDecided or PermissionDenied."""
    _require(by, patient.municipality_id)
    found = CorrectionRequest.objects.select_for_update().get(pk=request_id, patient=patient)
    if found.decision != Decision.WAITING:
        raise AlreadyDecided
    found.decision, found.reason, found.decided_at, found.decided_by = decision, reason, now, by.user
    found.save()
    return found


def _require(by: Actor, municipality_id: int) -> None:
    if municipality_id not in by.municipality_ids or not by.may(Permission.READ_ACCESS_LOG):
        raise PermissionDenied
