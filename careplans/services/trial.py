"""The trial begins: its days, and what is expected every day of it (R-013, AT-26, AT-27)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from careplans.enums import CourseProblem
from careplans.models import Schedule
from careplans.queries.trial import LONGEST, SHORTEST, forms_to_offer
from careplans.services.held import CourseStopped, hold
from patients.enums import EnrolmentStatus
from patients.models import Enrolment
from patients.services import take_step

EVERY_DAY: Final = [0, 1, 2, 3, 4, 5, 6]
# A home visit is often written down some days after, or agreed some days ahead.
BACK: Final = timedelta(days=7)
AHEAD: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The days of a trial, and what is measured and answered at the times of each day."""

    starts_on: date
    ends_on: date
    types: Sequence[str]
    questionnaires: Sequence[str]
    times: Sequence[time]
    grace_minutes: int = 120
    reason: str = ""


@transaction.atomic
def start_trial(*, enrolment: Enrolment, trial: Trial, by: Actor, now: datetime) -> Enrolment:
    """From start-up to trial, with its daily schedule. Raises NotYours, NotPossible, CourseStopped."""
    course = hold(enrolment, by=by, now=now)
    if course.status != EnrolmentStatus.START_UP:
        raise CourseStopped(CourseProblem.WRONG_STEP)
    today = timezone.localdate(now)
    _check(course, trial, today=today)
    if set(trial.questionnaires) - set(forms_to_offer(by, on=today).values_list("code", flat=True)):
        raise CourseStopped(CourseProblem.FORM_NOT_OFFERED, "questionnaires")
    take_step(
        course,
        EnrolmentStatus.TRIAL,
        by=by,
        now=now,
        why=trial.reason,
        started_on=trial.starts_on,
        trial_ends_on=trial.ends_on,
    )
    shared = {
        "municipality_id": course.municipality_id,
        "trial": course,
        "weekdays": EVERY_DAY,
        "times": sorted(trial.times),
        "grace_minutes": trial.grace_minutes,
    }
    measured = [Schedule(type_id=code, **shared) for code in trial.types]
    answered = [Schedule(questionnaire_code=code, **shared) for code in trial.questionnaires]
    Schedule.objects.bulk_create(measured + answered)
    return course


def _check(course: Enrolment, trial: Trial, *, today: date) -> None:
    if trial.starts_on < course.allocated_on:
        raise CourseStopped(CourseProblem.START_BEFORE_ALLOCATION, "starts_on")
    if not today - BACK <= trial.starts_on <= today + AHEAD:
        raise CourseStopped(CourseProblem.START_TOO_FAR, "starts_on")
    if trial.ends_on <= trial.starts_on:
        raise CourseStopped(CourseProblem.ENDS_BEFORE_START, "ends_on")
    if not SHORTEST <= (trial.ends_on - trial.starts_on).days <= LONGEST and not trial.reason.strip():
        raise CourseStopped(CourseProblem.TRIAL_LENGTH, "ends_on")
    if not (trial.types and trial.questionnaires and trial.times):
        raise CourseStopped(CourseProblem.NOTHING_SCHEDULED, "types")
