"""Courses under way, taken there by the services themselves."""

from datetime import date, time, timedelta
from typing import Any

from accounts.models import User
from careplans.models import CaseTask
from careplans.services import Held, Trial, evaluate, start_trial
from patients.enums import EnrolmentStatus
from patients.models import Enrolment, Patient
from patients.services import begin
from tests.factories.accounts import actor_of
from tests.factories.clock import NOW
from tests.factories.patients import make_enrolment, make_patient

TODAY = NOW.date()


def allocated(patient: Patient, service, by: User, **fields) -> Enrolment:
    """A course in start-up, allocated two weeks ago."""
    fields.setdefault("allocated_on", TODAY - timedelta(days=14))
    course = make_enrolment(patient, service, status=EnrolmentStatus.START_UP, **fields)
    begin(course, by=actor_of(by), now=NOW - timedelta(days=14))
    return course


def trial_of(**fields: Any) -> Trial:
    """Three weeks from today, SpO₂ and the COPD form at 08.00."""
    usual = {
        "starts_on": TODAY,
        "ends_on": TODAY + timedelta(days=21),
        "types": ["spo2"],
        "questionnaires": ["symptoms_copd"],
        "times": [time(8)],
    }
    return Trial(**(usual | fields))


def in_trial(world, *, now=NOW, **fields) -> Enrolment:
    """Tora of municipality A, whose trial has begun."""
    course = allocated(make_patient(world.a.pk, "Tora", "Vik", gp=world.dahl), world.joint, world.kari)
    return start_trial(enrolment=course, trial=trial_of(**fields), by=actor_of(world.kari), now=now)


def held(**fields: Any) -> Held:
    """An evaluation that goes on with the self-care plan."""
    usual: dict[str, Any] = {
        "held_on": TODAY,
        "participants": "Tora, datteren og sykepleieren.",
        "outcome": "CONTINUE",
        "makes_insecure": False,
        "health_anxiety": False,
        "frequency": "SpO₂ mandag og torsdag.",
        "basis": "EBP",
        "next_on": TODAY + timedelta(weeks=12),
    }
    return Held(**(usual | fields))


def active(world, **fields) -> Enrolment:
    """Tora in follow-up on another treatment plan."""
    course = in_trial(world)
    plan = {"basis": "OTHER", "other_plan": "Behandlingsplan fra lungepoliklinikken."}
    evaluate(enrolment=course, held=held(**(plan | fields)), by=actor_of(world.kari), now=NOW)
    course.refresh_from_db()
    return course


def task(course: Enrolment, by: User, *, due_on: date = TODAY, **fields) -> CaseTask:
    """Something to do in the course."""
    fields.setdefault("kind", "OTHER")
    fields.setdefault("title", "Ringe datteren")
    return CaseTask.objects.create(
        municipality_id=course.municipality_id,
        patient_id=course.patient_id,
        enrolment=course,
        due_on=due_on,
        created_at=NOW,
        created_by=by,
        **fields,
    )
