"""What is agreed with the GP about one patient, and the agreed looks (R-126, R-128, AT-53; ADR 27)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission
from careplans.enums import RoutineMode
from careplans.models import LONGEST_INTERVAL, GpLook, GpRoutine
from careplans.services.refusals import NotYours
from patients.access import own_patients, patients_to_decide_for
from patients.models import Patient


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed."""

    mode: RoutineMode
    interval_days: int | None
    agreed_on: date
    agreed_with: str
    valid_from: date
    tasks: Sequence[str] = field(default=())
    curves_every_days: int | None = None


@transaction.atomic
def agree(*, patient: Patient, agreed: Agreed, by: Actor, now: datetime) -> GpRoutine:
    """Register what was agreed; from `valid_from` it replaces what was agreed before.

    Raises NotYours, or ValueError for an interval outside 1 to 365 days, an interval where none belongs, a day of
    agreement still to come, or a rule that would hold from before it was agreed.
    """
    if not may_agree(patient, by=by, now=now):
        raise NotYours
    at_intervals = agreed.mode == RoutineMode.AT_INTERVALS
    if at_intervals != (agreed.interval_days is not None):
        raise ValueError("An interval belongs to looking at intervals, and to nothing else.")
    given = [days for days in (agreed.interval_days, agreed.curves_every_days) if days is not None]
    if not all(1 <= days <= LONGEST_INTERVAL for days in given):
        raise ValueError("An interval is 1 to 365 days.")
    if agreed.agreed_on > timezone.localdate(now) or agreed.valid_from < agreed.agreed_on:
        raise ValueError("What is agreed was agreed by today, and holds from that day at the earliest.")
    if not agreed.agreed_with.strip():
        raise ValueError("An agreement is made with somebody.")
    return GpRoutine.objects.create(
        municipality_id=patient.municipality_id,
        patient=patient,
        mode=agreed.mode,
        interval_days=agreed.interval_days,
        curves_every_days=agreed.curves_every_days,
        tasks=[task.strip() for task in agreed.tasks if task.strip()],
        agreed_on=agreed.agreed_on,
        agreed_with=agreed.agreed_with.strip(),
        valid_from=agreed.valid_from,
        registered_at=now,
        registered_by=by.user,
    )


def may_agree(patient: Patient, *, by: Actor, now: datetime) -> bool:
    """The service with the course, and the patient's own GP: those who write the plan (docs/rights.md)."""
    return own_patients(by, now=now, permission=Permission.DRAFT_PLAN).filter(pk=patient.pk).exists()


@transaction.atomic
def note_look(*, patient: Patient, by: Actor, now: datetime) -> None:
    """The patient's own doctor has looked as agreed; twice in one day is one look. Raises NotYours for all others."""
    if not patients_to_decide_for(by, now=now).filter(pk=patient.pk).exists():
        raise NotYours
    look = GpLook(
        municipality_id=patient.municipality_id, patient=patient, on=timezone.localdate(now), at=now, by=by.user
    )
    GpLook.objects.bulk_create([look], ignore_conflicts=True)
