"""The patient's record: the person and the courses, who else may act or look, and what the patient asks for."""

from patients.models.access import (
    AUTHORITY_LASTS,
    EMERGENCY_LASTS,
    AccessBlock,
    CareRelation,
    EmergencyAccess,
    Handover,
    RelativeAuthority,
)
from patients.models.insight import ANSWERED_WITHIN, CorrectionRequest, InsightRequest
from patients.models.intake import (
    Allocation,
    CriteriaAssessment,
    CriterionAnswer,
    InformationGiven,
    InformationText,
    IntakeSetting,
)
from patients.models.pathway import Enrolment, PathwayStep, Pause, Referral
from patients.models.person import HomeAddress, Patient, Relative

__all__ = [
    "ANSWERED_WITHIN",
    "AUTHORITY_LASTS",
    "EMERGENCY_LASTS",
    "AccessBlock",
    "Allocation",
    "CareRelation",
    "CorrectionRequest",
    "CriteriaAssessment",
    "CriterionAnswer",
    "EmergencyAccess",
    "Enrolment",
    "Handover",
    "HomeAddress",
    "InformationGiven",
    "InformationText",
    "InsightRequest",
    "IntakeSetting",
    "PathwayStep",
    "Patient",
    "Pause",
    "Referral",
    "Relative",
    "RelativeAuthority",
]
