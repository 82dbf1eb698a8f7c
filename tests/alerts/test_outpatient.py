"""Urgent slots from a red case: asked for, answered, kept or missed, and the way to the hospital (R-142, R-153)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import InternalError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from alerts.enums import OutpatientAnswer, OutpatientOutcome
from alerts.models import HospitalActivity, OutpatientRequest
from alerts.queries.hospital import slots_of
from alerts.services.hospital import answer_slot, close_slot, may_answer, request_slot
from alerts.services.refusals import NotNow, NotYours
from organisations.models import Agreement
from tests.alerts.pages import words
from tests.alerts.rows import put_in_queue
from tests.database import see_everything
from tests.factories.accounts import actor_of, let_in, make_membership, make_user
from tests.factories.care import block, make_hospital
from tests.factories.clock import NOW
from tests.factories.hospital import make_cooperation, make_slot
from tests.factories.organisations import make_service
from tests.factories.patients import end_course, make_enrolment

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def clock():
    """A Wednesday at 10.00."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hospital(world):
    return make_cooperation(world)


def as_(user) -> Client:
    browser = Client()
    let_in(browser, user)
    return browser


def ask(world, hospital, by, **fields):
    said = {"department": hospital.department, "reason": "Faller.", "within_days": 1} | fields
    return request_slot(patient=world.per, by=by, now=NOW, **said)


def test_from_a_red_case_a_slot_is_asked_for_within_a_day_or_two(world, hospital):
    put_in_queue(world.per)
    slot = ask(world, hospital, actor_of(world.kari), within_days=2)
    assert (slot.patient, slot.department, slot.wanted_by) == (world.per, hospital.department, (NOW + 2 * DAY).date())
    with pytest.raises(NotNow, match="allerede bedt om"):
        ask(world, hospital, actor_of(world.kari))


def test_without_a_red_case_there_is_no_urgent_slot(world, hospital):
    put_in_queue(world.per, level=2)
    with pytest.raises(NotNow, match="ikke noe åpent rødt varsel"):
        ask(world, hospital, actor_of(world.kari))


@pytest.mark.parametrize("who", ["another service", "another department", "ended agreement", "blocked", "gp"])
def test_who_does_not_follow_the_patient_or_a_department_that_does_not_see_her_is_refused(world, hospital, who):
    put_in_queue(world.per)
    by = actor_of({"another service": world.ola, "gp": world.dahl}.get(who, world.kari))
    fields = {"department": make_hospital("Hjerteavdelingen")} if who == "another department" else {}
    if who == "ended agreement":
        Agreement.objects.filter(service=hospital.department).update(valid_until=(NOW - DAY).date())
    if who == "blocked":
        block(world.per, world.kari, service=hospital.department)
    with pytest.raises(NotYours):
        ask(world, hospital, by, **fields)


def test_given_and_kept_it_is_an_activity_of_the_department(world, hospital):
    slot = make_slot(world.per, hospital.department, world.kari)
    by = actor_of(hospital.ravn)
    answer_slot(slot=slot, answer=OutpatientAnswer.GIVEN, slot_at=NOW + DAY, by=by, now=NOW)
    with pytest.raises(NotNow, match="allerede besvart"):
        answer_slot(slot=slot, answer=OutpatientAnswer.DECLINED, advice="Nei.", by=by, now=NOW)
    with pytest.raises(NotNow, match="ikke vært ennå"):
        close_slot(slot=slot, outcome=OutpatientOutcome.ATTENDED, by=by, now=NOW)
    close_slot(slot=slot, outcome=OutpatientOutcome.ATTENDED, by=by, now=NOW + 2 * DAY)
    found = HospitalActivity.objects.get()
    assert (found.kind, found.on, found.patient) == ("OUTPATIENT", (NOW + DAY).date(), world.per)


def test_missed_it_is_none(world, hospital):
    slot = make_slot(world.per, hospital.department, world.kari)
    answer_slot(slot=slot, answer=OutpatientAnswer.GIVEN, slot_at=NOW + DAY, by=actor_of(hospital.ravn), now=NOW)
    close_slot(slot=slot, outcome=OutpatientOutcome.MISSED, by=actor_of(world.kari), now=NOW + 2 * DAY)
    assert not HospitalActivity.objects.exists()


