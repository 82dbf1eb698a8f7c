"""Which questions a person is shown, and what the answers sum up to. Plain Python: the same for the judge and the page.

A question with a condition is shown when an earlier question that is shown itself has one of the given answers. A
hidden question has no answer, so what depends on it is hidden too.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Protocol


class Question(Protocol):
    """What branching and points need of an item; `QuestionnaireItem` has it."""

    code: str
    shown_if: Any

    @property
    def points(self) -> list[int]: ...

    def points_of(self, answer: object) -> int: ...


def asked_by(item: Question) -> str:
    """The code of the question that decides whether this one is shown; empty when it always is."""
    return str(item.shown_if["item"]) if item.shown_if else ""


def is_shown(item: Question, answers: Mapping[str, object]) -> bool:
    """Whether these answers to what stands before it, given to shown questions only, show the item."""
    return not item.shown_if or answers.get(asked_by(item)) in item.shown_if["answers"]


def hidden_items(items: Iterable[Question], answers: Mapping[str, object]) -> set[str]:
    """The codes of the items, given in their order, that these answers hide."""
    hidden: set[str] = set()
    shown: dict[str, object] = {}
    for item in items:
        if not is_shown(item, shown):
            hidden.add(item.code)
        elif item.code in answers:
            shown[item.code] = answers[item.code]
    return hidden


def score_of(items: Iterable[Question], answers: Mapping[str, object]) -> Decimal | None:
    """The sum of the points of the answers (R-084); 0 when every question with points was hidden.

    None for a form that gives no points, or when the questions with points were shown and all left open: then nobody
    knows, and a missing sum is never a low one.
    """
    questions = list(items)
    hidden = hidden_items(questions, answers)
    counted = [item for item in questions if item.points]
    shown = [item for item in counted if item.code not in hidden]
    points = [item.points_of(answers[item.code]) for item in shown if item.code in answers]
    if not points and (shown or not counted):
        return None
    return Decimal(sum(points))
