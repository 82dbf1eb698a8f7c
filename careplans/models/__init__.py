"""The self-care plan: versions, what they say, how they were gone through, and the doctor's decision."""

from careplans.models.approval import Approval
from careplans.models.confirmation import TemplateConfirmation
from careplans.models.content import Goal, Measure, Responsibility, Schedule, Threshold, ZoneText, frozen_with_version
from careplans.models.course import CaseTask, Evaluation, Routine
from careplans.models.curves import CurveReport
from careplans.models.ladder import DoctorContact, DoctorNotice, PlanOpening
from careplans.models.meeting import PatientAcceptance, PlanMeeting
from careplans.models.plan import OPEN_STATUSES, Plan, PlanVersion
from careplans.models.routine import LONGEST_INTERVAL, GpLook, GpRoutine
from careplans.models.template import PlanTemplate, PlanTemplateVersion

__all__ = [
    "LONGEST_INTERVAL",
    "OPEN_STATUSES",
    "Approval",
    "CaseTask",
    "CurveReport",
    "DoctorContact",
    "DoctorNotice",
    "Evaluation",
    "Goal",
    "GpLook",
    "GpRoutine",
    "Measure",
    "PatientAcceptance",
    "Plan",
    "PlanMeeting",
    "PlanOpening",
    "PlanTemplate",
    "PlanTemplateVersion",
    "PlanVersion",
    "Responsibility",
    "Routine",
    "Schedule",
    "TemplateConfirmation",
    "Threshold",
    "ZoneText",
    "frozen_with_version",
]
