"""The patient's own plan, as the tablet shows it."""

from datetime import datetime
from uuid import UUID

from careplans.models import PlanVersion
from measurements.models import MeasurementType


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


def own_types(patient_id: UUID, *, at: datetime) -> list[MeasurementType]:
    """What the plan in force asks for or judges, in the order of the catalogue, each with its quantities."""
    plan = own_plan(patient_id, at=at)
    if plan is None:
        return []
    scheduled = {row.type_id for row in plan.schedules.all() if row.type_id}
    judged = plan.thresholds.values("quantity")
    wanted = MeasurementType.objects.filter(pk__in=scheduled) | MeasurementType.objects.filter(quantities__in=judged)
    return list(wanted.distinct().prefetch_related("quantities").order_by("position"))
