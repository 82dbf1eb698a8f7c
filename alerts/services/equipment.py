"""Equipment matters: a device whose submissions are refused again and again, and a device whose clock is wrong."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Max, Min, Q, Sum
from django.db.models.functions import Coalesce

from alerts.enums import AlertKind, AlertState, Level
from alerts.models import Alert
from alerts.queries.work import everywhere
from alerts.services.desk import Desk, lock_patients
from alerts.services.facts import Fact
from alerts.services.rounds import patient_by_patient
from dho.lib import rls
from measurements.enums import Timing
from measurements.models import RefusedSubmission

REFUSALS: Final = 3
# A week, so that a device that measures once a day and is refused each time is seen too.
WITHIN: Final = timedelta(days=7)


def watch_refusals(*, now: datetime) -> int:
    """Bring to the queue whoever had three readings or forms refused in a week; how many alerts changed.

    What was refused before the alert was last closed has been looked at, and does not count again.
    """
    with everywhere():
        rows = (
            RefusedSubmission.objects.filter(received_at__gt=now - WITHIN)
            .values("municipality_id", "patient_id", sender=Coalesce("device_id", "system_id"))
            .annotate(refused=Sum("items"))
            .filter(refused__gte=REFUSALS)
        )
        found = list(rows.values_list("municipality_id", "patient_id", "sender"))
    return patient_by_patient(_report, found, now=now)


def report_wrong_clocks(facts: Sequence[Fact], desk: Desk) -> None:
    """A value from the future means that the device's clock is wrong: its other times cannot be trusted either."""
    for fact in facts:
        if fact.timing != Timing.FUTURE:
            continue
        subject = f"clock:{fact.submitted_by_device_id or fact.submitted_by_system_id or ''}"
        alert = desk.find(fact.patient_id, AlertKind.EQUIPMENT, subject)
        if alert is not None:
            desk.change(alert, count=alert.count + 1)
            continue
        desk.open(
            fact.patient_id,
            AlertKind.EQUIPMENT,
            subject,
            level=Level.EQUIPMENT,
            headline="Nettbrett",
            detail="Klokken på enheten går feil",
            waiting_since=fact.received_at,
            deadline=desk.deadline(fact.patient_id, Level.EQUIPMENT, fact.received_at),
        )


def _report(municipality_id: int, patient_id: UUID, sender: UUID, *, now: datetime) -> int:
    with rls.acting_for([municipality_id], actor="worker"):
        if not lock_patients([patient_id], wait=False):
            return 0
        desk, subject = Desk({patient_id: municipality_id}, now=now), str(sender)
        closed = Alert.objects.filter(
            patient_id=patient_id, kind=AlertKind.EQUIPMENT, subject=subject, state=AlertState.CLOSED
        ).aggregate(at=Max("closed_at"))["at"]
        since = max(closed, now - WITHIN) if closed else now - WITHIN
        sent = RefusedSubmission.objects.filter(Q(device_id=sender) | Q(system_id=sender), patient_id=patient_id)
        refused = sent.filter(received_at__gt=since)
        count, first = refused.aggregate(count=Sum("items", default=0), first=Min("received_at")).values()
        alert = desk.find(patient_id, AlertKind.EQUIPMENT, subject)
        if count < REFUSALS or (alert is not None and alert.count >= count):
            return 0
        detail = f"{count} innsendinger avvist siste 7 dager"
        if alert is not None:
            desk.change(alert, count=count, detail=detail)
        else:
            desk.open(
                patient_id,
                AlertKind.EQUIPMENT,
                subject,
                level=Level.EQUIPMENT,
                headline="Nettbrett" if sent.filter(device_id=sender).exists() else "System",
                detail=detail,
                count=count,
                waiting_since=first,
                deadline=desk.deadline(patient_id, Level.EQUIPMENT, first),
            )
        desk.save()
        return 1