def test_after_a_handover_the_new_service_answers_and_the_old_does_not(world, hospital):
    """R-144: what was asked for follows the patient."""
    slot = make_slot(world.per, hospital.department, world.kari)
    new = make_service("Ny oppfølging", owner=world.a.pk)
    nurse = make_user("ny", "Nina", "Ny")
    make_membership(nurse, Role.NURSE, service=new)
    world.per.enrolments.update(service=new)
    assert [may_answer(slot, by=actor_of(user), now=NOW) for user in (nurse, world.kari)] == [True, False]


@pytest.mark.parametrize("person", ["ola", "dahl", "siri", "eva"])
def test_others_answer_nothing(world, hospital, person):
    slot, by = make_slot(world.per, hospital.department, world.kari), actor_of(getattr(world, person))
    with pytest.raises(NotYours):
        answer_slot(slot=slot, answer=OutpatientAnswer.DECLINED, advice="Nei.", by=by, now=NOW)


@pytest.mark.parametrize(
    "change",
    ["advice = 'Annet'", "answer = '', answered_at = NULL, answered_by_id = NULL, advice = ''", "reason = 'Annet'"],
)
def test_the_database_keeps_what_was_asked_and_answered(world, hospital, change):
    slot = make_slot(world.per, hospital.department, world.kari)
    by = actor_of(hospital.ravn)
    answer_slot(slot=slot, answer=OutpatientAnswer.DECLINED, advice="Øk dosen først.", by=by, now=NOW)
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE alerts_outpatientrequest SET {change}")


def test_the_unanswered_stand_first_and_each_once_also_after_a_restart(world, hospital):
    answered = {"answer": "DECLINED", "advice": "Øk dosen.", "answered_at": NOW, "answered_by": hospital.ravn}
    first = {"wanted_by": (NOW - DAY).date()}
    old = make_slot(world.per, hospital.department, world.kari, **answered, **first)
    waiting = make_slot(world.per, hospital.department, world.kari)
    end_course(world.per)
    make_enrolment(world.per, world.joint)
    for person in (world.kari, hospital.ravn):
        assert list(slots_of(actor_of(person), now=NOW)) == [waiting, old]


# The pages


def test_the_red_case_shows_the_contact_point_the_way_and_who_answers_for_what(world, hospital, as_kari):
    put_in_queue(world.per)
    page = words(as_kari.get(reverse("patient", args=[world.per.pk])))
    assert "Lungevakten, telefon 62 53 70 00" in page
    assert "Blir pasienten raskt verre: Ring vakten, som tar imot direkte." in page
    assert "Oppfølging DHO Solør–Odal, fra 20.08.2026 telefon 62 80 00 00" in page
    assert ("Medisinsk ansvar Fastlege Anne Dahl" in page, "Be om hastetime" in page) == (True, True)


def test_without_red_the_patient_page_offers_no_urgent_slot(world, hospital, as_kari):
    page = words(as_kari.get(reverse("patient", args=[world.per.pk])))
    assert ("Ansvar nå" in page, "Be om hastetime" in page, "Lungevakten" in page) == (True, False, False)


