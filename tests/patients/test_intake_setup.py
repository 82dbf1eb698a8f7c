"""What a municipality sets up: who decides, and its texts by version (R-002, R-005)."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InternalError, transaction
from django.test import Client
from django.urls import reverse

from patients.enums import Decider, TextKind
from patients.models import InformationText, IntakeSetting
from patients.queries.referrals import decider_of
from patients.services import choose_decider, current_text, write_text
from tests.database import see_everything
from tests.factories.accounts import let_in
from tests.factories.clock import NOW
from tests.factories.intake import actor


@pytest.fixture
def as_ness(world) -> Client:
    return let_in(Client(), world.ness)


def test_the_administrator_chooses_who_decides(as_ness, world):
    assert decider_of(world.a.pk) == Decider.ALLOCATION_OFFICE
    answer = as_ness.post(reverse("intake-setup"), {"decider": "FOLLOW_UP_SERVICE"}, follow=True)
    see_everything()
    assert "Valget er lagret." in answer.text
    assert (decider_of(world.a.pk), decider_of(world.b.pk)) == (Decider.FOLLOW_UP_SERVICE, Decider.ALLOCATION_OFFICE)
    wrong = as_ness.post(reverse("intake-setup"), {"decider": "HOSPITAL"})
    assert (wrong.status_code, "Hvem som tildeler: velg en." in wrong.text) == (422, True)


def test_a_text_is_never_changed_a_new_one_is_a_new_version(as_ness, world):
    door = reverse("information-text", args=["COMPLAINT"])
    assert "innen fire uker" in as_ness.get(door).text
    for bokmal in ("Klag til oss.", "Klag skriftlig til oss."):
        as_ness.post(door, {"bokmal": bokmal, "nynorsk": "Klag til oss, du."})
    see_everything()
    told = InformationText.objects.filter(municipality=world.a).order_by("version").values_list("version", "bokmal")
    assert list(told) == [(2, "Klag til oss."), (3, "Klag skriftlig til oss.")]
    assert current_text(world.a.pk, TextKind.COMPLAINT).body("nn") == "Klag til oss, du."
    assert current_text(world.b.pk, TextKind.COMPLAINT).version == 1
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        InformationText.objects.update(bokmal="Noe annet.")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"bokmal": " "}, "Bokmål: skriv teksten."),
        ({"nynorsk": ""}, "Nynorsk: skriv teksten."),
        ({"nynorsk": "x" * 3001}, "Tekst på nynorsk: skriv høyst 3000 tegn."),
    ],
)
def test_a_text_is_there_in_both_languages(as_ness, fields, message):
    data = {"bokmal": "Det jeg skrev.", "nynorsk": "Det eg skreiv."} | fields
    answer = as_ness.post(reverse("information-text", args=["COURSE"]), data)
    see_everything()
    assert (answer.status_code, message in answer.text) == (422, True)
    assert InformationText.objects.count() == 0


def test_a_text_that_there_is_not(as_ness):
    assert as_ness.get(reverse("information-text", args=["WEATHER"])).status_code == 404


@pytest.mark.parametrize("name", ["eva", "kari", "siri", "vera"])
def test_nobody_else_sets_it_up(world, name):
    """The leader of the municipality's own service may configure the service, not the municipality."""
    by = actor(getattr(world, name))
    with pytest.raises(PermissionDenied):
        choose_decider(decider=Decider.FOLLOW_UP_SERVICE, by=by)
    with pytest.raises(PermissionDenied):
        write_text(kind=TextKind.COURSE, bokmal="Tekst.", nynorsk="Tekst.", by=by, now=NOW)
    assert IntakeSetting.objects.count() + InformationText.objects.count() == 0
