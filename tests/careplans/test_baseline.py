"""Habitual values of a trial, the limits proposed from them, and what a trial must hold before its plan is sent."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from careplans.models import PlanVersion, Schedule
from careplans.queries.baseline import Planned, planned, usual_values
from careplans.queries.catalogue import judged_quantities, ruleset_of
from careplans.queries.evidence import Period, evidence
from careplans.queries.minimum import little_data, missing_data, trial_period
from careplans.queries.proposing import proposed_limits
from careplans.scoring import problems
from careplans.services import LittleData, send_to_gp
from organisations.models import FollowUpService
from patients.enums import TargetGroup
from patients.models import Enrolment
from tests.factories.careplans import make_draft
from tests.factories.clock import NOW
from tests.factories.measurements import make_reading, make_response

DAY = timedelta(days=1)
WEEK = Period(date(2026, 11, 11), date(2026, 11, 17))
SPO2 = [{"kind": "BAND", "quantity": "spo2", "red_low": Decimal(86), "yellow_low": Decimal(88)}]


@pytest.fixture
def trial(world):
    """Solveig's course began two weeks ago; nobody has approved a plan."""
    Enrolment.objects.filter(patient=world.solveig).update(started_on=date(2026, 11, 4))
    PlanVersion.objects.filter(patient=world.solveig).update(status="SUPERSEDED", superseded_at=NOW)
    return world.solveig


def measure(world, type_id, values, *, first=NOW - DAY, step=DAY):
    """One value a day backwards from yesterday."""
    for number, value in enumerate(values):
        make_reading(world.solveig_tablet, type_id, value, at=first - number * step)


def usual(world, code="spo2", days=None):
    found = evidence(world.solveig.pk, WEEK, now=NOW)
    return usual_values(code, judged_quantities(), found, days)


class TestUsualValues:
    def test_the_middle_is_the_median_and_the_spread_range_and_quartiles(self, world):
        measure(world, "spo2", [90, 91, 92, 93, 70])
        found = usual(world)
        assert (found.middle, found.lowest, found.highest, found.quartiles) == (91, 70, 93, (90, 92))
        assert (found.text, found.spread) == ("91 % (70–93)", "Halvparten av verdiene er 90–92.")

    def test_few_values_have_no_quartiles(self, world):
        measure(world, "spo2", [90, 91, 92])
        assert (usual(world).quartiles, usual(world).spread) == (None, "")

    def test_morning_afternoon_and_evening_are_told_apart_where_there_are_enough(self, world):
        morning, evening = datetime(2026, 11, 17, 7, tzinfo=UTC), datetime(2026, 11, 17, 20, tzinfo=UTC)
        measure(world, "spo2", [90, 91, 92], first=morning)
        measure(world, "spo2", [94, 95], first=evening)
        assert usual(world).by_time == ""
        measure(world, "spo2", [96], first=evening - 2 * DAY)
        assert usual(world).by_time == "morgen 91 · kveld og natt 95"

    def test_it_says_how_many_of_the_planned_days_were_measured(self, world):
        measure(world, "spo2", [90, 91, 92])
        asked = Planned(frozenset(WEEK.days), 14)
        found = usual(world, days=asked)
        assert (found.missing, found.planned_times) == ("3 av 7 planlagte dager målt", 14)
        assert usual(world).missing == "3 dager målt, ingen faste dager i planen"

    def test_a_form_has_its_score(self, world):
        for points in (2, 4, 9):
            make_response(world.solveig_tablet, "symptoms_copd", {}, at=NOW - DAY, score=points)
        assert usual(world, "symptoms_copd").text == "4 poeng (2–9)"

    def test_without_values_there_is_nothing_usual(self, world):
        assert (usual(world), usual(world, "unheard_of")) == (None, None)


def test_what_was_planned_begins_with_the_course():
    rows = [Schedule(type_id="spo2", weekdays=[0, 1, 2, 3, 4], times=[time(8), time(20)])]
    assert planned(rows, subject="spo2", period=WEEK, since=date(2026, 11, 13)) == Planned(
        frozenset({date(2026, 11, 13), date(2026, 11, 16), date(2026, 11, 17)}), 6
    )
    assert planned(rows, subject="weight", period=WEEK, since=None) is None


