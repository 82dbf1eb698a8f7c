"""Which approval a draft can carry on: the doctor's, when limits and medical measures are the very same (ADR 24)."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from accounts.actor import Actor
from careplans.enums import VersionStatus
from careplans.models import PlanVersion
from careplans.models.content import NEEDS_DOCTOR
from careplans.queries.changes import SAID, lines_of
from careplans.queries.wording import Names
from patients.access import patients_to_decide_for

_RECENT: Final = timedelta(days=30)
_OWN: Final = frozenset({"id", "municipality_id", "version_id", "position"})


def approval_to_carry(version: PlanVersion, *, now: datetime) -> PlanVersion | None:
    """The version whose approval in force covers this draft too; None where a doctor must decide."""
    present = PlanVersion.objects.filter(
        plan_id=version.plan_id, status=VersionStatus.APPROVED, valid_until__gt=now
    ).first()
    if present is None:
        return None
    root = present.approved_from or present
    return root if decided_about(root) == decided_about(version) else None


def decided_about(version: PlanVersion) -> list[str]:
    """Everything in the version that is a doctor's to decide, in one order. The database's trigger says the same."""
    limits = [_said(row) for row in version.thresholds.values()]
    return sorted(limits + [_said(row) for row in version.measures.filter(NEEDS_DOCTOR).values()])


def _said(row: Any) -> str:
    values = {name: str(value) if isinstance(value, Decimal) else value for name, value in row.items()}
    return repr(sorted((name, value) for name, value in values.items() if name not in _OWN))


def changed_without_doctor(by: Actor, *, now: datetime) -> list[PlanVersion]:
    """What was put in force on an earlier approval the last 30 days, for the patients that this doctor decides for."""
    own = patients_to_decide_for(by, now=now).values("pk")
    return list(
        PlanVersion.objects.filter(patient__in=own, approved_from__isnull=False, approved_at__gte=now - _RECENT)
        .select_related("patient", "municipality", "sent_by", "approved_by", "approved_from")
        .prefetch_related(*SAID, *(f"approved_from__{rows}" for rows in SAID))
        .order_by("-approved_at", "-pk")
    )


def changes_of(version: PlanVersion, names: Names) -> list[str]:
    """Which parts differ from what the doctor saw, by heading. `names` are looked up once for a whole list."""
    if version.approved_from is None:
        return []
    before, after = lines_of(version.approved_from, names), lines_of(version, names)
    return [heading for (section, heading), lines in after.items() if {*lines} != {*before[section, heading]}]
