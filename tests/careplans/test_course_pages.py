"""The pages of one course: what they show, do, refuse and keep."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from careplans import services
from careplans.models import CaseTask, Evaluation, Routine
from careplans.services.held import hold
from patients.enums import EnrolmentStatus
from patients.models import Enrolment, Pause
from patients.services import NotYours
from tests.database import see_everything
from tests.factories.accounts import actor_of, let_in, make_membership, make_user
from tests.factories.clock import NOW
from tests.factories.courses import TODAY, active, allocated, in_trial, task
from tests.factories.patients import make_patient, pause
from tests.factories.questionnaires import make_form

DAY = timedelta(days=1)
TRIAL = {
    "starts_on": "18.11.2026", "ends_on": "09.12.2026", "reason": "", "types": ["spo2", "pulse"],
    "questionnaires": ["symptoms_copd"], "times": "8, 20.30", "grace_minutes": "90",
}  # fmt: skip
HELD = {
    "held_on": "18.11.2026", "participants": "Tora og sykepleieren.", "makes_insecure": "no", "health_anxiety": "no",
    "benefit": "Tryggere.", "outcome": "CONTINUE", "basis": "OTHER", "other_plan": "Plan fra poliklinikken.",
    "frequency": "To ganger i uken.", "next_on": "10.02.2027", "note": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def kari(world):
    return let_in(Client(), world.kari)


def page(browser, name, *ids, data=None):
    where = reverse(name, args=ids)
    answer = browser.get(where) if data is None else browser.post(where, data)
    see_everything()
    return answer


def test_a_pause_that_the_system_wrote_has_nobodys_name(world, kari):
    course = in_trial(world)
    Pause.objects.create(
        municipality_id=course.municipality_id, patient=course.patient, enrolment=course, first_day=TODAY,
        last_day=TODAY + DAY, reason="Pause fra før dagene ble ført.", registered_at=NOW,
    )  # fmt: skip
    assert 'Pause fra før dagene ble ført. <span class="muted">systemet</span>' in page(kari, "course", course.pk).text


def test_the_page_shows_where_it_stands_and_what_may_be_done(world, kari):
    course = in_trial(world)
    task(course, world.kari, due_on=TODAY - DAY, responsible=world.berit)
    pause(course.patient, TODAY, TODAY + DAY)
    text = page(kari, "course", course.pk).text
    shown = (
        "Prøveperiode, dag 1 av 22",
        "Ringe datteren",
        "Berit Lunde",
        "over tiden",
        "Ferie.",
        "Registrer evaluering",
    )
    assert [each for each in shown if each not in text] == []
    assert "Start prøveperioden" not in text


def test_a_trial_that_is_over_is_said_first(world):
    course = in_trial(world)
    with time_machine.travel(NOW + 22 * DAY, tick=False):
        browser = let_in(Client(), world.kari)
        assert "Prøveperioden var over 09.12.2026" in page(browser, "course", course.pk).text


def test_a_late_evaluation_is_said(world):
    course = active(world)
    with time_machine.travel(NOW + 85 * DAY, tick=False):
        browser = let_in(Client(), world.kari)
        assert "Evalueringen skulle vært holdt 10.02.2027" in page(browser, "course", course.pk).text


def test_a_trial_is_started(world, kari):
    course = allocated(make_patient(world.a.pk, "Tora", "Vik"), world.joint, world.kari)
    assert page(kari, "course-trial", course.pk).status_code == 200
    assert page(kari, "course-trial", course.pk, data=TRIAL).url == reverse("course", args=[course.pk])
    rows = course.trial_schedules.order_by("questionnaire_code", "type_id")
    assert [(row.subject, [at.isoformat("minutes") for at in row.times], row.grace_minutes) for row in rows] == [
        ("pulse", ["08:00", "20:30"], 90),
        ("spo2", ["08:00", "20:30"], 90),
        ("symptoms_copd", ["08:00", "20:30"], 90),
    ]
    assert page(kari, "course-trial", course.pk, data=TRIAL).status_code == 409


@pytest.mark.parametrize(
    ("wrong", "field", "text"),
    [
        ({"ends_on": "01.12.2026"}, "ends_on", "Siste dag: prøveperioden varer 14 til 28 dager."),
        ({"ends_on": "17.11.2026"}, "ends_on", "Siste dag: velg en dag etter den første dagen."),
        ({"starts_on": "i morgen"}, "starts_on", "Første dag: skriv datoen"),
        ({"types": []}, "types", "Målinger: velg minst én."),
        ({"types": ["tull"]}, "types", "Målinger: velg minst én."),
        ({"questionnaires": []}, "questionnaires", "Symptomspørsmål: velg minst ett skjema."),
        ({"times": "åtte"}, "times", "Klokkeslett: skriv tidene som 08.00, 20.00. Vi forsto ikke «åtte»."),
        ({"times": "24.00"}, "times", "Klokkeslett: skriv tidene som 08.00, 20.00. Vi forsto ikke «24.00»."),
        ({"times": ","}, "times", "Klokkeslett: skriv når pasienten måler, for eksempel 08.00."),
        ({"times": "1 2 3 4 5 6 7"}, "times", "Klokkeslett: skriv høyst 6 klokkeslett."),
        ({"grace_minutes": "5"}, "grace_minutes", "Minutter: skriv et helt tall fra 15 til 720."),
    ],
)
def test_a_trial_that_cannot_be_is_refused_at_its_field_and_the_text_kept(world, kari, wrong, field, text):
    course = allocated(make_patient(world.a.pk, "Tora", "Vik"), world.joint, world.kari)
    answer = page(kari, "course-trial", course.pk, data=TRIAL | wrong)
    assert answer.status_code == 422
    assert answer.context["form"].errors[field][0].startswith(text)
    assert 'value="90"' in answer.text or field == "grace_minutes"
    assert Enrolment.objects.get(pk=course.pk).status == EnrolmentStatus.START_UP


def test_an_evaluation_takes_the_patient_into_follow_up(world, kari):
    course = in_trial(world)
    assert "ingen godkjent egenbehandlingsplan nå" in page(kari, "course-evaluation", course.pk).text
    page(kari, "course-evaluation", course.pk, data=HELD)
    course.refresh_from_db()
    assert (course.status, course.basis) == (EnrolmentStatus.ACTIVE, "OTHER")
    assert "Plan fra poliklinikken." in page(kari, "course", course.pk).text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"basis": "EBP"}, "basis"),
        ({"basis": ""}, "basis"),
        ({"other_plan": ""}, "other_plan"),
        ({"frequency": ""}, "frequency"),
        ({"next_on": ""}, "next_on"),
        ({"next_on": "18.11.2026"}, "next_on"),
        ({"held_on": "19.11.2026"}, "held_on"),
        ({"participants": ""}, "participants"),
        ({"makes_insecure": ""}, "makes_insecure"),
        ({"makes_insecure": "yes"}, "note"),
        ({"health_anxiety": "yes"}, "note"),
        ({"outcome": ""}, "outcome"),
        ({"outcome": "ADJUST", "trial_until": "09.12.2026"}, "trial_until"),
        ({"outcome": "ADJUST", "trial_until": "17.12.2026"}, "trial_until"),
    ],
)
def test_an_evaluation_that_cannot_be_is_refused_at_its_field_and_the_text_kept(world, kari, wrong, field):
    course = in_trial(world)
    answer = page(kari, "course-evaluation", course.pk, data=HELD | wrong)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert "Tryggere." in answer.text
    assert not Evaluation.objects.filter(enrolment=course).exists()


def test_one_that_ends_the_course_goes_on_to_the_ending(world, kari):
    course = in_trial(world)
    ends = HELD | {"outcome": "END", "basis": "", "other_plan": "", "frequency": "", "next_on": ""}
    assert page(kari, "course-evaluation", course.pk, data=ends).url == reverse("course-end", args=[course.pk])


def test_a_pause_is_registered_moved_and_shown_to_the_nurse_at_the_patient(world, kari):
    course = in_trial(world)
    days = {"first_day": "18.11.2026", "last_day": "25.11.2026", "reason": "Reiser til Spania."}
    page(kari, "course-pause", course.pk, data=days)
    found = Pause.objects.get(enrolment=course)
    assert "Pause fra 18.11.2026 til 25.11.2026" in page(kari, "patient", course.patient_id).text
    over = page(kari, "course-pause", course.pk, data=days | {"first_day": "20.11.2026"})
    assert (over.status_code, list(over.context["form"].errors)) == (422, ["first_day"])
    assert "Reiser til Spania." in over.text
    page(kari, "course-pause-end", course.pk, found.pk, data={"last_day": "18.11.2026"})
    found.refresh_from_db()
    assert found.last_day == TODAY


def test_a_task_is_added_ticked_and_done(world, kari):
    course = in_trial(world)
    wrong = page(kari, "course-task-new", course.pk, data={"kind": "OTHER", "title": "", "due_on": ""})
    assert (wrong.status_code, sorted(wrong.context["form"].errors)) == (422, ["due_on", "title"])
    page(kari, "course-task-new", course.pk, data={"kind": "TRAINING", "due_on": "20.11.2026", "mine": "on"})
    found = CaseTask.objects.get(enrolment=course)
    assert (found.responsible, found.created_by) == (world.kari, world.kari)
    CaseTask.objects.filter(pk=found.pk).update(checklist=Routine.objects.get(kind="TRAINING"))
    shown = page(kari, "course-task", course.pk, found.pk)
    assert "Vist måleutstyret og nettbrettet" in shown.text
    assert page(kari, "course-task", course.pk, found.pk, data={"ticked": ["99"]}).status_code == 422
    page(kari, "course-task", course.pk, found.pk, data={"ticked": ["0", "2"], "note": "Fint.", "step": "done"})
    found.refresh_from_db()
    assert (found.ticked, found.note, found.done_by) == ([0, 2], "Fint.", world.kari)
    assert page(kari, "course-task", course.pk, found.pk, data={"note": "Mer", "step": "done"}).status_code == 409


def test_what_belongs_to_another_course_is_not_found(world, kari):
    course, other = in_trial(world), world.per.enrolments.get()
    found = task(course, world.kari)
    assert page(kari, "course-task", other.pk, found.pk).status_code == 404
    days = pause(course.patient, TODAY, TODAY)
    assert page(kari, "course-pause-end", other.pk, days.pk).status_code == 404


def test_the_coordinator_runs_the_courses_of_the_own_municipality_only(world):
    lise = make_user("lise", "Lise", "Foss")
    make_membership(lise, "COORDINATOR", authority=world.a)
    browser = let_in(Client(), lise)
    assert page(browser, "course", in_trial(world).pk).status_code == 200
    assert page(browser, "course", world.solveig.enrolments.get().pk).status_code == 404


@pytest.mark.parametrize("door", ["course", "course-trial", "course-evaluation", "course-pause", "course-end"])
def test_the_case_handler_neither_reads_nor_runs_a_course(world, door):
    """Evaluations are health information, and ENROL alone does not let anybody read them."""
    hans = make_user("hans", "Hans", "Foss")
    make_membership(hans, "CASE_HANDLER", authority=world.a)
    browser, course = let_in(Client(), hans), in_trial(world)
    assert page(browser, door, course.pk).status_code == 404
    with pytest.raises(NotYours):
        hold(course, by=actor_of(hans), now=NOW)


def test_who_lost_the_course_between_the_door_and_the_lock_is_answered_as_at_the_door(world, kari, monkeypatch):
    course = in_trial(world)

    def late(**_asked):
        raise NotYours

    monkeypatch.setattr(services, "register_pause", late)
    days = {"first_day": "18.11.2026", "last_day": "25.11.2026", "reason": "Reiser til Spania."}
    assert page(kari, "course-pause", course.pk, data=days).status_code == 404


def test_a_secret_that_no_key_opens_does_not_stop_the_course(world, kari):
    course = in_trial(world)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE organisations_followupservice SET webhook_secret = 'rubbish'")
    assert page(kari, "course", course.pk).status_code == 200
    assert kari.get(reverse("courses")).status_code == 200
    assert hold(course, by=actor_of(world.kari), now=NOW) == course


def test_the_trial_offers_the_own_forms_and_no_other_organisations(world, kari):
    course = allocated(make_patient(world.a.pk, "Tor", "Berg"), world.joint, world.kari)
    make_form(world.joint, world.eva, code="egen")
    make_form(world.own_c, world.eva, code="fremmed")
    offered = dict(page(kari, "course-trial", course.pk).context["form"].fields["questionnaires"].choices)
    assert ("egen" in offered, "fremmed" in offered, "symptoms_copd" in offered) == (True, False, True)
