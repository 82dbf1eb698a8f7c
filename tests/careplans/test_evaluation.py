"""Evaluations: what may follow which outcome, and that nobody goes on without a plan (R-014, R-016, AT-26, AT-52)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, transaction

from careplans.enums import CourseProblem, EvaluationKind
from careplans.models import Evaluation
from careplans.queries.counting import PlanShare, plan_share
from careplans.services import CourseStopped, evaluate
from patients.enums import EnrolmentStatus
from patients.models import Enrolment
from patients.services import NotYours, take_step
from tests.factories.accounts import actor_of
from tests.factories.careplans import approve, make_draft
from tests.factories.clock import NOW
from tests.factories.courses import TODAY, active, allocated, held, in_trial
from tests.factories.patients import end_course, make_patient

DAY = timedelta(days=1)
OTHER = {"basis": "OTHER", "other_plan": "Behandlingsplan fra lungepoliklinikken."}
LONGER = {"outcome": "ADJUST", "basis": "", "frequency": "", "next_on": None}


def evaluated(world, course, *, now=NOW, by=None, **fields):
    return evaluate(enrolment=course, held=held(**fields), by=actor_of(by or world.kari), now=now)


def refusal(world, course, *, now=NOW, **fields):
    with pytest.raises(CourseStopped) as stopped:
        evaluated(world, course, now=now, **fields)
    assert not Evaluation.objects.filter(enrolment=course).exists()
    return stopped.value.problem, stopped.value.field


def standing(course):
    row = Enrolment.objects.get(pk=course.pk)
    return row.status, row.basis, row.other_plan, row.next_evaluation_on


def test_after_the_trial_a_patient_goes_on_with_an_approved_plan(world):
    course = in_trial(world)
    approve(make_draft(course.patient, world.kari), world.dahl)
    found = evaluated(world, course)
    assert found.kind == EvaluationKind.TRIAL
    assert standing(course) == (EnrolmentStatus.ACTIVE, "EBP", "", TODAY + timedelta(weeks=12))
    assert course.steps.order_by("at", "pk").last().to_status == EnrolmentStatus.ACTIVE


@pytest.mark.parametrize("fields", [{}, {"basis": ""}, {"basis": "OTHER"}])
def test_nobody_goes_on_without_a_plan_in_force_or_another_one_named(world, fields):
    course = in_trial(world)
    make_draft(course.patient, world.kari)
    assert refusal(world, course, **fields)[0] == CourseProblem.NO_PLAN
    assert standing(course)[0] == EnrolmentStatus.TRIAL


def test_an_expired_plan_is_none(world):
    course = in_trial(world)
    version = approve(make_draft(course.patient, world.kari), world.dahl)
    assert refusal(world, course, now=version.valid_until + DAY, next_on=TODAY + 9999 * DAY)[0] == CourseProblem.NO_PLAN


def test_with_another_plan_the_patient_goes_on_and_is_counted(world):
    course = active(world)
    assert standing(course)[:3] == (EnrolmentStatus.ACTIVE, "OTHER", "Behandlingsplan fra lungepoliklinikken.")
    assert plan_share(TODAY, municipality_id=world.a.pk) == PlanShare(
        active=2, with_plan=1, in_trial=0, other_plan=1, without=0
    )
    assert plan_share(TODAY, municipality_id=world.a.pk).percent == 50


def test_the_count_can_be_repeated_for_a_day_that_has_been(world):
    course = in_trial(world)
    assert plan_share(TODAY, municipality_id=world.a.pk).in_trial == 1
    evaluated(world, course, now=NOW + 20 * DAY, next_on=TODAY + 90 * DAY, **OTHER)
    assert plan_share(TODAY + 19 * DAY, municipality_id=world.a.pk).in_trial == 1
    assert plan_share(TODAY + 20 * DAY, municipality_id=world.a.pk).other_plan == 1
    assert plan_share(TODAY - DAY, municipality_id=world.a.pk).active == 1
    ended = {"ended_on": TODAY + 25 * DAY, "end_reason": "OWN_WISH"}
    take_step(Enrolment.objects.get(pk=course.pk), "ENDED", by=actor_of(world.kari), now=NOW + 25 * DAY, **ended)
    assert plan_share(TODAY + 24 * DAY, municipality_id=world.a.pk).active == 2
    assert plan_share(TODAY + 25 * DAY, municipality_id=world.a.pk).active == 1


def test_the_database_lets_no_trial_become_follow_up_without_a_basis(world):
    course = in_trial(world)
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        take_step(course, EnrolmentStatus.ACTIVE, by=actor_of(world.kari), now=NOW)


@pytest.mark.parametrize(
    ("fields", "problem", "field"),
    [
        ({"held_on": TODAY + DAY}, CourseProblem.HELD_IN_FUTURE, "held_on"),
        ({"held_on": TODAY - DAY}, CourseProblem.HELD_BEFORE_START, "held_on"),
        ({"next_on": TODAY} | OTHER, CourseProblem.NEXT_IN_PAST, "next_on"),
        (LONGER | {"trial_until": TODAY + 21 * DAY}, CourseProblem.NOT_LONGER, "trial_until"),
        (LONGER | {"trial_until": TODAY + 29 * DAY}, CourseProblem.TRIAL_LENGTH, "trial_until"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(world, fields, problem, field):
    assert refusal(world, in_trial(world), **fields) == (problem, field)


@pytest.mark.parametrize(("days", "note"), [(28, ""), (40, "Lå på sykehus i ti dager.")])
def test_a_trial_is_made_longer_beyond_four_weeks_with_a_reason(world, days, note):
    course = in_trial(world)
    evaluated(world, course, **LONGER, trial_until=TODAY + days * DAY, note=note)
    row = Enrolment.objects.get(pk=course.pk)
    assert (row.status, row.trial_ends_on) == (EnrolmentStatus.TRIAL, TODAY + days * DAY)


def test_a_recurring_evaluation_moves_the_next_one(world):
    course = active(world)
    evaluated(world, course, held_on=TODAY, next_on=TODAY + 30 * DAY, **OTHER)
    assert standing(course)[3] == TODAY + 30 * DAY
    assert Evaluation.objects.filter(enrolment=course).order_by("pk").last().kind == EvaluationKind.RECURRING


def test_one_that_is_to_end_the_course_leaves_it_to_the_ending(world):
    course = in_trial(world)
    evaluated(world, course, outcome="END", basis="", next_on=None)
    assert standing(course)[0] == EnrolmentStatus.TRIAL


@pytest.mark.parametrize("status", ["START_UP", "ENDED"])
def test_there_is_nothing_to_evaluate_before_and_after(world, status):
    course = allocated(make_patient(world.a.pk, "Tora", "Vik"), world.joint, world.kari)
    if status == "ENDED":
        end_course(course.patient)
        # A nurse no longer follows the patient; the coordinator of the municipality does.
        with pytest.raises(NotYours):
            evaluated(world, course)
    else:
        assert refusal(world, course)[0] == CourseProblem.WRONG_STEP


@pytest.mark.parametrize("person", ["ola", "siri", "dahl", "eva"])
def test_others_evaluate_nothing(world, person):
    with pytest.raises(NotYours):
        evaluated(world, in_trial(world), by=getattr(world, person), **OTHER)


@pytest.mark.parametrize("worry", ["makes_insecure", "health_anxiety"])
def test_the_database_asks_why_a_worry_does_not_end_it(world, worry):
    course = in_trial(world)
    with pytest.raises(IntegrityError, match="evaluation_says_why"), transaction.atomic():
        evaluated(world, course, **{worry: True}, **OTHER)
    evaluated(world, course, **{worry: True}, note="Måler sjeldnere, og ringer hver fredag.", **OTHER)


def test_what_was_evaluated_stands(world):
    active(world)
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        Evaluation.objects.update(note="Noe annet.")
