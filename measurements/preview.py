"""A form as it is read on the staff's page: in the patient's words, with the points and the conditions beside."""

from collections.abc import Sequence
from dataclasses import dataclass

from measurements.enums import ItemType
from measurements.models import Questionnaire, QuestionnaireItem
from measurements.queries import WordedItem, form_in


@dataclass(frozen=True, slots=True)
class PreviewedItem:
    """One question: as stored, as it is read, and after which answers to which question it is shown."""

    item: QuestionnaireItem
    worded: WordedItem
    asked: str
    answers: list[str]

    @property
    def type(self) -> ItemType:
        """What the editor calls it."""
        return self.item.type


@dataclass(frozen=True, slots=True)
class Preview:
    """The form in one language."""

    title: str
    items: list[PreviewedItem]


def previewed(form: Questionnaire, items: Sequence[QuestionnaireItem], language: str) -> Preview:
    """The form in that language; `items` are its questions in their order."""
    worded = form_in(form, language)
    by_code = {each.code: each for each in worded.items}
    rows = []
    for item in items:
        asked = by_code.get(item.shown_if["item"]) if item.shown_if else None
        wanted = item.shown_if["answers"] if item.shown_if else []
        rows.append(PreviewedItem(item, by_code[item.code], asked.text if asked else "", _labels(asked, wanted)))
    return Preview(worded.title, rows)


def _labels(asked: WordedItem | None, wanted: Sequence[object]) -> list[str]:
    """The wanted answers as they are read; a number of a scale, and what no longer exists, as it is."""
    labels = {repr(option["value"]): str(option["label"]) for option in asked.options} if asked else {}
    return [labels.get(repr(answer), str(answer)) for answer in wanted]
