"""What a rule must fulfil before a doctor may approve it, and before the scorer believes it."""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from careplans.scoring import news2
from careplans.scoring.limits import given
from careplans.scoring.numbers import EXACT, decimals_of, is_number, with_unit
from careplans.scoring.rules import LOOKING_BACK, REPEATED_HOURS, Quantity, Rule, RuleKind

# A year back; longer comparisons belong to the evaluation of the plan, not to one reading.
MAX_WINDOW_HOURS: Final = 366 * 24
MAX_AMONG: Final = 100
MAX_NEWS2: Final = 20
_LIMITS: Final = ("red_low", "yellow_low", "yellow_high", "red_high")
_NAMES: Final = {
    "red_low": "Rød nedre grense",
    "yellow_low": "Gul nedre grense",
    "yellow_high": "Gul øvre grense",
    "red_high": "Rød øvre grense",
    "baseline": "Normalverdien",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a rule is refused: the rule, its field, and a sentence for the person who wrote it."""

    rule_id: str
    field: str
    message_nb: str


Finding = tuple[str, str]


def find_problems(rules: Sequence[Rule], quantities: Mapping[str, Quantity]) -> tuple[Problem, ...]:
    """Every problem of every rule, in the plan's order. A rule with a problem is never used to judge (P2)."""
    ids = Counter(rule.id for rule in rules)
    subjects = Counter(_subject(rule) for rule in rules)
    problems: list[Problem] = []
    for rule in rules:
        findings = list(_of_one(rule, quantities))
        if not rule.id or ids[rule.id] > 1:
            findings.append(("id", "Regelen må ha sin egen id."))
        if subjects[_subject(rule)] > 1:
            findings.append(("quantity", "To regler av samme type gjelder det samme. Slå dem sammen til én."))
        problems.extend(Problem(rule.id, field, message) for field, message in findings)
    return tuple(problems)


def _subject(rule: Rule) -> Hashable:
    """What only one rule may judge: a second one would overlap it, and nobody could say which one counts."""
    extra: dict[RuleKind, Hashable] = {
        RuleKind.CHANGE: rule.window_hours,
        RuleKind.REPEATED: (rule.n, rule.m, rule.window_hours),
        RuleKind.ANSWER: rule.item,
    }
    return (rule.kind, "" if rule.kind == RuleKind.NEWS2 else rule.quantity, extra.get(rule.kind))


def _of_one(rule: Rule, quantities: Mapping[str, Quantity]) -> Iterator[Finding]:
    if rule.kind == RuleKind.ANSWER:
        yield from _answers(rule)
    elif numbers := list(_not_numbers(rule)):
        yield from numbers
    elif rule.kind == RuleKind.NEWS2:
        yield from _window(rule)
        yield from _news2(rule, quantities)
        yield from _order(rule)
    else:
        yield from _on_limits(rule, quantities.get(rule.quantity))


def _on_limits(rule: Rule, quantity: Quantity | None) -> Iterator[Finding]:
    if rule.kind in LOOKING_BACK:
        yield from _window(rule)
    if rule.kind == RuleKind.REPEATED:
        yield from _count(rule)
    if not given(rule):
        yield "yellow_low", "Regelen har ingen grenser."
    yield from _order(rule)
    if rule.kind == RuleKind.SCORE and quantity is None:
        # A questionnaire need not stand among the quantities; its points are then only ordered, not bounded.
        if not rule.quantity:
            yield "quantity", "Velg hvilket skjema regelen gjelder."
    elif quantity is None or _unusable(quantity):
        yield "quantity", _unusable(quantity)
    else:
        yield from _reach(rule, quantity)


def _unusable(quantity: Quantity | None) -> str:
    if quantity is None:
        return "Målingen finnes ikke i katalogen."
    low, high = quantity.impossible_low, quantity.impossible_high
    sound = quantity.decimals >= 0 and is_number(low) and is_number(high) and low < high
    return "" if sound else "Katalogens grenser for hva som er mulig, er feil."


def _window(rule: Rule) -> Iterator[Finding]:
    longest = REPEATED_HOURS if rule.kind == RuleKind.REPEATED else MAX_WINDOW_HOURS
    if rule.window_hours is None:
        # REPEATED counts values and has a standard look-back; the others mean nothing without a window.
        if rule.kind != RuleKind.REPEATED:
            yield "window_hours", "Oppgi hvor mange timer tilbake regelen ser."
    elif not 1 <= rule.window_hours <= longest:
        yield "window_hours", f"Vinduet må være mellom 1 og {longest} timer."


def _answers(rule: Rule) -> Iterator[Finding]:
    if not rule.quantity:
        yield "quantity", "Velg hvilket skjema regelen gjelder."
    if not rule.item:
        yield "item", "Velg hvilket spørsmål regelen gjelder."
    if not rule.red_answers | rule.yellow_answers:
        yield "yellow_answers", "Regelen har ingen røde eller gule svar."
    if (
        rule.red_answers & rule.yellow_answers
        or rule.red_answers & rule.green_answers
        or rule.yellow_answers & rule.green_answers
    ):
        yield "yellow_answers", "Et svar kan bare ha én farge."


def _not_numbers(rule: Rule) -> Iterator[Finding]:
    for field in (*_LIMITS, "baseline"):
        value = getattr(rule, field)
        if value is not None and not is_number(value):
            yield field, f"{_NAMES[field]} er ikke et tall."


def _count(rule: Rule) -> Iterator[Finding]:
    if rule.n is None:
        yield "n", "Oppgi hvor mange av verdiene som må være utenfor."
    if rule.m is None:
        yield "m", "Oppgi hvor mange av de siste verdiene som telles."
    if rule.n is not None and rule.n < 1:
        yield "n", "Antallet må være minst 1."
    if rule.m is not None and rule.m > MAX_AMONG:
        yield "m", f"Høyst {MAX_AMONG} verdier kan telles."
    if rule.n is not None and rule.m is not None and rule.n > rule.m:
        yield "n", "Antallet utenfor kan ikke være større enn antallet som telles."


def _news2(rule: Rule, quantities: Mapping[str, Quantity]) -> Iterator[Finding]:
    if rule.scale not in (1, 2):
        yield "scale", "Velg SpO₂-skala 1 eller 2."
    for code in news2.QUANTITIES:
        if unusable := _unusable(quantities.get(code)):
            yield "quantity", f"{code}: {unusable}"
    if rule.red_low is not None or rule.yellow_low is not None:
        yield "yellow_low", "NEWS2 har ingen nedre grense."
    if (rule.yellow_high is None) != (rule.red_high is None):
        yield "red_high", "Oppgi både gul og rød grense for NEWS2, eller ingen av dem."
    for field in ("yellow_high", "red_high"):
        limit = getattr(rule, field)
        if limit is not None and (decimals_of(limit) or not 0 <= limit < MAX_NEWS2):
            yield field, f"{_NAMES[field]} for NEWS2 må være et helt tall fra 0 til {MAX_NEWS2 - 1}."


def _order(rule: Rule) -> Iterator[Finding]:
    if rule.red_low is not None and rule.yellow_low is None:
        yield "yellow_low", "Rød nedre grense krever også en gul nedre grense."
    if rule.red_high is not None and rule.yellow_high is None and rule.kind != RuleKind.NEWS2:
        yield "yellow_high", "Rød øvre grense krever også en gul øvre grense."
    fields = [field for field in _LIMITS if getattr(rule, field) is not None]
    for lower, upper in pairwise(fields):
        low, high = getattr(rule, lower), getattr(rule, upper)
        if low == high:
            yield upper, f"{_NAMES[upper]} kan ikke være lik {_NAMES[lower].lower()}."
        elif low > high:
            yield upper, f"{_NAMES[upper]} må være høyere enn {_NAMES[lower].lower()}."


def _reach(rule: Rule, quantity: Quantity) -> Iterator[Finding]:
    """Limits must be writable with the quantity's decimals and be passable by a possible value."""
    low, high = quantity.impossible_low, quantity.impossible_high
    if rule.kind == RuleKind.SHARE:
        findings = list(_baseline(rule.baseline, quantity))
        yield from findings
        if not findings and rule.baseline is not None:
            # Percent with one decimal; its reach is that of the value the percentage stands for.
            yield from _limits(rule, 1, "%", low, high, EXACT.divide(rule.baseline, Decimal(100)))
    elif rule.kind == RuleKind.CHANGE:
        span = EXACT.subtract(high, low)
        yield from _limits(rule, quantity.decimals, quantity.unit, -span, span, Decimal(1))
        yield from _signs(rule)
    else:
        yield from _limits(rule, quantity.decimals, quantity.unit, low, high, Decimal(1))


def _baseline(baseline: Decimal | None, quantity: Quantity) -> Iterator[Finding]:
    if baseline is None:
        yield "baseline", "Oppgi pasientens normalverdi."
    elif baseline <= 0 or not quantity.impossible_low <= baseline <= quantity.impossible_high:
        yield "baseline", "Normalverdien er ikke mulig."
    elif decimals_of(baseline) > quantity.decimals:
        yield "baseline", _too_fine("baseline", quantity.decimals)


def _limits(rule: Rule, decimals: int, unit: str, low: Decimal, high: Decimal, factor: Decimal) -> Iterator[Finding]:
    for field in _LIMITS:
        limit = getattr(rule, field)
        if limit is None:
            continue
        if decimals_of(limit) > decimals:
            yield field, _too_fine(field, decimals)
        at = EXACT.multiply(limit, factor)
        if not (low < at <= high if field.endswith("_low") else low <= at < high):
            shown = with_unit(limit, 0, unit)
            yield field, f"{_NAMES[field]} {shown} kan ikke brukes: ingen mulig verdi er på den andre siden."


def _signs(rule: Rule) -> Iterator[Finding]:
    """A rise is positive and a fall negative; a limit of the other sign would be passed by standing still."""
    for field in _LIMITS:
        limit = getattr(rule, field)
        if limit is not None and (limit > 0 if field.endswith("_low") else limit < 0):
            yield field, f"{_NAMES[field]} for endring må være 0 eller {'lavere' if limit > 0 else 'høyere'}."


def _too_fine(field: str, decimals: int) -> str:
    return f"{_NAMES[field]} kan ikke ha desimaler." if not decimals else f"{_NAMES[field]} har for mange desimaler."
