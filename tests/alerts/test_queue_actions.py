"""Take, let go, finish and undo from the queue, with htmx and without."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alerts.enums import HandlingAction, Level, Outcome
from alerts.models import Alert, Handling, QueueEntry
from audit.models import AccessEntry
from organisations.models import Agreement
from tests.alerts.rows import beat, names_of, put_in_queue, rows_of
from tests.database import see_everything
from tests.factories.accounts import let_in
from tests.factories.clock import NOW

KARI_S_RED = "Kari Nordmann (deg) Ferdig … Slipp"


@pytest.fixture(autouse=True)
def clock(world):
    """Wednesday at 10.00, the worker has just been there."""
    with time_machine.travel(NOW, tick=False) as clock:
        beat()
        yield clock


def press(browser: Client, act: str, patient, *, htmx: bool = True, **data):
    """Press a button of the patient's row."""
    headers = {"HX-Request": "true"} if htmx else {}
    return browser.post(reverse(f"queue-{act}", args=[patient.pk]), data, headers=headers)


def owner_of(patient):
    """Who has the case now."""
    see_everything()
    return QueueEntry.objects.get(patient=patient).owner


def handlings_of(patient) -> list[tuple[str, str]]:
    """What has been done with the case, in order: action and who."""
    see_everything()
    return list(Handling.objects.filter(patient=patient).order_by("at", "id").values_list("action", "by__username"))


# Take and let go


def test_it_takes_the_case_and_answers_with_the_list(as_kari, world):
    put_in_queue(world.per)
    answer = press(as_kari, "claim", world.per)
    assert answer.status_code == 200
    assert rows_of(answer.text)[0][6] == KARI_S_RED
    assert owner_of(world.per) == world.kari
    assert handlings_of(world.per) == [("CLAIM", "kari")]


def test_it_keeps_the_filter_in_the_answer(as_kari, world):
    put_in_queue(world.per)
    put_in_queue(world.solveig, level=Level.YELLOW)
    assert names_of(press(as_kari, "claim", world.per, vis="gule").text) == ["Eide, Solveig"]


def test_it_takes_the_case_without_script_and_goes_back_to_the_same_list(as_kari, world):
    put_in_queue(world.per)
    answer = press(as_kari, "claim", world.per, htmx=False, vis="rode", kommune="340100")
    assert (answer.status_code, answer.url) == (302, "/arbeidsko/?vis=rode&kommune=340100")
    assert owner_of(world.per) == world.kari


def test_a_lost_claim_says_who_was_first_in_the_row(as_kari, world, clock):
    put_in_queue(world.per, owner=world.berit)
    clock.shift(timedelta(seconds=12))
    answer = press(as_kari, "claim", world.per)
    assert answer.status_code == 409
    assert rows_of(answer.text)[0][6] == "Berit Lunde Tatt av Berit Lunde for 12 s siden"
    assert owner_of(world.per) == world.berit
    assert handlings_of(world.per) == []


def test_a_lost_claim_is_told_without_script_too(as_kari, world):
    put_in_queue(world.per, owner=world.berit)
    press(as_kari, "claim", world.per, htmx=False)
    page = as_kari.get(reverse("queue"))
    assert [str(message) for message in page.context["messages"]] == ["Tatt av Berit Lunde for 0 s siden."]


def test_it_does_not_take_what_is_no_longer_open(as_kari, world):
    answer = press(as_kari, "claim", world.per)
    assert answer.status_code == 409
    assert handlings_of(world.per) == []


def test_it_lets_the_case_go(as_kari, world):
    put_in_queue(world.per, owner=world.kari)
    answer = press(as_kari, "release", world.per)
    assert answer.status_code == 200
    assert rows_of(answer.text)[0][6] == "Ta saken"
    assert owner_of(world.per) is None


def test_it_does_not_let_go_of_a_colleagues_case(as_kari, world):
    put_in_queue(world.per, owner=world.berit)
    answer = press(as_kari, "release", world.per)
    assert answer.status_code == 409
    assert rows_of(answer.text)[0][6] == "Berit Lunde Saken er ikke din lenger"
    assert owner_of(world.per) == world.berit


# Finish


@pytest.mark.parametrize("level", [Level.MISSING, Level.EQUIPMENT])
@pytest.mark.parametrize("owner", ["kari", ""])
def test_it_finishes_missing_and_equipment_at_once(as_kari, world, level, owner):
    entry = put_in_queue(world.per, level=level, owner=getattr(world, owner, None))
    entry.refresh_from_db()
    answer = press(as_kari, "done", world.per, seen=entry.change)
    assert answer.status_code == 200
    assert names_of(answer.text) == []
    see_everything()
    handling = Handling.objects.get(patient=world.per, action=HandlingAction.DONE)
    assert (handling.outcomes, handling.note, handling.by, handling.at) == ([Outcome.NO_ACTION], "", world.kari, NOW)
    assert Alert.objects.get(patient=world.per).handling == handling


@pytest.mark.parametrize("level", [Level.RED, Level.YELLOW, Level.NOT_ASSESSED])
def test_it_leads_to_the_documentation_where_a_note_is_required(as_kari, world, level):
    entry = put_in_queue(world.per, level=level, owner=world.kari)
    entry.refresh_from_db()
    address = f"/pasienter/{world.per.pk}/#behandling"
    assert press(as_kari, "done", world.per, seen=entry.change)["HX-Redirect"] == address
    answer = press(as_kari, "done", world.per, htmx=False, seen=entry.change)
    assert (answer.status_code, answer.url) == (302, address)
    assert handlings_of(world.per) == []


