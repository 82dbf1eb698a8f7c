"""Sending in a measurement: as the patient, as a relative, as the staff of a group home."""

import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from measurements.enums import Source, SubmittedAs
from measurements.models import Reading
from measurements.services import TypedReading, store_typed
from patients.citizens import Citizen
from patients.enums import Scope
from patients.queries.export import everything_about
from patients.queries.words import readable
from patients.services import NotYours
from tests.database import see_everything
from tests.factories.accounts import let_in, make_membership, make_user
from tests.factories.care import share
from tests.factories.citizens import give_authority, let_in_citizen, own_citizen, relative_citizen
from tests.factories.clock import NOW
from tests.factories.organisations import make_service
from tests.factories.patients import end_course

SPO2, PRESSURE = "/min/maling/spo2/", "/min/maling/blood_pressure/"


@pytest.fixture(autouse=True)
def at_ten():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def as_per(world):
    return let_in_citizen(Client(), own_citizen(world.per))


@pytest.fixture
def as_tone(world):
    return let_in_citizen(Client(), relative_citizen(give_authority(world.per)))


@pytest.fixture
def as_bo(world):
    """Staff of a group home that Per is shared with."""
    bo = make_user("bo", "Bo", "Haug")
    home = make_service("Solsiden bofellesskap", owner=world.a.pk)
    make_membership(bo, Role.GROUP_HOME_STAFF, service=home)
    share(world.per, home, world.kari)
    return let_in(Client(), bo)


def hidden(page, name="client_id"):
    return re.search(rf'name="{name}" value="([^"]+)"', page.text)[1]


def send(browser, address, **numbers):
    """As a person does: open the page, type, send."""
    return browser.post(address, {"client_id": hidden(browser.get(address)), **numbers})


def readings(world):
    see_everything()
    found = Reading.objects.filter(patient=world.per).exclude(submitted_by_user=None)
    return list(found.values_list("type_id", "value", "value2", "source", "submitted_as", "taken_at"))


def test_the_patient_sends_with_a_decimal_comma_and_is_told_what_happens(as_per, world):
    answer = send(as_per, "/min/maling/weight/", weight="84,5")
    page = as_per.get(answer.url)
    assert readings(world) == [("weight", Decimal("84.5"), None, Source.MANUAL, "", NOW)]
    assert "84,5 kg" in page.text
    # Yellow is handled within four open hours: the service closes at 15.30 and has been open since eight.
    assert "Må noe følges opp, ser DHO Solør–Odal på målingen senest i dag kl. 14.00." in page.text
    for number in ("116 117", "113", world.joint.phone):
        assert number in page.text


def test_outside_opening_hours_the_page_says_that_it_is_closed(as_per, world):
    with time_machine.travel(NOW + timedelta(hours=10), tick=False):
        browser = let_in_citizen(Client(), own_citizen(world.per))
        page = browser.get(send(browser, SPO2, spo2="93").url)
    assert "DHO Solør–Odal er stengt nå." in page.text
    assert "senest torsdag kl. 12.00." in page.text


def test_blood_pressure_is_two_numbers_on_one_page(as_per, world):
    send(as_per, PRESSURE, systolic="138", diastolic="82")
    assert readings(world) == [("blood_pressure", Decimal(138), Decimal(82), Source.MANUAL, "", NOW)]


def test_a_relative_sends_on_behalf_and_the_reading_says_so(as_tone, world):
    page = as_tone.get(send(as_tone, SPO2, spo2="91").url)
    assert readings(world) == [("spo2", Decimal(91), None, Source.PROXY, SubmittedAs.RELATIVE, NOW)]
    assert "Sendt av Tone Aasen, pårørende." in page.text


def test_the_staff_of_a_group_home_send_as_themselves(as_bo, world):
    assert as_bo.get(reverse("home")).url == reverse("residents")
    assert "Per Aasen" in as_bo.get(reverse("residents")).text
    address = reverse("measure-type", args=[world.per.pk, "spo2"])
    page = as_bo.get(send(as_bo, address, spo2="90").url)
    assert readings(world) == [("spo2", Decimal(90), None, Source.PROXY, SubmittedAs.GROUP_HOME, NOW)]
    assert "Sendt av Bo Haug, boligpersonell." in page.text


def test_staff_of_another_home_and_nurses_send_for_nobody_there(as_bo, world):
    address = reverse("measure-type", args=[world.solveig.pk, "spo2"])
    assert as_bo.get(address).status_code == 404
    assert let_in(Client(), world.kari).get(reverse("measure", args=[world.per.pk])).status_code == 404


def test_the_nurse_sees_who_sent_on_the_patient_page_and_the_explanation(as_tone, world):
    send(as_tone, SPO2, spo2="84")
    see_everything()
    page = let_in(Client(), world.kari).get(reverse("patient", args=[world.per.pk]))
    assert "Sendt av Tone Aasen, pårørende" in page.text


def test_a_double_click_and_a_resend_store_one_reading(as_per, world):
    client_id = hidden(as_per.get(SPO2))
    answers = []
    for minutes in (0, 3):
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
            answers.append(as_per.post(SPO2, {"client_id": client_id, "spo2": "93"}))
    assert answers[0].url == answers[1].url
    assert len(readings(world)) == 1


