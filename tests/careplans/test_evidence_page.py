"""What stands beside each limit on the doctor's page: usual values, planned days, and what the limits would give."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from careplans.models import PlanVersion, Schedule
from measurements.enums import StatementKind, Timing
from measurements.models import ReadingStatement
from patients.models import Enrolment, Pause
from tests.careplans.gp import plain, sent_proposal, url
from tests.factories.accounts import make_device
from tests.factories.careplans import add_schedule, make_draft, propose
from tests.factories.clock import NOW
from tests.factories.measurements import make_reading
from tests.factories.patients import make_enrolment, make_patient


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    """The pages take their own time; the personas live on one fixed day."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def proposal(world) -> PlanVersion:
    """Per's version 2, sent to GP Dahl."""
    return sent_proposal(world)


class TestEvidence:
    """NOW is Wednesday 18.11. at 10 in Oslo: the period is 28.10.–17.11., whole days."""

    def spo2(self, page):
        return next(row for row in page.context["page"].limits if row.change.either.quantity == "spo2")

    def test_it_shows_usual_values_and_what_both_versions_would_have_said(self, as_dahl, world, proposal):
        for days_ago, value in ((1, 84), (2, 85), (3, 86), (4, 87), (5, 91), (6, 92)):
            make_reading(world.per_tablet, "spo2", value, at=NOW - timedelta(days=days_ago))
        row = self.spo2(as_dahl.get(url(proposal)))
        assert row.usual.text == "87 % (84–92)"  # the median of an even number, 86.5, rounded half up
        assert (row.usual.measured_days, row.usual.planned_days) == (6, 21)
        # Now: yellow under 88, red under 86. Proposal: yellow under 87, red under 85. A limit itself is mild.
        assert (row.present_alarms.yellow, row.present_alarms.red) == (2, 2)
        assert (row.proposed_alarms.yellow, row.proposed_alarms.red) == (2, 1)
        text = plain(as_dahl.get(url(proposal)))
        assert "6 av 21 planlagte dager målt" in text
        assert "2 gule · 1 rød" in text
        assert "versjon 1 ville gitt 2 gule · 2 røde" in text

    def test_planned_days_are_those_of_the_trial_without_its_pauses(self, as_dahl, world):
        """The proposal asks for three days a week; the trial asked for every day (AT-27, R-015)."""
        patient = make_patient(world.a.pk, "Ny", "Pasient", gp=world.dahl)
        course = make_enrolment(patient, world.joint, started_on=NOW.date() - timedelta(days=60))
        Schedule.objects.create(
            municipality_id=world.a.pk, trial=course, type_id="spo2", weekdays=[*range(7)], times=[time(8)]
        )
        Pause.objects.create(
            municipality_id=world.a.pk, patient=patient, enrolment=course, reason="Reise", registered_at=NOW,
            first_day=NOW.date() - timedelta(days=5), last_day=NOW.date() + timedelta(days=5), registered_by=world.kari,
        )  # fmt: skip
        make_reading(make_device(patient, world.kari), "spo2", 90, at=NOW - timedelta(days=8))
        draft = make_draft(patient, world.kari)
        add_schedule(draft, weekdays=[0, 2, 4])
        row = self.spo2(as_dahl.get(url(propose(draft))))
        assert row.usual.missing == "1 av 16 planlagte dager målt"

    def test_it_counts_whole_days_in_the_period_only(self, as_dahl, world, proposal):
        start, end = datetime(2026, 10, 27, 23, tzinfo=UTC), datetime(2026, 11, 17, 23, tzinfo=UTC)
        for at, value in (
            (start - timedelta(seconds=1), 70),
            (start, 90),
            (end - timedelta(seconds=1), 92),
            (end, 70),
        ):
            make_reading(world.per_tablet, "spo2", value, at=at)
        row = self.spo2(as_dahl.get(url(proposal)))
        assert (row.usual.lowest, row.usual.highest, row.usual.measured_days) == (90, 92, 2)

    def test_it_leaves_out_faulty_impossible_and_unplaceable_values(self, as_dahl, world, proposal):
        make_reading(world.per_tablet, "spo2", 90, at=NOW - timedelta(days=1))
        make_reading(world.per_tablet, "spo2", 20, at=NOW - timedelta(days=2))
        make_reading(world.per_tablet, "spo2", None, at=NOW - timedelta(days=3))
        make_reading(world.per_tablet, "spo2", 60, at=NOW - timedelta(days=4), timing=Timing.FUTURE)
        faulty = make_reading(world.per_tablet, "spo2", 70, at=NOW - timedelta(days=5))
        doubted = make_reading(world.per_tablet, "spo2", 94, at=NOW - timedelta(days=6))
        for reading, kinds in ((faulty, ["FAULTY"]), (doubted, ["FAULTY", "CONFIRMED"])):
            for minute, kind in enumerate(kinds):
                ReadingStatement.objects.create(
                    municipality_id=reading.municipality_id,
                    reading=reading,
                    kind=StatementKind(kind),
                    reason="Kald hånd",
                    fulfils_schedule=False,
                    stated_at=NOW - timedelta(hours=1) + timedelta(minutes=minute),
                    stated_by=world.kari,
                )
        row = self.spo2(as_dahl.get(url(proposal)))
        assert (row.usual.lowest, row.usual.highest) == (90, 94)
        assert row.usual.left_out.words == (
            "4 målinger er holdt utenfor: "
            "1 kalt feilmåling, 1 fra en klokke som går feil, 2 med en verdi som ikke er mulig."
        )
        # A clock that is wrong does not make the value wrong: it was judged when it came, and red.
        assert (row.proposed_alarms.yellow, row.proposed_alarms.red) == (0, 1)

    def test_it_uses_history_before_the_period(self, as_dahl, world, proposal):
        first = datetime(2026, 10, 28, 8, tzinfo=UTC)
        make_reading(world.per_tablet, "weight", "80.0", at=first - timedelta(days=1))
        make_reading(world.per_tablet, "weight", "82.5", at=first)
        rows = as_dahl.get(url(proposal)).context["page"].limits
        change = next(row for row in rows if row.change.either.kind == "CHANGE")
        assert (change.proposed_alarms.yellow, change.proposed_alarms.red) == (0, 1)

    def test_planned_days_begin_with_the_course(self, as_dahl, world, proposal):
        Enrolment.objects.filter(patient=world.per).update(started_on=datetime(2026, 11, 16, tzinfo=UTC).date())
        make_reading(world.per_tablet, "spo2", 90, at=NOW - timedelta(days=1))
        row = self.spo2(as_dahl.get(url(proposal)))
        assert (row.usual.measured_days, row.usual.planned_days) == (1, 2)

    def test_it_says_that_nothing_was_measured(self, as_dahl, proposal):
        row = self.spo2(as_dahl.get(url(proposal)))
        assert row.usual is None
        assert "Ingen målinger" in plain(as_dahl.get(url(proposal)))

    def test_many_readings_cost_no_more_queries(self, as_dahl, world, proposal):
        make_reading(world.per_tablet, "spo2", 90, at=NOW - timedelta(days=1))
        # The first time is remembered; after that a look is only logged.
        as_dahl.get(url(proposal))
        with CaptureQueriesContext(connection) as few:
            as_dahl.get(url(proposal))
        for hour in range(24, 21 * 24, 8):
            make_reading(world.per_tablet, "weight", 80 + hour % 3, at=NOW - timedelta(hours=hour))
        with CaptureQueriesContext(connection) as many:
            as_dahl.get(url(proposal))
        assert len(many) == len(few)

    def test_another_patients_readings_never_count(self, as_dahl, world, proposal):
        make_reading(world.solveig_tablet, "spo2", 70, at=NOW - timedelta(days=1))
        assert self.spo2(as_dahl.get(url(proposal))).usual is None

    def test_the_bar_has_a_point_not_a_comma(self, as_dahl, world, proposal):
        make_reading(world.per_tablet, "spo2", 90, at=NOW - timedelta(days=1))
        band = self.spo2(as_dahl.get(url(proposal))).band
        assert [area.zone for area in band.areas] == ["red", "yellow", "green"]
        assert [limit.label for limit in band.limits] == ["85", "87"]
        numbers = [*(area.x for area in band.areas), *(area.width for area in band.areas), band.marker]
        assert all(0 <= float(number) <= 300 for number in numbers)
        assert sum(float(area.width) for area in band.areas) == pytest.approx(300, abs=0.2)
