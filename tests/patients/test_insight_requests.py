"""«Krav om innsyn»: the privacy officer takes out everything about a person only when the person has asked for it."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.urls import reverse

from audit.models import AccessEntry
from patients.enums import InsightChannel
from patients.models import ANSWERED_WITHIN, InsightRequest
from patients.queries.log import own_log
from patients.services import receive_insight_request
from tests.database import see_everything
from tests.factories.accounts import let_in
from tests.factories.clock import NOW

DOORS = ["patient-export", "patient-export-json", "patient-export-pdf"]
ASKED = {"asked_on": "16.11.2026", "channel": "LETTER"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def as_vera(world) -> Client:
    return let_in(Client(), world.vera)


def page(patient) -> str:
    return reverse("insight-requests", args=[patient.pk])


def take_out(browser, patient) -> list[int]:
    """The answers of the three exports; a machine without Pango makes no PDF."""
    found = [browser.get(reverse(door, args=[patient.pk])).status_code for door in DOORS]
    return [*found[:2], 200 if found[2] == 503 else found[2]]


def register(world, patient, **fields):
    fields = {
        "asked_on": NOW.date(),
        "channel": InsightChannel.PHONE,
        "by": world.actor(world.vera),
        "now": NOW,
    } | fields
    return receive_insight_request(patient=patient, **fields)


def test_nothing_is_taken_out_before_the_patient_has_asked_and_the_try_is_logged(as_vera, world):
    assert take_out(as_vera, world.per) == [404, 404, 404]
    text = as_vera.get(page(world.per)).text
    assert "Du kan hente ut alt om pasienten når du har registrert at pasienten har bedt om det." in text
    assert reverse("patient-export", args=[world.per.pk]) not in text
    see_everything()
    tried = AccessEntry.objects.filter(action="EXPORT").values_list("allowed", "patient_id", "municipality_id")
    assert list(tried) == [(False, world.per.pk, world.a.pk)] * 3


def test_a_registered_request_opens_the_export_and_stands_in_the_log(as_vera, world):
    answer = as_vera.post(page(world.per), ASKED)
    assert (answer.status_code, answer.url) == (302, page(world.per))
    text = " ".join(as_vera.get(page(world.per)).text.split())
    for part in ("16.11.2026, brev", "Registrert 18.11.2026 av Vera Vik", "til 18.12.2026"):
        assert part in text
    assert take_out(as_vera, world.per) == [200, 200, 200]
    see_everything()
    made = InsightRequest.objects.get()
    assert (made.patient, made.asked_on, made.channel, made.registered_at, made.registered_by) == (
        world.per,
        date(2026, 11, 16),
        "LETTER",
        NOW,
        world.vera,
    )
    looks = AccessEntry.objects.filter(action="EXPORT", allowed=True).values_list("basis", "purpose", "object_id")
    assert set(looks) == {("INSIGHT", "Krav om innsyn 16.11.2026, brev", str(made.pk))}


def test_the_patient_is_told_which_request_it_was(as_vera, world):
    register(world, world.per)
    as_vera.get(reverse("patient-export-json", args=[world.per.pk]))
    see_everything()
    told = own_log(world.per, since=NOW - timedelta(days=1))
    assert [(look.what, look.why) for look in told] == [
        (
            "Hentet ut alt som er lagret om deg",
            "For å gi deg innsyn i det som er lagret om deg, eller rette det: Krav om innsyn 18.11.2026, telefon",
        )
    ]


def test_a_request_opens_its_own_patient_for_as_long_as_the_law_gives_to_answer(as_vera, world, clock):
    register(world, world.per)
    clock.shift(ANSWERED_WITHIN - timedelta(seconds=1))
    assert take_out(let_in(Client(), world.vera), world.per)[:2] == [200, 200]
    clock.shift(timedelta(seconds=1))
    assert take_out(let_in(Client(), world.vera), world.per) == [404, 404, 404]


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({"asked_on": ""}, "Dagen kravet kom: skriv datoen."),
        ({"asked_on": "19.11.2026"}, "Dagen kravet kom: velg i dag eller en dag som har vært."),
        ({"channel": ""}, "Hvordan kravet kom: velg en av dem."),
        ({"channel": "PIGEON"}, "Hvordan kravet kom: velg en av dem."),
    ],
)
def test_what_is_missing_is_said_and_what_is_written_kept(as_vera, world, sent, problem):
    answer = as_vera.post(page(world.per), ASKED | sent)
    assert answer.status_code == 422
    assert problem in answer.text
    if "channel" in sent:
        assert 'value="16.11.2026"' in answer.text
    else:
        assert re.search(r'value="LETTER"[^>]* checked', answer.text)
    assert not InsightRequest.objects.exists()


@pytest.mark.parametrize("person", ["kari", "ola", "siri", "ness", "eva"])
def test_nobody_else_registers(world, person):
    browser = let_in(Client(), getattr(world, person))
    assert [browser.get(page(world.per)).status_code, browser.post(page(world.per), ASKED).status_code] == [404, 404]
    with pytest.raises(PermissionDenied):
        register(world, world.per, by=world.actor(getattr(world, person)))


def test_another_municipalitys_patient_is_not_found(as_vera, world):
    assert [as_vera.post(page(patient), ASKED).status_code for patient in (world.nils, world.solveig)] == [404, 404]
    with pytest.raises(PermissionDenied):
        register(world, world.nils)


def test_the_database_keeps_a_request_as_it_was_registered(world):
    made = register(world, world.per)
    for step in (lambda: InsightRequest.objects.update(channel="LETTER"), made.delete):
        with pytest.raises(InternalError, match="Cannot"), transaction.atomic():
            step()
    with pytest.raises(IntegrityError, match="insight_request_not_ahead"), transaction.atomic():
        register(world, world.per, asked_on=NOW.date() + timedelta(days=1))
    with pytest.raises(IntegrityError, match="insight_request_channel_known"), transaction.atomic():
        register(world, world.per, channel="PIGEON")
