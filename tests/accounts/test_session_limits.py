"""A session ends by itself: after half an hour without anybody, and after a working day."""

import html
import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from tests.accounts.signing_in import sign_in
from tests.factories.accounts import let_in, make_app
from tests.factories.clock import NOW

POLL, STATE = "/arbeidsko/liste/", "/okt/"
IDLE = "Du er logget ut fordi du var borte en stund."
TOO_OLD = "Du er logget ut fordi arbeidsøkten er slutt."


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def kari(world, clock, client):
    """A browser where Kari signed in at NOW."""
    return let_in(client, world.kari)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def test_after_half_an_hour_without_anybody_it_is_over_and_says_why(kari, clock):
    clock.shift(minutes(30))
    answer = kari.get(reverse("queue"))
    assert (answer.status_code, answer.url) == (302, "/logg-inn/?next=/arbeidsko/")
    assert IDLE in kari.get(answer.url).text
    assert "_auth_user_id" not in kari.session


def test_a_page_just_before_keeps_it(kari, clock):
    for _ in range(3):
        clock.shift(minutes(29))
        assert kari.get(reverse("queue")).status_code == 200


def test_polling_is_no_sign_of_anybody(kari, clock):
    for _ in range(29):
        clock.shift(minutes(1))
        assert kari.get(POLL).status_code == 200
        assert kari.get(STATE).status_code == 200
    clock.shift(minutes(1))
    answer = kari.get(POLL)
    assert (answer.status_code, answer.content) == (401, b"")
    assert IDLE in kari.get(answer["HX-Redirect"]).text


def test_choosing_a_filter_in_the_list_is(kari, clock):
    for _ in range(3):
        clock.shift(minutes(29))
        assert kari.get(POLL, {"vis": "rode"}, headers={"X-By-Hand": "1"}).status_code == 200


def test_a_page_that_reloads_itself_without_javascript_is_no_sign_either(kari, clock):
    again = re.search(r'http-equiv="refresh" content="60;url=([^"]+)"', kari.get("/arbeidsko/?vis=rode").text)[1]
    assert html.unescape(again) == "/arbeidsko/?vis=rode&selv=1"
    clock.shift(minutes(29))
    assert kari.get(html.unescape(again)).status_code == 200
    clock.shift(minutes(1))
    assert kari.get(html.unescape(again)).status_code == 302


def test_every_page_tells_the_browser_when_to_ask(kari, clock):
    for later, told in ((0, 1800), (29, 1800)):
        clock.shift(minutes(later))
        assert f'data-session="/okt/" data-seconds="{told}"' in kari.get(reverse("profile")).text


def test_the_working_day_ends_whatever_one_does(kari, clock):
    for _ in range(26):
        clock.shift(minutes(20))
        assert kari.get(reverse("profile")).status_code == 200
    clock.shift(minutes(20))
    answer = kari.get(reverse("profile"))
    assert TOO_OLD in kari.get(answer.url).text


def test_what_is_sent_after_the_end_is_not_carried_out(kari, clock, world):
    clock.shift(minutes(30))
    assert kari.post(reverse("profile"), {}).status_code == 302
    assert User.objects.get(pk=world.kari.pk).shortcuts_enabled


def test_a_session_that_does_not_know_its_age_is_over(kari):
    session = kari.session
    del session["session_began"]
    session.save()
    assert kari.get(reverse("profile")).status_code == 302


def test_pages_within_a_minute_write_nothing_to_the_session(kari, clock):
    clock.shift(timedelta(seconds=59))
    with CaptureQueriesContext(connection) as seen:
        kari.get(reverse("profile"))
    assert [each["sql"] for each in seen if "django_session" in each["sql"] and "UPDATE" in each["sql"]] == []
    clock.shift(timedelta(seconds=1))
    with CaptureQueriesContext(connection) as seen:
        kari.get(reverse("profile"))
    assert len([each for each in seen if each["sql"].startswith('UPDATE "django_session"')]) == 1


def test_a_poll_never_writes_to_the_session(kari, clock):
    kari.get(POLL)  # the look of this hour, which the access log has
    clock.shift(minutes(25))
    before = Session.objects.values_list("session_data", flat=True).get()
    kari.get(POLL)
    assert Session.objects.values_list("session_data", flat=True).get() == before


def test_the_page_is_told_how_long_it_lasts(kari, clock):
    clock.shift(minutes(10))
    assert kari.get(STATE).json() == {"seconds": 20 * 60, "can_go_on": True}


def test_going_on_gives_half_an_hour_more(kari, clock):
    clock.shift(minutes(29))
    assert kari.post(STATE).json() == {"seconds": 30 * 60, "can_go_on": True}


def test_at_the_end_of_the_day_going_on_gives_nothing(kari, clock):
    for _ in range(26):
        clock.shift(minutes(20))
        kari.get(reverse("profile"))
    clock.shift(minutes(19))
    assert kari.post(STATE).json() == {"seconds": 60, "can_go_on": False}


def test_nobody_has_no_session(db, client):
    assert client.get(STATE).status_code == 401
    assert client.post(STATE).status_code == 401


def test_going_on_is_refused_without_the_token(world, clock):
    browser = let_in(Client(enforce_csrf_checks=True), world.kari)
    assert browser.post(STATE).status_code == 403


def test_who_is_deactivated_loses_access_at_the_next_request(kari, world):
    assert kari.get(reverse("queue")).status_code == 200
    User.objects.filter(pk=world.kari.pk).update(is_active=False)
    assert kari.get(POLL).status_code == 401
    assert kari.get(reverse("queue")).url == "/logg-inn/?next=/arbeidsko/"


def test_whose_membership_ends_loses_access_at_the_next_request(kari, world):
    assert kari.get(POLL).status_code == 200
    world.kari.memberships.update(valid_until=NOW.date() - timedelta(days=1))
    assert kari.get(POLL).status_code == 403
    assert kari.get(reverse("patient", args=[world.per.pk])).status_code == 404


def test_the_clock_starts_when_one_signs_in(world, clock, client):
    make_app(world.kari)
    sign_in(client, world.kari)
    assert client.get(STATE).json() == {"seconds": 30 * 60, "can_go_on": True}
