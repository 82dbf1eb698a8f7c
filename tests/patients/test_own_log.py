"""«Hvem har sett i journalen min»: everyone who looked, in the patient's words, on screen and as a file (R-301)."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from audit.enums import Action, Basis
from dho.lib import pdf
from patients.access import get_patient
from patients.queries.log import WHAT, WHY, own_log
from patients.services import open_emergency_access
from tests.audit.entries import look_at
from tests.factories.accounts import actor_of, let_in
from tests.factories.care import block, open_in_emergency
from tests.factories.clock import NOW

needs_pango = pytest.mark.skipif(not pdf.can_make_pdf(), reason="WeasyPrint needs Pango: script/setup --system")


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def as_vera(world) -> Client:
    browser = Client()
    let_in(browser, world.vera)
    return browser


def told(world):
    """Each line as the patient reads it."""
    return [
        (look.who, look.role, look.organisation, look.what, look.why, look.times)
        for look in own_log(world.per, since=NOW - timedelta(days=30))
    ]


def test_it_tells_who_what_and_why_in_plain_words(world):
    look_at(world.per, world.kari, at=NOW - timedelta(days=2))
    look_at(world.per, world.dahl, action=Action.PRINT_PLAN, role="GP", organisation="Kongsvinger legesenter")
    assert told(world) == [
        ("Anne Dahl", "fastlege", "Kongsvinger legesenter", "Skrev ut planen din", "For å gi deg helsehjelp", 1),
        (
            "Kari Nordmann",
            "sykepleier",
            "DHO Solør–Odal",
            "Så på siden din med målinger og varsler",
            "For å gi deg helsehjelp",
            1,
        ),
    ]


def test_the_same_thing_on_one_day_is_one_line(world):
    for minutes in (0, 20, 40):
        look_at(world.per, world.kari, at=NOW + timedelta(minutes=minutes))
    look_at(world.per, world.kari, at=NOW - timedelta(days=1))
    found = own_log(world.per, since=NOW - timedelta(days=30))
    assert [(look.times, look.first, look.last) for look in found] == [
        (3, NOW, NOW + timedelta(minutes=40)),
        (1, NOW - timedelta(days=1), NOW - timedelta(days=1)),
    ]


def test_emergency_access_and_its_written_reason_are_told(world):
    """In the reason's own words, and only beside what that emergency access opened."""
    block(world.per, world.kari, user=world.berit)
    look_at(world.per, world.berit, at=NOW - timedelta(days=1))
    reason, by = "Pasienten er bevisstløs på legevakten.", actor_of(world.berit)
    open_emergency_access(patient=world.per, reason=reason, by=by, now=NOW)
    get_patient(world.per.pk, by=by, now=NOW + timedelta(minutes=1))
    emergency = "Nødtilgang: noen måtte se journalen din raskt for å hjelpe deg. Begrunnelsen var: «" + reason + "»"
    assert [(what, why) for _, _, _, what, why, _ in told(world)] == [
        ("Så på siden din med målinger og varsler", emergency + " Du hadde sperret for innsyn."),
        ("Åpnet journalen din med nødtilgang", emergency),
        ("Så på siden din med målinger og varsler", "For å gi deg helsehjelp"),
    ]


def test_two_emergency_accesses_of_one_day_are_both_told(world):
    reasons = ["Bevisstløs på legevakten.", "Ny tur til legevakten, uklar."]
    for hours, reason in ((0, reasons[0]), (5, reasons[1])):
        at = NOW + timedelta(hours=hours)
        open_in_emergency(world.per, world.ola, now=at, reason=reason)
        look_at(world.per, world.ola, at=at, basis=Basis.EMERGENCY, purpose="Nødtilgang")
    assert all(f"«{reason}»" in told(world)[0][4] for reason in reasons)


def test_own_devices_other_patients_and_refused_looks_are_not_in_it(world):
    look_at(world.per, world.kari, role="DEVICE", action=Action.READ_PLAN)
    look_at(world.solveig, world.kari)
    look_at(world.per, world.ola, municipality_id=world.c.pk, allowed=False)
    look_at(world.per, world.ness, allowed=False)
    assert told(world) == []


def test_every_basis_and_every_action_on_one_patient_has_words():
    lists = {
        Action.OPEN_QUEUE, Action.LIST_PATIENTS, Action.SEARCH_PATIENTS, Action.LIST_PLANS, Action.LIST_HANDOVERS,
        Action.LIST_EMERGENCIES, Action.LIST_DELIVERIES, Action.LIST_WAITING_PLANS, Action.LIST_SLOTS,
        Action.LIST_REFERRALS, Action.LIST_GP_TASKS, Action.LIST_COURSES, Action.LIST_ACTIVITIES,
    }  # fmt: skip
    devices = {Action.READ_READINGS, Action.READ_PLAN, Action.READ_QUESTIONNAIRES, Action.SEND, Action.REUSE_KEY}
    assert set(WHY) == set(Basis)
    assert set(Action) - set(WHAT) == lists | devices


def test_the_page_shows_it(as_vera, world):
    look_at(world.per, world.kari, at=NOW - timedelta(minutes=5))
    text = " ".join(as_vera.get(reverse("patient-log", args=[world.per.pk])).text.replace("\u00a0", " ").split())
    assert "Kari Nordmann, sykepleier, DHO Solør–Odal" in text
    assert "18. november 2026, kl. 09.55" in text
    assert "Kongsvinger kommune" in text
    assert world.per.national_id not in text


def test_the_nurse_finds_it_from_the_patients_page_and_prints_it_for_the_patient(as_kari, world):
    address = reverse("patient-log", args=[world.per.pk])
    assert address in as_kari.get(reverse("patient", args=[world.per.pk])).text
    assert "Kari Nordmann" in as_kari.get(address).text


def test_the_page_says_so_when_nobody_has_looked(world):
    assert own_log(world.per, since=NOW) == []


@needs_pango
def test_the_file_says_the_same_and_names_nobody_outside(as_vera, world):
    look_at(world.per, world.kari)
    answer = as_vera.get(reverse("patient-log-pdf", args=[world.per.pk]))
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages).split())
    assert "Hvem har sett i journalen min" in text
    assert "Kari Nordmann" in text
    assert answer["Content-Disposition"] == 'inline; filename="hvem-har-sett-i-journalen.pdf"'
    assert "no-store" in answer["Cache-Control"]


def test_a_machine_that_makes_no_files_offers_the_page(as_vera, world, monkeypatch):
    monkeypatch.setattr("patients.views.log.make_pdf", _cannot)
    answer = as_vera.get(reverse("patient-log-pdf", args=[world.per.pk]))
    assert answer.status_code == 503
    assert reverse("patient-log", args=[world.per.pk]) in answer.text


def _cannot(*args, **kwargs):
    raise pdf.PdfUnavailable
