"""«Overføringer»: the receiving service reads what it is asked to take, and answers."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from alerts.models import QueueEntry
from audit.models import AccessEntry
from organisations.models import Agreement
from patients.models import Handover
from tests.alerts.rows import beat, put_in_queue
from tests.database import see_everything
from tests.factories.accounts import let_in, make_membership, make_user
from tests.factories.care import block, make_handover
from tests.factories.clock import NOW
from tests.factories.organisations import make_agreement, make_service

TODAY, DAY = NOW.date(), timedelta(days=1)


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    """The pages take their own time; the personas live on one fixed day."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def own(world):
    """B's own unit, with a nurse and a leader."""
    found = make_service("Egen oppfølging i Grue", owner=world.b.pk)
    found.nurse, found.leader = make_user("lind", "Liv", "Lind"), make_user("hoel", "Hans", "Hoel")
    make_membership(found.nurse, Role.NURSE, service=found)
    make_membership(found.leader, Role.SERVICE_LEADER, service=found)
    return found


def browser_of(user) -> Client:
    """A browser where this person is signed in."""
    browser = Client()
    let_in(browser, user)
    return browser


def answer(user, handover, **data):
    return browser_of(user).post(reverse("handover-answer", args=[handover.pk]), data, follow=True)


def plain(page) -> str:
    """The page's text with runs of white space as one space."""
    return " ".join(page.text.split())


def test_a_note_that_can_stand_nowhere_is_refused_in_words(world, own):
    handover = make_handover(world.solveig, own, world.kari)
    page = answer(own.nurse, handover, note="Full\x00t", answer="no")
    assert page.status_code == 422
    assert "Notat: teksten har et tegn som ikke kan vises. Skriv den på nytt." in plain(page)
    handover.refresh_from_db()
    assert handover.answer == ""


def test_it_lists_what_others_ask_the_own_service_to_take(world, own):
    make_handover(world.solveig, own, world.kari, note="Skrives ut fredag.", takes_effect_on=TODAY + DAY)
    make_handover(world.per, world.own_c, world.kari)
    page = browser_of(own.nurse).get(reverse("handovers"))
    assert [row.patient for row in page.context["rows"]] == [world.solveig]
    words = "Født 14.03.1948, Grue. Kari Nordmann i DHO Solør–Odal ber dere følge opp pasienten fra 19.11.2026."
    assert (words in plain(page), "Skrives ut fredag." in plain(page)) == (True, True)
    assert AccessEntry.objects.values_list("action", "municipality_id").get() == ("LIST_HANDOVERS", world.b.pk)


def test_it_says_when_nothing_waits(as_kari):
    assert "Ingen overføringer venter." in plain(as_kari.get(reverse("handovers")))


def test_the_queue_and_the_leaders_first_page_say_how_many_wait(world, own):
    make_handover(world.solveig, own, world.kari)
    beat()
    assert "1 overføring venter på svar fra dere" in plain(browser_of(own.nurse).get(reverse("queue")))
    assert "1 overføring venter på svar" in plain(browser_of(own.leader).get(reverse("home")))


def test_taken_for_today_the_case_stands_in_the_queue_at_once(world, own):
    put_in_queue(world.solveig)
    page = answer(own.nurse, make_handover(world.solveig, own, world.kari), answer="yes")
    assert "Dere har tatt imot pasienten. Dere følger opp fra nå." in plain(page)
    see_everything()
    assert QueueEntry.objects.get().service == own
    assert "Eide, Solveig" in browser_of(own.nurse).get(reverse("queue")).text
    assert "Eide, Solveig" not in browser_of(world.kari).get(reverse("queue")).text
    logged = AccessEntry.objects.filter(action="HAND_OVER").values_list("actor_id", "patient_id", "allowed").get()
    assert logged == (own.nurse.pk, world.solveig.pk, True)


def test_taken_for_later_it_waits_for_its_day(world, own):
    page = answer(own.leader, make_handover(world.solveig, own, world.kari, takes_effect_on=TODAY + DAY), answer="yes")
    assert "Pasienten kommer i arbeidskøen deres 19.11.2026." in plain(page)


def test_taken_where_nobody_can_follow_up_any_more_it_says_why_it_waits(world, own):
    make_handover(world.solveig, own, world.kari, answer="ACCEPTED", answered_at=NOW, answered_by=own.nurse)
    own.memberships.filter(role=Role.NURSE).update(valid_until=TODAY - DAY)
    text = plain(browser_of(own.leader).get(reverse("handovers")))
    assert "Overføringen venter, fordi ingen sykepleier hos dere kan følge opp pasienten." in text


def test_no_needs_a_reason(world, own):
    handover = make_handover(world.solveig, own, world.kari)
    page = answer(own.nurse, handover, answer="no")
    assert (page.status_code, "Notat: skriv hvorfor dere ikke kan ta imot pasienten." in plain(page)) == (422, True)
    page = answer(own.nurse, handover, answer="no", note="Fullt.")
    assert "Dere har sagt nei. Den andre tjenesten følger fortsatt opp pasienten." in plain(page)
    see_everything()
    assert Handover.objects.values_list("answer", "answer_note").get() == ("DECLINED", "Fullt.")


def test_what_stops_it_is_said_and_the_note_is_kept(world, own):
    handover = make_handover(world.solveig, own, world.kari)
    own.memberships.filter(role=Role.NURSE).update(valid_until=TODAY - DAY)
    page = answer(own.leader, handover, answer="yes", note="Vi har plass.")
    assert page.status_code == 409
    assert ("Ingen sykepleier i tjenesten kan følge opp" in plain(page), "Vi har plass." in page.text) == (True, True)


def test_a_nurse_whom_the_patient_has_blocked_neither_sees_nor_answers_it(world, own):
    handover = make_handover(world.solveig, own, world.kari)
    block(world.solveig, world.kari, user=own.nurse)
    assert "Eide" not in browser_of(own.nurse).get(reverse("handovers")).text
    assert answer(own.nurse, handover, answer="yes").status_code == 404
    assert "Eide" in browser_of(own.leader).get(reverse("handovers")).text


def test_a_service_that_may_no_longer_read_neither_sees_nor_answers_it(world):
    """The agreement was changed while the handover waited (R-156)."""
    make_agreement(world.own_c, world.b.pk)
    handover = make_handover(world.solveig, world.own_c, world.kari, note="Skrives ut fredag.")
    assert "Skrives ut fredag." in browser_of(world.ola).get(reverse("handovers")).text
    Agreement.objects.filter(service=world.own_c, party=world.b).update(shares=["EQUIPMENT"])
    text = browser_of(world.ola).get(reverse("handovers")).text
    assert ("Eide" in text, "Skrives ut fredag." in text) == (False, False)
    assert answer(world.ola, handover, answer="no", note="Fullt.").status_code == 404


@pytest.mark.parametrize("person", ["kari", "ola", "dahl", "siri", "ness", "eva"])
def test_others_do_not_answer(world, own, person):
    handover = make_handover(world.solveig, own, world.kari)
    assert answer(getattr(world, person), handover, answer="yes").status_code == 404
    see_everything()
    assert Handover.objects.get().answer == ""


@pytest.mark.parametrize("person", ["dahl", "siri", "ness"])
def test_roles_that_hand_nothing_over_are_refused(world, person):
    assert browser_of(getattr(world, person)).get(reverse("handovers")).status_code == 403
