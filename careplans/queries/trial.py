"""The daily schedule of a trial, which counts until a plan says something else (AT-27)."""

from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from careplans.models import PlanVersion, Schedule
from patients.enums import EnrolmentStatus, PlanBasis

SHORTEST: Final = 14
LONGEST: Final = 28


def trial_schedules(*, at: datetime) -> QuerySet[Schedule]:
    """Those that count: from the first day of the trial until a plan in force has schedules of its own.

    Who goes on with another treatment plan has no plan here that could say when, so the trial's schedule goes on: a
    patient whom nobody expects anything of would be a silent one.
    """
    own = PlanVersion.objects.in_force(at).filter(patient=OuterRef("trial__patient"), schedules__isnull=False)
    lasting = Q(trial__status=EnrolmentStatus.TRIAL) | Q(
        trial__status=EnrolmentStatus.ACTIVE, trial__basis=PlanBasis.OTHER_PLAN
    )
    return Schedule.objects.filter(lasting, ~Exists(own), trial__started_on__lte=timezone.localdate(at))
