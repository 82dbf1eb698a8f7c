"""What the plan expects, and the alert when it does not come (R-071).

Per measures SpO₂ every day at 08.00, with two hours' grace.
"""

from datetime import UTC, datetime, time, timedelta

import pytest

from alerts import services
from alerts.enums import AlertState, CloseReason, Level
from alerts.models import Alert, Expectation, QueueEntry
from alerts.queries.invariants import find_breaches
from alerts.services import expecting
from measurements.enums import StatementKind, Timing
from measurements.models import ReadingStatement
from tests.factories.careplans import add_schedule, approve, make_draft
from tests.factories.clock import NOW
from tests.factories.measurements import make_reading, make_response
from tests.factories.patients import end_course, make_enrolment, pause

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DUE = datetime(2026, 11, 19, 7, tzinfo=UTC)  # Thursday 08.00 in Oslo
DEADLINE = DUE + 2 * HOUR


@pytest.fixture
def expected(world):
    """The first thing Per's plan expects from now on is Thursday's measurement."""
    services.keep_expectations(now=NOW)
    Expectation.objects.update(window_start=DUE - DAY, due_at=DUE, deadline=DEADLINE)
    return Expectation.objects.get()


def examine(now=DEADLINE):
    return services.examine_deadlines(now=now)


def measure(world, *, at, received_at=None, **fields):
    reading = make_reading(world.per_tablet, "spo2", 93, at=at, received_at=received_at, **fields)
    assess(world, received_at or at)
    return reading


def assess(world, now):
    services.assess_patient(patient_id=world.per.pk, municipality_id=world.per.municipality_id, now=now, wait=True)


def test_a_plan_expects_its_first_measurement_after_the_approval(world):
    assert services.keep_expectations(now=NOW) == 1
    expectation = Expectation.objects.get()
    approved = world.per_plan.approved_at
    assert expectation.patient == world.per
    assert expectation.due_at - DAY < approved < expectation.due_at
    assert (expectation.window_start, expectation.deadline) == (expectation.due_at - DAY, expectation.due_at + 2 * HOUR)
    assert services.keep_expectations(now=NOW) == 0


def test_nothing_is_expected_by_a_plan_that_only_waits_for_the_doctor(world):
    add_schedule(make_draft(world.nils, world.ola))
    services.keep_expectations(now=NOW)
    assert not Expectation.objects.filter(patient=world.nils).exists()


def test_what_has_not_come_stands_in_the_queue_after_the_deadline(world, expected):
    assert examine(DEADLINE - timedelta(seconds=1)) == 0
    assert not Alert.objects.exists()
    assert examine() == 1
    alert, entry = Alert.objects.get(), QueueEntry.objects.get()
    assert (alert.kind, alert.subject, alert.level, alert.count) == ("MISSING", "spo2", Level.MISSING, 1)
    assert (alert.headline, alert.detail) == ("SpO₂ ikke målt", "Frist 19.11.2026 kl. 10.00")
    # Seven open hours from Thursday 10.00: five and a half that day, one and a half on Friday.
    assert (alert.waiting_since, alert.deadline) == (DEADLINE, datetime(2026, 11, 20, 8, 30, tzinfo=UTC))
    assert (entry.level, entry.alert) == (Level.MISSING, alert)
    expected.refresh_from_db()
    assert (expected.window_start, expected.due_at, expected.deadline) == (DUE, DUE + DAY, DEADLINE + DAY)


@pytest.mark.parametrize("at", [DUE - DAY + timedelta(seconds=1), DUE, DEADLINE])
def test_what_came_in_the_window_is_not_missed(world, expected, at):
    measure(world, at=at)
    examine()
    assert not Alert.objects.exists()


@pytest.mark.parametrize("at", [DUE - DAY, DEADLINE + timedelta(seconds=1)])
def test_what_came_outside_it_does_not_count(world, expected, at):
    make_reading(world.per_tablet, "spo2", 93, at=at)
    examine(DEADLINE + HOUR)
    assert Alert.objects.get().level == Level.MISSING


def test_another_measurement_does_not_count(world, expected):
    make_reading(world.per_tablet, "pulse", 70, at=DUE)
    examine()
    assert Alert.objects.get().subject == "spo2"


