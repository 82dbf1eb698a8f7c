"""One course, as its page shows it: the steps, what is to be done, pauses and evaluations."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F

from accounts.actor import Actor
from careplans.enums import VersionStatus
from careplans.models import CaseTask, Evaluation, PlanVersion
from careplans.queries.trial import trial_day, trial_schedules
from patients.enums import EnrolmentStatus, ReferralStatus
from patients.models import Enrolment, PathwayStep, Pause
from patients.queries import credentials_of

NAMES = dict(EnrolmentStatus.choices) | dict(ReferralStatus.choices)


@dataclass(frozen=True, slots=True)
class Taken:
    """One step in words."""

    name: str
    at: datetime
    by: str
    why: str


def course_page(course: Enrolment, *, by: Actor, now: datetime, today: date) -> dict[str, Any]:
    """Everything on the page, and what may be done where the course stands."""
    tasks = list(
        CaseTask.objects.filter(enrolment=course)
        .select_related("responsible", "done_by", "checklist")
        .order_by(F("done_at").asc(nulls_first=True), "due_on", "pk")
    )
    versions = list(PlanVersion.objects.filter(patient_id=course.patient_id).order_by("-number"))
    running = course.status in (EnrolmentStatus.TRIAL, EnrolmentStatus.ACTIVE)
    return {
        "course": course,
        "patient": course.patient,
        "age": course.patient.age(today),
        "today": today,
        "steps": steps_of(course),
        "open_tasks": [task for task in tasks if task.done_at is None],
        "done_tasks": [task for task in tasks if task.done_at is not None],
        "plan": next((each for each in versions if each.in_force_at(now)), None),
        "proposal": next((each for each in versions if each.status == VersionStatus.PROPOSED), None),
        "schedules": list(trial_schedules(at=now).filter(trial=course).select_related("type")),
        "trial": trial_day(course, today=today),
        "trial_over": _trial_over(course, today=today),
        "evaluation_late": bool(
            course.status == EnrolmentStatus.ACTIVE and course.next_evaluation_on and course.next_evaluation_on < today
        ),
        "pauses": list(Pause.objects.filter(enrolment=course).select_related("registered_by").order_by("-first_day")),
        "evaluations": list(
            Evaluation.objects.filter(enrolment=course).select_related("registered_by").order_by("-held_on", "-pk")
        ),
        "devices": [each for each in credentials_of(course.patient) if each.revoked_at is None],
        "others": list(Enrolment.objects.filter(patient_id=course.patient_id).exclude(pk=course.pk)),
        "may_start": course.status == EnrolmentStatus.START_UP,
        "may_evaluate": running,
        "may_pause": running,
        "may_end": course.status != EnrolmentStatus.ENDED,
    }


def steps_of(course: Enrolment) -> list[Taken]:
    """Every step of the course, and of the referral before it, the newest first (R-015)."""
    found = PathwayStep.objects.filter(enrolment=course)
    if course.referral_id:
        found |= PathwayStep.objects.filter(referral=course.referral_id)
    rows = found.select_related("by").order_by("-at", "-pk")
    return [Taken(str(NAMES[row.to_status]), row.at, row.by.get_full_name(), row.why) for row in rows]


def _trial_over(course: Enrolment, *, today: date) -> bool:
    """The last day has passed and nobody has decided: overdue from the day after (AT-26)."""
    return bool(course.status == EnrolmentStatus.TRIAL and course.trial_ends_on and course.trial_ends_on < today)