def test_another_number_under_the_same_id_is_refused_and_kept_on_the_page(as_per, world):
    client_id = hidden(as_per.get(SPO2))
    as_per.post(SPO2, {"client_id": client_id, "spo2": "93"})
    page = as_per.post(SPO2, {"client_id": client_id, "spo2": "94"})
    assert page.status_code == 409
    assert 'value="94"' in page.text
    assert len(readings(world)) == 1


def test_what_cannot_be_true_is_asked_about_once_and_then_stored(as_per, world):
    page = as_per.post(SPO2, {"client_id": hidden(as_per.get(SPO2)), "spo2": "9"})
    assert (page.status_code, "Stemmer dette?" in page.text, readings(world)) == (200, True, [])
    sent = {"client_id": hidden(page), "spo2": "9", "confirmed": hidden(page, "confirmed")}
    assert as_per.post(SPO2, sent).status_code == 302
    assert readings(world) == [("spo2", Decimal(9), None, Source.MANUAL, "", NOW)]


def test_the_answer_holds_for_the_very_number_only(as_per, world):
    page = as_per.post(SPO2, {"client_id": str(uuid4()), "spo2": "8", "confirmed": "9"})
    assert "Stemmer dette?" in page.text
    assert readings(world) == []


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ({}, "Oksygenmetning: skriv tallet du har målt."),
        ({"spo2": "nitti"}, "Oksygenmetning: Skriv et tall, for eksempel 37,5."),
        ({"spo2": "9" * 21}, "Oksygenmetning: tallet er for langt. Se over det."),
        ({"spo2": "1e3"}, "Oksygenmetning: Skriv et tall, for eksempel 37,5."),
    ],
)
def test_what_is_no_number_is_told_with_the_field_and_kept(as_per, world, numbers, told):
    page = send(as_per, SPO2, **numbers)
    assert (page.status_code, told in page.text, readings(world)) == (422, True, [])
    assert f'value="{numbers["spo2"]}"' in page.text if numbers else True


@pytest.mark.parametrize("client_id", ["", "x", "1" * 40])
def test_a_page_without_its_id_is_refused(as_per, world, client_id):
    page = as_per.post(SPO2, {"client_id": client_id, "spo2": "93"})
    assert (page.status_code, readings(world)) == (422, [])


@pytest.mark.parametrize("code", ["glucose", "nonsense", "temperature"])
def test_only_what_the_own_plan_asks_for_can_be_sent(as_per, code):
    assert as_per.get(f"/min/maling/{code}/").status_code == 404


def test_without_a_course_nothing_can_be_sent(as_per, world):
    see_everything()
    end_course(world.per)
    assert "Ingen tjeneste følger med på målinger her nå." in as_per.get("/min/maling/").text
    assert as_per.post(SPO2, {"client_id": str(uuid4()), "spo2": "93"}).status_code == 404


def test_without_a_plan_the_page_says_why_it_is_empty(world):
    see_everything()
    type(world.per_plan).objects.filter(pk=world.per_plan.pk).update(status="SUPERSEDED", superseded_at=NOW)
    page = let_in_citizen(Client(), own_citizen(world.per)).get("/min/maling/")
    assert "Ingen plan sier hva du skal måle ennå." in page.text


def test_who_may_only_send_is_not_shown_what_others_have_sent(as_per, world):
    send(as_per, SPO2, spo2="93")
    see_everything()
    authority = give_authority(world.per, scopes=[Scope.SUBMIT])
    browser = let_in_citizen(Client(), relative_citizen(authority))
    assert "93 %" in as_per.get("/min/maling/").text
    for address in ("/min/", "/min/maling/"):
        assert "93 %" not in browser.get(address).text


def test_the_tablet_sends_as_the_device(world):
    citizen = Citizen(world.per, device=world.per_tablet)
    stored = store_typed(patient=world.per, typed=TypedReading(uuid4(), "pulse", ["71"]), by=citizen, now=NOW)
    found = Reading.objects.get(client_id=stored.client_id)
    assert (found.submitted_by_device, found.submitted_by_user, found.source) == (world.per_tablet, None, Source.MANUAL)


@pytest.mark.parametrize("who", ["kari", "other patient", "no scope"])
def test_the_service_refuses_whoever_may_not(world, who):
    by = {
        "kari": lambda: world.actor(world.kari),
        "other patient": lambda: own_citizen(world.solveig),
        "no scope": lambda: relative_citizen(give_authority(world.per, scopes=[Scope.SEE])),
    }[who]()
    with pytest.raises(NotYours):
        store_typed(patient=world.per, typed=TypedReading(uuid4(), "pulse", ["71"]), by=by, now=NOW)


def test_the_own_pages_show_readings_and_plan(as_tone, world):
    send(as_tone, SPO2, spo2="91")
    page = as_tone.get("/min/malinger/")
    assert "91 %" in page.text
    assert "Sendt av Tone Aasen, pårørende" in page.text
    plan = as_tone.get("/min/plan/")
    assert "Å kunne gå tur med hunden hver dag." in plan.text
    assert "Bruk leppepust og hvil." in plan.text
    assert "<li>Oksygenmetning: hver dag kl. 08.00</li>" in plan.text


def test_the_export_says_who_sent(as_tone, world):
    send(as_tone, SPO2, spo2="91")
    see_everything()
    [table] = [each for each in readable(everything_about(world.per)) if each.title == "Målinger"]
    assert [row[table.columns.index("Sendt av")] for row in table.rows] == ["pårørende"]
