"""«To-trinns innlogging»: never password alone, and changing a factor means showing who one is once more."""

import re
from urllib.parse import urlencode

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.urls import reverse
from django.utils import timezone

from tests.accounts.signing_in import send_password, sign_in
from tests.factories.accounts import PASSWORD, code_of, let_in, make_app
from tests.rules.test_doors import doors

OPEN_TO_ALL = {"accessibility", "api", "api-schema"}
FOR_SETTING_UP = {"mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "session", "logout"}


@pytest.fixture
def weak(world, client):
    """A browser where Kari, who has no second factor, has given her password."""
    assert send_password(client).url == "/"
    return client


def set_up_app(browser):
    """Read the secret off the page as the app does, and send the first code."""
    page = browser.get(reverse("mfa_activate_totp"))
    secret = re.search(r'<code id="nokkel">(\w+)</code>', page.text)[1]
    code = format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30))
    return browser.post(reverse("mfa_activate_totp"), {"code": code})


def test_password_alone_reaches_nothing_but_setting_up(weak, world):
    # Whose it is plays no part: nobody gets that far.
    numbers = {"session_id": 1, "pk": 1, "questionnaire_id": 1}
    for name, wanted in doors():
        if name.startswith("api") or name in OPEN_TO_ALL | FOR_SETTING_UP:
            continue
        address = reverse(name, kwargs={each: numbers.get(each, world.per.pk) for each in wanted})
        for send in (weak.get, weak.post):
            answer = send(address)
            assert (name, answer.status_code, answer.url) == (name, 302, "/profil/to-trinn/")


def test_password_alone_is_told_what_to_do(weak):
    page = weak.get("/", follow=True)
    assert "Passord alene er ikke nok" in page.text
    assert "Sett opp kodeapp" in page.text
    assert "Logg ut" in page.text
    assert "Arbeidskø" not in page.text


def test_password_alone_makes_no_actor(weak):
    assert weak.get(reverse("mfa_index")).wsgi_request.actor is None


def test_setting_up_the_app_opens_the_rest_with_a_new_session_key(weak, world):
    before = weak.session.session_key
    assert set_up_app(weak).url == "/profil/to-trinn/koder/"
    assert weak.session.session_key != before
    page = weak.get(reverse("mfa_view_recovery_codes"))
    assert len(re.findall(r"<li><code>\d{8}</code></li>", page.text)) == 10
    assert weak.get(reverse("queue")).status_code == 200


def test_the_next_sign_in_asks_for_a_code(weak):
    set_up_app(weak)
    weak.post(reverse("logout"))
    assert send_password(weak).url == "/logg-inn/kode/"


def test_a_wrong_first_code_changes_nothing(weak, world):
    weak.get(reverse("mfa_activate_totp"))
    page = weak.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert "Koden er feil" in page.text
    assert not Authenticator.objects.filter(user=world.kari).exists()


def test_a_session_with_password_alone_ends_when_a_factor_is_set_up_elsewhere(weak, world):
    """Somebody who knew the password must not be able to remove the factor that its owner has just set up."""
    make_app(world.kari)
    answer = weak.post(reverse("mfa_deactivate_totp"))
    assert answer.url.startswith("/logg-inn/?next=")
    assert "_auth_user_id" not in weak.session
    assert Authenticator.objects.filter(user=world.kari).count() == 1


@pytest.fixture
def strong(world, client):
    """A browser where Kari has signed in with password and code."""
    make_app(world.kari)
    sign_in(client, world.kari)
    return client


def test_it_shows_what_one_has(strong):
    page = strong.get(reverse("mfa_index"))
    assert "Fjern kodeappen" in page.text
    assert "Passord alene" not in page.text


@pytest.mark.parametrize("name", ["mfa_deactivate_totp", "mfa_generate_recovery_codes"])
def test_changing_a_factor_asks_who_one_is(strong, world, name):
    answer = strong.post(reverse(name))
    assert answer.url == f"/profil/bekreft/?{urlencode({'next': reverse(name)})}"
    assert Authenticator.objects.filter(user=world.kari).count() == 1


def test_a_wrong_password_does_not_let_the_change_through(strong, world):
    again = strong.post(reverse("mfa_deactivate_totp")).url
    page = strong.post(again, {"password": "feil passord her", "next": reverse("mfa_deactivate_totp")})
    assert page.context["form"].errors == {"password": ["Passordet er feil. Prøv igjen."]}
    assert Authenticator.objects.filter(user=world.kari).exists()


def test_after_the_password_the_change_is_carried_through(strong, world):
    again = strong.post(reverse("mfa_deactivate_totp")).url
    answer = strong.post(again, {"password": PASSWORD, "next": reverse("mfa_deactivate_totp")})
    assert answer.url == "/profil/to-trinn/"
    assert not Authenticator.objects.filter(user=world.kari).exists()
    assert "Kodeappen er fjernet." in strong.get(reverse("mfa_index")).text


def test_a_code_will_do_instead_of_the_password(strong, world):
    strong.post(reverse("mfa_deactivate_totp"))
    again = reverse("mfa_reauthenticate")
    assert "Bruk passordet i stedet" in strong.get(again).text
    answer = strong.post(again, {"code": code_of(world.kari), "next": reverse("mfa_deactivate_totp")})
    assert answer.url == "/profil/to-trinn/"
    assert not Authenticator.objects.filter(user=world.kari).exists()


def test_new_recovery_codes_are_shown_once(strong, world):
    again = strong.post(reverse("mfa_generate_recovery_codes")).url
    answer = strong.post(again, {"password": PASSWORD, "next": reverse("mfa_generate_recovery_codes")})
    assert answer.url == "/profil/to-trinn/koder/"
    assert len(re.findall(r"<code>\d{8}</code>", strong.get(answer.url).text)) == 10
    assert "Kodene er vist før" in strong.get(answer.url).text


def test_who_came_by_helseid_may_set_up_an_app(world, client):
    let_in(client, world.kari, method="socialaccount")
    assert "Det trenger du når du logger inn med passord" in client.get(reverse("mfa_index")).text
    assert set_up_app(client).url == "/profil/to-trinn/koder/"


def test_it_asks_for_login(db, client):
    assert client.get(reverse("mfa_index")).url == "/logg-inn/?next=/profil/to-trinn/"


def test_the_qr_code_carries_the_user_name_and_no_mail_address(weak):
    page = weak.get(reverse("mfa_activate_totp"))
    assert page.context["totp_url"].startswith("otpauth://totp/kari?secret=")
    assert "style=" not in page.context["totp_svg"]
