"""The pathway's table in the database: every step is one of the table's, recorded before the status moves (R-015)."""

from datetime import date, timedelta
from itertools import product

import pytest
from django.db import IntegrityError, InternalError, transaction

from patients.enums import EndReason, EnrolmentStatus, Obstacle, ReferralOrigin, ReferralStatus
from patients.models import PathwayStep, Pause, Referral
from patients.pathway import NEXT, may_follow
from patients.services import NotPossible, begin, take_step
from tests.factories.clock import NOW
from tests.factories.patients import make_enrolment, make_patient, pause

DAY = timedelta(days=1)


@pytest.fixture
def course(world):
    """A course that has been allocated and has not begun."""
    patient = make_patient(world.a.pk, "Tora", "Vik")
    return make_enrolment(patient, world.joint, status=EnrolmentStatus.START_UP)


def referral(world, **fields):
    patient = make_patient(world.a.pk, "Ove", "Lund")
    return Referral.objects.create(
        municipality_id=world.a.pk,
        patient=patient,
        origin=ReferralOrigin.HOSPITAL,
        received_on=NOW.date(),
        reason="Kols med to innleggelser i høst.",
        registered_at=NOW,
        registered_by=world.kari,
        **fields,
    )


def refused(act):
    with pytest.raises((InternalError, IntegrityError)) as caught, transaction.atomic():
        act()
    return str(caught.value)


def test_the_table_is_the_whole_way():
    assert {now: set(then) for now, then in NEXT.items()} == {
        "RECEIVED": {"ASSESSED", "DECLINED"},
        "ASSESSED": {"ALLOCATED", "DECLINED"},
        "ALLOCATED": set(),
        "DECLINED": set(),
        "START_UP": {"TRIAL", "ENDED"},
        "TRIAL": {"ACTIVE", "ENDED"},
        "ACTIVE": {"ENDED"},
        "ENDED": set(),
    }


@pytest.mark.parametrize(("now", "then"), [*product(EnrolmentStatus, repeat=2)])
def test_the_database_takes_the_steps_of_the_table_and_no_other(world, now, then):
    ended = {"ended_on": NOW.date(), "end_reason": EndReason.OTHER} if now == EnrolmentStatus.ENDED else {}
    found = make_enrolment(make_patient(world.a.pk, "Tora", "Vik"), world.joint, status=now, **ended)
    step = {"enrolment": found, "from_status": now, "to_status": then, "at": NOW, "by": world.kari}
    owner = {"municipality_id": found.municipality_id, "patient": found.patient}
    if may_follow(now, then):
        PathwayStep.objects.create(**step, **owner)
    else:
        assert "no step" in refused(lambda: PathwayStep.objects.create(**step, **owner))


def test_a_status_never_changes_without_its_step(world, course):
    course.status, course.started_on = EnrolmentStatus.TRIAL, NOW.date()
    assert "no step from START_UP to TRIAL has been recorded" in refused(course.save)


def test_a_step_says_who_when_and_why(world, course):
    begin(course, by=world.actor(world.kari), now=NOW - DAY, why="Tildelt.")
    take_step(course, EnrolmentStatus.TRIAL, by=world.actor(world.kari), now=NOW, why=" Klar. ", started_on=NOW.date())
    steps = course.steps.order_by("at").values_list("from_status", "to_status", "at", "by", "why")
    assert list(steps) == [
        ("", "START_UP", NOW - DAY, world.kari.pk, "Tildelt."),
        ("START_UP", "TRIAL", NOW, world.kari.pk, "Klar."),
    ]
    course.refresh_from_db()
    assert (course.status, course.started_on) == (EnrolmentStatus.TRIAL, NOW.date())


def test_a_step_that_does_not_follow_is_refused_with_a_sentence(world, course):
    with pytest.raises(NotPossible) as caught:
        take_step(course, EnrolmentStatus.ACTIVE, by=world.actor(world.kari), now=NOW)
    assert caught.value.obstacle == Obstacle.NO_SUCH_STEP
    assert not course.steps.exists()


def test_steps_are_never_changed(world, course):
    step = begin(course, by=world.actor(world.kari), now=NOW)
    assert "Cannot update or delete" in refused(lambda: PathwayStep.objects.filter(pk=step.pk).update(why="Noe annet"))
    assert "Cannot update or delete" in refused(step.delete)


def test_the_service_begins_with_the_trial(world):
    patient = make_patient(world.a.pk, "Tora", "Vik")
    begun = {"status": EnrolmentStatus.START_UP, "started_on": date(2026, 11, 1)}
    assert "enrolment_starts_with_trial" in refused(lambda: make_enrolment(patient, world.joint, **begun))
    unbegun = {"status": EnrolmentStatus.ACTIVE, "started_on": None, "allocated_on": date(2026, 11, 1)}
    assert "enrolment_starts_with_trial" in refused(lambda: make_enrolment(patient, world.joint, **unbegun))


def test_another_treatment_plan_is_named(world):
    patient = make_patient(world.a.pk, "Tora", "Vik")
    assert "enrolment_names_other_plan" in refused(lambda: make_enrolment(patient, world.joint, basis="OTHER"))


def test_a_referral_is_kept_as_it_was_received(world):
    found = referral(world)
    assert "Cannot update" in refused(lambda: Referral.objects.filter(pk=found.pk).update(reason="Noe annet"))
    take_step(found, ReferralStatus.ASSESSED, by=world.actor(world.kari), now=NOW)
    assert "Cannot delete" in refused(found.delete)


def test_what_is_declined_says_why(world):
    found = referral(world)
    assert "referral_declined_has_reason" in refused(
        lambda: take_step(found, ReferralStatus.DECLINED, by=world.actor(world.kari), now=NOW)
    )
    take_step(found, ReferralStatus.DECLINED, by=world.actor(world.kari), now=NOW, declined_reason=EndReason.CRITERIA)
    found.refresh_from_db()
    assert (found.status, found.declined_reason) == (ReferralStatus.DECLINED, EndReason.CRITERIA)


def test_a_patient_has_one_open_referral(world):
    found = referral(world)
    again = {name: getattr(found, name) for name in ("municipality_id", "patient", "origin", "received_on", "reason")}
    assert "referral_one_open_per_patient" in refused(
        lambda: Referral.objects.create(registered_at=NOW, registered_by=world.kari, **again)
    )


@pytest.mark.parametrize(("first", "last"), [(0, 6), (6, 9), (-3, 0), (2, 3), (-1, 8)])
def test_pauses_never_overlap(world, first, last):
    today = NOW.date()
    pause(world.per, today, today + 6 * DAY)
    assert "overlaps" in refused(lambda: pause(world.per, today + first * DAY, today + last * DAY))


def test_a_pause_may_follow_another_and_ends_after_it_starts(world):
    today = NOW.date()
    pause(world.per, today, today + 6 * DAY)
    pause(world.per, today + 7 * DAY, today + 8 * DAY)
    assert Pause.objects.count() == 2
    assert "pause_ends_after_start" in refused(lambda: pause(world.per, today + 20 * DAY, today + 19 * DAY))
