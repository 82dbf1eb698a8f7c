"""The list of one's own sessions, and ending them."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from tests.accounts.signing_in import sign_in
from tests.factories.accounts import make_app

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"


def signed_in(user, user_agent, ip) -> Client:
    browser = Client(headers={"User-Agent": user_agent}, REMOTE_ADDR=ip)
    sign_in(browser, user)
    return browser


@pytest.fixture
def desk(world):
    make_app(world.kari)
    return signed_in(world.kari, FIREFOX, "192.0.2.1")


@pytest.fixture
def phone(world, desk):
    return signed_in(world.kari, SAFARI, "192.0.2.2")


def id_of(browser) -> int:
    return UserSession.objects.get(session_key=browser.session.session_key).pk


def test_it_shows_where_and_marks_this_one(desk, phone):
    page = desk.get(reverse("sessions"))
    rows = [(row["browser"], row["ip"], row["here"]) for row in page.context["rows"]]
    assert sorted(rows) == [("Firefox på Windows", "192.0.2.1", True), ("Safari på iPhone", "192.0.2.2", False)]
    assert "Firefox på Windows (denne)" in page.text


def test_it_ends_another_one_at_once(desk, phone):
    assert desk.post(reverse("session-end", args=[id_of(phone)])).url == "/profil/innlogginger/"
    assert phone.get(reverse("queue")).url == "/logg-inn/?next=/arbeidsko/"
    assert desk.get(reverse("queue")).status_code == 200


def test_it_ends_this_one(desk):
    desk.post(reverse("session-end", args=[id_of(desk)]))
    assert desk.get(reverse("queue")).status_code == 302


def test_it_signs_out_everywhere(desk, phone):
    assert desk.post(reverse("sessions-end-all")).url == "/logg-inn/"
    for browser in (desk, phone):
        assert browser.get(reverse("queue")).status_code == 302
    assert "Du er logget ut overalt." in desk.get(reverse("login")).text


def test_somebody_elses_does_not_exist(desk, world):
    make_app(world.berit)
    berit = signed_in(world.berit, FIREFOX, "192.0.2.3")
    assert desk.post(reverse("session-end", args=[id_of(berit)])).status_code == 404
    assert berit.get(reverse("queue")).status_code == 200
    assert "192.0.2.3" not in desk.get(reverse("sessions")).text


def test_a_session_that_was_signed_out_of_is_gone_from_the_list(desk, phone):
    phone.post(reverse("logout"))
    assert [row["browser"] for row in desk.get(reverse("sessions")).context["rows"]] == ["Firefox på Windows"]


@pytest.mark.parametrize("name", ["sessions", "sessions-end-all"])
def test_it_asks_for_login(db, client, name):
    assert client.post(reverse(name)).status_code == 302


def test_nothing_is_ended_by_get(desk):
    assert desk.get(reverse("sessions-end-all")).status_code == 405
    assert desk.get(reverse("session-end", args=[id_of(desk)])).status_code == 405
