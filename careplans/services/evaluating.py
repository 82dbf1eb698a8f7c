"""The evaluation after the trial and again and again: continue, adjust or end (R-014, R-016, R-018, R-019, AT-52)."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from careplans.enums import CourseProblem, EvaluationKind, EvaluationOutcome
from careplans.models import Evaluation, PlanVersion
from careplans.queries.trial import LONGEST
from careplans.services.held import CourseStopped, hold
from patients.enums import EnrolmentStatus, PlanBasis
from patients.models import Enrolment
from patients.services import take_step


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What an evaluation came to."""

    held_on: date
    participants: str
    outcome: str
    makes_insecure: bool
    health_anxiety: bool
    benefit: str = ""
    frequency: str = ""
    note: str = ""
    basis: str = ""
    other_plan: str = ""
    trial_until: date | None = None
    next_on: date | None = None


@transaction.atomic
def evaluate(*, enrolment: Enrolment, held: Held, by: Actor, now: datetime) -> Evaluation:
    """Write it down and do what follows: into follow-up, a longer trial, or the next evaluation.

    Ending is a step of its own, which asks for more. Raises NotYours, NotPossible, CourseStopped.
    """
    course = hold(enrolment, by=by, now=now)
    if course.status not in (EnrolmentStatus.TRIAL, EnrolmentStatus.ACTIVE):
        raise CourseStopped(CourseProblem.WRONG_STEP)
    in_trial = course.status == EnrolmentStatus.TRIAL
    _check(course, held, now=now)
    evaluation = Evaluation.objects.create(
        municipality_id=course.municipality_id,
        patient_id=course.patient_id,
        enrolment=course,
        kind=EvaluationKind.TRIAL if in_trial else EvaluationKind.RECURRING,
        registered_at=now,
        registered_by=by.user,
        **asdict(held),
    )
    changes: dict[str, Any] = {"basis": held.basis, "other_plan": held.other_plan, "next_evaluation_on": held.next_on}
    if held.outcome == EvaluationOutcome.END:
        return evaluation
    if held.trial_until:
        _change(course, trial_ends_on=held.trial_until)
    elif in_trial:
        take_step(course, EnrolmentStatus.ACTIVE, by=by, now=now, why=held.note[:500], **changes)
    else:
        _change(course, **changes)
    return evaluation


def has_plan_in_force(course: Enrolment, *, now: datetime) -> bool:
    """Whether a doctor-approved self-care plan holds now."""
    return PlanVersion.objects.in_force(now).filter(patient_id=course.patient_id).exists()


def _change(course: Enrolment, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(course, name, value)
    course.save(update_fields=list(changes))


def _check(course: Enrolment, held: Held, *, now: datetime) -> None:
    today = timezone.localdate(now)
    if held.held_on > today:
        raise CourseStopped(CourseProblem.HELD_IN_FUTURE, "held_on")
    if held.held_on < course.held_from:
        raise CourseStopped(CourseProblem.HELD_BEFORE_START, "held_on")
    if held.outcome == EvaluationOutcome.END:
        return
    if held.trial_until:
        _check_extension(course, held, today=today)
        return
    if held.basis == PlanBasis.SELF_CARE_PLAN and not has_plan_in_force(course, now=now):
        raise CourseStopped(CourseProblem.NO_PLAN, "basis")
    if not held.basis or (held.basis == PlanBasis.OTHER_PLAN and not held.other_plan):
        raise CourseStopped(CourseProblem.NO_PLAN, "other_plan")
    if held.next_on is None or held.next_on <= today:
        raise CourseStopped(CourseProblem.NEXT_IN_PAST, "next_on")


def _check_extension(course: Enrolment, held: Held, *, today: date) -> None:
    """A longer trial: at most 28 days in all, or with a reason (AT-26)."""
    if course.status != EnrolmentStatus.TRIAL or held.outcome != EvaluationOutcome.ADJUST:
        raise CourseStopped(CourseProblem.WRONG_STEP)
    assert held.trial_until is not None and course.started_on is not None  # noqa: S101, PT018 - a trial has begun
    if held.trial_until < today or (course.trial_ends_on and held.trial_until <= course.trial_ends_on):
        raise CourseStopped(CourseProblem.NOT_LONGER, "trial_until")
    if (held.trial_until - course.started_on).days > LONGEST and not held.note:
        raise CourseStopped(CourseProblem.TRIAL_LENGTH, "trial_until")
