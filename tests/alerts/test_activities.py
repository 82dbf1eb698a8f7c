"""What the hospital did in a course: registered by its own staff, put right by new rows, counted by month (R-146)."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import InternalError, connection, transaction
from django.test import Client
from django.urls import reverse

from alerts.enums import ActivityKind
from alerts.models import HospitalActivity
from alerts.queries.hospital import counted
from alerts.services.hospital import log_activity
from alerts.services.refusals import NotNow, NotYours
from patients.models import Handover
from tests.alerts.pages import words
from tests.factories.accounts import actor_of, let_in
from tests.factories.care import block, make_hospital
from tests.factories.clock import NOW
from tests.factories.hospital import make_activity, make_cooperation, make_item, make_meeting


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


def log(world, by, **fields):
    said = {"kind": ActivityKind.TRANSFER, "on": NOW.date(), "minutes": 20, "persons": "Ravn", "note": ""} | fields
    return log_activity(patient=world.per, by=by, now=NOW, **said)


def counting(world, hospital, *rows):
    made = [
        make_activity(world.per, hospital.department, hospital.ravn, kind=kind, on=date(2026, month, day))
        for kind, month, day in rows
    ]
    return [line.counts for line in counted(made)]


T, E, P = ActivityKind.TRANSFER, ActivityKind.ENDING, ActivityKind.PATIENT_TALK
M, O = ActivityKind.MEETING, ActivityKind.OTHER  # noqa: E741


def test_four_in_four_months_all_count(world, hospital):
    """R-226: the example's four XS08 rows only all count if they fall in four different months."""
    assert counting(world, hospital, (T, 8, 3), (P, 9, 1), (P, 10, 1), (E, 11, 2)) == [True] * 4


def test_of_four_in_one_month_the_first_counts(world, hospital):
    assert counting(world, hospital, (T, 11, 2), (P, 11, 9), (P, 11, 16), (E, 11, 17)) == [True, False, False, False]


def test_meetings_with_the_centre_count_each_time_and_other_things_never(world, hospital):
    assert counting(world, hospital, (M, 11, 2), (M, 11, 9), (O, 11, 9), (T, 11, 9)) == [True, True, False, True]


def test_another_patient_has_a_month_of_her_own(world, hospital):
    rows = [make_activity(each, hospital.department, hospital.ravn) for each in (world.per, world.solveig, world.per)]
    assert [line.counts for line in counted(rows)] == [True, True, False]


@pytest.mark.parametrize("person", ["kari", "ola", "dahl", "siri"])
def test_only_the_hospitals_own_staff_register(world, hospital, person):
    """R-219."""
    with pytest.raises(NotYours):
        log(world, actor_of(getattr(world, person)))


def test_a_correction_stands_in_the_place_of_the_wrong_row_and_is_made_once(world, hospital):
    by = actor_of(hospital.ravn)
    wrong = log(world, by)
    log(world, by, minutes=40, note="Feil tid.", replaces=wrong)
    with pytest.raises(NotNow, match="allerede rettet"):
        log(world, by, minutes=50, note="Feil tid.", replaces=wrong)
    assert [line.activity.minutes for line in lines_of(hospital)] == [40]
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE alerts_hospitalactivity SET minutes = 1")


def lines_of(hospital):
    return as_(hospital.ravn).get(reverse("activities")).context["lines"]


def test_what_never_happened_is_taken_out_with_a_reason(world, hospital):
    wrong = make_activity(world.per, hospital.department, hospital.ravn)
    address = reverse("activity-correct", args=[wrong.pk])
    sent = {"kind": "TRANSFER", "on": "18.11.2026", "persons": "Ravn", "withdrawn": "on"}
    page = as_(hospital.ravn).post(address, sent)
    assert (page.status_code, "Hvorfor du retter: fyll inn feltet." in words(page)) == (422, True)
    as_(hospital.ravn).post(address, sent | {"note": "Feil pasient."})
    assert lines_of(hospital) == []


def test_another_department_neither_sees_nor_corrects(world, hospital):
    made = make_activity(world.per, hospital.department, hospital.ravn)
    other = make_cooperation_of(world, hospital)
    assert as_(other).get(reverse("activities")).context["lines"] == []
    assert as_(other).get(reverse("activity-correct", args=[made.pk])).status_code == 404


def make_cooperation_of(world, hospital):
    """The nurse, moved to another department."""
    hospital.line.memberships.update(service=make_hospital("Hjerteavdelingen"))
    return hospital.line


def test_the_specialist_registers_a_transfer_talk_and_takes_the_month_out(world, hospital):
    browser = as_(hospital.ravn)
    address = reverse("activity-new", args=[world.per.pk])
    sent = {"kind": "TRANSFER", "on": "18.11.2026", "minutes": "20", "persons": "=Ravn, Kari"}
    assert "Aktiviteten er lagret." in words(browser.post(address, sent, follow=True))
    file = browser.get(reverse("activities-csv"), {"maaned": "2026-11"}).content.decode("utf-8-sig")
    assert file.splitlines()[1] == "18.11.2026;Aasen, Per;14.03.1948;Overføringssamtale;20;'=Ravn, Kari;;ja;Sigrid Ravn"
    assert "Ingen aktiviteter denne måneden." in words(browser.get(reverse("activities"), {"maaned": "2026-10"}))
    assert HospitalActivity.objects.get().registered_by == hospital.ravn


