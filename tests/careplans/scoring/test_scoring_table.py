"""docs/scoring.md read as data: what the page promises is what the scorer does."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from careplans.scoring import SCORER_VERSION, Answered, Cause, Measured, Rule, RuleKind, RuleSet, problems, score
from careplans.scoring.facts import Fact
from tests.careplans.scoring.catalogue import QUANTITIES, answered, measured, ruleset

PAGE = (Path(__file__).parents[3] / "docs" / "scoring.md").read_text(encoding="utf-8")
LIMITS = {"red_low", "yellow_low", "yellow_high", "red_high", "baseline"}
SETS = {"red_answers", "yellow_answers", "green_answers"}


def table(name: str) -> list[tuple[str, ...]]:
    """The rows of one marked table."""
    lines = PAGE.split(f"<!-- table: {name} -->\n", 1)[1].split("\n\n", 1)[0].splitlines()
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[2:]]


def rule_of(text: str, rule_id: str) -> Rule:
    kind, *words = text.split()
    quantity = words.pop(0) if words and "=" not in words[0] else ""
    fields: dict[str, Any] = {}
    for name, value in (word.split("=", 1) for word in words):
        if name in LIMITS:
            fields[name] = Decimal(value)
        elif name in SETS:
            fields[name] = frozenset(value.split(","))
        else:
            fields[name] = value if name == "item" else int(value)
    return Rule(rule_id, RuleKind(kind), quantity, **fields)


def ruleset_of(text: str) -> RuleSet | None:
    if text == "no plan":
        return None
    rules = [] if text == "–" else text.split("; ")
    return ruleset(*(rule_of(rule, f"rule-{number}") for number, rule in enumerate(rules)))


def fact_of(text: str, fact: str = "event", hours: float = 0) -> Fact:
    form, colon, rest = text.rpartition(": ")
    pairs = dict(word.split("=", 1) for word in rest.split())
    if not colon:
        return measured(hours, fact, **{code: None if value == "none" else value for code, value in pairs.items()})
    points, hidden = pairs.pop("score", None), pairs.pop("hidden", "")
    words = {"none": None, "true": True, "false": False}
    answers = {item: words.get(answer, answer) for item, answer in pairs.items()}
    return answered(hours, fact, form, None if points is None else Decimal(points), hidden, **answers)


def history_of(text: str) -> Iterator[Fact]:
    for number, entry in enumerate([] if text == "–" else text.split("; ")):
        hours, rest = re.fullmatch(r"(−?\d+) h (.+)", entry).groups()
        yield fact_of(rest, f"earlier-{number}", int(hours.replace("−", "-")))


@pytest.mark.parametrize(("rules", "earlier", "observed", "colour", "cause"), table("decisions"))
def test_it_decides_as_the_table_says(rules: str, earlier: str, observed: str, colour: str, cause: str) -> None:
    outcome = score(fact_of(observed), ruleset_of(rules), list(history_of(earlier)))
    assert (outcome.colour, outcome.cause or "–") == (colour, cause)


@pytest.mark.parametrize(("rules", "earlier", "observed", "sentence"), table("sentences"))
def test_it_says_why_in_the_words_of_the_table(rules: str, earlier: str, observed: str, sentence: str) -> None:
    outcome = score(fact_of(observed), ruleset_of(rules), list(history_of(earlier)))
    assert outcome.parts[-1].sentence == sentence


@pytest.mark.parametrize(("rules", "field", "message"), table("problems"))
def test_it_refuses_and_never_uses_the_rules_of_the_table(rules: str, field: str, message: str) -> None:
    refused = ruleset_of(rules)
    assert [(found.field, found.message_nb) for found in problems(refused)] == [(field, message)]
    rule = refused.rules[0]
    event = (
        Answered("event", datetime(2026, 11, 2, tzinfo=UTC), rule.quantity, {}, Decimal(1))
        if rule.kind in (RuleKind.SCORE, RuleKind.ANSWER)
        else Measured("event", datetime(2026, 11, 2, tzinfo=UTC), {rule.quantity or "spo2": Decimal(60)})
    )
    assert score(event, refused, []).cause == Cause.INVALID_RULE


def test_it_has_no_problem_with_the_rules_it_decides_by() -> None:
    usable = [row for row in table("decisions") if row[4] not in ("INVALID_RULE", "NO_APPROVED_PLAN")]
    broken = [row[0] for row in usable if problems(ruleset_of(row[0]))]
    # The one pair on the page where a broken rule stands beside a usable one that is yellow.
    assert broken == ["BAND pulse yellow_high=100; CHANGE pulse yellow_high=20"]


def test_it_names_every_cause_and_its_own_version() -> None:
    assert set(re.findall(r"^\| ([A-Z_]+) \| ", PAGE, re.MULTILINE)) >= {str(cause) for cause in Cause}
    assert f"Scorer version {SCORER_VERSION}." in PAGE


def test_it_shows_every_kind_of_rule_and_every_colour() -> None:
    rows = table("decisions")
    kinds = {rule.split()[0] for row in rows for rule in row[0].split("; ")} - {"no", "–"}
    assert kinds == set(RuleKind)
    assert {row[3] for row in rows} == {"GREEN", "YELLOW", "RED", "NOT_ASSESSED"}


def steps(cell: str, code: str) -> Iterator[Decimal]:
    """Every value of a cell of the NEWS2 table, at the rounding unit of the quantity."""
    quantity = QUANTITIES[code]
    unit = Decimal(1).scaleb(-quantity.decimals)
    if cell.startswith("≤"):
        low, high = quantity.impossible_low, Decimal(cell[2:])
    elif cell.startswith("≥"):
        low, high = Decimal(cell[2:]), quantity.impossible_high
    else:
        low, high = (Decimal(edge) for edge in cell.split("–"))
    while low <= high:
        yield low
        low += unit


@pytest.mark.parametrize("row", table("news2"), ids=lambda row: row[0])
def test_it_gives_the_points_of_the_news2_table(row: tuple[str, ...]) -> None:
    parameter, cells = row[0], row[1:]
    code = parameter.partition(",")[0]
    rule = Rule("news", RuleKind.NEWS2, scale=2 if "scale 2" in parameter else 1, window_hours=1)
    healthy = {"respiration_rate": "16", "spo2": "96" if rule.scale == 1 else "90", "systolic": "120", "pulse": "70"}
    healthy["temperature"] = "37.0"
    oxygen = "on oxygen" in parameter
    seen = 0
    for points, cell in zip((3, 2, 1, 0, 1, 2, 3), cells, strict=True):
        if not cell:
            continue
        cases: list[tuple[dict[str, str], dict[str, Any]]]
        if code in QUANTITIES:
            cases = [({code: str(value)}, {}) for value in steps(cell, code)]
        elif code == "oxygen":
            cases = [({}, {"oxygen": cell == "true"})]
        else:
            cases = [({}, {"consciousness": letter}) for letter in cell.split(", ")]
        for values, answers in cases:
            form = answered(-0.5, "form", **{"consciousness": "A", "oxygen": oxygen} | answers)
            part = score(measured(**healthy | values), ruleset(rule), [form]).parts[0]
            assert part.observed == f"{points + 2 * oxygen} poeng", (values, answers)
            seen += 1
    if code in QUANTITIES:
        bounds = QUANTITIES[code]
        unit = Decimal(1).scaleb(-bounds.decimals)
        assert seen == (bounds.impossible_high - bounds.impossible_low) / unit + 1
