"""Answers to the forms: on most days as usual, and the answers of a bad day."""

from random import Random
from typing import Any, Final

from measurements.data.questionnaires import QUESTIONNAIRES, ItemFact, QuestionnaireFact
from measurements.enums import ItemKind

_FORMS: Final = {form.code: form for form in QUESTIONNAIRES}
_COMMENTS: Final = (
    "Sov litt dårlig, men det går bra.",
    "Var på butikken i går, det gikk fint.",
    "Litt tung i pusten da det ble kaldt.",
    "Har hatt besøk hele helgen.",
)
# A bad day with COPD gives 12 points; a poorer one 7.
BAD: Final = {
    "breath": "much_worse",
    "cough": "much_more",
    "sputum_amount": "much_more",
    "sputum_colour": "green",
    "sleep": "much_worse",
    "day_form": "much_worse",
}
POOR: Final = {"breath": "worse", "cough": "more", "sputum_amount": "more", "sputum_colour": "green", "sleep": "worse"}

Answers = dict[str, Any]


def answers_for(code: str, rng: Random, *, given: Answers | None = None, steady: bool = False) -> Answers:
    """Answers to every required question. `given` fixes some of them; `steady` keeps the rest as usual."""
    answers: Answers = {}
    for item in _FORMS[code].items:
        if given and item.code in given:
            answers[item.code] = given[item.code]
        elif item.required:
            answers[item.code] = _answer(item, rng, steady=steady)
        elif item.kind == ItemKind.TEXT and rng.random() < 0.1 and not steady:
            answers[item.code] = rng.choice(_COMMENTS)
    return answers


def score_of(code: str, answers: Answers) -> int:
    """The sum of the points of the chosen options."""
    return sum(_points(_FORMS[code], item, answer) for item, answer in answers.items())


def _points(form: QuestionnaireFact, code: str, answer: Any) -> int:
    item = next(item for item in form.items if item.code == code)
    return next((option.points for option in item.options if option.value == answer), 0)


def _answer(item: ItemFact, rng: Random, *, steady: bool) -> Any:
    unusual = not steady and rng.random() < 0.12
    if item.kind == ItemKind.NUMBER:
        return rng.choice([1, 2]) if unusual else 0
    if item.kind == ItemKind.BOOLEAN:
        return False
    return item.options[1 if unusual else 0].value
