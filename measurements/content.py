"""What must be right before a draft is taken into use, said question by question in the words of the screen."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from measurements.branching import asked_by
from measurements.enums import ItemKind
from measurements.models import Questionnaire, QuestionnaireItem

Band = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right: the code of the question, empty for the form as a whole, and what to do."""

    item: str
    text: str


def problems_of(form: Questionnaire, items: Sequence[QuestionnaireItem]) -> list[Problem]:
    """Everything that keeps the form with these questions, in their order, from being taken into use."""
    if not items:
        return [Problem("", _("Skjemaet har ingen spørsmål. Legg til minst ett."))]
    found = [Problem(item.code, text) for place, item in enumerate(items) for text in _of_item(item, items[:place])]
    return found + [Problem("", text) for text in band_problems(form.bands, items)]


def _of_item(item: QuestionnaireItem, earlier: Sequence[QuestionnaireItem]) -> list[str]:
    name = {"question": item.text}
    found = []
    if item.kind == ItemKind.CHOICE and len(item.options) < 2:
        found.append(_("«%(question)s»: et valg trenger minst to svar.") % name)
    if item.shown_if:
        found += [text % name for text in _of_condition(item.shown_if, earlier)]
    return found


def _of_condition(condition: dict[str, Any], earlier: Sequence[QuestionnaireItem]) -> list[str]:
    """An earlier question that can be answered so. As it is shown itself by one question only, that can happen."""
    asked = next((each for each in earlier if each.code == condition["item"]), None)
    if asked is None:
        return [
            _("«%(question)s»: vises etter svar på et spørsmål som ikke kommer før. Flytt det, eller endre vilkåret.")
        ]
    wanted = condition["answers"]
    if not asked.answers:
        return [_("«%(question)s»: kan ikke vises etter svar på et tall eller en tekst. Endre vilkåret.")]
    if not wanted or any(each not in asked.answers for each in wanted):
        return [_("«%(question)s»: vises etter et svar som ikke finnes lenger. Endre vilkåret.")]
    return []


def judged_otherwise(old: Sequence[QuestionnaireItem], new: Sequence[QuestionnaireItem]) -> set[str]:
    """The codes of the old questions of which an answer no longer says the same: gone, answered or shown otherwise."""
    now = {item.code: (item.kind, item.scale, sorted(map(repr, item.answers)), item.shown_if) for item in new}
    then = {item.code: (item.kind, item.scale, sorted(map(repr, item.answers)), item.shown_if) for item in old}
    return {code for code, said in then.items() if now.get(code) != said}


def counts_otherwise(old: Sequence[QuestionnaireItem], new: Sequence[QuestionnaireItem]) -> bool:
    """Whether the same state of a patient may give another sum than before."""
    return _counted(old) != _counted(new)


def _counted(items: Sequence[QuestionnaireItem]) -> dict[str, object]:
    return {
        item.code: (sorted(zip(map(repr, item.answers), item.points, strict=True)), item.required, item.shown_if)
        for item in items
        if item.points
    }


def score_range(items: Sequence[QuestionnaireItem]) -> tuple[int, int] | None:
    """The lowest and highest sum there can be; None when no answer gives points."""
    counted = [item for item in items if item.points]
    if not counted:
        return None
    lowest = sum(min(item.points) for item in counted if item.required and not asked_by(item))
    return lowest, sum(max(item.points) for item in counted)


def band_problems(bands: Sequence[Band], items: Sequence[QuestionnaireItem]) -> list[str]:
    """Bands cover every sum there can be, each sum once. No bands is no problem."""
    if not bands:
        return []
    limits = score_range(items)
    if limits is None:
        return [_("Ingen svar gir poeng. Ta bort beskrivelsene av poengsummen, eller gi svarene poeng.")]
    found = []
    ordered = sorted(bands, key=lambda band: band["low"])
    for band, following in itertools.pairwise(ordered):
        told = {"first": band["text"], "second": following["text"]}
        if following["low"] <= band["high"]:
            found.append(_("Poengsummen: «%(first)s» og «%(second)s» dekker de samme poengene.") % told)
        elif following["low"] > band["high"] + 1:
            low, high = band["high"] + 1, following["low"] - 1
            missing = {"points": low if low == high else f"{low}–{high}"}
            found.append(_("Poengsummen: det mangler en beskrivelse av %(points)s poeng.") % missing)
    if ordered[0]["low"] > limits[0] or max(band["high"] for band in ordered) < limits[1]:
        told = {"low": limits[0], "high": limits[1]}
        found.append(_("Poengsummen: beskrivelsene må dekke alle summer fra %(low)s til %(high)s.") % told)
    return found
