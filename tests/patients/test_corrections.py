"""Requests for correction: received, answered once, and held by the database (GDPR article 16)."""

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.urls import reverse

from patients.enums import Decision
from patients.models import CorrectionRequest
from patients.services import AlreadyDecided, decide_correction, receive_correction
from tests.database import see_everything
from tests.factories.accounts import let_in
from tests.factories.clock import NOW


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def as_vera(world) -> Client:
    browser = Client()
    let_in(browser, world.vera)
    return browser


@pytest.fixture
def waiting(world) -> CorrectionRequest:
    """Per's request, which nobody has answered."""
    return receive_correction(patient=world.per, what="Jeg røyker ikke.", by=world.actor(world.vera), now=NOW)


def answer_to(waiting) -> str:
    return reverse("correction-decide", args=[waiting.patient_id, waiting.pk])


def test_a_request_is_kept_word_for_word(as_vera, world):
    page = reverse("corrections", args=[world.per.pk])
    assert "Pasienten har ikke bedt om retting." in as_vera.get(page).text
    as_vera.post(page, {"what": "Jeg røyker ikke."})
    see_everything()
    assert CorrectionRequest.objects.values("patient", "what", "received_at", "received_by", "decision").get() == {
        "patient": world.per.pk,
        "what": "Jeg røyker ikke.",
        "received_at": NOW,
        "received_by": world.vera.pk,
        "decision": "",
    }
    assert "Venter på svar" in as_vera.get(page).text


@pytest.mark.parametrize(("decision", "word"), [("ACCEPTED", "Rettet"), ("REFUSED", "Avslått")])
def test_an_answer_has_a_reason_a_person_and_a_time(as_vera, world, waiting, decision, word):
    assert as_vera.post(answer_to(waiting), {"decision": decision, "reason": "Sjekket."}).status_code == 302
    see_everything()
    assert CorrectionRequest.objects.values("decision", "reason", "decided_at", "decided_by").get() == {
        "decision": decision,
        "reason": "Sjekket.",
        "decided_at": NOW,
        "decided_by": world.vera.pk,
    }
    assert f": {word}" in as_vera.get(reverse("corrections", args=[world.per.pk])).text


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({"reason": "Sjekket."}, "Svar: velg om opplysningene er rettet, eller om kravet er avslått."),
        ({"decision": "ACCEPTED"}, "Begrunnelse: skriv hvorfor, så pasienten forstår svaret."),
        ({"decision": "", "reason": "Sjekket."}, "Svar: velg om opplysningene er rettet, eller om kravet er avslått."),
    ],
)
def test_what_is_missing_is_said_and_the_text_kept(as_vera, waiting, sent, problem):
    answer = as_vera.post(answer_to(waiting), sent)
    assert answer.status_code == 422
    assert problem in answer.text
    assert sent.get("reason", "") in answer.text


def test_an_empty_request_is_refused_on_the_page(as_vera, world):
    answer = as_vera.post(reverse("corrections", args=[world.per.pk]), {"what": " "})
    assert answer.status_code == 422
    assert "Hva er feil: skriv hva pasienten vil ha rettet." in answer.text


def test_the_second_answer_is_told_who_was_first(as_vera, world, waiting):
    as_vera.post(answer_to(waiting), {"decision": "ACCEPTED", "reason": "Rettet nå."})
    late = as_vera.post(answer_to(waiting), {"decision": "REFUSED", "reason": "Stemmer."})
    assert late.status_code == 409
    for part in ("Kravet er besvart av en annen.", "Rettet nå.", "Stemmer.", "Vera Vik"):
        assert part in late.text


def test_a_request_of_another_patient_is_not_found_here(as_vera, world, waiting):
    assert as_vera.get(reverse("correction-decide", args=[world.per.pk, world.nils.pk])).status_code == 404
    assert as_vera.get(reverse("correction-decide", args=[world.nils.pk, waiting.pk])).status_code == 404


def test_the_services_let_nobody_else_receive_or_answer(world, waiting):
    for person in (world.kari, world.ness, world.siri):
        with pytest.raises(PermissionDenied):
            receive_correction(patient=world.per, what="x", by=world.actor(person), now=NOW)
        with pytest.raises(PermissionDenied):
            decide(world, waiting, person)
    decide(world, waiting, world.vera)
    with pytest.raises(AlreadyDecided):
        decide(world, waiting, world.vera)


def decide(world, waiting, person):
    return decide_correction(
        patient=world.per,
        request_id=waiting.pk,
        decision=Decision.ACCEPTED,
        reason="x",
        by=world.actor(person),
        now=NOW,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"what": ""},
        {"decision": "ACCEPTED"},
        {"reason": "x"},
        {"decided_at": NOW},
        {"decision": "X", "reason": "x", "decided_at": NOW},
        {"decision": "ACCEPTED", "reason": "", "decided_at": NOW},
    ],
)
def test_the_database_refuses_half_an_answer(world, wrong):
    row = {"what": "x", "received_at": NOW, "received_by": world.vera, "municipality": world.a} | wrong
    with pytest.raises(IntegrityError), transaction.atomic():
        CorrectionRequest.objects.create(patient=world.per, **row)


def test_the_database_refuses_to_change_an_answer_or_remove_a_request(world, waiting):
    decide(world, waiting, world.vera)
    for change in (
        lambda: CorrectionRequest.objects.update(reason="y"),
        lambda: CorrectionRequest.objects.all().delete(),
    ):
        with pytest.raises(InternalError, match="Cannot"), transaction.atomic():
            change()
