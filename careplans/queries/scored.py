"""Stored facts in the form that the scorer takes: the same for today's judgement and for the evidence of a limit."""

from decimal import Decimal

from careplans.queries.in_force import measurement_types
from careplans.scoring import Answered, Measured
from measurements.branching import hidden_items
from measurements.models import QuestionnaireResponse, Reading
from measurements.queries import known_form


def as_scored(fact: Reading | QuestionnaireResponse) -> Measured | Answered:
    """The fact as the scorer takes it, at the time it is judged for."""
    if isinstance(fact, Reading):
        return Measured(str(fact.pk), fact.judged_at, _values(fact))
    stored = fact.answers if isinstance(fact.answers, dict) else {}
    answers = {str(item): _answer(answer) for item, answer in stored.items()}
    hidden = hidden_items(known_form(fact.questionnaire_id).items.values(), stored)
    code = fact.questionnaire.code
    return Answered(str(fact.pk), fact.judged_at, code, answers, fact.score, frozenset(hidden))


def _values(reading: Reading) -> dict[str, Decimal | None]:
    _, quantities = measurement_types().get(reading.type_id, ("", ()))
    return {each.code: reading.value if each.position == 1 else reading.value2 for each in quantities}


def _answer(answer: object) -> str | Decimal | bool | None:
    """JSON knows no Decimal; the scorer knows no other number."""
    if answer is None or isinstance(answer, (str, bool)):
        return answer
    return Decimal(str(answer)) if isinstance(answer, (int, float)) else str(answer)
