"""What holds for every value, every history and every order of arrival."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careplans.scoring import (
    Answered,
    Cause,
    Colour,
    Measured,
    Outcome,
    Rule,
    RuleKind,
    RuleSet,
    problems,
    score,
    worst,
)
from careplans.scoring.colours import SEVERITY
from careplans.scoring.facts import Fact
from tests.careplans.scoring.catalogue import NOW, QUANTITIES, band, measured, ruleset

BAND = band("pulse", red_low="40", yellow_low="50", yellow_high="100", red_high="120")
CHANGE = Rule("change", RuleKind.CHANGE, "pulse", None, None, Decimal(15), Decimal(30), window_hours=48)
FALL = Rule("fall", RuleKind.CHANGE, "pulse", Decimal(-30), Decimal(-15), window_hours=72)
SHARE = Rule("share", RuleKind.SHARE, "pulse", None, None, Decimal("130.5"), Decimal(160), baseline=Decimal(70))
REPEATED = Rule("repeated", RuleKind.REPEATED, "pulse", None, None, Decimal(100), Decimal(120), n=2, m=4)
NEWS2 = Rule("news", RuleKind.NEWS2, scale=1, window_hours=24)
SUM = Rule("sum", RuleKind.SCORE, "q", None, None, Decimal(10), Decimal(20))
ANSWER = Rule("answer", RuleKind.ANSWER, "q", item="sputum", red_answers=frozenset({"blood"}))
EVERY_KIND = ruleset(BAND, CHANGE, FALL, SHARE, REPEATED, NEWS2, SUM, ANSWER)

anything = st.one_of(
    st.none(),
    st.decimals(allow_nan=True, allow_infinity=True),
    st.decimals(min_value=0, max_value=300, places=1),
    st.sampled_from(
        [Decimal(text) for text in ("NaN", "sNaN", "Infinity", "-Infinity", "-0", "1e400", "1e-400", "0E+9")]
    ),
)
possible = st.decimals(min_value=20, max_value=250, places=1)
measurements = st.builds(
    lambda fact, minutes, values: Measured(fact, NOW - timedelta(minutes=minutes), values),
    st.uuids().map(str),
    st.integers(-3000, 6000),
    st.dictionaries(st.sampled_from(sorted(QUANTITIES)), anything, max_size=4),
)
responses = st.builds(
    lambda fact, minutes, answers, points: Answered(fact, NOW - timedelta(minutes=minutes), "q", answers, points),
    st.uuids().map(str),
    st.integers(-3000, 6000),
    st.dictionaries(
        st.sampled_from(["consciousness", "oxygen", "sputum"]),
        st.one_of(anything, st.booleans(), st.sampled_from(["A", "C", "V", "P", "U", "X", "", "blood"])),
    ),
    anything,
)
histories = st.lists(st.one_of(measurements, responses), max_size=8, unique_by=lambda fact: fact.id)


def colour_by_hand(value: Decimal) -> Colour:
    """BAND written a second time, for possible values."""
    if value < 40 or value > 120:
        return Colour.RED
    return Colour.YELLOW if value < 50 or value > 100 else Colour.GREEN


@given(event=st.one_of(measurements, responses), history=histories)
def test_it_gives_exactly_one_outcome_for_anything(event: Fact, history: list[Fact]) -> None:
    outcome = score(event, EVERY_KIND, history)
    assert outcome.colour == worst(part.colour for part in outcome.parts)
    assert (outcome.cause is not None) == (outcome.colour == Colour.NOT_ASSESSED)
    assert [part for part in outcome.parts if part.cause == Cause.SCORER_ERROR] == []
    assert [part for part in outcome.parts if (part.cause is None) == (part.colour == Colour.NOT_ASSESSED)] == []
    assert all(part.sentence and len(part.sentence) < 500 for part in outcome.parts)


@given(value=anything)
def test_it_judges_possible_numbers_and_nothing_else(value: Decimal | None) -> None:
    outcome = score(Measured("event", NOW, {"pulse": value}), ruleset(BAND), [])
    if value is None or not value.is_finite() or -value.as_tuple().exponent > 40:
        assert (outcome.colour, outcome.cause) == (Colour.NOT_ASSESSED, Cause.NOT_A_NUMBER)
    elif not 20 <= value <= 250:
        assert (outcome.colour, outcome.cause) == (Colour.NOT_ASSESSED, Cause.IMPOSSIBLE_VALUE)
    else:
        assert (outcome.colour, outcome.cause) == (colour_by_hand(value), None)


@pytest.mark.parametrize("zero", ["0", "-0", "0E+400", "-0.000"])
def test_it_takes_minus_zero_for_zero(zero: str) -> None:
    rule = Rule("sum", RuleKind.SCORE, "q", Decimal(-1), Decimal(0))
    outcome = score(Answered("event", NOW, "q", {}, Decimal(zero)), ruleset(rule), [])
    assert (outcome.colour, outcome.parts[0].observed) == (Colour.GREEN, "0 poeng")


@pytest.mark.parametrize(("code", "limits"), [(code, quantity) for code, quantity in QUANTITIES.items()])
def test_it_turns_exactly_one_rounding_unit_beyond_each_limit(code: str, limits: object) -> None:
    quantity = QUANTITIES[code]
    unit = Decimal(1).scaleb(-quantity.decimals)
    middle = ((quantity.impossible_low + quantity.impossible_high) / 2).quantize(unit)
    lows = middle - 20 * unit, middle - 10 * unit
    highs = middle + 10 * unit, middle + 20 * unit
    rules = ruleset(Rule("band", RuleKind.BAND, code, *lows, *highs))
    assert problems(rules) == ()
    around = {
        limit: [str(score(Measured("e", NOW, {code: limit + step}), rules, []).colour) for step in (-unit, 0, unit)]
        for limit in (*lows, *highs)
    }
    assert around == {
        lows[0]: ["RED", "YELLOW", "YELLOW"],
        lows[1]: ["YELLOW", "GREEN", "GREEN"],
        highs[0]: ["GREEN", "GREEN", "YELLOW"],
        highs[1]: ["YELLOW", "YELLOW", "RED"],
    }


@given(value=possible, step=st.decimals(min_value=0, max_value=100, places=3), history=histories)
@pytest.mark.parametrize("rule", [CHANGE, SHARE, REPEATED, band("pulse", yellow_high="100", red_high="120")])
def test_it_is_never_milder_for_a_higher_value_when_high_is_bad(
    rule: Rule, value: Decimal, step: Decimal, history: list[Fact]
) -> None:
    worse = min(value + step, Decimal(250))
    assert severity(worse, rule, history) <= severity(value, rule, history)


@given(value=possible, step=st.decimals(min_value=0, max_value=100, places=3), history=histories)
@pytest.mark.parametrize("rule", [FALL, band("pulse", yellow_low="60", red_low="50")])
def test_it_is_never_milder_for_a_lower_value_when_low_is_bad(
    rule: Rule, value: Decimal, step: Decimal, history: list[Fact]
) -> None:
    worse = max(value - step, Decimal(20))
    assert severity(worse, rule, history) <= severity(value, rule, history)


def severity(value: Decimal, rule: Rule, history: list[Fact]) -> int:
    """0 is RED. The rule is judged alone, on the same past."""
    return SEVERITY[score(Measured("event", NOW, {"pulse": value}), ruleset(rule), history).colour]


@given(facts=histories, data=st.data())
def test_it_ends_the_same_whatever_the_order_of_arrival(facts: list[Fact], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(facts))
    again = data.draw(st.lists(st.sampled_from(facts), max_size=5)) if facts else []
    assert final_state(shuffled + again, EVERY_KIND) == final_state(facts, EVERY_KIND)


def final_state(arrivals: list[Fact], rules: RuleSet) -> dict[str, Outcome]:
    """A pipeline in small: each arrival is judged with what has arrived, and later facts are judged again."""
    stored: dict[str, Fact] = {}
    state: dict[str, Outcome] = {}
    for fact in arrivals:
        stored[fact.id] = fact
        for other in stored.values():
            if other.at >= fact.at:
                state[other.id] = score(other, rules, list(stored.values()))
    return state


@given(history=histories, event=measurements)
def test_it_is_not_moved_by_what_came_later_or_too_early(history: list[Fact], event: Measured) -> None:
    outside = [
        Measured("before", NOW - timedelta(days=40), {"pulse": Decimal(200)}),
        Measured("after", NOW + timedelta(days=40), {"pulse": Decimal(200)}),
    ]
    assert score(event, EVERY_KIND, [*outside, *history, event]) == score(event, EVERY_KIND, history)


limits = st.one_of(st.none(), st.integers(15, 255).map(Decimal))


@given(red_low=limits, yellow_low=limits, yellow_high=limits, red_high=limits, value=possible)
def test_it_uses_a_band_exactly_when_its_limits_are_in_order(
    red_low: Decimal | None,
    yellow_low: Decimal | None,
    yellow_high: Decimal | None,
    red_high: Decimal | None,
    value: Decimal,
) -> None:
    rules = ruleset(Rule("band", RuleKind.BAND, "pulse", red_low, yellow_low, yellow_high, red_high))
    limits_given = [limit for limit in (red_low, yellow_low, yellow_high, red_high) if limit is not None]
    in_order = all(low < high for low, high in pairwise(limits_given))
    gap = (red_low is not None and yellow_low is None) or (red_high is not None and yellow_high is None)
    passable = all(20 < low <= 250 for low in (red_low, yellow_low) if low is not None) and all(
        20 <= high < 250 for high in (yellow_high, red_high) if high is not None
    )
    sound = bool(limits_given) and in_order and not gap and passable
    outcome = score(measured(pulse=str(value)), rules, [])
    assert (problems(rules) == ()) == sound
    assert (outcome.cause == Cause.INVALID_RULE) == (not sound)


@given(st.permutations([BAND, band("pulse", yellow_low="45"), SHARE]), possible)
def test_it_uses_neither_of_two_overlapping_bands(rules: list[Rule], value: Decimal) -> None:
    overlapping = [replace(rule, id=f"rule-{number}") for number, rule in enumerate(rules)]
    outcome = score(measured(pulse=str(value)), ruleset(*overlapping), [])
    assert [part.cause for part in outcome.parts if part.kind == RuleKind.BAND] == [Cause.INVALID_RULE] * 2
    assert [part.cause for part in outcome.parts if part.kind == RuleKind.SHARE] == [None]


@given(st.decimals(min_value="85.5", max_value="86.5", places=12))
def test_it_never_says_what_is_untrue_about_a_value_near_a_limit(value: Decimal) -> None:
    part = score(measured(spo2=str(value)), ruleset(band(red_low="86", yellow_low="90")), []).parts[0]
    shown = Decimal(part.observed.removesuffix(" %").replace(",", "."))
    assert (shown < 86) == (value < 86)
    assert abs(shown - value) <= Decimal("0.0005")


@given(st.lists(st.sampled_from(Colour)))
def test_it_takes_the_worst_colour(colours: list[Colour]) -> None:
    order = [Colour.RED, Colour.YELLOW, Colour.NOT_ASSESSED, Colour.GREEN]
    assert worst(colours) == next((colour for colour in order if colour in colours), Colour.NOT_ASSESSED)
