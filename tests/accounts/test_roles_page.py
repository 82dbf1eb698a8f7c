"""The person's own page: shortcuts on or off, and which role to work in."""

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import User
from tests.factories.accounts import make_membership

GONE = "Rollen ble ikke byttet. Velg en av rollene i listen."


@pytest.fixture
def other_role(world):
    """Kari is also coordinator of municipality B."""
    return make_membership(world.kari, Role.COORDINATOR, authority=world.b, valid_from="2021-01-01")


def test_it_shows_the_settings_and_no_role_choice_to_a_person_with_one_role(as_kari):
    page = as_kari.get(reverse("profile"))
    assert page.status_code == 200
    assert 'id="id_shortcuts_enabled" aria-describedby="hurtigtaster-hjelp" checked' in page.text
    assert "Bytt rolle" not in page.text


def test_it_switches_shortcuts_off_and_on(as_kari, world):
    as_kari.post(reverse("profile"), {})
    assert User.objects.get(pk=world.kari.pk).shortcuts_enabled is False
    as_kari.post(reverse("profile"), {"shortcuts_enabled": "on"})
    assert User.objects.get(pk=world.kari.pk).shortcuts_enabled is True


def test_it_changes_only_the_own_settings(as_kari, world):
    as_kari.post(reverse("profile"), {"username": "admin", "is_superuser": "on"})
    kari = User.objects.get(pk=world.kari.pk)
    assert (kari.username, kari.is_superuser) == ("kari", False)
    assert User.objects.get(pk=world.berit.pk).shortcuts_enabled is True


def test_it_offers_the_roles_in_force(as_kari, other_role):
    page = as_kari.get(reverse("profile"))
    assert [text for _, text in page.context["role_form"].fields["membership"].choices] == [
        "Sykepleier, DHO Solør–Odal",
        "Koordinator, Grue",
    ]


def test_every_page_offers_the_other_roles_and_names_the_one_worked_in(as_kari, other_role):
    page = as_kari.get(reverse("accessibility"))
    assert "Kari Nordmann, sykepleier" in page.text
    assert f'name="membership" value="{other_role.pk}">Koordinator, Grue</button>' in page.text
    assert "Sykepleier, DHO Solør–Odal</button>" not in page.text
    as_kari.post(reverse("choose-role"), {"membership": str(other_role.pk)})
    page = as_kari.get(reverse("accessibility"))
    assert '<p class="top__brand">Grue</p>' in page.text
    assert "Sykepleier, DHO Solør–Odal</button>" in page.text


def test_it_offers_no_choice_to_a_person_with_one_role(as_kari):
    assert "Bytt rolle" not in as_kari.get(reverse("accessibility")).text


def test_it_changes_role_and_leads_to_its_work(as_kari, other_role):
    answer = as_kari.post(reverse("choose-role"), {"membership": str(other_role.pk)})
    assert (answer.status_code, answer.url) == (302, "/")
    assert as_kari.get(reverse("home")).url == "/pasienter/"
    assert as_kari.get(reverse("queue")).status_code == 403


def test_it_refuses_the_membership_of_another_person(as_kari, world):
    foreign = world.ola.memberships.get()
    page = as_kari.post(reverse("choose-role"), {"membership": str(foreign.pk)}, follow=True)
    assert [str(message) for message in page.context["messages"]] == [GONE]
    assert as_kari.get(reverse("home")).url == "/arbeidsko/"


def test_it_refuses_a_role_that_has_ended(as_kari, other_role):
    other_role.valid_until = "2021-02-01"
    other_role.save()
    page = as_kari.post(reverse("choose-role"), {"membership": str(other_role.pk)}, follow=True)
    assert [str(message) for message in page.context["messages"]] == [GONE]


def test_it_changes_role_by_post_only(as_kari):
    assert as_kari.get(reverse("choose-role")).status_code == 405


@pytest.mark.parametrize("name", ["profile", "choose-role"])
def test_it_asks_for_login(db, client, name):
    address = reverse(name)
    answer = client.post(address)
    assert (answer.status_code, answer.url) == (302, f"/logg-inn/?next={address}")
