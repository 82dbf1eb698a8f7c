"""The trial: its days (AT-26), and that every day of it expects a measurement and a form (AT-27)."""

from datetime import date, datetime, timedelta

import pytest

from alerts.enums import AlertKind
from alerts.models import Alert, Assessment, Expectation
from alerts.services import assess_patient, examine_deadlines, keep_expectations
from careplans.enums import CourseProblem
from careplans.models import Schedule
from careplans.queries.form_use import plans_by_form
from careplans.queries.own import own_questionnaire_codes, own_types
from careplans.queries.trial import trial_day
from careplans.services import CourseStopped, evaluate, start_trial
from dho.lib.numbers import OSLO
from patients.enums import EnrolmentStatus
from patients.models import Enrolment
from patients.services import NotYours
from tests.database import see_everything
from tests.factories.accounts import actor_of, make_device
from tests.factories.careplans import add_schedule, approve, make_draft
from tests.factories.clock import NOW
from tests.factories.courses import TODAY, active, allocated, held, in_trial, trial_of
from tests.factories.measurements import make_reading
from tests.factories.patients import end_course, make_patient, pause
from tests.factories.questionnaires import make_form

DAY = timedelta(days=1)
FIRST_OF_MARCH = datetime(2027, 3, 1, 9, tzinfo=OSLO)


@pytest.fixture
def course(world):
    patient = make_patient(world.a.pk, "Tora", "Vik", gp=world.dahl)
    return allocated(patient, world.joint, world.kari)


def start(world, course, *, now=NOW, **fields):
    return start_trial(enrolment=course, trial=trial_of(**fields), by=actor_of(world.kari), now=now)


def refusal(world, course, *, now=NOW, **fields):
    with pytest.raises(CourseStopped) as stopped:
        start(world, course, now=now, **fields)
    assert not Schedule.objects.filter(trial=course).exists()
    return stopped.value.problem, stopped.value.field


def missing(course):
    see_everything()
    rows = Alert.objects.filter(patient_id=course.patient_id, kind=AlertKind.MISSING)
    return {row.subject: row.count for row in rows}


def look(now):
    keep_expectations(now=now)
    examine_deadlines(now=now)


@pytest.mark.parametrize("day", [15, 29])
def test_a_trial_from_the_first_of_march_ends_between_the_fifteenth_and_the_twenty_ninth(world, course, day):
    made = start(world, course, now=FIRST_OF_MARCH, starts_on=date(2027, 3, 1), ends_on=date(2027, 3, day))
    assert (made.status, made.started_on, made.trial_ends_on) == (
        EnrolmentStatus.TRIAL,
        date(2027, 3, 1),
        date(2027, 3, day),
    )


@pytest.mark.parametrize("day", [14, 30])
def test_a_shorter_or_longer_trial_needs_a_reason_which_stands_in_the_step(world, course, day):
    days = {"starts_on": date(2027, 3, 1), "ends_on": date(2027, 3, day)}
    assert refusal(world, course, now=FIRST_OF_MARCH, **days) == (CourseProblem.TRIAL_LENGTH, "ends_on")
    start(world, course, now=FIRST_OF_MARCH, reason="Reiser bort.", **days)
    assert course.steps.order_by("at").last().why == "Reiser bort."


