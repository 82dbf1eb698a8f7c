"""Taking a referral or a course one step on (R-015)."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.actor import Actor
from patients.enums import Obstacle
from patients.models import Enrolment, PathwayStep, Referral
from patients.pathway import may_follow
from patients.services.rights import NotPossible


@transaction.atomic
def begin(case: Referral | Enrolment, *, by: Actor, now: datetime, why: str = "") -> PathwayStep:
    """Record the first step of what has just been written."""
    return _record(case, "", case.status, by=by, now=now, why=why)


@transaction.atomic
def take_step(
    case: Referral | Enrolment, to: str, *, by: Actor, now: datetime, why: str = "", **changes: Any
) -> PathwayStep:
    """Move to the next status, with the other columns that change with it, and who, when and why.

    The caller holds the patient's row. Raises NotPossible when the table does not let the step follow.
    """
    case.refresh_from_db(fields=["status"])
    if not may_follow(case.status, to):
        raise NotPossible(Obstacle.NO_SUCH_STEP)
    step = _record(case, case.status, to, by=by, now=now, why=why)
    case.status = to
    for name, value in changes.items():
        setattr(case, name, value)
    case.save(update_fields=["status", *changes])
    return step


def _record(case: Referral | Enrolment, before: str, after: str, *, by: Actor, now: datetime, why: str) -> PathwayStep:
    return PathwayStep.objects.create(
        municipality_id=case.municipality_id,
        patient_id=case.patient_id,
        referral=case if isinstance(case, Referral) else None,
        enrolment=case if isinstance(case, Enrolment) else None,
        from_status=before,
        to_status=after,
        at=now,
        by=by.user,
        why=why.strip(),
    )
