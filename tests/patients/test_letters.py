"""Letters in plain language, in the person's own language, with name and birth date on each page (R-005, R-021)."""

from datetime import date
from io import BytesIO

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from dho.lib import pdf
from patients.enums import EndReason, TextKind
from patients.models import Enrolment
from patients.services import allocate, decline, write_text
from tests.database import see_everything
from tests.factories.accounts import let_in, make_user
from tests.factories.care import make_handover
from tests.factories.clock import NOW
from tests.factories.intake import TOLD, actor, assessed, decided, make_handler, make_referral
from tests.factories.organisations import make_service
from tests.factories.patients import make_patient

needs_pango = pytest.mark.skipif(not pdf.can_make_pdf(), reason="WeasyPrint needs Pango: script/setup --system")


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


def case(world, hege, *, language="norsk"):
    found = make_referral(make_patient(world.a.pk, "Tor", "Bakke", language=language), hege)
    assessed(found, hege)
    return found


def allocated(world, hege, **fields):
    found = case(world, hege, **fields)
    when = {"decision": "OWN", "decided_on": date(2026, 11, 17), "reference": "2026/123"}
    allocate(referral_id=found.pk, decided=decided(world.joint, **when), by=actor(hege), now=NOW)
    return found


def read(browser, referral, letter="svar", door="referral-letter"):
    answer = browser.get(reverse(door, args=[referral.pk, letter]))
    see_everything()
    return answer


def missing(text: str, *wanted: str) -> list[str]:
    plain = " ".join(text.replace("\u00a0", " ").split())
    return [word for word in wanted if word not in plain]


def test_the_letter_of_an_allocation_says_all_it_must(as_hege, world, hege):
    text = read(as_hege, allocated(world, hege)).text
    assert missing(
        text, "Du får digital hjemmeoppfølging", "Kongsvinger bestemte 18. november 2026", "17. november 2026",
        "2026/123", "DHO Solør–Odal, telefon 62 80 00 00", "mandag–fredag 08.00–15.30", "ikke en nødtjeneste",
        "116 117", "113", "Du er med på å lage planen din", "innen fire uker", "Statsforvalteren", "Hege Dal",
        "BAKKE, Tor", "14.03.1948",
    ) == []  # fmt: skip
    assert "<title>Brev, utskrift – DHO</title>" in text


def test_the_letter_names_the_service_that_was_chosen_also_after_a_handover(as_hege, world, hege):
    found = allocated(world, hege)
    unit = make_service("Egen enhet", owner=world.a.pk)
    course = Enrolment.objects.get(referral=found)
    make_handover(
        found.patient, unit, world.kari, answer="ACCEPTED", answered_at=NOW, answered_by=world.kari, moved_at=NOW
    )
    Enrolment.objects.filter(pk=course.pk).update(service=unit)
    text = read(as_hege, found).text
    assert missing(text, "DHO Solør–Odal, telefon 62 80 00 00") == []
    assert "Egen enhet" not in text


def test_the_letter_of_a_refusal_says_why_and_how_to_complain(as_hege, world, hege):
    found = case(world, hege)
    decline(
        referral_id=found.pk, reason=EndReason.CRITERIA, why="Du ville ikke måle selv.", by=actor(hege), now=NOW, **TOLD
    )
    text = read(as_hege, found).text
    assert missing(text, "Du får ikke digital hjemmeoppfølging", "Du ville ikke måle selv.", "innen fire uker",
                   "Statsforvalteren", "116 117") == []  # fmt: skip
    assert "Slik er tjenesten" not in text


def test_the_information_can_be_printed_before_anything_is_decided(as_hege, world, hege):
    found = case(world, hege)
    assert missing(read(as_hege, found, "informasjon").text, "Om digital hjemmeoppfølging", "116 117", "klage") == []
    assert read(as_hege, found, "svar").status_code == 404
    assert read(as_hege, found, "noe-annet").status_code == 404


def test_the_letter_is_in_the_persons_language_the_page_in_the_readers(as_hege, world, hege):
    text = read(as_hege, allocated(world, hege, language="nynorsk")).text
    assert missing(text, 'lang="nn"', "Du får digital heimeoppfølging", "Til henvisningene"[:15]) == []
    assert "Du får digital hjemmeoppfølging" not in text


@pytest.mark.parametrize(("chosen", "language"), [("nn", "nn"), ("en", "nb")])
def test_what_the_person_has_chosen_on_the_own_pages_counts_and_english_gets_bokmal(
    as_hege, world, hege, chosen, language
):
    found = allocated(world, hege)
    make_user("tor", "Tor", "Bakke", language=chosen, national_id_index=found.patient.national_id_index)
    assert f'lang="{language}"' in read(as_hege, found, "informasjon").text.split("<main")[1]


def test_a_secret_that_no_key_opens_does_not_stop_the_letter(as_hege, world, hege):
    found = allocated(world, hege)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE organisations_followupservice SET webhook_secret = 'rubbish'")
    assert read(as_hege, found).status_code == 200


def test_a_letter_keeps_the_text_that_was_given(as_hege, world, hege):
    found = allocated(world, hege)
    write_text(
        kind=TextKind.COMPLAINT, bokmal="Ny tekst.", nynorsk="Ny tekst på nynorsk.", by=actor(world.ness), now=NOW
    )
    assert "Ny tekst." not in read(as_hege, found).text
    assert "Ny tekst." in read(as_hege, case(world, hege), "informasjon").text


@needs_pango
def test_the_file_has_the_name_on_each_page_and_none_in_its_own(as_hege, world, hege):
    found = allocated(world, hege)
    answer = read(as_hege, found, door="referral-letter-pdf")
    pages = [page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages]
    assert answer["Content-Disposition"] == 'inline; filename="brev-svar.pdf"'
    assert [missing(page, "BAKKE, Tor", "14.03.1948", f"Side {number} av {len(pages)}")
            for number, page in enumerate(pages, 1)] == [[]] * len(pages)  # fmt: skip
    assert missing(" ".join(pages), "Du får digital hjemmeoppfølging", "116 117") == []


def test_a_machine_without_pango_offers_the_print_page(as_hege, world, hege, monkeypatch):
    def unavailable(*args, **kwargs):
        raise pdf.PdfUnavailable

    monkeypatch.setattr("patients.views.letters.make_pdf", unavailable)
    answer = read(as_hege, allocated(world, hege), door="referral-letter-pdf")
    assert (answer.status_code, "Åpne utskriftsvennlig side" in answer.text) == (503, True)
