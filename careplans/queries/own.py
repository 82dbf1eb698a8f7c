"""The patient's own plan, as the tablet shows it."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from careplans.models import PlanVersion, Schedule
from careplans.queries.trial import trial_schedules
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
    """The questionnaires that the plan in force schedules, or the trial while no plan does (AT-27)."""
    schedules = _schedules(own_plan(patient_id, at=at), patient_id, at=at)
    return sorted({row.questionnaire_code for row in schedules if row.questionnaire_code})


def own_types(patient_id: UUID, *, at: datetime) -> list[MeasurementType]:
    """What the plan in force or the trial asks for, and what the plan judges, in the order of the catalogue.

    Each has its quantities.
    """
    plan = own_plan(patient_id, at=at)
    scheduled = {row.type_id for row in _schedules(plan, patient_id, at=at) if row.type_id}
    wanted = MeasurementType.objects.filter(pk__in=scheduled)
    if plan is not None:
        wanted |= MeasurementType.objects.filter(quantities__in=plan.thresholds.values("quantity"))
    return list(wanted.distinct().prefetch_related("quantities").order_by("position"))


def _schedules(plan: PlanVersion | None, patient_id: UUID, *, at: datetime) -> Iterable[Schedule]:
    of_plan = list(plan.schedules.all()) if plan else []
    return of_plan or trial_schedules(at=at).filter(trial__patient_id=patient_id)
