"""A course ends when a person has handled every alert; nothing is left lying, and another may begin (R-017)."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.urls import reverse

from accounts.enums import Role
from alerts.enums import AlertKind, EndProblem, Level
from alerts.models import Alert, Expectation
from alerts.queries.invariants import find_breaches
from alerts.services import Ending, NotEnded, end_course, keep_expectations
from alerts.services.desk import lock_patients
from alerts.services.doctor_notices import order_plan_notices
from careplans.models import CaseTask, PlanVersion, Schedule
from careplans.queries.gp import waiting_for
from careplans.queries.trial import trial_schedules
from careplans.services import AlreadyDecided, CourseStopped, approve, evaluate, send_to_gp, start_trial
from careplans.services import NotYours as NotTheDoctors
from patients.access import equipment_out, visible_patients
from patients.enums import EnrolmentStatus
from patients.models import CareRelation, Enrolment, Patient
from patients.services import NotYours
from tests.database import see_everything
from tests.factories.accounts import actor_of, make_device, make_membership, make_user
from tests.factories.care import make_handover, make_hospital, share
from tests.factories.careplans import add_schedule, make_draft, propose
from tests.factories.careplans import approve as approved
from tests.factories.clock import NOW
from tests.factories.courses import TODAY, allocated, held, in_trial, trial_of
from tests.factories.hospital import make_slot
from tests.factories.measurements import make_reading
from tests.factories.organisations import make_agreement, make_service

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


def planned(world):
    """A course whose approved plan asks for something of its own, so that the trial's schedule is off."""
    course = in_trial(world)
    version = make_draft(course.patient, world.kari)
    add_schedule(version)
    approved(version, world.dahl, now=NOW - DAY)
    return course


def test_the_next_course_begins_without_the_limits_and_the_schedule_of_the_last(world):
    course = planned(world)
    assert not trial_schedules(at=NOW).filter(trial=course).exists()
    end(world, course)
    again = allocated(course.patient, world.joint, world.kari, allocated_on=TODAY)
    start_trial(enrolment=again, trial=trial_of(), by=actor_of(world.kari), now=NOW)
    schedules = Schedule.objects.filter(trial=again)
    assert schedules.exists()
    assert set(trial_schedules(at=NOW).filter(trial=again)) == set(schedules)
    with pytest.raises(CourseStopped):
        evaluate(enrolment=again, held=held(), by=actor_of(world.kari), now=NOW)


def test_what_was_measured_before_the_end_stays_judged_by_the_plan_of_then(world):
    course = planned(world)
    version = PlanVersion.objects.get(patient=course.patient)
    end(world, course)
    versions = PlanVersion.objects.filter(patient=course.patient)
    assert list(versions.values_list("status", "superseded_at")) == [("SUPERSEDED", NOW)]
    found = [versions.in_force(at).first() for at in (NOW - timedelta(hours=1), NOW)]
    assert found == [version, None]


def test_a_proposal_is_withdrawn_and_the_doctor_can_approve_it_no_more(world):
    course = in_trial(world)
    version = propose(make_draft(course.patient, world.kari))
    doctor = actor_of(world.dahl)
    assert version in waiting_for(doctor, now=NOW)
    end(world, course)
    version.refresh_from_db()
    assert version.status == "WITHDRAWN"
    assert version not in waiting_for(doctor, now=NOW)
    with pytest.raises(AlreadyDecided):
        approve(version=version, valid_until=NOW + DAY, by=doctor, now=NOW)


def test_a_plan_that_is_sent_while_the_course_ends_is_not_sent(committed_world):
    """The one who sends waits for the plan, and is then asked anew: what she began as, she no longer is."""
    world = committed_world
    with transaction.atomic():
        see_everything()
        course = in_trial(world)
        version = make_draft(course.patient, world.kari)
    told = []

    def try_to_send():
        try:
            with transaction.atomic():
                see_everything()
                send_to_gp(version=version, by=actor_of(world.kari), now=NOW, reason="Måler sjelden.")
        except NotTheDoctors:
            told.append("refused")
        finally:
            connection.close()

    with transaction.atomic():
        see_everything()
        end(world, course)
        thread = threading.Thread(target=try_to_send)
        thread.start()
        thread.join(1)
        assert thread.is_alive()
    thread.join(20)
    with transaction.atomic():
        see_everything()
        assert (told, PlanVersion.objects.get(pk=version.pk).status) == (["refused"], "DRAFT")


def test_what_is_proposed_without_a_course_is_neither_told_nor_shown_nor_approved(world):
    """Whatever way it got there: the doctor decides for somebody whom a service follows up."""
    course = in_trial(world)
    version = make_draft(course.patient, world.kari)
    end(world, course)
    propose(version)
    doctor = actor_of(world.dahl)
    assert version not in waiting_for(doctor, now=NOW)
    assert order_plan_notices(now=NOW) == 0
    see_everything()
    with pytest.raises(NotTheDoctors):
        approve(version=version, valid_until=NOW + DAY, by=doctor, now=NOW)


def test_a_draft_is_left_as_paper_for_the_next_course(world):
    course = in_trial(world)
    version = make_draft(course.patient, world.kari)
    end(world, course)
    version.refresh_from_db()
    assert version.status == "DRAFT"


@pytest.mark.parametrize("reason", ["OWN_WISH", "DEAD"])
def test_nobody_reads_along_after_the_end(world, reason):
    course = in_trial(world)
    department = make_hospital()
    make_agreement(department, world.a.pk)
    nurse = make_user("line", "Line", "Ek")
    make_membership(nurse, Role.HOSPITAL_NURSE, service=department)
    share(course.patient, department, world.kari)
    seen = visible_patients(actor_of(nurse), now=NOW).filter(pk=course.patient_id)
    assert seen.exists()
    end(world, course, reason=reason)
    relation = CareRelation.objects.get(patient=course.patient)
    assert (relation.ended_at, relation.ended_by) == (NOW, world.kari)
    assert not seen.all().exists()


@pytest.mark.parametrize(
    ("reason", "before", "days"),
    [
        ("DEAD", {}, (TODAY, None)),
        ("MOVED", {}, (None, TODAY)),
        ("OWN_WISH", {}, (None, None)),
        ("DEAD", {"deceased_on": TODAY - DAY}, (TODAY - DAY, None)),
    ],
)
def test_the_day_of_who_has_died_or_moved_is_written_once(world, reason, before, days):
    course = in_trial(world)
    if before:
        Patient.objects.filter(pk=course.patient_id).update(**before)
    end(world, course, reason=reason)
    patient = Patient.objects.get(pk=course.patient_id)
    assert (patient.deceased_on, patient.moved_on) == days


def test_nobody_is_sent_for_what_was_handed_back(world):
    course = in_trial(world)
    tablet = make_device(course.patient, world.kari)
    end(world, course, devices={tablet.pk: ""})
    tablet.refresh_from_db()
    assert tablet.revoked_why == "RETURNED"
    assert not equipment_out(TODAY).filter(pk=tablet.pk).exists()


def test_an_urgent_slot_without_an_answer_is_answered_first(world, as_kari):
    course = in_trial(world)
    make_slot(course.patient, make_hospital(), world.kari)
    assert refusal(world, course) == (EndProblem.WAITING_SLOTS, None)
    page = as_kari.get(reverse("course-end", args=[course.pk])).text
    assert str(EndProblem.WAITING_SLOTS.label) in page
    assert reverse("outpatient") in page


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