def test_rows_about_whom_the_department_has_let_go_of_stay_and_the_talk_can_be_written(world, hospital):
    """R-208: a transfer talk is held as the hospital lets go, and written down afterwards."""
    before = log(world, actor_of(hospital.ravn), on=NOW.date() - timedelta(days=1), minutes=10)
    world.per.care_relations.update(ended_at=NOW, ended_by=world.kari)
    browser = as_(hospital.ravn)
    page = words(browser.get(reverse("activities")))
    assert "Registrer aktivitet for Aasen, Per" in page
    sent = {"kind": "TRANSFER", "on": "18.11.2026", "minutes": "20", "persons": "Ravn"}
    browser.post(reverse("activity-new", args=[world.per.pk]), sent)
    address = reverse("activity-correct", args=[before.pk])
    browser.post(address, sent | {"on": "17.11.2026", "minutes": "15", "note": "Feil tid."})
    assert [line.activity.minutes for line in lines_of(hospital)] == [15, 20]


@pytest.mark.parametrize("wrong", [{"kind": "PATIENT_TALK"}, {"on": "17.11.2026"}])
def test_about_whom_it_no_longer_has_nothing_else_and_no_other_day(world, hospital, wrong):
    share = world.per.care_relations.get()
    share.ended_at, share.ended_by, share.valid_from = NOW, world.kari, NOW.date()
    share.save()
    sent = {"kind": "TRANSFER", "on": "18.11.2026", "minutes": "20", "persons": "Ravn"} | wrong
    page = as_(hospital.ravn).post(reverse("activity-new", args=[world.per.pk]), sent)
    assert (page.status_code, "Avdelingen har ikke pasienten lenger." in words(page)) == (409, True)
    assert not HospitalActivity.objects.exists()


@pytest.mark.parametrize("why", ["long ago", "blocked", "never"])
def test_who_was_let_go_of_long_ago_or_has_blocked_the_department_is_not_found(world, hospital, why):
    row = make_activity(world.per, hospital.department, hospital.ravn) if why == "blocked" else None
    patient = world.solveig if why == "never" else world.per
    if why == "long ago":
        world.per.care_relations.update(
            valid_from=NOW.date() - timedelta(days=300), ended_at=NOW - timedelta(days=91), ended_by=world.kari
        )
    if why == "blocked":
        block(world.per, world.kari, service=hospital.department)
    browser = as_(hospital.ravn)
    assert browser.get(reverse("activity-new", args=[patient.pk])).status_code == 404
    assert row is None or browser.get(reverse("activity-correct", args=[row.pk])).status_code == 404
    page = browser.get(reverse("activities"))
    assert (page.context["lines"], patient.name in page.text) == ([], False)


def test_after_a_handover_the_hospital_that_had_the_course_writes_the_transfer(world, hospital):
    world.per.care_relations.update(
        valid_from=NOW.date() - timedelta(days=400), ended_at=NOW - timedelta(days=300), ended_by=world.kari
    )
    Handover.objects.create(
        municipality_id=world.a.pk, patient=world.per, enrolment=world.per.enrolments.get(),
        from_service=hospital.department, to_service=world.joint, takes_effect_on=NOW.date(), proposed_at=NOW,
        proposed_by=hospital.ravn, answer="ACCEPTED", answered_at=NOW, answered_by=world.kari, moved_at=NOW,
    )  # fmt: skip
    made = log(world, actor_of(hospital.ravn))
    assert [line.activity for line in lines_of(hospital)] == [made]


def test_a_row_from_the_minutes_says_so_until_the_department_has_put_it_right(world, hospital):
    item = make_item(make_meeting(world.joint, hospital.department, world.kari), world.per, world.kari)
    made = make_activity(world.per, hospital.department, world.kari, kind=M, item=item)
    assert "Fra møtereferatet, skrevet av Kari Nordmann" in words(as_(hospital.ravn).get(reverse("activities")))
    log(world, actor_of(hospital.ravn), kind=M, note="Feil tid.", replaces=made)
    assert [line.registered_by for line in lines_of(hospital)] == ["Sigrid Ravn"]


@pytest.mark.parametrize("month", ["", "x", "9999-12", "2026-13", "a\x00"])
def test_a_month_that_is_none_gives_this_one(world, hospital, month):
    page = as_(hospital.ravn).get(reverse("activities"), {"maaned": month})
    assert (page.status_code, page.context["first"]) == (200, date(2026, 11, 1))


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"kind": ""}, "Hva dere gjorde: velg i listen."),
        ({"on": "19.11.2026"}, "Dag: aktiviteten kan ikke være fram i tid."),
        ({"minutes": "-1"}, "Varighet i minutter: skriv et helt antall minutter fra 1 til 600."),
        ({"persons": ""}, "Hvem som deltok: fyll inn feltet."),
    ],
)
def test_wrong_input_is_named_and_kept(world, hospital, sent, said):
    good = {"kind": "TRANSFER", "on": "18.11.2026", "minutes": "20", "persons": "Ravn", "note": "Rolig samtale"}
    page = as_(hospital.ravn).post(reverse("activity-new", args=[world.per.pk]), good | sent)
    assert (page.status_code, said in words(page), "Rolig samtale" in page.text) == (422, True, True)