@pytest.mark.parametrize(
    ("fields", "problem", "field"),
    [
        ({"starts_on": TODAY - 15 * DAY}, CourseProblem.START_BEFORE_ALLOCATION, "starts_on"),
        ({"starts_on": TODAY - 8 * DAY}, CourseProblem.START_TOO_FAR, "starts_on"),
        ({"starts_on": TODAY + 15 * DAY}, CourseProblem.START_TOO_FAR, "starts_on"),
        ({"ends_on": TODAY}, CourseProblem.ENDS_BEFORE_START, "ends_on"),
        ({"ends_on": TODAY + 13 * DAY}, CourseProblem.TRIAL_LENGTH, "ends_on"),
        ({"types": []}, CourseProblem.NOTHING_SCHEDULED, "types"),
        ({"questionnaires": []}, CourseProblem.NOTHING_SCHEDULED, "types"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(world, course, fields, problem, field):
    assert refusal(world, course, **fields) == (problem, field)


def test_only_a_course_in_start_up_begins_a_trial(world):
    course = in_trial(world)
    with pytest.raises(CourseStopped):
        start(world, course)


@pytest.mark.parametrize("person", ["ola", "siri", "dahl", "eva"])
def test_others_start_nothing(world, course, person):
    with pytest.raises(NotYours):
        start_trial(enrolment=course, trial=trial_of(), by=actor_of(getattr(world, person)), now=NOW)


def test_a_day_without_measurement_or_form_gives_a_missing_item_for_each(world):
    course = in_trial(world)
    look(NOW)
    assert missing(course) == {}
    look(NOW + DAY + timedelta(hours=2))
    assert missing(course) == {"spo2": 1, "symptoms_copd": 1}
    look(NOW + 2 * DAY + timedelta(hours=2))
    assert missing(course) == {"spo2": 2, "symptoms_copd": 2}


def test_a_trial_that_begins_later_expects_nothing_before(world):
    course = in_trial(world, starts_on=TODAY + 3 * DAY, ends_on=TODAY + 20 * DAY)
    look(NOW + 2 * DAY)
    assert not Expectation.objects.filter(patient_id=course.patient_id).exists()
    look(NOW + 3 * DAY)
    assert Expectation.objects.filter(patient_id=course.patient_id).count() == 2


def test_a_pause_keeps_the_trial_silent_and_its_readings_judged_as_always(world):
    course = in_trial(world)
    pause(course.patient, TODAY + DAY, TODAY + 3 * DAY)
    look(NOW + 2 * DAY + timedelta(hours=2))
    assert missing(course) == {}
    approve(make_draft(course.patient, world.kari, now=NOW), world.dahl, now=NOW)
    make_reading(make_device(course.patient, world.kari), "spo2", 80, at=NOW + 2 * DAY)
    assess_patient(
        patient_id=course.patient_id, municipality_id=world.a.pk, now=NOW + 2 * DAY + timedelta(minutes=1), wait=True
    )
    see_everything()
    assert Assessment.objects.get(patient=course.patient).colour == "RED"


def test_a_reading_in_the_trial_is_not_assessed_without_an_approved_plan(world):
    course = in_trial(world)
    make_reading(make_device(course.patient, world.kari), "spo2", 80, at=NOW)
    assess_patient(patient_id=course.patient_id, municipality_id=world.a.pk, now=NOW + timedelta(minutes=1), wait=True)
    see_everything()
    assert Assessment.objects.get(patient=course.patient).colour == "NOT_ASSESSED"


def test_the_plan_takes_over_when_it_has_schedules_of_its_own(world):
    course = in_trial(world)
    look(NOW)
    draft = make_draft(course.patient, world.kari)
    approve(draft, world.dahl)
    look(NOW + DAY)
    subjects = Expectation.objects.filter(patient_id=course.patient_id).values_list("schedule__version", flat=True)
    assert set(subjects) == {None}
    newer = make_draft(course.patient, world.kari)
    add_schedule(newer, "pulse")
    approve(newer, world.dahl, now=NOW + DAY)
    look(NOW + DAY)
    rows = Expectation.objects.filter(patient_id=course.patient_id).values_list("schedule__version", flat=True)
    assert list(rows) == [newer.pk]


def test_the_tablet_offers_what_the_trial_asks_for_until_the_plan_does(world):
    course = in_trial(world)
    assert [each.code for each in own_types(course.patient_id, at=NOW)] == ["spo2"]
    assert own_questionnaire_codes(course.patient_id, at=NOW) == ["symptoms_copd"]
    draft = make_draft(course.patient, world.kari, limits=[])
    add_schedule(draft, "pulse")
    approve(draft, world.dahl)
    assert [each.code for each in own_types(course.patient_id, at=NOW)] == ["pulse"]
    assert own_questionnaire_codes(course.patient_id, at=NOW) == []


def test_nothing_is_expected_when_the_course_has_ended(world):
    course = in_trial(world)
    look(NOW)
    end_course(course.patient)
    look(NOW + DAY + timedelta(hours=2))
    assert missing(course) == {}
    assert not Expectation.objects.filter(patient_id=course.patient_id).exists()
    assert own_types(course.patient_id, at=NOW) == []


def test_who_goes_on_with_another_plan_is_still_expected_to_measure(world):
    """Nothing else here says when, and a patient whom nobody expects anything of would be silent."""
    course = active(world)
    look(NOW + DAY + timedelta(hours=2))
    assert missing(course) == {"spo2": 1, "symptoms_copd": 1}


def test_who_goes_on_with_the_plan_is_asked_for_what_the_plan_says(world):
    course = in_trial(world)
    draft = make_draft(course.patient, world.kari)
    add_schedule(draft, "pulse")
    approve(draft, world.dahl)
    evaluate(enrolment=course, held=held(), by=actor_of(world.kari), now=NOW)
    look(NOW + DAY + timedelta(hours=2))
    assert missing(course) == {"pulse": 1}
    assert Enrolment.objects.get(pk=course.pk).status == EnrolmentStatus.ACTIVE


@pytest.mark.parametrize(
    ("days", "told"),
    [(-10, "begynner 18.11.2026"), (0, "dag 1 av 22"), (21, "dag 22 av 22"), (22, "")],
)
def test_the_day_of_the_trial_is_counted_once_and_never_below_one(world, days, told):
    assert trial_day(in_trial(world), today=TODAY + days * DAY) == told


def test_another_organisations_form_is_refused(world, course):
    make_form(world.own_c, world.eva, code="fremmed")
    stopped = refusal(world, course, questionnaires=["symptoms_copd", "fremmed"])
    assert stopped == (CourseProblem.FORM_NOT_OFFERED, "questionnaires")


def test_a_form_of_a_trial_counts_as_asked_for_only_until_a_plan_takes_over(world):
    course = in_trial(world)
    assert plans_by_form(["symptoms_copd"], at=NOW) == {"symptoms_copd": 1}
    version = make_draft(course.patient, world.kari, now=NOW)
    add_schedule(version, "spo2")
    approve(version, world.dahl, now=NOW)
    assert plans_by_form(["symptoms_copd"], at=NOW) == {}
