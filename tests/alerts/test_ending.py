"""A course ends when a person has handled every alert; nothing is left lying, and another may begin (R-017)."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.urls import reverse

from alerts.enums import AlertKind, EndProblem, Level
from alerts.models import Alert, Expectation
from alerts.queries.invariants import find_breaches
from alerts.services import Ending, NotEnded, end_course, keep_expectations
from alerts.services.desk import lock_patients
from careplans.models import CaseTask
from patients.enums import EnrolmentStatus
from patients.models import Enrolment
from patients.services import NotYours
from tests.database import see_everything
from tests.factories.accounts import actor_of, make_device
from tests.factories.care import make_handover
from tests.factories.clock import NOW
from tests.factories.courses import TODAY, allocated, in_trial
from tests.factories.measurements import make_reading
from tests.factories.organisations import make_service

DAY = timedelta(days=1)


def ending(**fields):
    return Ending(**({"reason": "OWN_WISH", "text": "Vil ikke mer.", "last_day": TODAY} | fields))


def end(world, course, *, by=None, now=NOW, **fields):
    return end_course(enrolment=course, ending=ending(**fields), by=actor_of(by or world.kari), now=now)


def refusal(world, course, **fields):
    with pytest.raises(NotEnded) as stopped:
        end(world, course, **fields)
    assert Enrolment.objects.get(pk=course.pk).ended_on is None
    return stopped.value.problem, stopped.value.field


def open_alert(world, course):
    return Alert.objects.create(
        municipality_id=course.municipality_id, patient_id=course.patient_id, service=world.joint,
        kind=AlertKind.MISSING, subject="spo2", level=Level.MISSING, headline="SpO₂ ikke målt", detail="",
        opened_at=NOW, waiting_since=NOW, deadline=NOW,
    )  # fmt: skip


def test_it_ends_with_reason_day_and_step_and_nothing_is_expected_any_more(world):
    course = in_trial(world)
    keep_expectations(now=NOW)
    see_everything()
    end(world, course)
    row = Enrolment.objects.get(pk=course.pk)
    assert (row.status, row.ended_on, row.end_reason) == (EnrolmentStatus.ENDED, TODAY, "OWN_WISH")
    last = row.steps.order_by("at", "pk").last()
    assert (last.to_status, last.by, last.why) == ("ENDED", world.kari, "Vil ikke mer.")
    assert not Expectation.objects.filter(patient=course.patient).exists()


def test_open_alerts_must_be_handled_by_a_person_first(world):
    course = in_trial(world)
    open_alert(world, course)
    assert refusal(world, course) == (EndProblem.OPEN_ALERTS, None)


def test_what_has_not_been_assessed_yet_is_waited_for(world):
    course = in_trial(world)
    tablet = make_device(course.patient, world.kari)
    make_reading(tablet, "spo2", 80, at=NOW)
    assert refusal(world, course, devices={tablet.pk: ""}) == (EndProblem.NOT_ASSESSED, None)


@pytest.mark.parametrize(
    ("day", "wanted"), [(1, (EndProblem.IN_FUTURE, "last_day")), (-1, (EndProblem.BEFORE_START, "last_day"))]
)
def test_the_last_day_lies_within_the_course(world, day, wanted):
    assert refusal(world, in_trial(world), last_day=TODAY + day * DAY) == wanted


def test_each_device_is_handed_back_or_kept_with_a_reason(world):
    course = in_trial(world)
    tablet, meter = make_device(course.patient, world.kari), make_device(course.patient, world.kari)
    assert refusal(world, course, devices={tablet.pk: ""}) == (EndProblem.DEVICES, None)
    end(world, course, devices={tablet.pk: "", meter.pk: "Pasienten eier den selv."})
    tablet.refresh_from_db()
    meter.refresh_from_db()
    assert (tablet.revoked_by, meter.revoked_at) == (world.kari, None)
    rows = CaseTask.objects.filter(enrolment=course, kind="RETURN").order_by("pk")
    assert sorted(each.note for each in rows) == ["Beholdes: Pasienten eier den selv.", "Levert tilbake og sperret."]


def test_a_handover_that_waits_is_withdrawn(world):
    course = in_trial(world)
    home = make_service("Hjemmesykepleien", owner=world.a.pk)
    handover = make_handover(course.patient, home, world.kari)
    end(world, course)
    handover.refresh_from_db()
    assert (handover.answer, handover.answered_by) == ("WITHDRAWN", world.kari)


def test_a_trial_that_never_began_was_never_a_service(world):
    course = in_trial(world, starts_on=TODAY + 5 * DAY, ends_on=TODAY + 20 * DAY)
    end(world, course)
    row = Enrolment.objects.get(pk=course.pk)
    assert (row.started_on, row.trial_ends_on, row.ended_on) == (None, None, TODAY)


def test_a_new_course_begins_and_both_are_kept(world):
    course = in_trial(world)
    end(world, course)
    again = allocated(course.patient, world.joint, world.kari, allocated_on=TODAY)
    kept = Enrolment.objects.filter(patient=course.patient).order_by("pk")
    assert [(each.pk, each.status) for each in kept] == [(course.pk, "ENDED"), (again.pk, "START_UP")]


def test_it_ends_once(world):
    course = in_trial(world)
    end(world, course)
    with pytest.raises(NotYours):
        end(world, course)


@pytest.mark.parametrize("person", ["ola", "siri", "dahl", "eva"])
def test_others_end_nothing(world, person):
    with pytest.raises(NotYours):
        end(world, in_trial(world), by=getattr(world, person))


def test_who_opens_an_alert_at_the_same_time_is_waited_for(committed_world):
    world = committed_world
    with transaction.atomic():
        see_everything()
        course = in_trial(world)
    told = []

    def try_to_end():
        try:
            with transaction.atomic():
                see_everything()
                end(world, course)
        except NotEnded as stopped:
            told.append(stopped.problem)
        finally:
            connection.close()

    with transaction.atomic():
        see_everything()
        lock_patients([course.patient_id], wait=True)
        thread = threading.Thread(target=try_to_end)
        thread.start()
        open_alert(world, course)
    thread.join(20)
    assert told == [EndProblem.OPEN_ALERTS]


def test_the_page_says_what_stops_it_and_keeps_what_was_written(world, as_kari):
    course = in_trial(world)
    open_alert(world, course)
    where = reverse("course-end", args=[course.pk])
    assert "åpne varsler" in as_kari.get(where).text
    written = {"reason": "TOO_ILL", "text": "Innlagt på sykehjem.", "last_day": "18.11.2026"}
    answer = as_kari.post(where, written)
    assert answer.status_code == 409
    assert "Innlagt på sykehjem." in answer.text
    assert reverse("patient", args=[course.patient_id]) in answer.text


def test_the_page_names_each_field_that_is_wrong(world, as_kari):
    course = in_trial(world)
    tablet = make_device(course.patient, world.kari)
    answer = as_kari.post(reverse("course-end", args=[course.pk]), {"last_day": "i går", f"state_{tablet.pk}": "kept"})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "reason": ["Hvorfor: velg en grunn."],
        "text": ["Utdyping: fyll inn feltet."],
        "last_day": ["Siste dag: skriv datoen som dag, måned og år, for eksempel 01.01.2027."],
        f"why_{tablet.pk}": [f"{tablet.label}: skriv hvorfor det beholdes."],
    }


def test_the_nightly_check_finds_a_status_without_its_step_and_an_expectation_after_the_end(world):
    """Written past the triggers and the services, as nobody should."""
    course = in_trial(world)
    keep_expectations(now=NOW)
    see_everything()
    kept = list(Expectation.objects.filter(patient=course.patient).values())
    end(world, course)
    Expectation.objects.bulk_create(Expectation(**row) for row in kept)
    names = {each.name for each in find_breaches(now=NOW + DAY)}
    assert "P1 something is expected of a patient whose course has ended" in names
    assert "P4 a course or a referral stands at another step than its newest says" not in names