def test_the_nurse_asks_and_the_department_answers(world, hospital, as_kari):
    put_in_queue(world.per)
    address = reverse("outpatient-new", args=[world.per.pk])
    page = as_kari.post(address, {"department": hospital.department.pk, "within_days": "1", "reason": "Faller."})
    assert page.status_code == 302
    see_everything()
    slot = OutpatientRequest.objects.get()
    ravn = as_(hospital.ravn)
    assert "Venter på svar" in words(ravn.get(reverse("outpatient")))
    sent = {"answer": "GIVEN", "day": "19.11.2026", "time": "10.30"}
    page = words(ravn.post(reverse("outpatient-one", args=[slot.pk]), sent, follow=True))
    assert "Time 19.11.2026 kl. 10.30 , Sigrid Ravn" in page
    assert "Time 19.11.2026 kl. 10.30" in words(as_kari.get(reverse("patient", args=[world.per.pk])))


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Svar: velg om dere gir time."),
        ({"answer": "GIVEN"}, "Klokkeslett: skriv når pasienten skal møte."),
        ({"answer": "GIVEN", "day": "17.11.2026", "time": "10.30"}, "Dag: timen må være fram i tid."),
        ({"answer": "GIVEN", "day": "19.11.2026", "time": "elleve"}, "Klokkeslett: skriv for eksempel 10.30."),
        ({"answer": "DECLINED"}, "Råd eller beskjed: skriv hva oppfølgingstjenesten skal gjøre i stedet."),
    ],
)
def test_a_wrong_answer_is_named_at_the_field_and_kept(world, hospital, sent, said):
    slot = make_slot(world.per, hospital.department, world.kari)
    page = as_(hospital.ravn).post(reverse("outpatient-one", args=[slot.pk]), sent)
    assert (page.status_code, said in words(page)) == (422, True)
    assert all(value in page.text for name, value in sent.items() if name in ("day", "time"))


def test_a_wrong_request_is_named_at_the_field_and_kept(world, hospital, as_kari):
    put_in_queue(world.per)
    page = as_kari.post(reverse("outpatient-new", args=[world.per.pk]), {"reason": "Faller hver dag."})
    told = words(page)
    assert page.status_code == 422
    assert ("Avdeling: velg i listen." in told, "Ønsket innen: velg 1 eller 2 dager." in told) == (True, True)
    assert "Faller hver dag." in page.text


def test_whoever_loses_the_patient_between_the_look_and_the_lock_is_refused(world, hospital, monkeypatch):
    slot = make_slot(world.per, hospital.department, world.kari)
    monkeypatch.setattr("alerts.services.hospital.may_answer", lambda *_args, **_kwargs: False)
    sent = {"answer": "DECLINED", "advice": "Øk dosen."}
    assert as_(hospital.ravn).post(reverse("outpatient-one", args=[slot.pk]), sent).status_code == 404


@pytest.mark.parametrize("who", ["another department", "unshared", "blocked"])
def test_out_of_reach_the_department_sees_nothing(world, hospital, who):
    slot = make_slot(world.per, hospital.department, world.kari)
    if who == "another department":
        hospital.ravn.memberships.update(service=make_hospital("Hjerteavdelingen"))
    if who == "unshared":
        world.per.care_relations.update(ended_at=NOW, ended_by=world.kari)
    if who == "blocked":
        block(world.per, world.kari, user=hospital.ravn)
    browser = as_(hospital.ravn)
    assert "Aasen" not in browser.get(reverse("outpatient")).text
    assert browser.get(reverse("outpatient-one", args=[slot.pk])).status_code == 404


def test_the_department_writes_its_own_contact_point_and_others_do_not(world, hospital):
    sent = {"contact_point": "Vakthavende lungelege", "phone": "62 53 70 99", "urgent_route": "Direkte innleggelse."}
    page = as_(hospital.line).post(reverse("contact-point"), sent, follow=True)
    assert "Kontaktpunktet er lagret." in words(page)
    hospital.department.refresh_from_db()
    assert (hospital.department.contact_point, hospital.department.phone) == ("Vakthavende lungelege", "62 53 70 99")
    page = as_(hospital.line).post(reverse("contact-point"), sent | {"phone": ""})
    assert (page.status_code, "Telefon: fyll inn feltet." in words(page)) == (422, True)
    assert as_(world.kari).post(reverse("contact-point"), sent).status_code == 403


def test_what_nobody_has_answered_stays_in_the_list_however_old(world, hospital):
    slot = make_slot(world.per, hospital.department, world.kari)
    declined = make_slot(world.per, make_hospital("Hjerteavdelingen"), world.kari)
    answer = {"answer": OutpatientAnswer.DECLINED, "advice": "Ring lege.", "by": actor_of(world.kari)}
    answer_slot(slot=declined, now=NOW, **answer)
    for user in (world.kari, hospital.ravn):
        assert slot in slots_of(actor_of(user), now=NOW + 91 * DAY)
        assert declined not in slots_of(actor_of(user), now=NOW + 91 * DAY)
