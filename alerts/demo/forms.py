"""A form of the demo's own: made by the joint service's leader, with branching, and followed by a draft of the next."""

from datetime import datetime, timedelta
from typing import Any, Final

from alerts.demo.places import Places
from alerts.demo.staff import Staff
from measurements.enums import ItemKind
from measurements.models import Questionnaire, QuestionnaireItem
from measurements.services.questionnaires import activate, new_version

_MADE_BEFORE: Final = timedelta(days=60)
_CODE: Final = "sar_pa_foten"


def _choice(code: str, text: str, *options: tuple[str, str, int], **more: Any) -> dict[str, Any]:
    rows = [{"value": value, "label": label, "points": points} for value, label, points in options]
    return {"code": code, "kind": ItemKind.CHOICE, "text": text, "options": rows, **more}


_ITEMS: Final = (
    _choice(
        "wound",
        "Hvordan ser såret ut i dag?",
        ("better", "Bedre enn i går", 0),
        ("same", "Som i går", 0),
        ("worse", "Verre enn i går", 2),
    ),
    _choice(
        "smell",
        "Lukter det av såret?",
        ("no", "Nei", 0),
        ("yes", "Ja", 3),
        shown_if={"item": "wound", "answers": ["worse"]},
    ),
    {
        "code": "pain",
        "kind": ItemKind.NUMBER,
        "text": "Hvor vondt har du i foten nå?",
        "help_text": "0 er ikke vondt i det hele tatt. 10 er det verste du kan tenke deg.",
        "minimum": 0,
        "maximum": 10,
        "decimals": 0,
        "scale": True,
    },
    {"code": "comment", "kind": ItemKind.TEXT, "text": "Vil du fortelle oss noe mer?", "required": False},
)


def make_forms(places: Places, staff: Staff, *, now: datetime) -> None:
    """Version 1 has been in use for two months; the leader has begun on version 2."""
    leader, made = staff.by_username["eva"], now - _MADE_BEFORE
    form = Questionnaire.objects.create(
        code=_CODE,
        version=1,
        title="Sår på foten",
        service=places.joint,
        bands=[{"low": 0, "high": 1, "text": "Rolig sår"}, {"low": 2, "high": 5, "text": "Såret er verre"}],
        created_at=made,
        created_by=leader.user,
    )
    for position, item in enumerate(_ITEMS, start=1):
        QuestionnaireItem.objects.create(questionnaire=form, position=position, **item)
    activate(form=form, by=leader, now=made)
    form.refresh_from_db()
    new_version(form=form, by=leader, now=now)
