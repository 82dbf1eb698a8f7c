"""AT-33: measures were started on yellow, and the next two readings are not better: the doctor is to be contacted."""

from datetime import timedelta

import pytest

from alerts import services
from alerts.enums import AlertKind, AlertState, Level, Outcome
from alerts.models import Alert, Handling, QueueEntry
from careplans.enums import ContactWay, Zone
from careplans.models import DoctorContact
from careplans.services import NotYours
from measurements.enums import StatementKind
from measurements.models import ReadingStatement
from tests.factories.clock import NOW
from tests.factories.measurements import make_reading

HOUR = timedelta(hours=1)
YELLOW, RED, GREEN = 87, 84, 93


@pytest.fixture
def per(world):
    """What happens to Per, hour by hour."""
    return Course(world)


class Course:
    def __init__(self, world):
        self.world = world

    def measures(self, value, hours, type_id="spo2"):
        reading = make_reading(self.world.per_tablet, type_id, value, at=NOW + hours * HOUR)
        self.assess(hours)
        return reading

    def assess(self, hours):
        key = {"patient_id": self.world.per.pk, "municipality_id": self.world.a.pk}
        services.assess_patient(**key, now=NOW + hours * HOUR, wait=True)

    def is_handled(self, hours, *, measures=True, zone=Zone.YELLOW):
        entry = QueueEntry.objects.get(patient=self.world.per)
        started = list(self.world.per_plan.measures.filter(zone=zone).values_list("pk", flat=True))
        return services.finish(
            patient_id=self.world.per.pk,
            seen=entry.change,
            outcomes=[Outcome.CALLED],
            measure_ids=started if measures else [],
            note="Leppepust og hvile.",
            by=self.world.actor(self.world.kari),
            now=NOW + hours * HOUR,
        )

    def contact(self, hours, *, reached=True, user=None):
        return services.contact_doctor(
            patient=self.world.per,
            how=ContactWay.PHONE,
            reached=reached,
            outcome="Dr. Dahl starter prednisolon.",
            by=self.world.actor(user or self.world.kari),
            now=NOW + hours * HOUR,
        )

    @property
    def asking(self):
        return [alert.detail for alert in Alert.objects.filter(kind=AlertKind.DOCTOR, state=AlertState.OPEN)]


ASKED = ["SpO₂: de 2 neste målingene ble ikke bedre"]


class TestItAsks:
    @pytest.mark.parametrize("values", [(YELLOW, YELLOW), (YELLOW, RED), (RED, YELLOW), (RED, RED)])
    def test_when_neither_of_the_next_two_is_better(self, per, values):
        per.measures(YELLOW, 0)
        per.is_handled(1)
        per.measures(values[0], 2)
        assert per.asking == []
        per.measures(values[1], 3)
        assert per.asking == ASKED
        alert = Alert.objects.get(kind=AlertKind.DOCTOR)
        assert (alert.headline, alert.level, alert.service) == (
            "Kontakt lege: tiltakene har ikke virket", Level.YELLOW, per.world.joint,
        )  # fmt: skip

    def test_the_case_is_at_least_as_bad_as_before(self, per):
        per.measures(YELLOW, 0)
        per.is_handled(1)
        per.measures(RED, 2)
        per.measures(RED, 3)
        entry = QueueEntry.objects.get(patient=per.world.per)
        assert (entry.level, entry.alert_count) == (Level.RED, 2)

    def test_when_both_are_judged_at_once(self, per):
        per.measures(YELLOW, 0)
        per.is_handled(1)
        for hours in (2, 3):
            make_reading(per.world.per_tablet, "spo2", YELLOW, at=NOW + hours * HOUR)
        per.assess(4)
        assert per.asking == ASKED

    def test_a_value_that_could_not_be_judged_is_no_reading(self, per):
        per.measures(YELLOW, 0)
        per.is_handled(1)
        per.measures(YELLOW, 2)
        per.measures(900, 3)
        assert per.asking == []
        per.measures(YELLOW, 4)
        assert per.asking == ASKED

    def test_nor_is_one_that_somebody_has_called_faulty(self, per):
        per.measures(YELLOW, 0)
        per.is_handled(1)
        better = per.measures(GREEN, 2)
        ReadingStatement.objects.create(
            municipality_id=per.world.a.pk, reading=better, kind=StatementKind.FAULTY, reason="Kald finger.",
            stated_at=NOW + 3 * HOUR, stated_by=per.world.kari, fulfils_schedule=True,
        )  # fmt: skip
        per.measures(YELLOW, 3)
        per.measures(YELLOW, 4)
        assert per.asking == ASKED


