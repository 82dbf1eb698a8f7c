"""Everything about one person, as a file, a page and a PDF (R-301; GDPR article 15)."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from dho.lib import pdf
from patients.enums import InsightChannel
from patients.models import Patient, Relative
from patients.queries.words import MOST_ROWS
from patients.services import receive_insight_request
from tests.audit.entries import look_at
from tests.factories.accounts import let_in
from tests.factories.clock import NOW
from tests.factories.measurements import make_reading, make_response
from tests.factories.patients import make_home

needs_pango = pytest.mark.skipif(not pdf.can_make_pdf(), reason="WeasyPrint needs Pango: script/setup --system")


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def as_vera(world) -> Client:
    """A browser where the privacy officer of municipality A is signed in; Per and Nils have something of each kind."""
    for patient, tablet in ((world.per, world.per_tablet), (world.nils, world.nils_tablet)):
        make_reading(tablet, "spo2", 92, at=NOW - timedelta(hours=1))
        Relative.objects.create(
            municipality_id=patient.municipality_id, patient=patient, name="Kari", relation="datter"
        )
        Patient.objects.filter(pk=patient.pk).update(phone="99 00 00 09")
    make_response(world.per_tablet, "symptoms_copd", {"comment": "Tungt å puste"}, at=NOW, score=3)
    look_at(world.per, world.kari)
    for_vera = {"channel": InsightChannel.LETTER, "by": world.actor(world.vera), "now": NOW}
    receive_insight_request(patient=world.per, asked_on=NOW.date(), **for_vera)
    browser = Client()
    let_in(browser, world.vera)
    return browser


def document(browser, patient) -> dict:
    answer = browser.get(reverse("patient-export-json", args=[patient.pk]))
    assert answer["Content-Disposition"] == 'attachment; filename="alt-om-pasienten.json"'
    return json.loads(answer.content)


def test_the_home_address_is_in_the_file_and_on_the_page_but_not_its_keys(as_vera, world):
    make_home(world.per, "Storgata 12 B")
    [home] = document(as_vera, world.per)["tables"]["patients_homeaddress"]
    assert (home["street"], home["postal_code"], home["place"]) == ("Storgata 12 B", "2211", "Kongsvinger")
    assert {name for name in home if "index" in name} == set()
    page = as_vera.get(reverse("patient-export", args=[world.per.pk])).text
    assert "Hjemmeadresse" in page
    assert "Storgata 12 B" in page


def test_the_file_says_what_it_is_and_whose(as_vera, world):
    found = document(as_vera, world.per)
    assert {name: found[name] for name in ("format", "made_at", "patient", "controller")} == {
        "format": "dho-export-1",
        "made_at": "2026-11-18T09:00:00Z",
        "patient": str(world.per.pk),
        "controller": {"id": world.a.pk, "name": "Kongsvinger"},
    }


def test_the_file_holds_every_kind_of_row(as_vera, world):
    tables = document(as_vera, world.per)["tables"]
    assert {name: len(rows) for name, rows in tables.items() if not name.startswith("audit_changeentry")} == {
        "patients_patient": 1,
        "patients_relative": 1,
        "patients_enrolment": 1,
        "patients_insightrequest": 1,
        "accounts_devicecredential": 1,
        "measurements_reading": 1,
        "measurements_questionnaireresponse": 1,
        "careplans_plan": 1,
        "careplans_planversion": 1,
        "careplans_threshold": 7,
        "careplans_measure": 6,
        "careplans_schedule": 1,
        "careplans_zonetext": 3,
        "careplans_approval": 1,
        "audit_accessentry": 2,
    }
    assert tables["patients_patient"][0]["national_id"] == world.per.national_id
    assert tables["measurements_reading"][0]["sent_value"] == "92"
    assert {row["action"] for row in tables["audit_accessentry"]} == {"OPEN_PATIENT", "EXPORT"}
    changed = [row for row in tables["audit_changeentry"] if row["operation"] == "UPDATE"]
    assert [row["after"]["phone"] for row in changed if row["table_name"] == "patients_patient"] == ["99 00 00 09"]


def test_nobody_else_is_in_it(as_vera, world):
    text = json.dumps(document(as_vera, world.per), ensure_ascii=False)
    for other in (world.nils, world.solveig):
        for said in (str(other.pk), other.family_name, other.national_id):
            assert said not in text
    assert world.per_tablet.secret_hash not in text
    assert world.per.national_id_index not in text


def test_the_page_can_be_read(as_vera, world):
    text = " ".join(as_vera.get(reverse("patient-export", args=[world.per.pk])).text.replace("\u00a0", " ").split())
    for part in ("Alt som er lagret om Per Aasen", "Om deg", "Målinger", "Hvem har sett i journalen", "Kari Nordmann"):
        assert part in text
    assert "18.11.2026 kl. 09.00" in text
    for code, word in (("MALE", "Mann"), ("COPD", "Kols"), ("NURSE", "sykepleier"), ("HEALTH_CARE", "Helsehjelp")):
        assert (code in text, word in text) == (False, True)
    assert "Telefon: «99 00 00 01» → «99 00 00 09»" in text


def test_the_page_shows_the_newest_of_many_and_says_so(as_vera, world):
    for minutes in range(MOST_ROWS + 5):
        make_reading(world.per_tablet, "pulse", 70, at=NOW - timedelta(minutes=minutes))
    text = as_vera.get(reverse("patient-export", args=[world.per.pk])).text
    assert f"Her er de {MOST_ROWS} nyeste. 6 eldre står i filen" in text


@needs_pango
def test_the_pdf_says_the_same(as_vera, world):
    answer = as_vera.get(reverse("patient-export-pdf", args=[world.per.pk]))
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    assert "Alt som er lagret om Per Aasen" in " ".join(text.split())
    assert answer["Content-Disposition"] == 'inline; filename="alt-om-pasienten.pdf"'


def test_another_municipalitys_patient_is_not_found(as_vera, world):
    for door in ("patient-export", "patient-export-json", "patient-export-pdf"):
        for patient in (world.nils, world.solveig):
            assert as_vera.get(reverse(door, args=[patient.pk])).status_code == 404