class TestProposedLimits:
    def propose(self, world, *groups):
        found = proposed_limits(world.solveig, groups, period=WEEK, now=NOW)
        return {(each.quantity, each.values["kind"] if each.values else ""): each for each in found}

    @pytest.mark.parametrize(
        ("middle", "red", "yellow"),
        [
            (96, 93, 95),  # 2–3 under (94, 93) is yellow, 4 under (92) is red
            (90, 88, 89),  # 88 holds the red limit up
            (89, 86, 88),  # no room for 88 under yellow: only the own values count
            (85, 82, 84),
        ],
    )
    def test_oxygen_saturation_goes_by_the_own_median(self, world, middle, red, yellow):
        measure(world, "spo2", [middle] * 5)
        proposal = self.propose(world, TargetGroup.COPD)["spo2", "BAND"]
        assert proposal.values == {"kind": "BAND", "quantity": "spo2", "red_low": red, "yellow_low": yellow}
        assert any("skala 2" in warning for warning in proposal.warnings) == (middle <= 92)

    def test_the_method_is_written_out_with_its_ground_and_that_it_must_be_judged(self, world):
        measure(world, "spo2", [95] * 5)
        assert self.propose(world, TargetGroup.COPD)["spo2", "BAND"].explanation == (
            "Gul er 2 eller 3 under pasientens egen median. Rød er 4 eller mer under, eller under 88 %. "
            "Pasientens median er 95 % (95–95). "
            "Grunnlag: allmenn klinisk erfaring, uten egen kilde (forslag – må vurderes)."
        )

    def test_without_own_values_nothing_is_made_up(self, world):
        found = self.propose(world, TargetGroup.COPD)
        assert (found["spo2", ""].values, len(found["spo2", ""].warnings)) == (None, 1)
        assert found["pulse", "BAND"].warnings == (
            "Pasienten har ingen brukbare målinger av dette i perioden. Forslaget er ikke tilpasset.",
        )

    def test_it_warns_where_the_ordinary_day_would_be_yellow(self, world):
        measure(world, "pulse", [104, 108, 90])
        assert self.propose(world, TargetGroup.COPD)["pulse", "BAND"].warnings == (
            "2 av pasientens 3 målinger i perioden ville vært gule eller røde.",
        )

    def test_two_groups_give_one_limit_and_the_strictest_side_of_each(self, world):
        found = self.propose(world, TargetGroup.COPD, TargetGroup.HEART_FAILURE)
        assert found["pulse", "BAND"].values == {
            "kind": "BAND", "quantity": "pulse", "red_low": 40, "yellow_low": 50, "yellow_high": 100, "red_high": 120,
        }  # fmt: skip
        assert found["weight", "CHANGE"].values == {
            "kind": "CHANGE", "quantity": "weight", "yellow_high": 2, "red_high": 3, "window_hours": 72,
        }  # fmt: skip

    def test_weight_loss_is_a_share_of_the_own_median(self, world):
        measure(world, "weight", ["79.6", "80.0", "80.4"])
        assert self.propose(world, TargetGroup.NUTRITION)["weight", "SHARE"].values == {
            "kind": "SHARE", "quantity": "weight", "red_low": 90, "yellow_low": 95, "baseline": Decimal("80.0"),
        }  # fmt: skip

    def test_every_proposal_is_a_limit_that_a_doctor_could_approve(self, world):
        for type_id, value in (("spo2", 95), ("weight", "80.0"), ("pulse", 70), ("glucose", "7.0")):
            measure(world, type_id, [value] * 3)
        found = proposed_limits(world.solveig, TargetGroup.values, period=WEEK, now=NOW)
        draft = make_draft(world.nils, world.ola, limits=[each.values for each in found if each.values])
        assert problems(ruleset_of(draft)) == ()
        assert len(found) == 8


class TestLittleData:
    def test_it_says_what_the_trial_lacks_of_the_services_minimum(self, world, trial):
        measure(world, "spo2", [90] * 4)
        make_draft(trial, world.kari, limits=SPO2)
        said = missing_data(trial, trial_period(trial, now=NOW), now=NOW, quantities={"spo2"})
        assert said == ["Oksygenmetning: målt 4 dager, 4 målinger. Tjenesten krever minst 10 dager og 10 målinger."]
        # Without being told, it asks about what the newest version has limits for.
        assert missing_data(trial, trial_period(trial, now=NOW), now=NOW) == said

    def test_one_is_one_day_and_one_measurement(self, world, trial):
        FollowUpService.objects.filter(pk=world.joint.pk).update(minimum_days=1, minimum_readings=2)
        measure(world, "spo2", [90])
        said = missing_data(trial, trial_period(trial, now=NOW), now=NOW, quantities={"spo2"})
        assert said == ["Oksygenmetning: målt 1 dag, 1 måling. Tjenesten krever minst 1 dag og 2 målinger."]

    def test_the_trial_is_at_most_four_weeks_and_never_before_the_course(self, world, trial):
        assert trial_period(trial, now=NOW) == Period(date(2026, 11, 4), date(2026, 11, 17))
        assert trial_period(world.per, now=NOW) == Period(date(2026, 10, 21), date(2026, 11, 17))

    def test_enough_is_enough(self, world, trial):
        measure(world, "spo2", [90] * 10)
        assert missing_data(trial, trial_period(trial, now=NOW), now=NOW, quantities={"spo2"}) == []

    def test_a_service_that_asks_for_nothing_gets_no_warning(self, world, trial):
        FollowUpService.objects.filter(pk=world.joint.pk).update(minimum_days=0, minimum_readings=0)
        assert missing_data(trial, trial_period(trial, now=NOW), now=NOW, quantities={"spo2"}) == []

    def test_only_first_limits_ask_for_a_trial(self, world):
        assert little_data(make_draft(world.per, world.kari), now=NOW) == []

    def test_new_limits_are_sent_only_with_a_reason_which_the_doctor_reads(self, world):
        limits = [*SPO2, {"kind": "BAND", "quantity": "temperature", "yellow_high": Decimal("37.7")}]
        draft = make_draft(world.per, world.kari, limits=limits)
        kari = world.actor(world.kari)
        with pytest.raises(LittleData) as refusal:
            send_to_gp(version=draft, by=kari, now=NOW, reason="  ")
        assert refusal.value.problems == [
            "Temperatur: målt 0 dager, 0 målinger. Tjenesten krever minst 10 dager og 10 målinger."
        ]
        assert PlanVersion.objects.get(pk=draft.pk).status == "DRAFT"
        sent = send_to_gp(version=draft, by=kari, now=NOW, reason=" Cellegift starter i morgen. ")
        assert (sent.status, sent.little_data_reason) == ("PROPOSED", "Cellegift starter i morgen.")

    def test_a_reason_without_need_is_not_kept(self, world):
        draft = make_draft(world.per, world.kari)
        assert send_to_gp(version=draft, by=world.actor(world.kari), now=NOW, reason="For sikkerhets skyld")
        assert PlanVersion.objects.get(pk=draft.pk).little_data_reason == ""
