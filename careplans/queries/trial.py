"""A trial: how far it has come, and its daily schedule, which counts until a plan says something else (AT-27)."""

from datetime import date, datetime
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from accounts.actor import Actor
from careplans.models import PlanVersion, Schedule
from dho.lib.numbers import date_nb
from measurements.models import Questionnaire
from measurements.queries import questionnaires_seen_by
from patients.enums import EnrolmentStatus, PlanBasis
from patients.models import Enrolment

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


def forms_to_offer(by: Actor, *, on: date) -> QuerySet[Questionnaire]:
    """The forms in use that the actor may ask for: never another organisation's own."""
    return questionnaires_seen_by(by, on=on).filter(current=True).order_by("title")


def trial_day(course: Enrolment, *, today: date) -> str:
    """Dag 6 av 21, or when it begins; empty outside a trial, and when its last day has passed."""
    if course.status != EnrolmentStatus.TRIAL or not course.started_on or not course.trial_ends_on:
        return ""
    if today < course.started_on:
        return gettext("begynner %(day)s") % {"day": date_nb(course.started_on)}
    if course.trial_ends_on < today:
        return ""
    return gettext("dag %(day)s av %(length)s") % {
        "day": (today - course.started_on).days + 1,
        "length": (course.trial_ends_on - course.started_on).days + 1,
    }