class TestItDoesNotAsk:
    @pytest.mark.parametrize("values", [(GREEN, GREEN), (GREEN, YELLOW), (YELLOW, GREEN)])
    def test_when_one_of_the_next_two_is_better(self, per, values):
        per.measures(YELLOW, 0)
        per.is_handled(1)
        for hours, value in enumerate(values, 2):
            per.measures(value, hours)
        assert per.asking == []

    def test_later_than_the_two(self, per):
        per.measures(YELLOW, 0)
        per.is_handled(1)
        for hours, value in enumerate((GREEN, YELLOW, YELLOW, RED), 2):
            per.measures(value, hours)
        assert per.asking == []

    def test_after_one_reading(self, per):
        per.measures(YELLOW, 0)
        per.is_handled(1)
        per.measures(RED, 2)
        assert per.asking == []

    def test_when_no_measures_were_started(self, per):
        per.measures(YELLOW, 0)
        per.is_handled(1, measures=False)
        per.measures(YELLOW, 2)
        per.measures(YELLOW, 3)
        assert per.asking == []

    def test_when_they_were_started_on_red(self, per):
        per.measures(RED, 0)
        per.is_handled(1, zone=Zone.RED)
        per.measures(YELLOW, 2)
        per.measures(YELLOW, 3)
        assert per.asking == []

    def test_about_something_else_than_the_measures_were_for(self, per):
        per.measures(YELLOW, 0)
        per.is_handled(1)
        per.measures(105, 2, "pulse")
        per.measures(105, 3, "pulse")
        assert per.asking == []

    def test_for_readings_that_were_taken_before_and_came_late(self, per):
        per.measures(YELLOW, 0)
        per.is_handled(5)
        for hours in (2, 3):
            make_reading(per.world.per_tablet, "spo2", YELLOW, at=NOW + hours * HOUR, received_at=NOW + 6 * HOUR)
        per.assess(6)
        assert per.asking == []


class TestSilence:
    @pytest.fixture
    def asked(self, per):
        per.measures(YELLOW, 0)
        per.is_handled(1)
        per.measures(YELLOW, 2)
        per.measures(YELLOW, 3)
        return per

    def test_finishing_the_case_leaves_it_open(self, asked):
        asked.is_handled(4, measures=False)
        assert asked.asking == ASKED
        assert list(Alert.objects.filter(state=AlertState.OPEN).values_list("kind", flat=True)) == ["DOCTOR"]
        assert QueueEntry.objects.get().level == Level.YELLOW

    def test_better_readings_leave_it_open(self, asked):
        asked.measures(GREEN, 4)
        assert asked.asking == ASKED

    def test_an_attempt_that_reached_nobody_is_kept_and_leaves_it_open(self, asked):
        asked.contact(4, reached=False)
        assert (asked.asking, DoctorContact.objects.get().reached) == (ASKED, False)

    def test_a_contact_closes_it_and_is_kept(self, asked):
        asked.contact(4)
        assert asked.asking == []
        row = DoctorContact.objects.get()
        assert (row.patient, row.by, row.at, row.how, row.reached, row.outcome) == (
            asked.world.per, asked.world.kari, NOW + 4 * HOUR, "PHONE", True, "Dr. Dahl starter prednisolon.",
        )  # fmt: skip
        handling = Handling.objects.order_by("at").last()
        assert (handling.outcomes, handling.note) == (["GP"], "Dr. Dahl starter prednisolon.")
        # What was measured is still to be handled as ever.
        assert list(Alert.objects.filter(state=AlertState.OPEN).values_list("kind", flat=True)) == ["ASSESSMENT"]

    def test_after_the_contact_it_is_quiet_until_measures_are_started_again(self, asked):
        asked.contact(4)
        asked.measures(YELLOW, 5)
        asked.measures(YELLOW, 6)
        assert asked.asking == []
        asked.is_handled(7)
        asked.measures(YELLOW, 8)
        asked.measures(YELLOW, 9)
        assert asked.asking == ASKED

    def test_it_asks_once(self, asked):
        asked.measures(YELLOW, 4)
        asked.measures(RED, 5)
        assert Alert.objects.filter(kind=AlertKind.DOCTOR).count() == 1

    @pytest.mark.parametrize("name", ["ola", "dahl", "siri", "eva"])
    def test_nobody_else_registers_a_contact(self, asked, name):
        with pytest.raises(NotYours):
            asked.contact(4, user=getattr(asked.world, name))
        assert asked.asking == ASKED
