"""A blocked nurse sees nothing of the patient in the queue; her colleagues see everything, at once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from alerts.models import QueueEntry
from tests.alerts.rows import beat, put_in_queue
from tests.database import see_everything
from tests.factories.accounts import let_in
from tests.factories.care import block
from tests.factories.clock import NOW


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    """The pages take their own time; the personas live on one fixed day."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def queue(world):
    """Per and Solveig are red."""
    beat()
    return [put_in_queue(patient) for patient in (world.per, world.solveig)]


def browser_of(user) -> Client:
    """A browser where this person is signed in."""
    browser = Client()
    let_in(browser, user)
    return browser


def seen(browser, door="queue") -> tuple[list[str], int, int]:
    """Names in the list, the count of the first filter, and the total."""
    board = browser.get(reverse(door)).context["board"]
    return [line.entry.patient.family_name for line in board.lines], board.tabs[0].count, board.total


@pytest.mark.parametrize("door", ["queue", "queue-list"])
def test_list_and_counts_hide_the_patient_from_the_blocked_nurse_only(world, queue, door):
    block(world.per, world.kari, user=world.berit)
    assert seen(browser_of(world.berit), door) == (["Eide"], 1, 1)
    names, *counts = seen(browser_of(world.kari), door)
    assert (sorted(names), counts) == (["Aasen", "Eide"], [2, 2])


def test_an_open_list_changes_at_the_next_poll(world, queue):
    browser = browser_of(world.berit)
    etag = browser.get(reverse("queue-list"))["ETag"]
    assert browser.get(reverse("queue-list"), headers={"If-None-Match": etag}).status_code == 304
    see_everything()
    block(world.per, world.kari, user=world.berit)
    answer = browser.get(reverse("queue-list"), headers={"If-None-Match": etag})
    assert (answer.status_code, "Aasen" in answer.text) == (200, False)


def test_what_happens_to_the_hidden_row_is_nothing_to_the_blocked_nurse(world, queue):
    block(world.per, world.kari, user=world.berit)
    browser = browser_of(world.berit)
    etag = browser.get(reverse("queue-list"))["ETag"]
    see_everything()
    QueueEntry.objects.filter(patient=world.per).update(deadline=NOW + timedelta(hours=1))
    assert browser.get(reverse("queue-list"), headers={"If-None-Match": etag}).status_code == 304


def test_the_undo_bar_names_nobody_who_has_blocked_her(world, queue):
    browser = browser_of(world.berit)
    taken = browser.post(reverse("queue-claim", args=[world.per.pk]), follow=True)
    assert "Du tok saken til Aasen, Per." in taken.text
    see_everything()
    block(world.per, world.kari, user=world.berit)
    assert "Aasen" not in browser.get(reverse("queue")).text


@pytest.mark.parametrize("door", ["queue-claim", "queue-release", "queue-done", "queue-undo"])
def test_no_act_reaches_the_patient(world, queue, door):
    block(world.per, world.kari, user=world.berit)
    assert browser_of(world.berit).post(reverse(door, args=[world.per.pk])).status_code == 404


def test_page_search_and_list_of_patients_hide_her_too(world, queue):
    block(world.per, world.kari, user=world.berit)
    browser = browser_of(world.berit)
    assert browser.get(reverse("patient", args=[world.per.pk])).status_code == 404
    for answer in (
        browser.get(reverse("patients")),
        browser.post(reverse("patients"), {"finn": world.per.national_id}),
    ):
        assert world.per not in [row["patient"] for row in answer.context["rows"]]
