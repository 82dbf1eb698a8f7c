"""Allocating and declining on the pages: what is asked and refused, and two who decide at once (R-002 to R-006)."""

import threading
from datetime import date

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from audit.models import AccessEntry
from patients.enums import Criterion, EndReason
from patients.models import Allocation, Enrolment, InformationGiven, PathwayStep, Referral
from patients.services import NotPossible, allocate, decline
from patients.views import intake
from tests.database import see_everything
from tests.factories.accounts import let_in
from tests.factories.clock import NOW
from tests.factories.intake import FORM, TOLD, actor, assessed, decided, make_candidate, make_handler


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hege(world):
    return make_handler(world.a.pk)


@pytest.fixture
def as_hege(hege) -> Client:
    return let_in(Client(), hege)


@pytest.fixture
def referral(world, hege):
    found = make_candidate(world.a.pk, hege)
    assessed(found, hege)
    return found


def form(world, **fields):
    return {
        "service": str(world.joint.pk), "gp": str(world.dahl.pk), "decision": "OWN", "decided_on": "17.11.2026",
        "reference": "2026/123", "kinds": ["COURSE", "NOT_EMERGENCY", "COMPLAINT"], "given_how": "LETTER",
        "given_on": "18.11.2026",
    } | fields  # fmt: skip


def post(browser, referral, data, door="referral-allocate"):
    answer = browser.post(reverse(door, args=[referral.pk]), data, follow=True)
    see_everything()
    return answer


def test_the_service_is_allocated_and_what_was_told_is_logged(as_hege, world, referral):
    answer = post(as_hege, referral, form(world, relatives_told="on"))
    assert "Tjenesten er tildelt." in answer.text
    found = Allocation.objects.get(referral=referral)
    assert (found.decision, found.decided_on, found.reference) == ("OWN", date(2026, 11, 17), "2026/123")
    assert Enrolment.objects.get(referral=referral).service == world.joint
    given = InformationGiven.objects.filter(referral=referral)
    assert {(each.given_how, each.given_on, each.information.version) for each in given} == {
        ("LETTER", date(2026, 11, 18), 1)
    }
    assert given.count() == 6


@pytest.mark.parametrize("decision", ["OWN", "HOME_NURSING", "NONE"])
def test_each_of_the_three_forms_of_decision(as_hege, world, referral, decision):
    """R-004: where there is none, no date and no reference stand either."""
    post(as_hege, referral, form(world, decision=decision))
    found = Allocation.objects.get(referral=referral)
    formal = decision != "NONE"
    assert (found.decision, found.decided_on, found.reference) == (
        decision, date(2026, 11, 17) if formal else None, "2026/123" if formal else ""
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"service": ""}, "Tjeneste: velg en tjeneste i listen."),
        ({"service": "own_c"}, "Tjeneste: velg en tjeneste i listen."),
        ({"gp": "kari"}, "Fastlege: velg en lege i listen."),
        ({"decision": ""}, "Vedtak: velg en."),
        ({"decided_on": ""}, "Vedtaksdato: skriv datoen for vedtaket."),
        ({"decided_on": "19.11.2026"}, "Vedtaksdato: velg i dag eller en dag som har vært."),
        ({"decided_on": "snart"}, "Vedtaksdato: skriv datoen som dag, måned og år"),
        ({"kinds": []}, "Skriftlig informasjon: kryss av for alle tre."),
        ({"kinds": ["COURSE", "COMPLAINT"]}, "Skriftlig informasjon: kryss av for alle tre."),
        ({"given_how": ""}, "Hvordan informasjonen blir gitt: velg en."),
        ({"given_on": "19.11.2026"}, "Gitt dato: velg i dag eller en dag som har vært."),
        ({"reference": "x" * 121}, "Referanse: skriv høyst 120 tegn."),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_allocated(as_hege, world, referral, fields, message):
    known = {name: str(getattr(world, value).pk) for name, value in fields.items() if value in ("own_c", "kari")}
    answer = post(as_hege, referral, form(world, **fields | known))
    assert (answer.status_code, message in answer.text) == (422, True)
    assert not Allocation.objects.filter(referral=referral).exists()


def test_a_condition_that_is_not_met_asks_for_a_reason(as_hege, world, hege):
    """AT-34, on the page."""
    found = make_candidate(world.a.pk, hege)
    assessed(found, hege, Criterion.COMPETENT)
    answer = post(as_hege, found, form(world))
    assert answer.status_code == 422
    assert "Begrunnelse: skriv hvorfor dere tildeler selv om ikke alle vilkår er oppfylt." in answer.text
    post(as_hege, found, form(world, override_reason="Datteren er verge."))
    assert Allocation.objects.get(referral=found).override_reason == "Datteren er verge."


