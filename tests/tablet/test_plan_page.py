"""The plan on the patient's own page: today's colour, what to do, whom to contact; three languages (R-034, R-085)."""

import html
import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from alerts import services
from alerts.queries.today import colour_today
from careplans.scoring import Colour
from measurements.enums import StatementKind
from measurements.models import ReadingStatement
from organisations.models import HealthTrust
from tests.database import see_everything
from tests.factories.accounts import make_device
from tests.factories.careplans import make_draft, propose
from tests.factories.citizens import give_authority, let_in_citizen, own_citizen, own_user, relative_citizen
from tests.factories.clock import NOW
from tests.factories.faces import CONTACT, SIGNS, full_plan
from tests.factories.measurements import make_reading
from tests.factories.organisations import make_service
from tests.factories.patients import make_enrolment, make_patient
from tests.measurements.tablet import Tablet


@pytest.fixture(autouse=True)
def at_ten():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def plan(world):
    return full_plan(world.per, world.kari, world.dahl, now=NOW - timedelta(days=1))


@pytest.fixture
def as_per(world):
    return let_in_citizen(Client(), own_citizen(world.per))


def words(page) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).replace("\u00a0", " ").split())


def read(browser, now=NOW) -> str:
    with time_machine.travel(now, tick=False):
        return words(browser.get(reverse("citizen-plan")))


def measured(device, value, *, type_id="spo2", ago=timedelta(minutes=10), judged=True):
    reading = make_reading(device, type_id, value, at=NOW - ago)
    if judged:
        judge(device.patient_id, device.municipality_id, now=NOW - ago)
    return reading


def judge(patient_id, municipality_id, *, now):
    services.assess_patient(patient_id=patient_id, municipality_id=municipality_id, now=now, wait=True)


def today(said: str) -> str:
    """The first part of the page: today, before whom to contact."""
    return said.partition("Min plan ")[2].partition("Hvem du kan kontakte nå")[0]


@pytest.mark.parametrize(
    ("value", "told", "zone"),
    [(95, "I dag: Grønn – som vanlig", "GREEN"), (88, "I dag: Gul – begynnende forverring", "YELLOW"),
     (80, "I dag: Rød – akutt forverring", "RED")],
)  # fmt: skip
def test_todays_colour_comes_first_with_what_to_do(world, plan, as_per, value, told, zone):
    measured(world.per_tablet, value)
    first = today(read(as_per))
    assert first.startswith(told)
    assert SIGNS[zone] in first
    assert CONTACT[zone] in first
    assert [text for other, text in SIGNS.items() if other != zone and text in first] == []
    rest = Tablet(world.per_tablet).get("/api/v1/plan/").json()["today"]
    assert (rest["colour"], rest["text"]) == (zone, told.removeprefix("I dag: "))
    assert (
        rest["measures"]
        == Tablet(world.per_tablet)
        .get("/api/v1/plan/")
        .json()["zones"][["GREEN", "YELLOW", "RED"].index(zone)]["measures"]
    )


def test_without_a_measurement_today_no_colour_is_said(world, plan, as_per):
    measured(world.per_tablet, 95, ago=timedelta(days=1))
    assert today(read(as_per)).startswith("Du har ikke målt i dag")
    assert "I dag: Grønn" not in read(as_per)
    assert Tablet(world.per_tablet).get("/api/v1/plan/").json()["today"] == {
        "colour": None,
        "text": "Ikke målt i dag",
        "measures": [],
    }


def test_what_nobody_has_judged_is_never_said_to_be_as_usual(world, plan, as_per):
    measured(world.per_tablet, 95)
    measured(world.per_tablet, 75, type_id="pulse", judged=False)
    assert today(read(as_per)).startswith("I dag: ikke vurdert ennå")
    assert Tablet(world.per_tablet).get("/api/v1/plan/").json()["today"]["colour"] == "NOT_ASSESSED"


def test_a_green_pulse_does_not_hide_a_red_oxygen_saturation(world, plan, as_per):
    measured(world.per_tablet, 80, ago=timedelta(minutes=30))
    measured(world.per_tablet, 75, type_id="pulse")
    assert today(read(as_per)).startswith("I dag: Rød")


def test_a_new_measurement_of_the_same_counts_instead_of_the_one_before(world, plan, as_per):
    measured(world.per_tablet, 80, ago=timedelta(minutes=30))
    measured(world.per_tablet, 95)
    assert today(read(as_per)).startswith("I dag: Grønn")


def test_a_mismeasurement_gives_no_colour(world, plan, as_per):
    reading = measured(world.per_tablet, 80)
    ReadingStatement.objects.create(
        municipality_id=world.a.pk, reading=reading, kind=StatementKind.FAULTY, reason="Kald finger.",
        fulfils_schedule=False, stated_at=NOW, stated_by=world.kari,
    )  # fmt: skip
    assert today(read(as_per)).startswith("Du har ikke målt i dag")


def test_a_reading_from_a_clock_that_is_ahead_hides_nothing_on_the_days_that_follow(world, plan):
    """It counts on the day it was received, not on all days until its own clock is caught up with (P2)."""
    make_reading(world.per_tablet, "spo2", 95, at=NOW + timedelta(days=30), received_at=NOW)
    judge(world.per.pk, world.a.pk, now=NOW)
    tomorrow = NOW + timedelta(days=1)
    assert (colour_today(world.per.pk, now=NOW), colour_today(world.per.pk, now=tomorrow)) == (Colour.GREEN, None)
    make_reading(world.per_tablet, "spo2", 80, at=tomorrow)
    judge(world.per.pk, world.a.pk, now=tomorrow)
    assert colour_today(world.per.pk, now=tomorrow) == Colour.RED


