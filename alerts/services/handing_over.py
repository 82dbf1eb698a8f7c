"""A handover with what stands in the queue: row, alerts and deadlines go along in the same transaction (P1)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from alerts.queries.work import everywhere
from alerts.services.desk import Desk
from alerts.services.rounds import patient_by_patient
from dho.lib import rls
from patients import services as patients
from patients.enums import HandoverAnswer
from patients.models import Handover


@transaction.atomic
def accept_handover(*, handover_id: UUID, note: str, by: Actor, now: datetime) -> Handover:
    """As `patients.services.accept_handover`; the case follows where the course moves. Raises NotYours, NotPossible."""
    handover = patients.accept_handover(handover_id=handover_id, note=note, by=by, now=now)
    if handover.moved_at:
        _bring_case(handover, now=now)
    return handover


def carry_out_handovers(*, now: datetime) -> int:
    """Move every accepted course whose day has come, patient by patient; how many moved."""
    with everywhere():
        due = Handover.objects.filter(
            answer=HandoverAnswer.ACCEPTED, moved_at__isnull=True, takes_effect_on__lte=timezone.localdate(now)
        )
        rows = due.order_by("takes_effect_on", "pk").values_list("municipality_id", "patient_id", "pk")
        found = list(rows)
    return patient_by_patient(_carry_out, found, now=now)


def _carry_out(municipality_id: int, patient_id: UUID, handover_id: UUID, *, now: datetime) -> int:
    with rls.acting_for([municipality_id], actor="worker"):
        handover = Handover.objects.select_related("to_service").get(pk=handover_id, patient_id=patient_id)
        moved = patients.take_effect(handover=handover, now=now)
        if moved:
            _bring_case(handover, now=now)
        return int(moved)


def _bring_case(handover: Handover, *, now: datetime) -> None:
    """The patient's row is held by whoever moved the course."""
    Desk({handover.patient_id: handover.municipality_id}, now=now).put_right(handover.patient_id)