def test_what_came_in_the_grace_counts_once_only(world, expected):
    measure(world, at=DUE + HOUR)
    examine()
    expected.refresh_from_db()
    assert (expected.window_start, expected.due_at) == (DUE + HOUR, DUE + DAY)
    examine(DEADLINE + DAY)
    assert Alert.objects.get().count == 1


def test_a_clock_ahead_counts_when_it_arrived(world, expected):
    measure(world, at=DUE + 3 * DAY, received_at=DUE, timing=Timing.FUTURE)
    examine()
    assert not Alert.objects.filter(level=Level.MISSING).exists()


@pytest.mark.parametrize(("fulfils", "missing"), [(False, 1), (True, 0)])
def test_a_mis_measurement_counts_if_the_statement_says_so(world, expected, fulfils, missing):
    reading = measure(world, at=DUE)
    ReadingStatement.objects.create(
        municipality_id=reading.municipality_id, reading=reading, kind=StatementKind.FAULTY, reason="Kald hånd",
        fulfils_schedule=fulfils, stated_at=DUE, stated_by=world.kari,
    )  # fmt: skip
    examine()
    assert Alert.objects.count() == missing


def test_after_an_outage_every_deadline_is_examined(world, expected):
    measure(world, at=DUE + DAY)
    examine(DEADLINE + 3 * DAY)
    alert = Alert.objects.get()
    # Thursday, Saturday and Sunday were missed; Friday was not.
    assert (alert.count, alert.detail) == (3, "Uteble 3 ganger, sist 22.11.2026 kl. 10.00")
    assert alert.waiting_since == DEADLINE
    expected.refresh_from_db()
    assert expected.due_at == DUE + 4 * DAY


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (datetime(2026, 10, 24, 6, tzinfo=UTC), datetime(2026, 10, 25, 7, tzinfo=UTC)),
        (datetime(2027, 3, 27, 7, tzinfo=UTC), datetime(2027, 3, 28, 6, tzinfo=UTC)),
    ],
)
def test_eight_o_clock_stays_eight_o_clock_when_the_clock_changes(world, expected, start, due):
    Expectation.objects.update(window_start=start - DAY, due_at=start, deadline=start + 2 * HOUR)
    examine(start + 2 * HOUR)
    expected.refresh_from_db()
    assert (expected.due_at, expected.deadline) == (due, due + 2 * HOUR)


def test_what_comes_late_closes_the_alert(world, expected):
    examine()
    measure(world, at=DEADLINE + HOUR)
    alert = Alert.objects.get()
    assert (alert.state, alert.close_reason, alert.handling) == (AlertState.CLOSED, CloseReason.ARRIVED, None)
    assert not QueueEntry.objects.exists()


def test_what_was_measured_in_time_but_arrived_late_closes_it_too(world, expected):
    examine()
    measure(world, at=DUE, received_at=DEADLINE + HOUR)
    assert Alert.objects.get().close_reason == CloseReason.ARRIVED


def test_an_old_measurement_does_not_close_today_s_alert(world, expected):
    examine()
    measure(world, at=DUE - DAY, received_at=DEADLINE + HOUR)
    assert Alert.objects.get().state == AlertState.OPEN


def test_an_alert_a_nurse_has_taken_stays_hers(world, expected):
    examine()
    services.claim(patient_id=world.per.pk, by=world.actor(world.kari), now=DEADLINE)
    measure(world, at=DEADLINE + HOUR)
    assert Alert.objects.get().state == AlertState.OPEN


def test_a_pause_is_silent_and_moves_on(world, expected):
    pause(world.per, NOW.date(), NOW.date() + 7 * DAY)
    services.keep_expectations(now=NOW)
    examine(DEADLINE + DAY)
    expected.refresh_from_db()
    assert (expected.due_at, Alert.objects.count()) == (DUE + 2 * DAY, 0)


def test_an_ended_course_expects_nothing(world, expected):
    end_course(world.per)
    assert services.keep_expectations(now=NOW) == 1
    assert not Expectation.objects.exists()


def enrol_again(world, started_on):
    end_course(world.per, NOW.date() - 9 * DAY)
    services.keep_expectations(now=NOW - DAY)
    make_enrolment(world.per, world.joint, started_on=started_on)


