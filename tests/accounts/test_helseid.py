"""Signing in with HelseID, against a real provider that wants pushed requests and signed assertions."""

import logging
from datetime import date
from random import Random
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from dho.lib.encryption import blind_index
from dho.lib.national_id import make_synthetic
from tests import helseid
from tests.database import see_everything
from tests.factories.accounts import let_in
from tests.helseid import CLIENT, HPR_NUMBER, PID, SECURITY_LEVEL

DAHLS_PID, KARIS_PID, UNKNOWN_PID = "01818012345", "02828012346", "03838012347"
# A number that an administrator can register: it is checked.
BERITS_PID = make_synthetic(date(1979, 5, 17), Random(17)).value
PEOPLE = [
    {"sub": "dahl", PID: DAHLS_PID, HPR_NUMBER: "1234567", SECURITY_LEVEL: "4"},
    {"sub": "dahl-3", PID: DAHLS_PID, HPR_NUMBER: "1234567", SECURITY_LEVEL: "3"},
    {"sub": "dahl-no-level", PID: DAHLS_PID, HPR_NUMBER: "1234567"},
    {"sub": "kari", PID: KARIS_PID, SECURITY_LEVEL: "4"},
    {"sub": "kari-3", PID: KARIS_PID, SECURITY_LEVEL: "3"},
    {"sub": "berit", PID: BERITS_PID, SECURITY_LEVEL: "4"},
    {"sub": "unknown", PID: UNKNOWN_PID, HPR_NUMBER: "9999999", SECURITY_LEVEL: "4"},
    {"sub": "nothing", SECURITY_LEVEL: "4"},
    {"sub": "dahls-hpr-karis-pid", PID: KARIS_PID, HPR_NUMBER: "1234567", SECURITY_LEVEL: "4"},
]


@pytest.fixture(scope="module")
def running():
    with helseid.provider(PEOPLE) as provider:
        yield provider


@pytest.fixture
def set_up(running, settings, world):
    """HelseID as the environment would set it up; Kari's national id is known by its index."""
    app = {**helseid_app(settings), "client_id": CLIENT}
    app["settings"] = {**app["settings"], "server_url": running.url}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    settings.HELSEID_URL, settings.HELSEID_KEY = running.url, running.key
    User.objects.filter(username="kari").update(national_id_index=blind_index(KARIS_PID))
    return running


def helseid_app(settings):
    """What the settings file makes of the environment."""
    return {
        "provider_id": "helseid",
        "name": "HelseID",
        "settings": {"oauth_pkce_enabled": True, "fetch_userinfo": False, "scope": settings.HELSEID_SCOPES},
    }


def sent_to(browser: Client, **query) -> str:
    """Where the button sends the browser."""
    answer = browser.get(reverse("helseid"), query)
    assert answer.status_code == 302, answer.text
    return answer.url


def come_back(browser: Client, sub: str, **query):
    """The whole way: to HelseID, choose the person, and back."""
    back = helseid.choose(sent_to(browser, **query), sub)
    assert back.startswith("http://localhost:8000/logg-inn/helseid/svar/?")
    return browser.get(back.removeprefix("http://localhost:8000"))


def test_it_lets_in_a_doctor_by_hpr_number(set_up, client):
    answer = come_back(client, "dahl")
    assert (answer.status_code, answer.url) == (302, "/")
    assert client.get(reverse("plans")).status_code == 200


def test_it_lets_in_a_nurse_by_national_id(set_up, client):
    assert come_back(client, "kari").url == "/"
    assert client.get(reverse("queue")).status_code == 200


def test_it_lets_in_whom_the_administrator_has_registered_by_national_id(set_up, world, client):
    """A nurse without HPR number is unknown until her national id is given on her page, and known at once after."""
    assert come_back(client, "berit").status_code == 403
    ness = let_in(Client(), world.ness)
    see_everything()
    answer = ness.post(reverse("person-national-id", args=[world.berit.pk]), {"national_id": BERITS_PID})
    assert answer.url == reverse("person", args=[world.berit.pk])
    assert come_back(client, "berit").url == "/"
    assert client.get(reverse("queue")).context["request"].actor.user.username == "berit"


def test_it_goes_on_to_the_page_that_was_asked_for(set_up, client):
    assert come_back(client, "kari", next="/profil/").url == "/profil/"


def test_it_never_leaves_for_another_site(set_up, client):
    assert come_back(client, "kari", next="https://example.org/").url == "/"


def test_it_stores_nothing_of_what_helseid_said(set_up, client):
    come_back(client, "kari")
    kept = str(dict(client.session))
    assert KARIS_PID not in kept
    see_everything()
    assert (SocialAccount.objects.count(), SocialToken.objects.count()) == (0, 0)


@pytest.mark.parametrize("sub", ["dahl-3", "kari-3", "dahl-no-level"])
def test_it_refuses_a_level_below_four_in_plain_words_and_logs_it(set_up, client, caplog, sub):
    with caplog.at_level(logging.WARNING, "accounts.helseid"):
        page = come_back(client, sub)
    assert page.status_code == 403
    assert "Vi krever nivå 4." in page.text
    assert "_auth_user_id" not in client.session
    [said] = [record.getMessage() for record in caplog.records if record.name == "accounts.helseid"]
    assert said.startswith("HelseID refused: security level ")
    assert DAHLS_PID not in said
    assert KARIS_PID not in said


