"""The poll of the queue: 304 while nothing has changed, cheap, and closed to others."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alerts.enums import Level
from alerts.models import QueueEntry
from tests.alerts.rows import beat, names_of, put_in_queue
from tests.database import see_everything
from tests.factories.accounts import let_in
from tests.factories.clock import NOW
from tests.factories.measurements import make_reading


@pytest.fixture(autouse=True)
def clock(world):
    """Wednesday at 10.00; Per is red with Kari's service, Nils with Ola's."""
    with time_machine.travel(NOW, tick=False) as clock:
        beat()
        put_in_queue(world.nils)
        put_in_queue(world.per)
        yield clock


def poll(browser: Client, etag: str = "", **choice):
    """The list, as htmx asks for it."""
    headers = {"If-None-Match": etag} if etag else {}
    return browser.get(reverse("queue-list"), choice, headers={"HX-Request": "true", **headers})


def test_it_gives_the_list_without_the_page_around_it(as_kari):
    answer = poll(as_kari)
    assert answer.status_code == 200
    assert names_of(answer.text) == ["Aasen, Per"]
    assert "<html" not in answer.text
    assert "no-store" in answer["Cache-Control"]


def test_it_answers_304_without_content_while_nothing_has_changed(as_kari):
    answer = poll(as_kari, poll(as_kari)["ETag"])
    assert (answer.status_code, answer.content) == (304, b"")


def change_nothing(world, clock):
    """Nothing at all."""


def another_row_comes(world, clock):
    put_in_queue(world.solveig)


def somebody_takes_the_case(world, clock):
    QueueEntry.objects.filter(patient=world.per).update(owner=world.berit, claimed_at=NOW)


def the_row_leaves(world, clock):
    QueueEntry.objects.filter(patient=world.per).delete()


def a_reading_waits(world, clock):
    make_reading(world.per_tablet, "spo2", 84, at=NOW - timedelta(seconds=61))


def the_worker_has_stopped(world, clock):
    beat(NOW - timedelta(seconds=61), only="assess")


def a_minute_passes(world, clock):
    clock.shift(timedelta(minutes=1))
    beat(NOW + timedelta(minutes=1))


def the_agreement_ends(world, clock):
    world.joint.agreements.update(valid_until=NOW.date() - timedelta(days=1))


@pytest.mark.parametrize(
    "change",
    [
        another_row_comes,
        somebody_takes_the_case,
        the_row_leaves,
        a_reading_waits,
        the_worker_has_stopped,
        a_minute_passes,
        the_agreement_ends,
    ],
)
def test_it_gives_the_list_anew_when(as_kari, world, clock, change):
    etag = poll(as_kari)["ETag"]
    see_everything()
    change(world, clock)
    assert poll(as_kari, etag).status_code == 200


def another_services_row_changes(world, clock):
    QueueEntry.objects.filter(patient=world.nils).update(level=Level.YELLOW)


def the_worker_does_another_round(world, clock):
    beat(NOW + timedelta(seconds=2))


@pytest.mark.parametrize("change", [change_nothing, another_services_row_changes, the_worker_does_another_round])
def test_it_answers_304_when(as_kari, world, clock, change):
    etag = poll(as_kari)["ETag"]
    see_everything()
    change(world, clock)
    assert poll(as_kari, etag).status_code == 304


def test_it_gives_the_list_anew_for_another_filter(as_kari):
    assert poll(as_kari, poll(as_kari)["ETag"], vis="rode").status_code == 200


def test_two_nurses_do_not_share_an_answer(as_kari, world):
    berit = Client()
    let_in(berit, world.berit)
    assert poll(berit, poll(as_kari)["ETag"]).status_code == 200


def test_it_filters(as_kari):
    assert names_of(poll(as_kari, vis="gule").text) == []
    assert names_of(poll(as_kari, vis="rode").text) == ["Aasen, Per"]


def test_an_unchanged_poll_asks_the_database_little(as_kari):
    etag = poll(as_kari)["ETag"]
    with CaptureQueriesContext(connection) as seen:
        assert poll(as_kari, etag).status_code == 304
    # Session, user, where she works, the limits of the transaction, and the state of the queue.
    assert len([query for query in seen if "SAVEPOINT" not in query["sql"]]) == 5


def test_it_hides_rows_of_another_service(as_ola):
    assert names_of(poll(as_ola).text) == ["Iversen, Nils"]


def test_it_sends_a_browser_whose_session_has_ended_to_the_login(client):
    answer = poll(client)
    assert (answer.status_code, answer.content) == (401, b"")
    assert answer["HX-Redirect"] == "/logg-inn/?next=/arbeidsko/"


def test_it_refuses_roles_without_a_queue(as_dahl):
    assert poll(as_dahl).status_code == 403


def test_it_refuses_post(as_kari):
    assert as_kari.post(reverse("queue-list")).status_code == 405