def test_a_new_course_by_an_old_plan_expects_nothing_of_the_time_between(world):
    enrol_again(world, NOW.date())
    services.keep_expectations(now=NOW)
    assert Expectation.objects.get().due_at == DUE - DAY
    examine(NOW)
    assert Alert.objects.get().count == 1


def test_a_course_that_begins_tomorrow_expects_nothing_before_midnight(world):
    """A plan approved ahead of the course, too: what counts is the day in Oslo."""
    enrol_again(world, NOW.date() + DAY)
    midnight = datetime(2026, 11, 18, 23, tzinfo=UTC)
    assert services.keep_expectations(now=midnight - timedelta(seconds=1)) == 0
    assert services.keep_expectations(now=midnight) == 1
    expectation = Expectation.objects.get()
    assert (expectation.window_start, expectation.due_at, expectation.deadline) == (DUE - DAY, DUE, DEADLINE)


def test_a_new_version_takes_over_where_the_old_one_was(world, expected):
    """Approved on Thursday at 09.00, an hour before the deadline: today's measurement is still expected."""
    draft = make_draft(world.per, world.kari)
    add_schedule(draft)
    newer = approve(draft, world.dahl, now=DUE + HOUR)
    services.keep_expectations(now=DUE + HOUR)
    expectation = Expectation.objects.get()
    assert expectation.schedule.version == newer
    assert (expectation.window_start, expectation.due_at, expectation.deadline) == (DUE - DAY, DUE, DEADLINE)


def test_a_new_version_never_makes_late_what_was_over_when_it_was_approved(world, expected):
    draft = make_draft(world.per, world.kari)
    add_schedule(draft, times=[time(5)])
    approve(draft, world.dahl, now=DUE + HOUR)
    services.keep_expectations(now=DUE + HOUR)
    assert Expectation.objects.get().due_at == datetime(2026, 11, 20, 4, tzinfo=UTC)


def test_a_form_is_expected_like_a_measurement(world):
    draft = make_draft(world.per, world.kari)
    add_schedule(draft, None, questionnaire_code="symptoms_copd")
    approve(draft, world.dahl, now=DUE - HOUR)
    services.keep_expectations(now=DUE)
    make_response(world.per_tablet, "symptoms_copd", {}, score=1, at=DUE)
    examine()
    assert not Alert.objects.exists()
    examine(DEADLINE + DAY)
    alert = Alert.objects.get()
    assert alert.subject == "symptoms_copd"
    assert alert.headline.endswith(" ikke besvart")


def test_a_patient_whose_deadline_cannot_be_examined_does_not_stop_the_others(world, expected, monkeypatch, caplog):
    draft = make_draft(world.solveig, world.kari)
    add_schedule(draft)
    approve(draft, world.dahl, now=DUE - HOUR)
    services.keep_expectations(now=DUE - HOUR)
    step = expecting._step

    def fails_for_per(expectation, desk, *more):
        if expectation.patient_id == world.per.pk:
            raise RuntimeError("of ours")
        step(expectation, desk, *more)

    monkeypatch.setattr(expecting, "_step", fails_for_per)
    assert examine() == 1
    assert Alert.objects.get().patient == world.solveig
    assert [record.message for record in caplog.records] == [f"this round failed for patient {world.per.pk}"]
    # What stays behind is found by the nightly check.
    late = DEADLINE + timedelta(minutes=5)
    assert [breach.name for breach in find_breaches(now=late)] == []
    [breach] = find_breaches(now=late + timedelta(seconds=1))
    assert breach.name == "P1 an expected measurement is past its deadline and nobody has looked"
    assert breach.ids == (str(expected.pk),)


def test_a_schedule_that_cannot_be_reckoned_with_does_not_stop_the_others(world, monkeypatch):
    draft = make_draft(world.solveig, world.kari)
    add_schedule(draft)
    approve(draft, world.dahl, now=NOW)
    make = expecting._expectation

    def fails_for_per(schedule, before):
        if schedule.version == world.per_plan:
            raise RuntimeError("of ours")
        return make(schedule, before)

    monkeypatch.setattr(expecting, "_expectation", fails_for_per)
    assert services.keep_expectations(now=NOW) == 1
    assert Expectation.objects.get().patient == world.solveig
