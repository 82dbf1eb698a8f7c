"""The way from one fact and one plan version to one outcome."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import partial

from careplans.scoring import news2
from careplans.scoring.answered import judge_response
from careplans.scoring.colours import Cause
from careplans.scoring.facts import Answered, Fact, Measured
from careplans.scoring.history import Timeline, is_possible
from careplans.scoring.measured import judge_value
from careplans.scoring.numbers import MAX_DIGITS, is_number, observed_text, text, with_unit
from careplans.scoring.outcomes import Outcome, Part, not_assessed
from careplans.scoring.rules import Quantity, Rule
from careplans.scoring.rulesets import RuleSet


def score(event: Fact, ruleset: RuleSet | None, history: Sequence[Fact]) -> Outcome:
    """Judges one fact by the version approved and in force when it was taken; never raises (P2, R-083).

    `history` may be any surplus in any order, with or without the fact itself; `horizon` says how old it must reach.
    """
    if ruleset is None:
        sentence = "Pasienten hadde ingen godkjent plan da dette ble målt"
        return Outcome.of([not_assessed(Cause.NO_APPROVED_PLAN, sentence)])
    return Outcome.of(_guarded(lambda: list(_parts(event, ruleset, Timeline(event, history)))))


def _guarded(judge: Callable[[], Sequence[Part]], rule: Rule | None = None, quantity: str = "") -> Sequence[Part]:
    try:
        return judge()
    # The one broad except: an error in one rule must reach a nurse as "ikke vurdert" and may not hide another rule's
    # red. The class name is kept, the message is not, because it may hold a value.
    except Exception as error:  # noqa: BLE001
        sentence = "Kunne ikke vurderes på grunn av en feil i systemet"
        subject = rule.quantity if rule else quantity
        return [not_assessed(Cause.SCORER_ERROR, sentence, rule=rule, quantity=subject, error=type(error).__name__)]


def _parts(event: Fact, ruleset: RuleSet, past: Timeline) -> Iterator[Part]:
    composites = ruleset.composites if news2.concerns(event) else ()
    if isinstance(event, Measured):
        yield from _measured(event, ruleset, past)
    else:
        yield from _answered(event, ruleset, covered=bool(composites))
    for rule in composites:
        yield from _judged(rule, ruleset, partial(news2.judge_composite, rule, event, ruleset.quantities, past))


def _measured(event: Measured, ruleset: RuleSet, past: Timeline) -> Iterator[Part]:
    if not event.values:
        yield not_assessed(Cause.MISSING_PART, "Målingen har ingen verdier")
    for code, value in sorted(event.values.items()):
        yield from _guarded(partial(_quantity, code, value, ruleset, past), quantity=code)


def _quantity(code: str, value: Decimal | None, ruleset: RuleSet, past: Timeline) -> Sequence[Part]:
    quantity = ruleset.quantities.get(code)
    rules = ruleset.by_quantity.get(code, ())
    label = quantity.label if quantity else code
    if value is None or not is_number(value):
        return [_not_a_number(code, label, value)]
    if quantity is None:
        return [_refusal(rule, ruleset) for rule in rules] or [_no_rule(code, label)]
    if not is_possible(value, quantity):
        return [_impossible(quantity, value)]
    if not rules and not (ruleset.composites and code in news2.QUANTITIES):
        return [_no_rule(code, label, observed_text(value, quantity.decimals, quantity.unit))]
    parts: list[Part] = []
    for rule in rules:
        parts.extend(_judged(rule, ruleset, partial(judge_value, rule, quantity, value, past)))
    return parts


def _answered(event: Answered, ruleset: RuleSet, *, covered: bool) -> Iterator[Part]:
    rules = ruleset.by_questionnaire.get(event.questionnaire, ())
    if not rules and not covered:
        yield _no_rule(event.questionnaire, f"Skjemaet {event.questionnaire}")
    for rule in rules:
        yield from _judged(rule, ruleset, partial(judge_response, rule, event, ruleset.quantities))


def _judged(rule: Rule, ruleset: RuleSet, judge: Callable[[], Part]) -> Sequence[Part]:
    if rule.id in ruleset.refused:
        return [_refusal(rule, ruleset)]
    return _guarded(lambda: [judge()], rule)


def _refusal(rule: Rule, ruleset: RuleSet) -> Part:
    sentence = f"En regel i planen kan ikke brukes: {ruleset.refused[rule.id]}"
    return not_assessed(Cause.INVALID_RULE, sentence, rule=rule)


def _no_rule(code: str, label: str, observed: str = "") -> Part:
    sentence = f"{label}: planen har ingen grenser for dette"
    return not_assessed(Cause.NO_RULE, sentence, quantity=code, observed=observed)


def _not_a_number(code: str, label: str, value: object) -> Part:
    observed = "" if value is None else str(value)[:MAX_DIGITS]
    sentence = f"{label}: verdien er ikke et tall som kan vurderes"
    return not_assessed(Cause.NOT_A_NUMBER, sentence, quantity=code, observed=observed)


def _impossible(quantity: Quantity, value: Decimal) -> Part:
    bounds = (quantity.impossible_low, quantity.impossible_high)
    shown = observed_text(value, quantity.decimals, quantity.unit, bounds)
    possible = f"{text(bounds[0])}–{with_unit(bounds[1], 0, quantity.unit)}"
    sentence = f"{quantity.label} {shown} er ikke en mulig verdi (mulig er {possible})"
    return not_assessed(Cause.IMPOSSIBLE_VALUE, sentence, quantity=quantity.code, observed=shown, limit=possible)
