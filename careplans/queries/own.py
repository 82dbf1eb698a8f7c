"""The patient's own plan, as the tablet shows it."""

from datetime import datetime
from uuid import UUID

from careplans.models import PlanVersion


def own_plan(patient_id: UUID, *, at: datetime) -> PlanVersion | None:
    """The version in force with its measures and schedules; None while no approved version is."""
    return (
        PlanVersion.objects.in_force(at)
        .filter(patient_id=patient_id)
        .prefetch_related("measures", "schedules__type")
        .order_by("-approved_at", "-number")
        .first()
    )


def own_questionnaire_codes(patient_id: UUID, *, at: datetime) -> list[str]:
    """The questionnaires that the plan in force schedules."""
    plan = own_plan(patient_id, at=at)
    return sorted({row.questionnaire_code for row in plan.schedules.all() if row.questionnaire_code}) if plan else []
