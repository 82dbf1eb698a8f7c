"""One plan, four faces: tablet, paper, REST and the nurse's page say the same (R-033, R-034, R-049, R-053)."""

import html
import json
import re
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import User
from alerts import services
from alerts.models import Assessment
from careplans.models import Measure
from careplans.queries.faces import own_words
from careplans.queries.own import own_plan
from careplans.services import put_in_force, revise
from dho.lib.pdf import can_make_pdf
from tests.factories.accounts import let_in
from tests.factories.careplans import approve, make_draft, propose
from tests.factories.citizens import let_in_citizen, own_citizen
from tests.factories.clock import NOW
from tests.factories.faces import LIMIT_NUMBERS, WRITTEN, full_draft, full_plan
from tests.factories.measurements import make_reading
from tests.measurements.tablet import Tablet

FACES = ["tablet", "own paper", "paper", "print", "rest", "nurse"]
OF_THE_PATIENT = ["tablet", "own paper", "paper", "print", "rest"]


@pytest.fixture(autouse=True)
def at_ten():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def plan(world):
    return full_plan(world.per, world.kari, world.dahl, now=NOW - timedelta(days=1))


def plain(text: str) -> str:
    """What a person reads, runs of white space as one space."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).replace("\u00a0", " ").split())


def of_pdf(answer) -> str:
    if answer.status_code == 503 and not can_make_pdf():
        pytest.skip("WeasyPrint needs Pango: script/setup --system")
    return plain(" ".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages))


def face(name: str, world, version) -> str:
    """Everything that face says of Per's plan."""
    own = let_in_citizen(Client(), own_citizen(world.per))
    staff = let_in(Client(), world.kari)
    match name:
        case "tablet":
            return plain(own.get(reverse("citizen-plan")).text)
        case "own paper":
            return of_pdf(own.get(reverse("citizen-plan-pdf")))
        case "paper":
            return of_pdf(staff.get(reverse("plan-patients-pdf", args=[version.pk])))
        case "print":
            return plain(staff.get(reverse("plan-patients-print", args=[version.pk])).text)
        case "rest":
            return json.dumps(Tablet(world.per_tablet).get("/api/v1/plan/").json(), ensure_ascii=False)
    return plain(staff.get(reverse("patient", args=[world.per.pk])).text)


@pytest.mark.parametrize("name", FACES)
def test_each_face_says_everything_that_is_written_in_the_plan(world, plan, name):
    said = face(name, world, plan)
    assert [text for text in WRITTEN if text not in said] == []


def test_the_nurse_who_writes_reads_a_draft_as_the_patient_will(world):
    draft = full_draft(world.per, world.kari)
    said = plain(let_in(Client(), world.kari).get(reverse("plan-preview", args=[draft.pk])).text)
    assert [text for text in WRITTEN if text not in said] == []
    assert [text for text in ("Start selv.", "Start bare sammen med helsepersonell.") if text not in said] == []
    assert "HPR" not in said


@pytest.mark.parametrize("name", OF_THE_PATIENT)
def test_no_limit_stands_on_a_face_of_the_patients(world, plan, name):
    said = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z?", " ", face(name, world, plan))
    assert [number for number in LIMIT_NUMBERS if re.search(rf"(?<![\d.,]){number}(?![\d.,])", said)] == []


@pytest.mark.parametrize("name", FACES)
def test_a_draft_and_a_proposal_are_on_no_face(world, name):
    draft = full_draft(world.per, world.kari)
    for version in (draft, propose(draft)):
        said = face(name, world, world.per_plan)
        assert [text for text in WRITTEN[1:] if text in said] == ["Bruk leppepust og hvil."]
        assert version.number == 2


@pytest.mark.parametrize("name", ["tablet", "own paper", "paper", "print", "nurse"])
def test_each_face_says_who_approved_and_until_when(world, plan, name):
    said = face(name, world, plan)
    told = "Fastlege Anne Dahl (HPR 1234567) godkjente planen 17. november 2026. Den gjelder til og med"
    assert told in said
    assert "Planen skal gås gjennom på nytt 18. februar 2027." in said


