"""The self-care plan: versions, what they say, how they were gone through, and the doctor's decision."""

from careplans.models.approval import Approval
from careplans.models.confirmation import TemplateConfirmation
from careplans.models.content import (
    Goal,
    Measure,
    Responsibility,
    Schedule,
    Threshold,
    ZoneText,
    frozen_with_version,
)
from careplans.models.meeting import PatientAcceptance, PlanMeeting
from careplans.models.plan import OPEN_STATUSES, Plan, PlanVersion
from careplans.models.template import PlanTemplate, PlanTemplateVersion

__all__ = [
    "OPEN_STATUSES",
    "Approval",
    "Goal",
    "Measure",
    "PatientAcceptance",
    "Plan",
    "PlanMeeting",
    "PlanTemplate",
    "PlanTemplateVersion",
    "PlanVersion",
    "Responsibility",
    "Schedule",
    "TemplateConfirmation",
    "Threshold",
    "ZoneText",
    "frozen_with_version",
]
