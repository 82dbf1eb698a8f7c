"""The second step: a one-time code, once, a few tries, or a recovery code."""

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.signing_in import send_code, send_password, sign_in
from tests.factories.accounts import SECRET, code_of, make_app

WRONG = "Koden er feil eller brukt før. Vent på neste kode i appen, og prøv igjen."


@pytest.fixture
def half_way(world, client):
    """A browser where Kari has given the right password."""
    make_app(world.kari)
    send_password(client)
    return client


def test_it_asks_for_the_code_of_the_app(half_way):
    page = half_way.get(reverse("mfa_authenticate"))
    assert page.status_code == 200
    assert "<h1>Vis at det er deg</h1>" in page.text
    assert "Bruk passnøkkel" not in page.text
    assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize(("code", "said"), [("", "Engangskoden mangler. Fyll inn feltet."), ("abc", WRONG)])
def test_it_says_what_is_wrong(half_way, code, said):
    page = send_code(half_way, code)
    assert page.context["form"].errors == {"code": [said]}
    assert "_auth_user_id" not in half_way.session


def test_a_code_is_good_once(half_way, world):
    code = code_of(world.kari)
    assert send_code(half_way, code).status_code == 302
    half_way.post(reverse("logout"))
    send_password(half_way)
    assert send_code(half_way, code).context["form"].errors == {"code": [WRONG]}


def test_it_stops_guessing_after_ten_tries_also_for_the_right_code(half_way, world):
    for number in range(10):
        send_code(half_way, f"{number:06}")
    page = send_code(half_way, code_of(world.kari))
    assert page.context["form"].errors == {"code": ["For mange forsøk. Vent i 15 minutter, og prøv igjen."]}
    assert "_auth_user_id" not in half_way.session


def test_a_new_browser_does_not_start_the_count_anew(half_way, world):
    for number in range(10):
        send_code(half_way, f"{number:06}")
    other = Client()
    send_password(other)
    assert send_code(other, code_of(world.kari)).status_code == 200
    assert "_auth_user_id" not in other.session


def test_a_recovery_code_lets_in_once(half_way, world):
    code = RecoveryCodes.activate(world.kari).get_unused_codes()[0]
    assert send_code(half_way, code).status_code == 302
    half_way.post(reverse("logout"))
    send_password(half_way)
    assert send_code(half_way, code).status_code == 200


def test_a_code_of_another_app_does_not_let_in(half_way, world):
    assert send_code(half_way, code_of(world.kari, "A" * 32)).status_code == 200


def test_without_the_first_step_it_leads_back_to_it(world, client):
    answer = client.get(reverse("mfa_authenticate"))
    assert (answer.status_code, answer.url) == (302, "/logg-inn/")
    assert send_code(client, "123456").url == "/logg-inn/"


def test_who_has_left_between_the_steps_is_not_let_in(half_way, world):
    User.objects.filter(pk=world.kari.pk).update(is_active=False)
    send_code(half_way, code_of(world.kari))
    assert half_way.get(reverse("queue")).status_code == 302


def test_the_secret_stands_encrypted_in_the_database(world):
    assert SECRET not in str(make_app(world.kari).data)


def test_signing_in_is_two_pages(world, client):
    make_app(world.kari)
    assert sign_in(client, world.kari).url == "/"
