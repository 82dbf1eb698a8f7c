"""Pauses: their days, and that no two lie over each other (R-015)."""

from datetime import timedelta

import pytest

from careplans.enums import CourseProblem
from careplans.services import CourseStopped, move_pause, register_pause
from patients.models import Pause
from patients.services import NotYours
from tests.factories.accounts import actor_of
from tests.factories.clock import NOW
from tests.factories.courses import TODAY, allocated, in_trial
from tests.factories.patients import make_patient

DAY = timedelta(days=1)


def register(world, course, first, last, *, by=None):
    return register_pause(
        enrolment=course,
        first_day=TODAY + first * DAY,
        last_day=TODAY + last * DAY,
        reason=" Reise. ",
        by=actor_of(by or world.kari),
        now=NOW,
    )


def move(world, pause, last, *, now=NOW):
    return move_pause(pause=pause, last_day=TODAY + last * DAY, by=actor_of(world.kari), now=now)


def problem(act):
    with pytest.raises(CourseStopped) as stopped:
        act()
    return stopped.value.problem, stopped.value.field


@pytest.mark.parametrize(
    ("first", "last", "wanted"),
    [
        (-1, 3, (CourseProblem.PAUSE_IN_PAST, "first_day")),
        (3, 2, (CourseProblem.ENDS_BEFORE_START, "last_day")),
        (0, 91, (CourseProblem.PAUSE_TOO_LONG, "last_day")),
        (5, 15, (CourseProblem.PAUSE_OVERLAPS, "first_day")),
        (20, 25, (CourseProblem.PAUSE_OVERLAPS, "first_day")),
        (12, 14, (CourseProblem.PAUSE_OVERLAPS, "first_day")),
    ],
)
def test_days_that_cannot_be_are_refused_at_their_field(world, first, last, wanted):
    course = in_trial(world)
    register(world, course, 10, 20)
    assert problem(lambda: register(world, course, first, last)) == wanted
    assert Pause.objects.filter(enrolment=course).count() == 1


def test_two_pauses_may_follow_each_other_and_one_may_last_ninety_days(world):
    course = in_trial(world)
    register(world, course, 0, 90)
    register(world, course, 91, 92)
    assert set(Pause.objects.values_list("reason", flat=True)) == {"Reise."}


def test_a_pause_ends_early_is_extended_and_never_reopened(world):
    course = in_trial(world)
    pause = register(world, course, 0, 20)
    assert move(world, pause, 90).last_day == TODAY + 90 * DAY
    assert move(world, pause, 100, now=NOW + 10 * DAY).last_day == TODAY + 100 * DAY
    assert move(world, pause, 3, now=NOW + 3 * DAY).last_day == TODAY + 3 * DAY
    assert problem(lambda: move(world, pause, 9, now=NOW + 4 * DAY)) == (CourseProblem.PAUSE_OVER, None)


@pytest.mark.parametrize(
    ("last", "wanted"),
    [
        (-1, (CourseProblem.PAUSE_IN_PAST, "last_day")),
        (4, (CourseProblem.ENDS_BEFORE_START, "last_day")),
        (96, (CourseProblem.PAUSE_TOO_LONG, "last_day")),
        (30, (CourseProblem.PAUSE_OVERLAPS, "last_day")),
    ],
)
def test_a_pause_is_not_moved_where_it_cannot_be(world, last, wanted):
    course = in_trial(world)
    pause = register(world, course, 5, 10)
    register(world, course, 30, 40)
    assert problem(lambda: move(world, pause, last)) == wanted


def test_only_who_is_expected_to_measure_can_have_a_pause(world):
    course = allocated(make_patient(world.a.pk, "Tora", "Vik"), world.joint, world.kari)
    assert problem(lambda: register(world, course, 0, 5))[0] == CourseProblem.NO_PAUSE_NOW


@pytest.mark.parametrize("person", ["ola", "siri", "dahl", "eva"])
def test_others_pause_nobody(world, person):
    with pytest.raises(NotYours):
        register(world, in_trial(world), 0, 5, by=getattr(world, person))
