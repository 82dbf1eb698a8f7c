"""How many are followed up on a day, and on what: with a self-care plan or without (R-042, R-043, S-05)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from careplans.models import PlanVersion
from dho.lib.numbers import OSLO
from patients.enums import EnrolmentStatus, PlanBasis
from patients.models import Enrolment, PathwayStep


@dataclass(frozen=True, slots=True)
class PlanShare:
    """The active patients of a day: those with a plan, and those in follow-up without one, by what it rests on."""

    active: int
    with_plan: int
    in_trial: int
    other_plan: int
    without: int

    @property
    def percent(self) -> int | None:
        """The share with a plan; None where nobody is followed up."""
        return round(100 * self.with_plan / self.active) if self.active else None


def active_on(on: date, *, municipality_id: int | None = None, service_id: UUID | None = None) -> QuerySet[Enrolment]:
    """Courses in trial or follow-up that day: begun, and not ended before the day is over (S-05)."""
    found = Enrolment.objects.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on), started_on__lte=on)
    if municipality_id is not None:
        found = found.filter(municipality_id=municipality_id)
    return found.filter(service_id=service_id) if service_id else found


def plan_share(on: date, *, municipality_id: int | None = None, service_id: UUID | None = None) -> PlanShare:
    """The share of active patients with a self-care plan (R-043)."""
    rows = list(
        _placed(on, municipality_id=municipality_id, service_id=service_id).values_list("has_plan", "tried", "basis")
    )
    without = [basis for has_plan, tried, basis in rows if not has_plan and tried]
    return PlanShare(
        active=len(rows),
        with_plan=sum(has_plan for has_plan, *_ in rows),
        in_trial=sum(not has_plan and not tried for has_plan, tried, _ in rows),
        other_plan=without.count(PlanBasis.OTHER_PLAN),
        without=len(without) - without.count(PlanBasis.OTHER_PLAN),
    )


def _placed(on: date, *, municipality_id: int | None, service_id: UUID | None) -> QuerySet[Any]:
    """With `has_plan` and `tried`: whether the trial was over by the end of the day, or there never was one."""
    end = end_of(on)
    plan = PlanVersion.objects.in_force(end).filter(patient=OuterRef("patient"))
    steps = PathwayStep.objects.filter(enrolment=OuterRef("pk"))
    over = steps.filter(to_status=EnrolmentStatus.ACTIVE, at__lte=end)
    begun = steps.filter(to_status=EnrolmentStatus.TRIAL)
    never = ~Q(status=EnrolmentStatus.TRIAL) & ~Exists(begun)
    return active_on(on, municipality_id=municipality_id, service_id=service_id).annotate(
        has_plan=Exists(plan), tried=Q(Exists(over)) | never
    )


def end_of(on: date) -> datetime:
    """The last moment of the day in Oslo."""
    return datetime.combine(on + timedelta(days=1), time(), tzinfo=OSLO) - timedelta(microseconds=1)
