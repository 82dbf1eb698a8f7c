"""Which plans ask for a questionnaire. Here and not beside the forms: measurements know nothing of plans."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from careplans.enums import VersionStatus
from careplans.models import PlanVersion, Schedule
from dho.lib import rls
from organisations.models import Municipality


def _asking(codes: Iterable[str], *, at: datetime) -> Q:
    """Schedules of plans in force, and of trials that have no approved plan yet."""
    in_force = Q(version__in=PlanVersion.objects.in_force(at).values("pk"))
    in_trial = Q(trial__ended_on__isnull=True, trial__isnull=False)
    return Q(questionnaire_code__in=list(codes)) & (in_force | in_trial)


def plans_by_form(codes: Iterable[str], *, at: datetime) -> dict[str, int]:
    """How many patients are asked for each form, as far as the reader's municipalities go."""
    return _patients(Schedule.objects.filter(_asking(codes, at=at)))


def _patients(schedules: QuerySet[Schedule]) -> dict[str, int]:
    """How many patients have these schedules, by form."""
    counted = Count(Coalesce("version__patient_id", "trial__patient_id"), distinct=True)
    found = schedules.order_by().values("questionnaire_code").annotate(number=counted)
    return dict(found.values_list("questionnaire_code", "number"))


def plans_that_need(code: str, *, at: datetime) -> int:
    """How many patients' plans ask for the form, or will when the doctor says yes.

    Counted in every municipality; all that crosses is the number.
    """
    with rls.acting_for(Municipality.objects.values_list("pk", flat=True)):
        waiting = Q(questionnaire_code=code, version__status=VersionStatus.PROPOSED)
        return _patients(Schedule.objects.filter(_asking([code], at=at) | waiting)).get(code, 0)
