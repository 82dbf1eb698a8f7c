"""The self-care plan: versions, limits, schedules, measures per zone, and the doctor's decision."""

from careplans.models.approval import Approval
from careplans.models.content import Measure, Schedule, Threshold, frozen_with_version
from careplans.models.plan import OPEN_STATUSES, Plan, PlanVersion

__all__ = [
    "OPEN_STATUSES",
    "Approval",
    "Measure",
    "Plan",
    "PlanVersion",
    "Schedule",
    "Threshold",
    "frozen_with_version",
]