def test_the_effect_on_service_use_alone_asks_for_nothing(as_hege, world, hege):
    found = make_candidate(world.a.pk, hege)
    assessed(found, hege, Criterion.SERVICE_USE)
    assert "Begrunnelse for å tildele likevel" not in as_hege.get(reverse("referral-allocate", args=[found.pk])).text
    assert "Tjenesten er tildelt." in post(as_hege, found, form(world)).text


def test_what_is_not_assessed_leads_to_the_assessment(as_hege, world, hege):
    found = make_candidate(world.a.pk, hege)
    assert "Vurder henvisningen før du tildeler." in post(as_hege, found, form(world)).text


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"reason": ""}, "Hvorfor: velg en grunn."),
        ({"reason": "DEAD"}, "Hvorfor: velg en grunn."),
        ({"why": " "}, "Begrunnelse: skriv hvorfor, så personen forstår det."),
        ({"why": "x" * 501}, "skriv høyst 500 tegn."),
        ({"given_how": ""}, "Hvordan informasjonen blir gitt: velg en."),
        ({"given_on": "19.11.2026"}, "Gitt dato: velg i dag eller en dag som har vært."),
    ],
)
def test_a_refusal_has_its_reason_in_code_and_words(as_hege, referral, fields, message):
    data = {"reason": "CRITERIA", "why": "Du ønsker det ikke selv.", "given_how": "IN_PERSON", "given_on": "17.11.2026"}
    answer = post(as_hege, referral, data | fields, "referral-decline")
    assert (answer.status_code, message in answer.text) == (422, True)
    assert "Avslaget er lagret." in post(as_hege, referral, data, "referral-decline").text
    referral.refresh_from_db()
    assert (referral.status, referral.declined_reason) == ("DECLINED", "CRITERIA")
    told = InformationGiven.objects.filter(referral=referral).values_list("information__kind", "given_how", "given_on")
    assert list(told) == [("COMPLAINT", "IN_PERSON", date(2026, 11, 17))]


@pytest.mark.parametrize(
    ("door", "step"),
    [("referral-assess", "assess"), ("referral-allocate", "allocate"), ("referral-decline", "decline")],
)
def test_who_lost_the_right_between_the_door_and_the_lock_is_answered_as_at_the_door(
    as_hege, world, hege, referral, monkeypatch, door, step
):
    """The membership ends after the page was let in."""
    real = getattr(intake, step)

    def late(**asked):
        return real(**asked | {"by": actor(world.siri)})

    monkeypatch.setattr(intake, step, late)
    told = {"reason": "CRITERIA", "why": "Nei.", "given_how": "LETTER", "given_on": "17.11.2026"}
    data = {"referral-assess": FORM, "referral-allocate": form(world), "referral-decline": told}[door]
    assert as_hege.post(reverse(door, args=[referral.pk]), data).status_code == 404
    see_everything()
    refused = AccessEntry.objects.filter(actor_id=hege.pk, allowed=False).values_list("patient_id", flat=True)
    assert list(refused) == [referral.patient_id]


def test_who_comes_second_is_told_who_was_first_and_keeps_the_text(as_hege, world, hege, referral):
    other = make_handler(world.a.pk, "iver", "Iver", "Nes")
    decline(referral_id=referral.pk, reason=EndReason.OWN_WISH, why="Du ville ikke.", by=actor(other), now=NOW, **TOLD)
    answer = post(as_hege, referral, form(world, reference="Min referanse"))
    assert answer.status_code == 409
    assert "Iver Nes registrerte «Ikke tildelt» 18.11.2026 kl. 10.00. Det du skrev, er ikke lagret." in answer.text
    assert "Min referanse" in answer.text


def test_of_two_who_decide_at_once_exactly_one_stands(committed_world):
    """One allocates while the other declines; each in a transaction of its own."""
    world = committed_world
    with transaction.atomic():
        see_everything()
        hege, iver = make_handler(world.a.pk), make_handler(world.a.pk, "iver", "Iver", "Nes")
        referral = make_candidate(world.a.pk, hege)
        assessed(referral, hege)
        first, second = actor(hege), actor(iver)
    start, told = threading.Barrier(2), []
    steps = (
        lambda: allocate(referral_id=referral.pk, decided=decided(world.joint), by=first, now=NOW),
        lambda: decline(referral_id=referral.pk, reason=EndReason.OTHER, why="Nei.", by=second, now=NOW, **TOLD),
    )

    def take(step) -> None:
        try:
            start.wait(timeout=30)
            with transaction.atomic():
                see_everything()
                step()
            told.append("done")
        except NotPossible as stopped:
            told.append(stopped.obstacle)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=[step]) for step in steps]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(told) == ["NO_SUCH_STEP", "done"]
    with transaction.atomic():
        see_everything()
        status = Referral.objects.get(pk=referral.pk).status
        courses = Enrolment.objects.filter(referral=referral).count()
        last = PathwayStep.objects.filter(referral=referral, from_status="ASSESSED").count()
    assert (status, courses, last) in (("ALLOCATED", 1, 1), ("DECLINED", 0, 1))
