"""A back-test says what was said: of the version in force it equals what was recorded, fact by fact (R-036, R-087).

The facts go the real way: stored, called faulty, late, in any order of arrival, and assessed by `alerts`.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from alerts import services
from alerts.models import Assessment
from careplans.queries.backtest import Alarms, backtest
from careplans.queries.catalogue import ruleset_of
from careplans.queries.evidence import Period, evidence
from careplans.queries.gp import evidence_for
from careplans.scoring import Colour, RuleSet, horizon
from dho.lib.numbers import OSLO
from measurements.enums import StatementKind, Timing
from measurements.models import Reading, ReadingStatement
from tests.factories.careplans import approve, make_draft, propose
from tests.factories.clock import NOW
from tests.factories.measurements import make_reading, make_response

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
START = NOW - 9 * DAY
LIMITS = [
    {"kind": "BAND", "quantity": "spo2", "red_low": Decimal(86), "yellow_low": Decimal(88)},
    {"kind": "BAND", "quantity": "systolic", "yellow_low": Decimal(100), "yellow_high": Decimal(150)},
    {"kind": "BAND", "quantity": "diastolic", "yellow_high": Decimal(95)},
    {"kind": "CHANGE", "quantity": "weight", "yellow_high": Decimal("1.5"), "red_high": Decimal(2), "window_hours": 72},
    {"kind": "CHANGE", "quantity": "weight", "yellow_low": Decimal(-2), "red_low": Decimal(-4), "window_hours": 96},
    {"kind": "SHARE", "quantity": "weight", "yellow_low": Decimal(97), "red_low": Decimal(95), "baseline": Decimal(80)},
    {"kind": "REPEATED", "quantity": "pulse", "yellow_high": Decimal(90), "red_high": Decimal(110), "n": 2, "m": 3},
    {"kind": "SCORE", "quantity": "symptoms_copd", "yellow_high": Decimal(5), "red_high": Decimal(10)},
    {"kind": "NEWS2", "window_hours": 24, "scale": 2},
]  # fmt: skip

values = {
    "spo2": st.integers(48, 100),
    "pulse": st.integers(60, 130),
    "weight": st.integers(740, 860).map(lambda tenths: Decimal(tenths) / 10),
    "blood_pressure": st.tuples(st.integers(90, 200), st.integers(60, 110)),
    "symptoms_copd": st.one_of(st.none(), st.integers(0, 14)),
    "respiration_rate": st.integers(8, 30),
}
# What looks back comes more often than what does not: that is where the order matters.
facts = st.sampled_from(["weight"] * 4 + ["pulse"] * 3 + sorted(values)).flatmap(
    lambda kind: st.tuples(
        st.just(kind),
        values[kind],
        st.integers(0, 5 * 24),  # hours after START when it was taken
        st.sampled_from([0, 0, 0, 1, 30, 100]),  # hours until it came
        st.booleans(),  # a clock that is ahead
    )
)
# After so many facts have come, number n of them is called this.
statements = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.sampled_from([StatementKind.FAULTY, StatementKind.CONFIRMED])),
    max_size=6,
)


def assess(patient, now: datetime) -> None:
    services.assess_patient(patient_id=patient.pk, municipality_id=patient.municipality_id, now=now, wait=True)


def store(world, kind: str, value, taken: datetime, came: datetime, ahead: bool):
    """One fact as ingest leaves it. With a clock that is ahead, the time it says lies after its arrival."""
    if kind == "symptoms_copd":
        return make_response(world.per_tablet, kind, {"breath": "more"}, at=taken, score=value, received_at=came)
    first, second = value if isinstance(value, tuple) else (value, None)
    at, timing = (came + HOUR, Timing.FUTURE) if ahead else (taken, Timing.ON_TIME)
    return make_reading(world.per_tablet, kind, first, value2=second, at=at, received_at=came, timing=timing)


def say(world, reading: Reading, kind: StatementKind, now: datetime) -> None:
    ReadingStatement.objects.create(
        municipality_id=reading.municipality_id, reading=reading, kind=kind, reason="Kald hånd",
        fulfils_schedule=False, stated_at=now, stated_by=world.kari,
    )  # fmt: skip


def recorded(patient) -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """What counts today, by fact: colour, and rule by rule. What is called faulty is not evidence for anything."""
    found = {}
    for row in Assessment.objects.filter(patient=patient, superseded_by__isnull=True):
        said = ReadingStatement.objects.filter(reading_id=row.reading_id).order_by("stated_at", "id").last()
        if row.reading_id and said and said.kind == StatementKind.FAULTY:
            continue
        parts = sorted((part["rule_id"], part["colour"], part["sentence"]) for part in row.reasons)
        found[str(row.reading_id or row.response_id)] = (row.colour, parts)
    return found


def replayed(ruleset: RuleSet, found) -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """What the back-test says, in the same form."""
    said = {}
    for verdict in found.replay.judge(ruleset):
        parts = sorted(
            (verdict.rules.get(part.rule_id, part.rule_id), str(part.colour), part.sentence)
            for part in verdict.outcome.parts
        )
        said[verdict.fact.id] = (str(verdict.outcome.colour), parts)
    return said


FAULTY, CONFIRMED = StatementKind.FAULTY, StatementKind.CONFIRMED
HEAVY, LIGHT, OTHER = ("weight", 83, 24, 0, False), ("weight", 80, 0, 0, False), ("spo2", 90, 60, 0, False)
LATE = ("weight", 80, 0, 30, False)


@pytest.mark.slow
# Called faulty before the next weighing, and only after it.
@example([LIGHT, HEAVY], [(0, 0, FAULTY)], True)
@example([LIGHT, HEAVY], [(1, 0, FAULTY)], True)
# A weighing called faulty is not judged again for what comes late, also if it is confirmed afterwards.
@example([HEAVY, LATE, OTHER], [(0, 0, FAULTY), (2, 0, CONFIRMED)], True)
@example([HEAVY, LATE, OTHER], [(0, 0, FAULTY), (1, 0, CONFIRMED)], True)
# What came late makes the later weighing be judged again, now without what was called faulty meanwhile.
@example([LIGHT, HEAVY, LATE, OTHER], [(1, 0, FAULTY)], True)
@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
@given(st.lists(facts, min_size=1, max_size=12), statements, st.booleans())
def test_the_back_test_of_the_version_in_force_says_what_was_recorded(world, coming, saying, one_by_one):
    with transaction.atomic():
        version = approve(make_draft(world.per, world.kari, limits=LIMITS, now=START), world.dahl, now=START)
        arrivals = sorted(
            ((START + hours * HOUR + late * HOUR, index, kind, value, START + hours * HOUR, ahead)
             for index, (kind, value, hours, late, ahead) in enumerate(coming)),
            key=lambda each: each[:2],
        )  # fmt: skip
        stored, now = [], START
        for number, (came, _, kind, value, taken, ahead) in enumerate(arrivals):
            now = max(came, now) + timedelta(seconds=1)
            stored.append(store(world, kind, value, taken, came, ahead))
            for after, which, word in saying:
                if after == number and which < len(stored) and isinstance(stored[which], Reading):
                    say(world, stored[which], word, now)
            if one_by_one or number % 3 == 2:
                assess(world.per, now + timedelta(seconds=1))
        end = max(now, NOW) + timedelta(seconds=2)
        assess(world.per, end)
        period = Period(START.date(), (end + DAY).astimezone(OSLO).date())
        ruleset = ruleset_of(version)
        found = evidence(world.per.pk, period, reach=horizon(ruleset), now=end + HOUR)
        assert replayed(ruleset, found) == recorded(world.per)
        transaction.set_rollback(True)


class TestTheWhole:
    """NOW is Wednesday 18.11. at 10 in Oslo: the period is 28.10.–17.11., whole days."""

    @pytest.fixture
    def found(self, world):
        for days, spo2 in ((1, 84), (2, 87), (3, 95), (4, 40)):
            make_reading(world.per_tablet, "spo2", spo2, at=NOW - days * DAY)
        make_reading(world.per_tablet, "blood_pressure", 185, value2=96, at=NOW - DAY)
        return evidence_for(world.per.pk, [ruleset_of(world.per_plan)], now=NOW)

    def test_a_fact_counts_once_by_its_worst_rule(self, world, found):
        result = backtest(ruleset_of(world.per_plan), found)
        assert result.whole == Alarms(yellow=1, red=2, not_assessed=1)
        assert [(alarm.at, alarm.colour, alarm.sentences) for alarm in result.alarms] == [
            (NOW - 2 * DAY, Colour.YELLOW, ("Oksygenmetning 87 % er under gul grense 88 %",)),
            (NOW - DAY, Colour.RED, ("Oksygenmetning 84 % er under rød grense 86 %",)),
            (NOW - DAY, Colour.RED, ("Overtrykk (systolisk) 185 mmHg er over rød grense 180 mmHg",)),
        ]

    def test_each_rule_counts_its_own(self, world, found):
        result = backtest(ruleset_of(world.per_plan), found)
        by_quantity = {
            rule.quantity: result.by_rule[rule.id] for rule in ruleset_of(world.per_plan).rules if rule.kind == "BAND"
        }
        assert (by_quantity["spo2"], by_quantity["diastolic"]) == (Alarms(1, 1), Alarms(1, 0))

    def test_two_versions_share_the_work_and_keep_their_own_rule_ids(self, world, found):
        other = make_draft(world.per, world.kari)
        old, new = ruleset_of(world.per_plan), ruleset_of(other)
        first, second = backtest(old, found), backtest(new, found)
        assert first.whole == second.whole
        assert list(first.by_rule.values()) == list(second.by_rule.values())
        assert set(first.by_rule) & set(second.by_rule) == set()

    def test_a_rule_that_no_doctor_could_approve_is_told_as_not_judged(self, world):
        make_reading(world.per_tablet, "spo2", 80, at=NOW - DAY)
        upside_down = [{"kind": "BAND", "quantity": "spo2", "red_low": Decimal(86), "yellow_low": Decimal(88)}]
        ruleset = ruleset_of(make_draft(world.per, world.kari, limits=upside_down))
        wrong = RuleSet("x", (replace(ruleset.rules[0], red_low=Decimal(90)),), ruleset.quantities)
        found = evidence_for(world.per.pk, [wrong], now=NOW)
        assert backtest(wrong, found).whole == Alarms(0, 0, not_assessed=1)

    def test_another_patients_facts_never_count(self, world):
        make_reading(world.solveig_tablet, "spo2", 80, at=NOW - DAY)
        found = evidence_for(world.per.pk, [], now=NOW)
        assert backtest(ruleset_of(world.per_plan), found).whole == Alarms(0, 0)


class TestAProposalNeverJudges:
    def test_readings_are_judged_by_version_1_while_version_2_waits(self, world):
        """AT-29: the GP has not approved version 2, which is shown as a proposal only."""
        draft = make_draft(world.per, world.kari, limits=[{**LIMITS[0], "yellow_low": Decimal(95)}])
        proposal = propose(draft, now=NOW - HOUR)
        make_reading(world.per_tablet, "spo2", 90, at=NOW)
        assess(world.per, NOW)
        judged = Assessment.objects.get()
        assert (judged.plan_version, judged.colour) == (world.per_plan, "GREEN")
        found = evidence(world.per.pk, Period.before(NOW + DAY), now=NOW + DAY)
        assert backtest(ruleset_of(proposal), found).whole == Alarms(yellow=1, red=0)