@pytest.mark.parametrize("name", ["tablet", "own paper", "paper", "print", "nurse"])
def test_a_medical_measure_says_who_may_start_it(world, plan, name):
    said = face(name, world, plan)
    assert "To ekstra doser inhalasjon. (høyst fire ganger) Start selv." in said
    assert "Start kortisonkuren. (høyst fire ganger) Start bare sammen med helsepersonell." in said


@pytest.mark.parametrize("name", FACES)
def test_what_is_started_only_with_staff_says_so_also_when_it_is_the_patients_own(world, name):
    draft = make_draft(world.per, world.kari)
    Measure.objects.create(
        version=draft, municipality_id=draft.municipality_id, zone="GREEN", kind="OWN", position=60,
        text="Tren på trappen.", start_alone=False,
    )  # fmt: skip
    said = face(name, world, approve(draft, world.dahl))
    if name == "rest":
        measures = [each for zone in json.loads(said)["zones"] for each in zone["measures"]]
        assert [each["start_alone"] for each in measures if each["text"] == "Tren på trappen."] == [False]
    else:
        assert "Tren på trappen. Start bare sammen med helsepersonell." in said


@pytest.fixture
def carried(world, plan):
    """The same plan edited without a new decision: it stands on Dahl's of version 2."""
    kari = world.actor(world.kari)
    return put_in_force(version=revise(version=plan, by=kari, now=NOW), by=kari, now=NOW)


@pytest.mark.parametrize("name", FACES)
def test_a_version_put_in_force_is_on_each_face_with_the_decision_that_it_carries(world, carried, name):
    said = face(name, world, carried)
    assert [text for text in WRITTEN if text not in said] == []
    if name == "rest":
        told = json.loads(said)
        assert (told["version"], told["approved_at"], told["approved_by"]["name"]) == (
            carried.number, "2026-11-17T09:00:00Z", "Anne Dahl",
        )  # fmt: skip
    else:
        assert "Fastlege Anne Dahl (HPR 1234567) godkjente planen 17. november 2026." in said
        assert "Endret 18. november 2026 uten ny godkjenning." in said


def test_the_nurse_opens_the_case_that_a_carried_version_has_judged(world, carried):
    make_reading(world.per_tablet, "spo2", 80, at=NOW + timedelta(minutes=1))
    with time_machine.travel(NOW + timedelta(minutes=2), tick=False):
        services.assess_patient(
            patient_id=world.per.pk,
            municipality_id=world.per.municipality_id,
            now=NOW + timedelta(minutes=2),
            wait=True,
        )
        said = face("nurse", world, carried)
        assessment = Assessment.objects.get(plan_version=carried, reading__isnull=False)
        why = plain(let_in(Client(), world.kari).get(reverse("explanation", args=[assessment.pk])).text)
    assert f"regel: plan versjon {carried.number}, godkjent av Anne Dahl 17.11.2026" in said
    assert f"Plan versjon {carried.number}, godkjent av Anne Dahl (HPR-nummer 1234567) 17.11.2026" in why


def test_a_carried_version_is_read_with_the_same_number_of_queries(world, carried, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        own_words(own_plan(world.per.pk, at=NOW))


def test_the_doctor_of_the_hospital_is_not_called_the_gp(world):
    """Per's GP is Dahl; somebody else decided."""
    version = approve(make_draft(world.per, world.kari), User.objects.get(username="lie"))
    found = own_plan(world.per.pk, at=NOW)
    assert own_words(found).approved_by == "Lege Tor Lie"
    assert found.pk == version.pk


def test_the_content_is_read_with_a_constant_number_of_queries(world, plan, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        own_words(own_plan(world.per.pk, at=NOW))


def test_the_nurse_reads_signs_and_contact_of_the_zone_that_the_case_is_in(world, plan):
    """Red: the plan's own words of red stand by the alert, not those of yellow."""
    make_reading(world.per_tablet, "spo2", 80, at=NOW)
    services.assess_patient(
        patient_id=world.per.pk, municipality_id=world.per.municipality_id, now=NOW + timedelta(seconds=1), wait=True
    )
    said = face("nurse", world, plan)
    told = said.partition("Planen sier: Rød – akutt forverring")[2].partition("Planen slik pasienten leser den")[0]
    assert "Slik merkes det: Tungpust i ro." in told
    assert "Kontakt: Ring 113 ved pustenød." in told
    assert "Mer slim enn vanlig." not in told
