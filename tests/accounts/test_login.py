"""The first step of signing in, signing out, and the lock after repeated failures."""

import pytest
from django.urls import reverse

from tests.accounts.signing_in import send_password, sign_in
from tests.factories.accounts import PASSWORD, let_in, make_app

WRONG = "Brukernavnet eller passordet er feil. Sjekk begge, og prøv igjen."


@pytest.fixture
def signed_out(world, client):
    """A browser where nobody is signed in, while the people exist; Kari and Berit have a code app."""
    make_app(world.kari)
    make_app(world.berit)
    return client


def test_it_shows_the_form_without_menu(signed_out):
    page = signed_out.get(reverse("login"))
    assert page.status_code == 200
    assert "<title>Logg inn – DHO</title>" in page.text
    assert "Hovedmeny" not in page.text


def test_the_right_password_leads_to_the_code_and_no_further(signed_out):
    answer = send_password(signed_out)
    assert (answer.status_code, answer.url) == (302, "/logg-inn/kode/")
    assert "_auth_user_id" not in signed_out.session
    assert signed_out.get(reverse("queue")).url == "/logg-inn/?next=/arbeidsko/"


def test_both_steps_lead_to_the_front_page(signed_out, world):
    answer = sign_in(signed_out, world.kari)
    assert (answer.status_code, answer.url) == (302, "/")
    assert signed_out.get(reverse("queue")).status_code == 200


def test_it_goes_on_to_the_page_that_was_asked_for(signed_out, world):
    answer = sign_in(signed_out, world.kari, next="/profil/")
    assert (answer.status_code, answer.url) == (302, "/profil/")


def test_it_never_leaves_for_another_site(signed_out, world):
    assert sign_in(signed_out, world.kari, next="https://example.org/").url == "/"


def test_the_session_gets_a_new_key_so_that_a_planted_one_gives_nothing(signed_out, world):
    send_password(signed_out)
    planted = signed_out.session.session_key
    sign_in(signed_out, world.kari)
    assert signed_out.session.session_key != planted


def test_another_person_in_the_same_browser_takes_over_nothing(signed_out, world):
    let_in(signed_out, world.kari)
    signed_out.session["membership"] = "kept?"
    signed_out.post(reverse("logout"))
    sign_in(signed_out, world.berit)
    assert signed_out.session["_auth_user_id"] == str(world.berit.pk)
    assert "membership" not in signed_out.session


@pytest.mark.parametrize(("username", "password"), [("kari", "feil passord her"), ("finnes-ikke", PASSWORD)])
def test_it_says_the_same_for_a_wrong_name_and_a_wrong_password(signed_out, username, password):
    page = send_password(signed_out, username, password)
    assert page.context["form"].non_field_errors() == [WRONG]
    assert "_auth_user_id" not in signed_out.session


def test_it_names_the_empty_field(signed_out):
    page = send_password(signed_out, password="")
    assert page.context["form"].errors == {"password": ["Passord mangler. Fyll inn feltet."]}


def test_it_refuses_a_person_who_has_left(signed_out, world):
    world.kari.is_active = False
    world.kari.save()
    assert send_password(signed_out).context["form"].non_field_errors() == [WRONG]


def test_it_locks_after_five_failures_also_for_the_right_password(signed_out):
    for _ in range(5):
        send_password(signed_out, password="feil passord her")
    page = send_password(signed_out)
    assert page.status_code == 429
    assert "<h1>For mange forsøk</h1>" in page.text
    assert "_auth_user_id" not in signed_out.session


def test_another_spelling_of_the_same_name_is_no_new_start(signed_out):
    for spelling in ("kari", "Kari", "KARI", " kari", "\uff4bari"):
        send_password(signed_out, spelling, "feil passord her")
    assert send_password(signed_out, "kARI").status_code == 429


def test_it_does_not_lock_others_out(signed_out):
    for _ in range(5):
        send_password(signed_out, password="feil passord her")
    assert send_password(signed_out, "berit").url == "/logg-inn/kode/"


def test_it_sends_who_is_signed_in_straight_on(as_kari):
    answer = as_kari.get(reverse("login"))
    assert (answer.status_code, answer.url) == (302, "/")


def test_it_signs_out_by_post_only(as_kari):
    assert as_kari.get(reverse("logout")).status_code == 405
    answer = as_kari.post(reverse("logout"))
    assert (answer.status_code, answer.url) == (302, "/logg-inn/")
    assert "_auth_user_id" not in as_kari.session


def test_it_slows_down_one_address_that_tries_many_names(signed_out, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": "3/5m/ip"}
    for number in range(3):
        assert send_password(signed_out, f"finnes-ikke-{number}").status_code == 200
    page = send_password(signed_out)
    assert page.status_code == 429
    assert "<h1>For mange forsøk</h1>" in page.text


@pytest.mark.parametrize(
    "address",
    [
        "/signup/",
        "/accounts/signup/",
        "/password/reset/",
        "/accounts/password/reset/",
        "/email/",
        "/social/connections/",
    ],
)
def test_no_other_door_of_the_library_is_open(signed_out, address):
    assert signed_out.get(address).status_code == 404
