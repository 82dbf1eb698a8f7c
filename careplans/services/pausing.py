"""A pause: days on which nothing is expected (R-015, ADR 23)."""

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from careplans.enums import CourseProblem
from careplans.services.held import CourseStopped, hold
from patients.enums import EnrolmentStatus
from patients.models import Enrolment, Pause

LONGEST_PAUSE: Final = timedelta(days=90)


@transaction.atomic
def register_pause(
    *, enrolment: Enrolment, first_day: date, last_day: date, reason: str, by: Actor, now: datetime
) -> Pause:
    """From and with the first day to and with the last. Raises NotYours, CourseStopped."""
    course = hold(enrolment, by=by, now=now)
    if course.status not in (EnrolmentStatus.TRIAL, EnrolmentStatus.ACTIVE):
        raise CourseStopped(CourseProblem.NO_PAUSE_NOW)
    if first_day < timezone.localdate(now):
        raise CourseStopped(CourseProblem.PAUSE_IN_PAST, "first_day")
    _check(course, first_day, last_day, today=timezone.localdate(now))
    return Pause.objects.create(
        municipality_id=course.municipality_id,
        patient_id=course.patient_id,
        enrolment=course,
        first_day=first_day,
        last_day=last_day,
        reason=reason.strip(),
        registered_at=now,
        registered_by=by.user,
    )


@transaction.atomic
def move_pause(*, pause: Pause, last_day: date, by: Actor, now: datetime) -> Pause:
    """Another last day: earlier, today at the earliest, or later. Raises NotYours, CourseStopped."""
    course = hold(pause.enrolment, by=by, now=now)
    found = Pause.objects.get(pk=pause.pk)
    today = timezone.localdate(now)
    if course.ended_on or found.last_day < today:
        raise CourseStopped(CourseProblem.PAUSE_OVER)
    if last_day < today:
        raise CourseStopped(CourseProblem.PAUSE_IN_PAST, "last_day")
    _check(course, found.first_day, last_day, today=today, besides=found)
    found.last_day = last_day
    found.save(update_fields=["last_day"])
    return found


def _check(course: Enrolment, first_day: date, last_day: date, *, today: date, besides: Pause | None = None) -> None:
    if last_day < first_day:
        raise CourseStopped(CourseProblem.ENDS_BEFORE_START, "last_day")
    if last_day > max(first_day, today) + LONGEST_PAUSE:
        raise CourseStopped(CourseProblem.PAUSE_TOO_LONG, "last_day")
    others = Pause.objects.filter(enrolment=course, first_day__lte=last_day, last_day__gte=first_day)
    if any(each != besides for each in others):
        raise CourseStopped(CourseProblem.PAUSE_OVERLAPS, "last_day" if besides else "first_day")
