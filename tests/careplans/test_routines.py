"""Checklists and routine documents: shipped, a municipality's own, and always a new version (R-009, R-027)."""

import pytest
from django.db import InternalError, transaction
from django.test import Client
from django.urls import reverse

from careplans.enums import RoutineKind
from careplans.models import Routine
from careplans.queries.routines import routines_of
from careplans.services import write_routine
from patients.services import NotYours
from tests.database import see_everything
from tests.factories.accounts import actor_of, let_in
from tests.factories.clock import NOW


def write(world, person="ness", **fields):
    usual = {"kind": "HOME_VISIT", "title": "Vårt besøk", "text": "", "items": ["Ta med sko."]}
    return write_routine(**(usual | fields), by=actor_of(getattr(world, person)), now=NOW)


def test_every_kind_comes_with_the_product(world):
    found = routines_of(world.a.pk)
    assert set(found) == set(RoutineKind)
    assert {each.owner_id for each in found.values()} == {None}
    assert set(routines_of(None)) == set(RoutineKind)


def test_a_municipalitys_own_holds_there_only_and_its_versions_stay(world):
    write(world)
    assert write(world, items=["Ta av skoene."]).number == 2
    assert routines_of(world.a.pk)["HOME_VISIT"].items == ["Ta av skoene."]
    assert routines_of(world.b.pk)["HOME_VISIT"].owner_id is None
    assert Routine.objects.filter(owner=world.a).count() == 2
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        Routine.objects.update(title="Noe annet")


@pytest.mark.parametrize("person", ["kari", "siri", "dahl", "vera"])
def test_only_who_configures_writes(world, person):
    with pytest.raises(NotYours):
        write(world, person)
    answer = let_in(Client(), getattr(world, person)).post(reverse("routine", args=["home_visit"]), {"title": "Nei"})
    assert answer.status_code == 403


def test_the_page_shows_and_writes_and_keeps_what_is_wrong(world):
    ness, kari = let_in(Client(), world.ness), let_in(Client(), world.kari)
    where = reverse("routine", args=["plan_guide"])
    assert "Skriv en ny versjon" not in kari.get(where).text
    empty = ness.post(where, {"title": "Planen vår", "text": "", "items": ""})
    assert (empty.status_code, list(empty.context["form"].errors)) == (422, ["text"])
    assert "Planen vår" in empty.text
    long = ness.post(where, {"title": "Planen vår", "items": "x" * 201})
    assert list(long.context["form"].errors) == ["items"]
    ness.post(where, {"title": "Planen vår", "text": "Snakk sammen.", "items": " Først \n\n Så "})
    see_everything()
    assert Routine.objects.get(owner=world.a).items == ["Først", "Så"]
    assert "Snakk sammen." in kari.get(where).text
    assert ness.get(reverse("routine", args=["tull"])).status_code == 404