def test_it_tells_whom_to_ring_while_the_service_is_open(world, plan, as_per):
    assert (
        "Hvem du kan kontakte nå Ring DHO Solør–Odal på 62 80 00 00 . Åpent til kl. 15.30. "
        "Kan det ikke vente: ring legevakten på 116 117 . Ved fare for liv: ring 113 ." in read(as_per)
    )


def test_it_is_honest_when_the_service_is_closed(world, plan, as_per):
    evening = NOW.replace(hour=20)
    with time_machine.travel(evening, tick=False):
        browser = let_in_citizen(Client(), own_citizen(world.per))
        said = words(browser.get(reverse("citizen-plan")))
    assert "DHO Solør–Odal: Stengt. Åpner torsdag kl. 08.00." in said
    assert "Ring DHO Solør–Odal på" not in said
    assert "ring legevakten på 116 117" in said


def test_without_a_plan_the_page_says_whose_approval_it_waits_for(world):
    see_everything()
    patient = make_patient(world.a.pk, "Ny", "Pasient", gp=world.dahl)
    make_enrolment(patient, world.joint)
    propose(make_draft(patient, world.kari))
    said = words(let_in_citizen(Client(), own_citizen(patient)).get(reverse("citizen-plan")))
    assert "Ingen plan gjelder nå. Planen kommer her når fastlegen har godkjent den." in said
    assert "ring legevakten på 116 117" in said
    answer = let_in_citizen(Client(), own_citizen(patient)).get(reverse("citizen-plan-pdf"))
    assert (answer.status_code, "Ingen plan gjelder nå." in answer.text) == (404, True)


def test_in_the_hospitals_phase_it_waits_for_the_hospitals_doctor(world):
    see_everything()
    patient = make_patient(world.a.pk, "Ny", "Pasient", gp=world.dahl)
    department = make_service("Lungeavdelingen", owner=None, trust=HealthTrust.objects.get(pk="ahus"))
    make_enrolment(patient, department)
    browser = let_in_citizen(Client(), own_citizen(patient))
    assert "når sykehuslegen har godkjent den" in words(browser.get(reverse("citizen-plan")))
    assert "når sykehuslegen har godkjent den" in words(browser.get(reverse("citizen-measure")))


def test_a_relative_sees_the_same_page_and_is_not_told_to_have_measured(world, plan):
    browser = let_in_citizen(Client(), relative_citizen(give_authority(world.per)))
    said = words(browser.get(reverse("citizen-plan")))
    assert "Ingenting er målt i dag" in said
    assert "Du har ikke målt i dag" not in said
    assert SIGNS["RED"] in said


def test_a_device_that_asks_for_another_patients_plan_gets_none(world, plan):
    other = make_device(world.solveig, world.kari)
    assert SIGNS["RED"] not in Tablet(other).get("/api/v1/plan/").text


class TestTheLanguages:
    def choose(self, world, language):
        user = own_user(world.per)
        User.objects.filter(pk=user.pk).update(language=language)
        return let_in_citizen(Client(), own_citizen(world.per))

    def test_nynorsk(self, world, plan):
        measured(world.per_tablet, 88)
        said = words(self.choose(world, "nn").get(reverse("citizen-plan")))
        assert "I dag: Gul – byrjande forverring" in said
        assert "Slik merkast det: Mer slim enn vanlig." in said
        assert "Start berre saman med helsepersonell." in said

    def test_english_with_what_people_wrote_as_written(self, world, plan):
        measured(world.per_tablet, 88)
        page = self.choose(world, "en").get(reverse("citizen-plan"))
        said = words(page)
        assert '<html lang="en"' in page.text
        for told in (
            "Today: Yellow – beginning to get worse",
            "How it feels: Mer slim enn vanlig.",
            "Start only together with health personnel.",
            "The plan is written in Norwegian.",
            "Oxygen saturation: every day 08:00 and 20:00",
            "Every 4 weeks: phone",
            "GP Anne Dahl (HPR 1234567) approved the plan on 17 November 2026.",
            "Call DHO Solør–Odal on 62 80 00 00 . Open until 15:30.",
        ):
            assert told in said
        assert '<span lang="no">Mer slim enn vanlig.</span>' in page.text

    def test_rest_names_things_in_the_language_asked_for(self, world, plan):
        tablet = Tablet(world.per_tablet)
        found = {lang: tablet.get("/api/v1/plan/", lang=lang) for lang in ("nb", "nn", "en")}
        assert [answer["Content-Language"] for answer in found.values()] == ["nb", "nn", "en"]
        assert [answer.json()["zones"][2]["label"] for answer in found.values()] == [
            "Rød – akutt forverring", "Raud – akutt forverring", "Red – suddenly worse",
        ]  # fmt: skip
        assert [answer.json()["schedules"][0]["label"] for answer in found.values()] == [
            "Oksygenmetning", "Oksygenmetting", "Oxygen saturation",
        ]  # fmt: skip
        assert [answer.json()["goals"] for answer in found.values()] == [found["nb"].json()["goals"]] * 3
        wrong = tablet.get("/api/v1/plan/", lang="se")
        assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (400, "unknown_language")