@pytest.mark.parametrize("sub", ["unknown", "nothing", "dahls-hpr-karis-pid"])
def test_it_lets_in_nobody_it_does_not_know_for_certain_and_creates_nobody(set_up, client, sub):
    before = User.objects.count()
    page = come_back(client, sub)
    assert page.status_code == 403
    assert "du har ikke tilgang her ennå" in page.text
    assert "_auth_user_id" not in client.session
    assert User.objects.count() == before


def test_it_refuses_a_person_who_has_left(set_up, client):
    User.objects.filter(username="kari").update(is_active=False)
    assert come_back(client, "kari").status_code == 403


def test_it_gives_no_rights(set_up, world, client):
    world.kari.memberships.update(valid_until="2021-01-01")
    come_back(client, "kari")
    assert client.get(reverse("queue")).status_code == 403


def test_the_session_gets_a_new_key_and_the_own_list_shows_it(set_up, client):
    client.get(reverse("helseid"))
    before = client.session.session_key
    come_back(client, "kari")
    assert client.session.session_key != before
    assert client.get(reverse("sessions")).text.count("(denne)") == 1


def test_the_request_is_pushed_and_the_address_says_nothing_of_it(set_up, client):
    address = sent_to(client)
    assert address.startswith(f"{set_up.url}/oauth2/authorize?client_id={CLIENT}&request_uri=urn")
    assert "scope" not in address


def test_a_link_cannot_change_what_is_asked_for(set_up, client):
    sent = requests.get(sent_to(client, auth_params="prompt=none", scope="other", process="connect"), timeout=10).url
    asked = dict(parse_qsl(urlsplit(sent).query))
    assert sorted(asked["scope"].split()) == sorted(settings.HELSEID_SCOPES)
    assert sorted(asked) == [
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "redirect_uri",
        "response_type",
        "scope",
        "state",
    ]


def test_an_assertion_by_another_key_is_refused_by_helseid_and_told(set_up, client, settings):
    settings.HELSEID_KEY = helseid.make_key()[0]
    page = client.get(reverse("helseid"))
    assert page.status_code == 403
    assert "HelseID svarte ikke slik den skulle" in page.text


@pytest.fixture
def out_of_order(set_up):
    """Makes one address of the provider answer with an empty object, until the test is over."""

    def break_down(path: str) -> None:
        requests.post(f"{set_up.url}/test/empty", data={"path": path}, timeout=10)

    yield break_down
    requests.post(f"{set_up.url}/test/empty", timeout=10)


def test_it_says_so_when_a_pushed_request_gets_no_address(out_of_order, client):
    out_of_order("/par")
    page = client.get(reverse("helseid"))
    assert (page.status_code, "HelseID svarte ikke slik den skulle" in page.text) == (403, True)


def test_it_says_so_when_helseid_publishes_no_keys(set_up, out_of_order, client):
    back = helseid.choose(sent_to(client), "kari").removeprefix("http://localhost:8000")
    config = requests.get(f"{set_up.url}/.well-known/openid-configuration", timeout=10).json()
    out_of_order(urlsplit(config["jwks_uri"]).path)
    page = client.get(back)
    assert (page.status_code, "_auth_user_id" in client.session) == (403, False)


def test_an_answer_that_nobody_asked_for_is_refused(set_up, client):
    back = helseid.choose(sent_to(Client()), "kari")
    page = client.get(back.removeprefix("http://localhost:8000"))
    assert page.status_code == 403
    assert "_auth_user_id" not in client.session


def test_an_answer_is_good_once(set_up, client):
    back = helseid.choose(sent_to(client), "kari").removeprefix("http://localhost:8000")
    assert client.get(back).status_code == 302
    client.post(reverse("logout"))
    assert client.get(back).status_code == 403


def test_it_says_so_when_the_person_cancels(set_up, client):
    form = requests.get(sent_to(client), timeout=10)
    answer = requests.post(form.url, data={"action": "deny"}, allow_redirects=False, timeout=10)
    page = client.get(answer.headers["Location"].removeprefix("http://localhost:8000"))
    assert page.status_code == 403
    assert "Innloggingen ble avbrutt" in page.text


def test_it_says_so_when_helseid_is_away(set_up, client, settings):
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = "http://127.0.0.1:1"
    page = client.get(reverse("helseid"))
    assert page.status_code == 403
    assert "logg inn med passord og engangskode" in page.text


def test_the_login_page_has_the_button(set_up, client):
    page = client.get(reverse("login"), {"next": "/arbeidsko/?vis=rode"})
    assert 'href="/logg-inn/helseid/?next=%2Farbeidsko%2F%3Fvis%3Drode"' in page.text


def test_where_it_is_not_set_up_there_is_no_button_and_no_door(world, client):
    assert "HelseID" not in client.get(reverse("login")).text
    assert client.get(reverse("helseid")).status_code == 404
    assert client.get(reverse("helseid-answer")).status_code == 404
