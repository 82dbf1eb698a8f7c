"""Signing in and out, and the lock after repeated failures."""

import pytest
from django.urls import reverse

from tests.factories.accounts import PASSWORD

WRONG = "Brukernavnet eller passordet er feil. Sjekk begge, og prøv igjen."


def sign_in(client, username="kari", password=PASSWORD, **data):
    """Post the login form."""
    return client.post(reverse("login"), {"username": username, "password": password, **data})


@pytest.fixture
def signed_out(world, client):
    """A browser where nobody is signed in, while the people exist."""
    return client


def test_it_shows_the_form_without_menu(signed_out):
    page = signed_out.get(reverse("login"))
    assert page.status_code == 200
    assert "<title>Logg inn – DHO</title>" in page.text
    assert "Hovedmeny" not in page.text


def test_it_signs_in_and_goes_to_the_front_page(signed_out):
    answer = sign_in(signed_out)
    assert (answer.status_code, answer.url) == (302, "/")


def test_it_goes_on_to_the_page_that_was_asked_for(signed_out):
    answer = sign_in(signed_out, next="/profil/")
    assert (answer.status_code, answer.url) == (302, "/profil/")


def test_it_never_leaves_for_another_site(signed_out):
    assert sign_in(signed_out, next="https://example.org/").url == "/"


@pytest.mark.parametrize(("username", "password"), [("kari", "feil passord her"), ("finnes-ikke", PASSWORD)])
def test_it_says_the_same_for_a_wrong_name_and_a_wrong_password(signed_out, username, password):
    page = sign_in(signed_out, username, password)
    assert page.context["form"].non_field_errors() == [WRONG]
    assert "_auth_user_id" not in signed_out.session


def test_it_names_the_empty_field(signed_out):
    page = sign_in(signed_out, password="")
    assert page.context["form"].errors == {"password": ["Passord mangler. Fyll inn feltet."]}


def test_it_refuses_a_person_who_has_left(signed_out, world):
    world.kari.is_active = False
    world.kari.save()
    assert sign_in(signed_out).context["form"].non_field_errors() == [WRONG]


def test_it_locks_after_five_failures_also_for_the_right_password(signed_out):
    for _ in range(5):
        sign_in(signed_out, password="feil passord her")
    page = sign_in(signed_out)
    assert page.status_code == 429
    assert "<h1>For mange forsøk</h1>" in page.text
    assert "_auth_user_id" not in signed_out.session


def test_it_does_not_lock_others_out(signed_out):
    for _ in range(5):
        sign_in(signed_out, password="feil passord her")
    assert sign_in(signed_out, "berit").status_code == 302


def test_it_sends_who_is_signed_in_straight_on(as_kari):
    answer = as_kari.get(reverse("login"))
    assert (answer.status_code, answer.url) == (302, "/")


def test_it_signs_out_by_post_only(as_kari):
    assert as_kari.get(reverse("logout")).status_code == 405
    answer = as_kari.post(reverse("logout"))
    assert (answer.status_code, answer.url) == (302, "/logg-inn/")
    assert "_auth_user_id" not in as_kari.session


def test_it_has_a_content_security_policy_without_exceptions(signed_out):
    policy = signed_out.get(reverse("login"))["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
