"""Branching and points against a plain oracle, over generated forms and answers (hypothesis)."""

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from measurements.branching import hidden_items, score_of
from measurements.models import QuestionnaireItem
from tests.factories.questionnaires import BRANCHING, after, choice, free_text, scale, yes_no

VALUES = ["a", "b", "c"]


@st.composite
def forms(draw) -> list[QuestionnaireItem]:
    """Up to seven questions of every kind, each of which may depend on one before it."""
    items: list[QuestionnaireItem] = []
    for place in range(draw(st.integers(1, 7))):
        code = f"q{place}"
        points = st.integers(0, 5)
        row = draw(
            st.sampled_from(
                [
                    choice(code, *[(value, draw(points)) for value in VALUES]),
                    yes_no(code, draw(points)),
                    scale(code, counts=draw(st.booleans())),
                    free_text(code),
                ]
            )
        )
        earlier = [item for item in items if item.answers]
        if earlier and draw(st.booleans()):
            asked = draw(st.sampled_from(earlier))
            wanted = draw(st.lists(st.sampled_from(asked.answers), min_size=1, unique_by=repr))
            row = row | {"shown_if": after(asked.code, *wanted)}
        items.append(QuestionnaireItem(position=place + 1, **row))
    return items


@st.composite
def answered_forms(draw) -> tuple[list[QuestionnaireItem], dict[str, Any]]:
    """A form, and to some of its questions an answer of the right kind, hidden or not."""
    items = draw(forms())
    answers = {}
    for item in items:
        if draw(st.booleans()):
            answers[item.code] = draw(st.sampled_from(item.answers)) if item.answers else "tekst"
    return items, answers


def is_visible(item: QuestionnaireItem, items: list[QuestionnaireItem], answers: dict[str, Any]) -> bool:
    """The oracle: walks from the question back to the one that is always shown."""
    if item.shown_if is None:
        return True
    asked = next(each for each in items if each.code == item.shown_if["item"])
    fits = asked.code in answers and repr(answers[asked.code]) in map(repr, item.shown_if["answers"])
    return fits and is_visible(asked, items, answers)


def points(item: QuestionnaireItem, answer: Any) -> int | None:
    """The oracle: what the answer gives, None where it can give nothing."""
    if item.scale:
        return answer if item.counts else None
    return {repr(option["value"]): option["points"] for option in item.options}.get(repr(answer))


@given(answered_forms())
def test_the_hidden_ones_are_those_that_the_oracle_hides(made):
    items, answers = made
    assert hidden_items(items, answers) == {each.code for each in items if not is_visible(each, items, answers)}


@given(answered_forms())
def test_the_score_is_the_oracles_sum_over_what_was_shown(made):
    items, answers = made
    counted = [each for each in items if each.options or each.counts]
    shown = [each for each in counted if is_visible(each, items, answers)]
    given_points = [points(each, answers[each.code]) for each in shown if each.code in answers]
    nobody_knows = not given_points and (not counted or bool(shown))
    assert score_of(items, answers) == (None if nobody_knows else Decimal(sum(given_points)))


@given(answered_forms())
def test_what_is_answered_to_a_hidden_question_changes_nothing(made):
    items, answers = made
    hidden = hidden_items(items, answers)
    kept = {code: answer for code, answer in answers.items() if code not in hidden}
    assert (hidden_items(items, kept), score_of(items, kept)) == (hidden, score_of(items, answers))


def test_a_chain_is_hidden_with_its_first_link():
    items = [QuestionnaireItem(position=place, **row) for place, row in enumerate(BRANCHING)]
    assert hidden_items(items, {"cough": "no"}) == {"colour", "blood"}
    assert hidden_items(items, {"cough": "much", "colour": "clear"}) == {"blood"}
    assert hidden_items(items, {"cough": "no", "colour": "green", "blood": True}) == {"colour", "blood"}


def test_yes_is_not_the_number_one():
    items = [
        QuestionnaireItem(position=1, **scale("worry")),
        QuestionnaireItem(position=2, **yes_no("call", shown_if=after("worry", 1))),
    ]
    assert (hidden_items(items, {"worry": 1}), hidden_items(items, {"worry": 0})) == (set(), {"call"})


def test_with_everything_that_counts_hidden_the_sum_is_zero_and_not_unknown():
    items = [
        QuestionnaireItem(position=1, **scale("worry")),
        QuestionnaireItem(position=2, **yes_no("call", shown_if=after("worry", 10))),
    ]
    assert (score_of(items, {"worry": 3}), score_of(items, {"worry": 10})) == (Decimal(0), None)
