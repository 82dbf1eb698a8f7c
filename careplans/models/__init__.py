"""The self-care plan: versions, what they say, how they were gone through, and the doctor's decision.

And the running of the course that the plan belongs to.
"""

from careplans.models.approval import Approval
from careplans.models.content import (
    Goal,
    Measure,
    Responsibility,
    Schedule,
    Threshold,
    ZoneText,
    frozen_with_version,
)
from careplans.models.course import CaseTask, Evaluation, Routine
from careplans.models.meeting import PatientAcceptance, PlanMeeting
from careplans.models.plan import OPEN_STATUSES, Plan, PlanVersion

__all__ = [
    "OPEN_STATUSES",
    "Approval",
    "CaseTask",
    "Evaluation",
    "Goal",
    "Measure",
    "PatientAcceptance",
    "Plan",
    "PlanMeeting",
    "PlanVersion",
    "Responsibility",
    "Routine",
    "Schedule",
    "Threshold",
    "ZoneText",
    "frozen_with_version",
]
