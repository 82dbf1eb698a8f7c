"""Forms of a service or a municipality, in whatever state a test needs."""

from datetime import datetime
from typing import Any

from accounts.models import User
from measurements.enums import FormStatus, ItemKind
from measurements.models import Questionnaire, QuestionnaireItem
from organisations.models import FollowUpService, Municipality
from tests.factories.clock import NOW

Row = dict[str, Any]


def choice(code: str, *options: tuple[str, int], **fields: Any) -> Row:
    """A choice: each option is its value, which is its label too, and its points."""
    rows = [{"value": value, "label": value.capitalize(), "points": points} for value, points in options]
    return {"code": code, "kind": ItemKind.CHOICE, "text": f"{code.capitalize()}?", "options": rows} | fields


def yes_no(code: str, points: int = 1, **fields: Any) -> Row:
    """A yes or no."""
    rows = [{"value": True, "label": "Ja", "points": points}, {"value": False, "label": "Nei", "points": 0}]
    return {"code": code, "kind": ItemKind.BOOLEAN, "text": f"{code.capitalize()}?", "options": rows} | fields


def number(code: str, low: int, high: int, **fields: Any) -> Row:
    """A number; decimals, unit and the like are fields."""
    limits = {"minimum": low, "maximum": high}
    return {"code": code, "kind": ItemKind.NUMBER, "text": f"{code.capitalize()}?"} | limits | fields


def scale(code: str, *, counts: bool = False, **fields: Any) -> Row:
    """A scale from 0 to 10."""
    return number(code, 0, 10, decimals=0, scale=True, counts=counts, **fields)


def free_text(code: str, **fields: Any) -> Row:
    """A free text, which may stand open."""
    return {"code": code, "kind": ItemKind.TEXT, "text": f"{code.capitalize()}?", "required": False} | fields


def after(code: str, *answers: Any) -> Row:
    """The condition: shown after one of these answers to that question."""
    return {"item": code, "answers": list(answers)}


# Cough decides whether the colour of the phlegm is asked about, and that whether there is blood in it.
BRANCHING = [
    choice("cough", ("no", 0), ("some", 1), ("much", 2)),
    choice("colour", ("clear", 0), ("green", 2), shown_if=after("cough", "some", "much")),
    yes_no("blood", 3, shown_if=after("colour", "green")),
    scale("worry", counts=True),
    number("degrees", 34, 43, decimals=1, unit="°C", required=False),
    free_text("note"),
]


def make_form(
    owner: FollowUpService | Municipality,
    by: User,
    *items: Row,
    code: str = "hoste",
    version: int = 1,
    status: FormStatus = FormStatus.ACTIVE,
    now: datetime = NOW,
    **fields: Any,
) -> Questionnaire:
    """A form with these questions, else the branching ones."""
    column = "service" if isinstance(owner, FollowUpService) else "authority"
    fields = {"title": "Hoste i dag", column: owner, "created_at": now, "created_by": by} | fields
    form = Questionnaire.objects.create(code=code, version=version, **fields)
    for position, item in enumerate(items or BRANCHING, start=1):
        QuestionnaireItem.objects.create(questionnaire=form, position=position, **item)
    if status != FormStatus.DRAFT:
        Questionnaire.objects.filter(pk=form.pk).update(status=FormStatus.ACTIVE, activated_at=now, activated_by=by)
    if status == FormStatus.RETIRED:
        Questionnaire.objects.filter(pk=form.pk).update(status=status, retired_at=now, retired_by=by)
    form.refresh_from_db()
    return form
