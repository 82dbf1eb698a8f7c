"""The patient's own plan, as the tablet shows it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from careplans.models import PlanVersion, Schedule
from careplans.models.plan import PlanVersionQuerySet
from careplans.queries.trial import trial_schedules
from measurements.models import MeasurementType

# What `own_words` reads of a version.
CONTENT: Final = ("goals", "zone_texts", "measures", "responsibilities", "schedules__type")


def own_plan(patient_id: UUID, *, at: datetime) -> PlanVersion | None:
    """The version in force with everything it says; None while no approved version is."""
    return (
        _in_force(patient_id, at)
        .select_related("decision", "approved_from__decision", "patient")
        .prefetch_related(*CONTENT)
        .first()
    )


def _in_force(patient_id: UUID, at: datetime) -> PlanVersionQuerySet:
    return PlanVersion.objects.in_force(at).filter(patient_id=patient_id).order_by("-approved_at", "-number")


def own_questionnaire_codes(patient_id: UUID, *, at: datetime) -> list[str]:
    """The questionnaires that the plan in force schedules, or the trial while no plan does (AT-27)."""
    plan = _in_force(patient_id, at).prefetch_related("schedules").first()
    schedules = _schedules(plan, patient_id, at=at)
    return sorted({row.questionnaire_code for row in schedules if row.questionnaire_code})


def own_types(patient_id: UUID, *, at: datetime) -> list[MeasurementType]:
    """What the plan in force or the trial asks for, and what the plan judges, in the order of the catalogue.

    Each has its quantities.
    """
    plan = _in_force(patient_id, at).prefetch_related("schedules").first()
    scheduled = {row.type_id for row in _schedules(plan, patient_id, at=at) if row.type_id}
    wanted = MeasurementType.objects.filter(pk__in=scheduled)
    if plan is not None:
        wanted |= MeasurementType.objects.filter(quantities__in=plan.thresholds.values("quantity"))
    return list(wanted.distinct().prefetch_related("quantities").order_by("position"))


def _schedules(plan: PlanVersion | None, patient_id: UUID, *, at: datetime) -> Iterable[Schedule]:
    of_plan = list(plan.schedules.all()) if plan else []
    return of_plan or trial_schedules(at=at).filter(trial__patient_id=patient_id)
