"""The front page leads each role to its work."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import AT_AUTHORITY, Role
from accounts.roles import Permission
from accounts.words import ALLOWED, PURPOSES
from tests.factories.accounts import let_in


def browser_of(user) -> Client:
    """A browser where this person is signed in."""
    browser = Client()
    let_in(browser, user)
    return browser


@pytest.mark.parametrize(("person", "page"), [("kari", "/arbeidsko/"), ("dahl", "/planer/"), ("siri", "/pasienter/")])
def test_it_leads_to_the_work_of_the_role(world, person, page):
    answer = browser_of(getattr(world, person)).get(reverse("home"))
    assert (answer.status_code, answer.url) == (302, page)


@pytest.mark.parametrize(("person", "role"), [("ness", "administrator"), ("eva", "leder"), ("vera", "personvernombud")])
def test_it_says_what_comes_to_roles_without_clinical_content(world, person, role):
    page = browser_of(getattr(world, person)).get(reverse("home"))
    assert page.status_code == 200
    assert f"Du er logget inn som {role}" in page.text
    for forbidden in ("Arbeidskø", "/pasienter/", "/planer/"):
        assert forbidden not in page.text


@pytest.mark.parametrize("role", [role for role in AT_AUTHORITY if role != Role.COORDINATOR])
def test_it_says_what_the_role_is_for(world, role):
    world.siri.memberships.update(role=role)
    page = browser_of(world.siri).get(reverse("home"))
    assert str(PURPOSES[role]) in page.text


@pytest.mark.parametrize(
    ("person", "pages"),
    [
        ("ness", {"agreements", "people", "access-matrix"}),
        ("eva", {"people"}),
        ("vera", {"access-matrix"}),
    ],
)
def test_it_leads_those_who_manage_to_their_pages(world, person, pages):
    page = browser_of(getattr(world, person)).get(reverse("home"))
    found = {name for name in ("agreements", "people", "access-matrix") if f'href="{reverse(name)}"' in page.text}
    assert found == pages


def test_every_role_has_its_purpose_in_words():
    assert set(PURPOSES) == set(Role)
    assert set(ALLOWED) == set(Permission)


def test_it_asks_for_login(db, client):
    answer = client.get(reverse("home"))
    assert (answer.status_code, answer.url) == (302, "/logg-inn/?next=/")


def test_it_refuses_a_person_without_a_membership_in_force(world):
    world.kari.memberships.update(valid_until="2021-01-01")
    page = browser_of(world.kari).get(reverse("home"))
    assert page.status_code == 403
    assert "<h1>Du har ikke tilgang</h1>" in page.text


def test_it_refuses_post(as_kari):
    assert as_kari.post(reverse("home")).status_code == 405


def test_the_accessibility_statement_is_open_to_all(db, client):
    page = client.get(reverse("accessibility"))
    assert page.status_code == 200
    assert "<h1>Tilgjengelighetserklæring</h1>" in page.text


def test_an_unknown_address_says_so_without_menu(db, client):
    page = client.get("/finnes-ikke/")
    assert page.status_code == 404
    assert "<h1>Vi finner ikke siden</h1>" in page.text
