"""The rules that judge a questionnaire: SCORE and ANSWER (R-084)."""

from collections.abc import Mapping
from decimal import Decimal

from careplans.scoring.colours import Cause, Colour
from careplans.scoring.facts import Answered
from careplans.scoring.history import is_possible
from careplans.scoring.limits import above, below, given
from careplans.scoring.measured import all_limits
from careplans.scoring.numbers import MAX_DIGITS, MINUS, is_number, observed_text, text, with_unit
from careplans.scoring.outcomes import Part, not_assessed
from careplans.scoring.rules import Quantity, Rule, RuleKind

POINTS = "poeng"


def judge_response(rule: Rule, event: Answered, quantities: Mapping[str, Quantity]) -> Part:
    """The part of one rule for one answered questionnaire. The rule has passed the checks."""
    if rule.kind == RuleKind.SCORE:
        return _score(rule, event, quantities.get(rule.quantity))
    return _answer(rule, event)


def _score(rule: Rule, event: Answered, quantity: Quantity | None) -> Part:
    label = quantity.label if quantity else f"Skjemaet {rule.quantity}"
    decimals, unit = (quantity.decimals, quantity.unit) if quantity else (0, POINTS)
    points = event.score
    if points is None:
        return not_assessed(Cause.MISSING_PART, f"{label} har ingen poengsum, fordi svar mangler", rule=rule)
    if not is_number(points):
        return not_assessed(Cause.NOT_A_NUMBER, f"{label}: poengsummen er ikke et tall", rule=rule)
    shown = observed_text(points, decimals, unit, given(rule))
    if quantity and not is_possible(points, quantity):
        return not_assessed(Cause.IMPOSSIBLE_VALUE, f"{label}: {shown} er ikke mulig", rule=rule, observed=shown)
    breach = below(points, rule) or above(points, rule)
    limit = with_unit(breach.limit, decimals, unit) if breach else all_limits(rule, decimals, unit)
    return Part(
        rule_id=rule.id,
        kind=rule.kind,
        colour=breach.colour if breach else Colour.GREEN,
        quantity=rule.quantity,
        observed=shown,
        limit=limit,
        comparison=breach.comparison if breach else "innenfor",
        sentence=f"{label}: {shown} er {breach.words} {limit}" if breach else f"{label}: {shown} er innenfor ({limit})",
    )


def _answer(rule: Rule, event: Answered) -> Part:
    if rule.item in event.hidden:
        return _not_asked(rule)
    answer = event.answers.get(rule.item)
    if answer is None or (isinstance(answer, str) and not answer.strip()):
        return not_assessed(Cause.MISSING_PART, f"Spørsmålet «{rule.item}» er ikke besvart", rule=rule)
    code = answer_code(answer)
    known = rule.red_answers | rule.yellow_answers | rule.green_answers
    if code is None or (rule.green_answers and code not in known):
        sentence = f"Svaret på spørsmålet «{rule.item}» er ikke blant dem planen kjenner"
        return not_assessed(Cause.UNKNOWN_ANSWER, sentence, rule=rule, observed=code or "")
    colour = _colour_of(code, rule)
    limit = ", ".join(
        f"{name.word}: {' / '.join(sorted(answers))}"
        for name, answers in ((Colour.RED, rule.red_answers), (Colour.YELLOW, rule.yellow_answers))
        if answers
    )
    return Part(
        rule_id=rule.id,
        kind=rule.kind,
        colour=colour,
        quantity=rule.quantity,
        observed=code,
        limit=limit,
        comparison="=" if colour != Colour.GREEN else "innenfor",
        sentence=f"Svaret «{code}» på spørsmålet «{rule.item}» gir {colour.word} farge i planen",
    )


def _not_asked(rule: Rule) -> Part:
    """Nothing is missing: the form says that the question has no bearing after these answers to what comes before."""
    return Part(
        rule_id=rule.id,
        kind=rule.kind,
        colour=Colour.GREEN,
        quantity=rule.quantity,
        observed="",
        limit="",
        comparison="innenfor",
        sentence=f"Spørsmålet «{rule.item}» ble ikke stilt, ut fra svarene før det",
    )


def _colour_of(code: str, rule: Rule) -> Colour:
    if code in rule.red_answers:
        return Colour.RED
    return Colour.YELLOW if code in rule.yellow_answers else Colour.GREEN


def answer_code(answer: object) -> str | None:
    """The answer as the plan writes it: "true" and "false", "3" for 3.0; None when it is nothing a plan can name."""
    if isinstance(answer, bool):
        return "true" if answer else "false"
    if isinstance(answer, str):
        return answer.strip()
    if isinstance(answer, Decimal) and is_number(answer) and abs(answer.adjusted()) <= MAX_DIGITS:
        return text(answer).replace(",", ".").replace(MINUS, "-")
    return None
