"""What a judged fact is called in the queue: a headline with the value, and a detail with the limit (ux.md 4.1)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from alerts.trends import number
from careplans.queries.in_force import measurement_types
from careplans.scoring import Cause, Colour, RuleKind, RuleSet
from measurements.models import QuestionnaireResponse, Reading

Reason = Mapping[str, Any]

_COLOURS: Final = {Colour.RED.value: "rød", Colour.YELLOW.value: "gul"}
_SIDES: Final = {"<": "under", ">": "over"}
_CAUSES: Final = {
    Cause.NO_APPROVED_PLAN: "Ingen godkjent plan",
    Cause.NO_RULE: "Planen har ingen grense for dette",
    Cause.IMPOSSIBLE_VALUE: "Umulig verdi. Be om ny måling",
    Cause.NOT_A_NUMBER: "Verdien kan ikke leses",
    Cause.INVALID_RULE: "Regelen i planen kan ikke brukes",
    Cause.NOT_ENOUGH_HISTORY: "For få målinger å sammenligne med",
    Cause.MISSING_PART: "Noe mangler for å kunne vurdere",
    Cause.UNKNOWN_ANSWER: "Planen kjenner ikke svaret",
    Cause.SCORER_ERROR: "Feil i systemet. Vurder selv",
}


def describe(
    fact: Reading | QuestionnaireResponse, reasons: Sequence[Reason], ruleset: RuleSet | None
) -> tuple[str, str]:
    """Headline and detail, by the worst reason: ("SpO₂ 84 %", "under rød grense 86 %")."""
    worst = reasons[0]
    if isinstance(fact, Reading):
        headline = _change(fact, worst, ruleset) or _composite(worst) or _value(fact)
    else:
        headline = _composite(worst) or _form(fact, worst)
    return headline[:120], _detail(fact, worst)[:200]


def not_helped(type_id: str, *, readings: int) -> tuple[str, str]:
    """What was started has not helped (AT-33)."""
    detail = f"{label_of(type_id)}: de {readings} neste målingene ble ikke bedre"
    return "Kontakt lege: tiltakene har ikke virket", detail


def label_of(type_id: str) -> str:
    """The short name of a measurement type."""
    return measurement_types().get(type_id, (type_id, ()))[0]


def _value(reading: Reading) -> str:
    label, quantities = measurement_types().get(reading.type_id, (reading.type_id, ()))
    numbers = [
        number(value, each)
        for each, value in zip(quantities, (reading.value, reading.value2), strict=False)
        if value is not None
    ]
    if not numbers or len(numbers) < len(quantities):
        # What cannot be written as a number is shown as it was sent.
        return f"{label} {reading.sent_value} {reading.sent_unit}"
    return f"{label} {'/'.join(numbers)} {quantities[0].unit_label}"


def _change(reading: Reading, reason: Reason, ruleset: RuleSet | None) -> str:
    """Vekt +3,1 kg på 3 dager. Empty when the worst reason is no judged change."""
    if reason["kind"] != RuleKind.CHANGE or reason["colour"] not in _COLOURS or ruleset is None:
        return ""
    hours = next((rule.window_hours or 0 for rule in ruleset.rules if rule.id == reason["rule_id"]), 0)
    days, rest = divmod(hours, 24)
    span = f"{hours} timer" if rest or not days else "1 dag" if days == 1 else f"{days} dager"
    sign = "" if reason["observed"].startswith(("−", "0 ")) else "+"
    return f"{label_of(reading.type_id)} {sign}{reason['observed']} på {span}"


def _composite(reason: Reason) -> str:
    if reason["kind"] == RuleKind.NEWS2 and reason["colour"] in _COLOURS:
        return f"NEWS2 {reason['observed']}"
    return ""


def _form(response: QuestionnaireResponse, reason: Reason) -> str:
    points = f" {reason['observed']}" if reason["kind"] == RuleKind.SCORE and reason["observed"] else ""
    return f"{response.questionnaire.title}{points}"


def _detail(fact: Reading | QuestionnaireResponse, reason: Reason) -> str:
    colour, side = _COLOURS.get(reason["colour"]), _SIDES.get(reason["comparison"])
    if colour is None:
        return _CAUSES[Cause(reason["cause"])] if reason["cause"] else str(reason["sentence"])
    if side is None:
        return str(reason["sentence"])
    return f"{_part_of_pair(fact, reason)}{side} {colour} grense {reason['limit']}"


def _part_of_pair(fact: Reading | QuestionnaireResponse, reason: Reason) -> str:
    """Which of two numbers passed the limit: blood pressure is written as one pair."""
    _, quantities = measurement_types().get(fact.type_id, ("", ())) if isinstance(fact, Reading) else ("", ())
    if len(quantities) < 2:
        return ""
    return next((f"{each.short_label} " for each in quantities if each.code == reason["quantity"]), "")
