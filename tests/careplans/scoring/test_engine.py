"""The edges of the engine: errors, time, history, and what an outcome keeps."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from careplans.scoring import (
    SCORER_VERSION,
    Answered,
    Cause,
    Colour,
    Measured,
    Problem,
    Rule,
    RuleKind,
    horizon,
    needs_history,
    problems,
    score,
)
from tests.careplans.scoring.catalogue import NOW, QUANTITIES, answered, band, measured, ruleset

CHANGE = Rule("change", RuleKind.CHANGE, "weight", None, None, Decimal("1.5"), Decimal("2.0"), window_hours=72)
REPEATED = Rule("repeated", RuleKind.REPEATED, "pulse", None, None, Decimal(100), n=2, m=3)


class Broken(dict[str, Any]):
    """A mapping that fails when it is read."""

    def items(self) -> Iterator[Any]:  # type: ignore[override]
        raise RuntimeError("secret value 84")


def test_it_keeps_enough_to_explain_and_replay() -> None:
    outcome = score(measured(weight="82.3"), ruleset(CHANGE), [measured(-48, "before", weight="80")])
    assert outcome.scorer_version == SCORER_VERSION
    assert json.loads(json.dumps(outcome.reasons())) == [
        {
            "rule_id": "change",
            "kind": "CHANGE",
            "colour": "RED",
            "quantity": "weight",
            "observed": "2,3 kg",
            "limit": "2,0 kg",
            "comparison": ">",
            "sentence": "Vekt 82,3 kg er endret +2,3 kg fra 80,0 kg siste 3 døgn, over rød grense 2,0 kg",
            "cause": "",
            "used": ["before"],
            "error": "",
        }
    ]


def test_it_keeps_all_parts_worst_first() -> None:
    rules = ruleset(band("pulse", yellow_high="100"), replace(band(red_low="86", yellow_low="90"), id="b2"), CHANGE)
    outcome = score(measured(pulse="80", spo2="80", weight="80", glucose="5"), rules, [])
    assert [(part.quantity, str(part.colour), part.cause) for part in outcome.parts] == [
        ("spo2", "RED", None),
        ("glucose", "NOT_ASSESSED", Cause.NO_RULE),
        ("weight", "NOT_ASSESSED", Cause.NOT_ENOUGH_HISTORY),
        ("pulse", "GREEN", None),
    ]
    assert (outcome.colour, outcome.cause) == (Colour.RED, None)


def test_it_keeps_the_class_of_an_unexpected_error_and_not_its_text() -> None:
    outcome = score(Measured("event", NOW, Broken(pulse=Decimal(80))), ruleset(CHANGE), [])
    assert outcome.reasons() == [
        {
            "rule_id": "",
            "kind": "",
            "colour": "NOT_ASSESSED",
            "quantity": "",
            "observed": "",
            "limit": "",
            "comparison": "",
            "sentence": "Kunne ikke vurderes på grunn av en feil i systemet",
            "cause": "SCORER_ERROR",
            "used": [],
            "error": "RuntimeError",
        }
    ]


def test_it_lets_no_error_in_one_rule_hide_the_red_of_another() -> None:
    rules = ruleset(CHANGE, band("weight", yellow_high="100", red_high="120"))
    naive = Measured("naive", NOW.replace(tzinfo=None), {"weight": Decimal(80)})
    outcome = score(measured(weight="121"), rules, [naive])
    assert [(part.rule_id, str(part.colour), part.error) for part in outcome.parts] == [
        ("band", "RED", ""),
        ("change", "NOT_ASSESSED", "ValueError"),
    ]
    assert outcome.colour == Colour.RED


def test_it_lets_no_broken_catalogue_row_hide_the_red_of_another_quantity() -> None:
    broken = QUANTITIES | {"pulse": replace(QUANTITIES["pulse"], impossible_low="low")}  # type: ignore[arg-type]
    rules = ruleset(band(red_low="86", yellow_low="90"), quantities=broken)
    outcome = score(measured(spo2="80", pulse="80"), rules, [])
    assert [(part.quantity, str(part.colour), part.error) for part in outcome.parts] == [
        ("spo2", "RED", ""),
        ("pulse", "NOT_ASSESSED", "TypeError"),
    ]


@pytest.mark.parametrize("value", [84, 84.0, "84", True])
def test_it_judges_nothing_but_decimals(value: Any) -> None:
    rules = ruleset(band(red_low="86", yellow_low="90"))
    assert score(Measured("event", NOW, {"spo2": value}), rules, []).cause == Cause.NOT_A_NUMBER


def test_it_does_not_judge_a_measurement_without_values() -> None:
    assert score(measured(), ruleset(CHANGE), []).cause == Cause.MISSING_PART


def test_it_orders_facts_of_the_same_second_by_id() -> None:
    rules = ruleset(CHANGE)
    first, second = measured(0, "a", weight="80"), measured(0, "b", weight="83")
    assert score(first, rules, [second, first]).cause == Cause.NOT_ENOUGH_HISTORY
    assert score(second, rules, [second, first]).colour == Colour.RED


def test_it_keeps_the_order_of_the_hour_that_comes_twice() -> None:
    oslo = ZoneInfo("Europe/Oslo")
    rules = ruleset(CHANGE)
    summer = Measured("z", datetime(2026, 10, 25, 2, 45, tzinfo=oslo), {"weight": Decimal(80)})
    winter = Measured("a", datetime(2026, 10, 25, 2, 15, fold=1, tzinfo=oslo), {"weight": Decimal(83)})
    assert score(winter, rules, [summer]).colour == Colour.RED
    assert score(summer, rules, [winter]).cause == Cause.NOT_ENOUGH_HISTORY


def test_it_measures_the_window_in_real_hours_and_in_any_zone() -> None:
    rules = ruleset(CHANGE)
    india = timezone(timedelta(hours=5, minutes=30))
    at_edge = Measured("edge", (NOW - timedelta(hours=72)).astimezone(india), {"weight": Decimal(80)})
    beyond = Measured("beyond", (NOW - timedelta(hours=72, microseconds=1)).astimezone(india), {"weight": Decimal(80)})
    assert score(measured(weight="83"), rules, [at_edge]).colour == Colour.RED
    assert score(measured(weight="83"), rules, [beyond]).cause == Cause.NOT_ENOUGH_HISTORY


def test_it_counts_a_fact_given_twice_once() -> None:
    before = measured(-24, "before", pulse="130")
    three = replace(REPEATED, n=3)
    assert score(measured(pulse="130"), ruleset(three), [before, before]).parts[0].observed == "2 av 2"


def test_it_compares_a_converted_value_exactly_and_shows_it_shortly() -> None:
    fahrenheit = (Decimal("100.9") - 32) * 5 / 9
    part = score(
        Measured("event", NOW, {"temperature": fahrenheit}), ruleset(band("temperature", yellow_high="38.2")), []
    ).parts[0]
    assert (str(part.colour), part.observed) == ("YELLOW", "38,278 °C")


def test_it_writes_a_number_of_a_million_digits_in_one_line() -> None:
    huge = Decimal("7" * 1_000_000)
    part = score(Measured("event", NOW, {"pulse": huge}), ruleset(band("pulse", yellow_high="100")), []).parts[0]
    assert (part.cause, part.observed) == (Cause.IMPOSSIBLE_VALUE, "7,778E+999999 /min")


@pytest.mark.parametrize(
    ("answer", "colour", "cause"),
    [
        (Decimal("3.0"), "RED", None),
        (Decimal(-3), "GREEN", None),
        (" 3 ", "RED", None),
        (True, "YELLOW", None),
        (False, "GREEN", None),
        ("  ", "NOT_ASSESSED", Cause.MISSING_PART),
        (Decimal("NaN"), "NOT_ASSESSED", Cause.UNKNOWN_ANSWER),
        (Decimal("1e400"), "NOT_ASSESSED", Cause.UNKNOWN_ANSWER),
        (["3"], "NOT_ASSESSED", Cause.UNKNOWN_ANSWER),
    ],
)
def test_it_compares_answers_by_code(answer: Any, colour: str, cause: Cause | None) -> None:
    rule = Rule("a", RuleKind.ANSWER, "q", item="i", red_answers=frozenset({"3"}), yellow_answers=frozenset({"true"}))
    outcome = score(answered(i=answer), ruleset(rule), [])
    assert (str(outcome.colour), outcome.cause) == (colour, cause)


def test_it_knows_the_range_of_a_questionnaire_in_the_catalogue() -> None:
    form = replace(QUANTITIES["pulse"], code="q", label="Pustesum", unit="poeng", impossible_low=Decimal(0))
    rules = ruleset(
        Rule("s", RuleKind.SCORE, "q", None, None, Decimal(10)),
        quantities={"q": replace(form, impossible_high=Decimal(40))},
    )
    assert score(answered(score=Decimal(41)), rules, []).cause == Cause.IMPOSSIBLE_VALUE
    assert score(answered(score=Decimal(40)), rules, []).parts[0].sentence == (
        "Pustesum: 40 poeng er over gul grense 10 poeng"
    )


def test_it_names_rules_that_share_an_id_or_have_none() -> None:
    twins = ruleset(band(yellow_low="90"), replace(band("pulse", yellow_high="100")), replace(CHANGE, id=""))
    message = "Regelen må ha sin egen id."
    assert problems(twins) == (
        Problem("band", "id", message),
        Problem("band", "id", message),
        Problem("", "id", message),
    )


@pytest.mark.parametrize(
    "rule",
    [
        band(yellow_low="90"),
        CHANGE,
        REPEATED,
        Rule("share", RuleKind.SHARE, "pef", None, Decimal(80), baseline=Decimal(400)),
        Rule("score", RuleKind.SCORE, "q", None, None, Decimal(10)),
        Rule("answer", RuleKind.ANSWER, "q", item="i", red_answers=frozenset({"x"})),
        Rule("news", RuleKind.NEWS2, scale=1, window_hours=4),
    ],
    ids=lambda rule: rule.kind,
)
def test_it_refuses_two_rules_that_judge_the_same(rule: Rule) -> None:
    other = replace(rule, id="other", scale=2 if rule.scale else None)
    message = "To regler av samme type gjelder det samme. Slå dem sammen til én."
    assert problems(ruleset(rule, other)) == (
        Problem(rule.id, "quantity", message),
        Problem("other", "quantity", message),
    )


def test_it_allows_rules_that_judge_different_things() -> None:
    rules = ruleset(
        CHANGE,
        replace(CHANGE, id="week", window_hours=168),
        REPEATED,
        replace(REPEATED, id="more", n=3, m=5),
        band("weight", yellow_high="100"),
        Rule("a", RuleKind.ANSWER, "q", item="i", red_answers=frozenset({"x"})),
        Rule("b", RuleKind.ANSWER, "q", item="j", red_answers=frozenset({"x"})),
    )
    assert problems(rules) == ()


@pytest.mark.parametrize("field", ["impossible_low", "impossible_high"])
def test_it_refuses_rules_on_a_quantity_with_broken_bounds(field: str) -> None:
    broken = QUANTITIES | {"spo2": replace(QUANTITIES["spo2"], **{field: Decimal("NaN")})}
    rules = ruleset(band(yellow_low="90"), quantities=broken)
    assert problems(rules) == (Problem("band", "quantity", "Katalogens grenser for hva som er mulig, er feil."),)


def test_it_refuses_a_sum_on_a_questionnaire_with_broken_bounds() -> None:
    broken = {"q": replace(QUANTITIES["pulse"], code="q", decimals=-1)}
    rules = ruleset(Rule("s", RuleKind.SCORE, "q", None, None, Decimal(10)), quantities=broken)
    assert problems(rules) == (Problem("s", "quantity", "Katalogens grenser for hva som er mulig, er feil."),)


def test_it_refuses_news2_without_its_quantities() -> None:
    rules = ruleset(Rule("news", RuleKind.NEWS2, scale=1, window_hours=4), quantities={"spo2": QUANTITIES["spo2"]})
    assert {problem.message_nb for problem in problems(rules)} == {
        f"{code}: Målingen finnes ikke i katalogen."
        for code in ("respiration_rate", "systolic", "pulse", "temperature")
    }


@pytest.mark.parametrize(
    ("rules", "hours", "needs"),
    [
        ((), 0, False),
        ((band(yellow_low="90"),), 0, False),
        ((CHANGE,), 72, True),
        ((CHANGE, Rule("news", RuleKind.NEWS2, scale=1, window_hours=100)), 100, True),
        ((CHANGE, REPEATED), 744, True),
        ((CHANGE, replace(REPEATED, window_hours=24)), 72, True),
        ((replace(CHANGE, window_hours=10**9),), 0, True),
    ],
)
def test_it_says_how_far_back_it_looks(rules: tuple[Rule, ...], hours: int, needs: bool) -> None:
    assert (horizon(ruleset(*rules)), needs_history(ruleset(*rules))) == (timedelta(hours=hours), needs)


def test_it_reads_no_history_for_rules_that_need_none() -> None:
    poisoned = [Answered("x", NOW.replace(tzinfo=None), "q", {}, None)]
    assert score(measured(spo2="95"), ruleset(band(yellow_low="90")), poisoned).colour == Colour.GREEN