@pytest.mark.parametrize("seen", ["1", "", "tull", pytest.param("9" * 5000, id="5000 digits")])
def test_it_does_not_finish_what_the_nurse_has_not_seen(as_kari, world, seen):
    put_in_queue(world.per, level=Level.MISSING, owner=world.kari)
    answer = press(as_kari, "done", world.per, seen=seen)
    assert answer.status_code == 409
    assert "Saken er endret siden du så den. Les den før du lukker" in rows_of(answer.text)[0][6]
    assert owner_of(world.per) == world.kari


def test_it_does_not_finish_a_colleagues_case(as_kari, world):
    entry = put_in_queue(world.per, level=Level.MISSING, owner=world.berit)
    entry.refresh_from_db()
    answer = press(as_kari, "done", world.per, seen=entry.change)
    assert answer.status_code == 409
    assert rows_of(answer.text)[0][6] == "Berit Lunde Saken er ikke din"
    assert owner_of(world.per) == world.berit


# Undo


def undo_text(page) -> str:
    """What the undo bar offers, or nothing."""
    return page.context["undo"].text if page.context["undo"] else ""


def test_it_offers_to_undo_for_thirty_seconds(as_kari, world, clock):
    put_in_queue(world.per)
    assert undo_text(press(as_kari, "claim", world.per)) == "Du tok saken til Aasen, Per."
    clock.shift(timedelta(seconds=29))
    assert undo_text(as_kari.get(reverse("queue-list"))) == "Du tok saken til Aasen, Per."
    clock.shift(timedelta(seconds=1))
    assert undo_text(as_kari.get(reverse("queue-list"))) == ""


def test_it_undoes_a_taking(as_kari, world):
    put_in_queue(world.per)
    press(as_kari, "claim", world.per)
    answer = press(as_kari, "undo", world.per)
    assert (answer.status_code, undo_text(answer)) == (200, "")
    assert owner_of(world.per) is None


def test_take_finish_and_undo_leave_three_lines(as_kari, world, clock):
    put_in_queue(world.per, level=Level.MISSING)
    press(as_kari, "claim", world.per)
    clock.shift(timedelta(seconds=1))
    see_everything()
    press(as_kari, "done", world.per, seen=QueueEntry.objects.get(patient=world.per).change)
    clock.shift(timedelta(seconds=1))
    answer = press(as_kari, "undo", world.per)
    assert rows_of(answer.text)[0][6] == "Kari Nordmann (deg) Ferdig Slipp"
    assert owner_of(world.per) == world.kari
    assert handlings_of(world.per) == [("CLAIM", "kari"), ("DONE", "kari"), ("UNDO", "kari")]


def test_it_refuses_to_undo_too_late(as_kari, world, clock):
    put_in_queue(world.per)
    press(as_kari, "claim", world.per)
    clock.shift(timedelta(seconds=31))
    answer = press(as_kari, "undo", world.per)
    assert answer.status_code == 409
    assert "Det er for sent å angre. Åpne pasienten for å rette" in rows_of(answer.text)[0][6]
    assert owner_of(world.per) == world.kari


def test_the_undo_bar_never_names_a_patient_out_of_reach(as_kari, world):
    put_in_queue(world.solveig)
    press(as_kari, "claim", world.solveig)
    assert undo_text(as_kari.get(reverse("queue"))) == "Du tok saken til Eide, Solveig."
    Agreement.objects.filter(party=world.b).update(valid_until=NOW.date() - timedelta(days=1))
    page = as_kari.get(reverse("queue"))
    assert undo_text(page) == ""
    assert "Solveig" not in page.text


# The wrong side of the door

ACTS = ["claim", "release", "done", "undo"]


@pytest.mark.parametrize("act", ACTS)
def test_it_hides_another_services_patient_and_logs_the_attempt(as_ola, world, act):
    put_in_queue(world.per)
    with CaptureQueriesContext(connection) as seen:
        answer = press(as_ola, act, world.per)
    assert answer.status_code == 404
    assert "Aasen" not in answer.text
    assert owner_of(world.per) is None
    # No municipality may read a refusal, so the test sees it written instead.
    (logged,) = [query["sql"] for query in seen if query["sql"].startswith('INSERT INTO "audit_accessentry"')]
    assert str(world.ola.pk) in logged
    assert str(world.per.pk) in logged
    assert "false" in logged


@pytest.mark.parametrize("act", ACTS)
def test_it_answers_the_same_for_a_patient_that_does_not_exist(as_kari, act):
    assert as_kari.post(reverse(f"queue-{act}", args=[uuid4()])).status_code == 404


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("person", ["dahl", "siri", "ness", "eva"])
def test_it_refuses_roles_without_a_queue(world, act, person):
    put_in_queue(world.solveig)
    browser = Client()
    let_in(browser, getattr(world, person))
    assert press(browser, act, world.solveig).status_code == 403
    assert owner_of(world.solveig) is None


@pytest.mark.parametrize("act", ACTS)
def test_it_asks_for_login(client, world, act):
    answer = press(client, act, world.per)
    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/logg-inn/")


@pytest.mark.parametrize("act", ACTS)
def test_it_refuses_get(as_kari, world, act):
    assert as_kari.get(reverse(f"queue-{act}", args=[world.per.pk])).status_code == 405


@pytest.mark.parametrize("act", ACTS)
def test_it_refuses_a_post_from_another_site(world, act):
    browser = Client(enforce_csrf_checks=True)
    let_in(browser, world.kari)
    assert press(browser, act, world.per).status_code == 403
    assert handlings_of(world.per) == []


def test_it_logs_who_took_which_case(as_kari, world):
    put_in_queue(world.per)
    press(as_kari, "claim", world.per)
    see_everything()
    logged = AccessEntry.objects.values_list("actor_id", "patient_id", "action", "allowed")
    assert list(logged) == [(world.kari.pk, world.per.pk, "CLAIM", True)]
