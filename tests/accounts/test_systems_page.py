"""The administrator's page for other systems: registered, given a new secret, withdrawn; nobody else's."""

import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.enums import SystemKind, SystemScope
from accounts.models import SystemClient
from audit.models import ChangeEntry
from tests.accounts.pairing import TOKEN, basic, post
from tests.database import see_everything
from tests.factories.accounts import let_in, make_system
from tests.factories.clock import NOW

FORM = {
    "name": "Profil",
    "kind": "EPJ",
    "scopes": ["readings:read", "plan:read"],
    "valid_from": "18.11.2026",
    "valid_until": "",
}


@pytest.fixture(autouse=True)
def _clock(world):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def as_ness(world):
    """Administrator of Kongsvinger."""
    return let_in(Client(), world.ness)


def shown(page) -> tuple[str, str]:
    """Name and secret on the page, as the system is given them."""
    found = re.findall(r'<code class="token">(.+?)</code>', page.text)
    return found[0], found[1].replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").replace("&#x27;", "'")


def signs_in(name, secret) -> int:
    return post(TOKEN, {"grant_type": "client_credentials"}, **basic(name, secret)).status_code


def test_an_empty_list_says_so(as_ness):
    page = as_ness.get(reverse("systems"))
    assert (page.status_code, "Ingen systemer har tilgang ennå" in page.text) == (200, True)


def test_a_system_is_registered_and_its_secret_shown_once(as_ness, world):
    page = as_ness.post(reverse("system-new"), FORM)
    assert "no-store" in page["Cache-Control"]
    name, secret = shown(page)
    assert signs_in(name, secret) == 200
    see_everything()
    made = SystemClient.objects.get()
    assert (made.municipality, made.name, made.kind, made.scopes, made.registered_by) == (
        world.a, "Profil", SystemKind.EPJ, [SystemScope.READINGS_READ, SystemScope.PLAN_READ], world.ness,
    )  # fmt: skip
    again = as_ness.get(reverse("systems")).text
    assert name in again
    assert secret not in again
    assert ChangeEntry.objects.get(table_name="accounts_systemclient").actor == str(world.ness.pk)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "Navn på systemet"),
        ({"name": "x" * 81}, "høyst 80 tegn"),
        ({"kind": ""}, "Hva slags system"),
        ({"kind": "ROBOT"}, "ROBOT"),
        ({"scopes": []}, "minst én ting"),
        ({"scopes": ["journal:delete"]}, "journal:delete"),
        ({"valid_from": "17.11.2026"}, "før i dag"),
        ({"valid_from": "i dag"}, "dag, måned og år"),
        ({"valid_until": "17.11.2026"}, "før første dag"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(as_ness, world, change, said):
    page = as_ness.post(reverse("system-new"), FORM | change)
    assert (page.status_code, said in page.text) == (422, True)
    see_everything()
    assert not SystemClient.objects.exists()


def test_a_new_secret_replaces_the_old_one(as_ness):
    name, old = shown(as_ness.post(reverse("system-new"), FORM))
    see_everything()
    at = reverse("system-renew", args=[SystemClient.objects.get().pk])
    again, new = shown(as_ness.post(at))
    assert (again, signs_in(name, old), signs_in(name, new)) == (name, 401, 200)


def test_a_withdrawn_system_is_out_and_stays_in_the_list(as_ness, world):
    name, secret = shown(as_ness.post(reverse("system-new"), FORM))
    see_everything()
    system = SystemClient.objects.get()
    page = as_ness.post(reverse("system-withdraw", args=[system.pk]), follow=True)
    assert "Uten tilgang nå" in page.text
    assert signs_in(name, secret) == 401
    for act in ("system-renew", "system-withdraw"):
        assert as_ness.post(reverse(act, args=[system.pk])).status_code == 404


@pytest.mark.parametrize("person", ["kari", "eva", "siri", "dahl", "vera"])
def test_only_the_administrator_gets_in(world, person):
    system, _ = make_system(world.a.pk, world.ness)
    browser = let_in(Client(), getattr(world, person))
    for name, arguments in (
        ("systems", []),
        ("system-new", []),
        ("system-renew", [system.pk]),
        ("system-withdraw", [system.pk]),
    ):
        method = "get" if not arguments else "post"
        assert getattr(browser, method)(reverse(name, args=arguments)).status_code == 403


def test_another_municipalitys_system_does_not_exist_here(as_ness, world):
    system, _ = make_system(world.c.pk, world.ola, name="Fremmed EPJ")
    assert "Fremmed EPJ" not in as_ness.get(reverse("systems")).text
    for act in ("system-renew", "system-withdraw"):
        assert as_ness.post(reverse(act, args=[system.pk])).status_code == 404
    see_everything()
    system.refresh_from_db()
    assert (system.withdrawn_at, system.renewed_at) == (None, None)


def test_nothing_is_changed_by_get(as_ness, world):
    system, _ = make_system(world.a.pk, world.ness)
    for act in ("system-renew", "system-withdraw"):
        assert as_ness.get(reverse(act, args=[system.pk])).status_code == 405
