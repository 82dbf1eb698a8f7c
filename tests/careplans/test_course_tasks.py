"""The tasks of a course: made once, with the checklist that held, and done once (R-012, R-046, R-158, R-159)."""

from datetime import timedelta

import pytest
from django.db import InternalError, transaction

from accounts.enums import Role
from alerts.services import keep_tasks
from careplans.enums import CourseProblem, TaskKind
from careplans.models import CaseTask
from careplans.services import CourseStopped, add_task, keep_guidance_tasks, save_task, write_routine
from organisations.models import Agreement
from patients.services import NotYours
from tests.database import see_everything
from tests.factories.accounts import actor_of
from tests.factories.careplans import approve, make_draft
from tests.factories.clock import NOW
from tests.factories.courses import TODAY, allocated, in_trial, task
from tests.factories.patients import end_course, make_patient

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)


@pytest.fixture
def course(world):
    return allocated(make_patient(world.a.pk, "Tora", "Vik", gp=world.dahl), world.joint, world.kari)


def keep(now=NOW):
    made = keep_tasks(now=now)
    see_everything()
    return made


def test_what_has_been_allocated_gets_its_tasks_once(world, course):
    assert keep() == 9
    assert keep(NOW + DAY) == 0
    tasks = CaseTask.objects.filter(enrolment=course).order_by("due_on", "pk")
    assert [(each.kind, (each.due_on - course.allocated_on).days, bool(each.checklist)) for each in tasks] == [
        ("INFORMATION", 7, False),
        ("HOME_VISIT", 14, True),
        ("GP_DIALOGUE", 14, False),
        ("SERVICE_DIALOGUE", 14, False),
        ("EQUIPMENT", 14, True),
        ("TRAINING", 21, True),
        ("RELATIVES", 21, True),
        ("DOCUMENT", 21, False),
        ("REPORT", 180, False),
    ]
    assert set(tasks.values_list("role", flat=True)) == {Role.COORDINATOR}


def test_the_agreement_says_which_tasks_are_the_services(world):
    course = allocated(make_patient(world.b.pk, "Tora", "Vik"), world.joint, world.kari)
    Agreement.objects.filter(service=world.joint, party=world.b).update(tasks=["HOME_VISIT", "TRIAGE"])
    keep()
    rows = CaseTask.objects.filter(enrolment=course, role=Role.NURSE).values_list("kind", flat=True)
    assert sorted(rows) == ["HOME_VISIT", "RELATIVES", "TRAINING"]


def test_a_task_keeps_the_checklist_it_began_with(world, course):
    keep()
    write_routine(kind="HOME_VISIT", title="Vår", text="", items=["Egen"], by=actor_of(world.ness), now=NOW)
    other = allocated(make_patient(world.a.pk, "Ove", "Lund"), world.joint, world.kari)
    keep(NOW + DAY)
    found = {each.enrolment_id: each for each in CaseTask.objects.filter(kind="HOME_VISIT").select_related("checklist")}
    assert found[course.pk].checklist.owner_id is None
    assert found[other.pk].checklist.items == ["Egen"]


def guidance(course):
    rows = CaseTask.objects.filter(enrolment=course, kind=TaskKind.GUIDANCE).order_by("due_on")
    return [(each.due_on, each.done_at is not None) for each in rows]


def test_the_agreed_guidance_becomes_one_task_at_a_time(world):
    course = in_trial(world)
    draft = make_draft(course.patient, world.kari, guidance_every_weeks=4, guidance_form="PHONE")
    assert keep_guidance_tasks(now=NOW) == 0
    approve(draft, world.dahl)
    assert (keep_guidance_tasks(now=NOW), keep_guidance_tasks(now=NOW + DAY)) == (1, 0)
    assert guidance(course) == [(TODAY + 4 * WEEK, False)]
    first = CaseTask.objects.get(enrolment=course, kind=TaskKind.GUIDANCE)
    save_task(task=first, ticked=[], note="", done=True, by=actor_of(world.kari), now=NOW + 3 * WEEK)
    assert keep_guidance_tasks(now=NOW + 3 * WEEK) == 1
    assert guidance(course) == [(TODAY + 4 * WEEK, True), (TODAY + 8 * WEEK, False)]


def test_guidance_that_nobody_made_a_task_of_is_due_now_and_not_long_ago(world):
    course = in_trial(world)
    approve(make_draft(course.patient, world.kari, guidance_every_weeks=2, guidance_form="VIDEO"), world.dahl)
    keep_guidance_tasks(now=NOW + 10 * WEEK)
    assert guidance(course) == [(TODAY + 10 * WEEK, False)]


def test_an_ended_course_gets_no_guidance(world):
    course = in_trial(world)
    approve(make_draft(course.patient, world.kari, guidance_every_weeks=2, guidance_form="VIDEO"), world.dahl)
    end_course(course.patient)
    assert keep_guidance_tasks(now=NOW + WEEK) == 0


def test_a_task_is_ticked_saved_and_done_once(world, course):
    keep()
    visit = CaseTask.objects.get(enrolment=course, kind="HOME_VISIT")
    act = {"task": visit, "by": actor_of(world.kari)}
    save_task(ticked=[2, 0], note=" Begynt. ", done=False, now=NOW, **act)
    visit.refresh_from_db()
    assert (visit.ticked, visit.note, visit.done_at) == ([0, 2], "Begynt.", None)
    save_task(ticked=[0, 1, 2], note="Ferdig.", done=True, now=NOW + DAY, **act)
    visit.refresh_from_db()
    assert (visit.ticked, visit.done_at, visit.done_by) == ([0, 1, 2], NOW + DAY, world.kari)
    with pytest.raises(CourseStopped) as stopped:
        save_task(ticked=[], note="", done=False, now=NOW + DAY, **act)
    assert stopped.value.problem == CourseProblem.TASK_DONE
    with pytest.raises(InternalError, match="Cannot update rows"), transaction.atomic():
        CaseTask.objects.filter(pk=visit.pk).update(note="Noe annet.")


def test_others_neither_add_nor_do(world, course):
    found = task(course, world.kari)
    for person in (world.ola, world.siri, world.dahl, world.eva):
        with pytest.raises(NotYours):
            save_task(task=found, ticked=[], note="", done=True, by=actor_of(person), now=NOW)
        with pytest.raises(NotYours):
            add_task(
                enrolment=course, kind="OTHER", title="Noe", due_on=TODAY, responsible_id=None,
                by=actor_of(person), now=NOW,
            )  # fmt: skip
