"""The patient's own plan, as the tablet shows it."""

from datetime import datetime
from typing import Final
from uuid import UUID

from careplans.models import PlanVersion
from careplans.models.plan import PlanVersionQuerySet
from measurements.models import MeasurementType

# What `own_words` reads of a version.
CONTENT: Final = ("goals", "zone_texts", "measures", "responsibilities", "schedules__type")


def own_plan(patient_id: UUID, *, at: datetime) -> PlanVersion | None:
    """The version in force with everything it says; None while no approved version is."""
    return _in_force(patient_id, at).select_related("decision", "patient").prefetch_related(*CONTENT).first()


def _in_force(patient_id: UUID, at: datetime) -> PlanVersionQuerySet:
    return PlanVersion.objects.in_force(at).filter(patient_id=patient_id).order_by("-approved_at", "-number")


def own_questionnaire_codes(patient_id: UUID, *, at: datetime) -> list[str]:
    """The questionnaires that the plan in force schedules."""
    plan = _in_force(patient_id, at).prefetch_related("schedules").first()
    return sorted({row.questionnaire_code for row in plan.schedules.all() if row.questionnaire_code}) if plan else []


def own_types(patient_id: UUID, *, at: datetime) -> list[MeasurementType]:
    """What the plan in force asks for or judges, in the order of the catalogue, each with its quantities."""
    plan = _in_force(patient_id, at).prefetch_related("schedules").first()
    if plan is None:
        return []
    scheduled = {row.type_id for row in plan.schedules.all() if row.type_id}
    judged = plan.thresholds.values("quantity")
    wanted = MeasurementType.objects.filter(pk__in=scheduled) | MeasurementType.objects.filter(quantities__in=judged)
    return list(wanted.distinct().prefetch_related("quantities").order_by("position"))
