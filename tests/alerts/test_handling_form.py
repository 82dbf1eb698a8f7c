"""The handling form: shape only. What must be documented is the service's rule."""

from uuid import UUID

import pytest

from alerts.enums import Level, Outcome
from alerts.forms import HandlingForm
from careplans.enums import MeasureKind
from careplans.models import Measure

AGREED = [
    Measure(pk=UUID(int=number), text=text, kind=MeasureKind.OWN)
    for number, text in enumerate(["Ring pasienten", "Mål på nytt"], start=1)
]

FROM_BEFORE = Measure(pk=UUID(int=8), text="Hvil", kind=MeasureKind.OWN)


def form(level=Level.RED, **data) -> HandlingForm:
    """As it is sent by a nurse who has seen change 7."""
    sent = {"seen": "7", "shown_at": "2026-11-18T10:00:00+01:00", **data}
    return HandlingForm(sent, agreed=AGREED, known=[*AGREED, FROM_BEFORE], level=level)


def test_it_reads_what_was_ticked_and_written():
    found = form(measures=[str(AGREED[1].pk)], outcomes=["CALLED", "GP"], note="  Alt bra. ")
    assert found.is_valid()
    assert {name: found.cleaned_data[name] for name in ("seen", "measures", "outcomes", "note")} == {
        "seen": 7, "measures": [AGREED[1].pk], "outcomes": [Outcome.CALLED, Outcome.GP], "note": "Alt bra.",
    }  # fmt: skip


def test_it_leaves_the_question_of_what_is_required_to_the_service():
    assert form().is_valid()


def test_a_measure_of_another_zone_or_version_is_not_wrong_in_itself():
    assert form(measures=[str(FROM_BEFORE.pk)]).is_valid()


def test_a_measure_of_nobodys_plan_is_refused():
    found = form(measures=[str(UUID(int=9))])
    assert found.errors == {"measures": ["Tiltak: Ett av tiltakene står ikke i pasientens plan. Se over dem på nytt."]}


def test_an_outcome_that_does_not_exist_is_refused():
    assert "outcomes" in form(outcomes=["MAGIC"]).errors


@pytest.mark.parametrize("seen", ["", "x", "1;2"])
def test_it_must_say_what_was_seen(seen):
    assert list(form(seen=seen).errors) == ["seen"]


def test_a_note_that_is_too_long_is_told_how_long_it_may_be():
    assert form(note="a" * 4001).errors == {"note": ["Notat: Skriv høyst 4000 tegn. Du har skrevet 4001."]}


def test_it_names_what_the_service_misses_and_says_what_to_do():
    found = form()
    found.is_valid()
    found.add_missing(["outcomes", "note", "measure_ids"])
    assert found.errors == {
        "outcomes": ["Hva gjorde du: Kryss av for minst ett valg."],
        "note": ["Notat: Skriv hva du så, og hva dere ble enige om."],
        "measures": ["Tiltak: Ett av tiltakene står ikke i pasientens plan. Se over dem på nytt."],
    }


@pytest.mark.parametrize(
    ("level", "required"),
    [
        (Level.RED, True),
        (Level.YELLOW, True),
        (Level.NOT_ASSESSED, True),
        (Level.MISSING, False),
        (Level.EQUIPMENT, False),
    ],
)
def test_it_says_whether_the_note_must_be_written(level, required):
    assert form(level).note_required is required


def test_the_checklist_holds_the_agreed_measures_and_remembers_what_was_ticked():
    choices = form(measures=[str(AGREED[0].pk)]).checklist()
    assert choices == [{"measure": AGREED[0], "ticked": True}, {"measure": AGREED[1], "ticked": False}]
