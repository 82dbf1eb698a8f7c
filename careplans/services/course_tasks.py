"""What is to be done in a course: made by itself at the start and from the plan, added and done by people."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from accounts.actor import Actor
from accounts.enums import Role
from careplans.enums import CourseProblem, RoutineKind, TaskKind
from careplans.models import CaseTask, PlanVersion
from careplans.queries.routines import routines_in
from careplans.services.held import CourseStopped, hold
from organisations.enums import Task
from organisations.models import Agreement
from patients.enums import EnrolmentStatus
from patients.models import Enrolment

# Kind, days after the allocation, the checklist, and the task of the agreement that says whose it is.
START_UP: Final = (
    (TaskKind.INFORMATION, 7, None, Task.RECEIVE),
    (TaskKind.HOME_VISIT, 14, RoutineKind.HOME_VISIT, Task.HOME_VISIT),
    (TaskKind.GP_DIALOGUE, 14, None, Task.GP_DIALOGUE),
    (TaskKind.SERVICE_DIALOGUE, 14, None, None),
    (TaskKind.EQUIPMENT, 14, RoutineKind.EQUIPMENT, Task.EQUIPMENT),
    (TaskKind.TRAINING, 21, RoutineKind.TRAINING, Task.HOME_VISIT),
    (TaskKind.RELATIVES, 21, RoutineKind.TRAINING, Task.HOME_VISIT),
    (TaskKind.DOCUMENT, 21, None, Task.DOCUMENT),
    (TaskKind.REPORT, 180, None, Task.REPORT),
)


def keep_course_tasks(*, now: datetime) -> int:
    """Make the tasks of courses that have just been allocated, and of agreed guidance; how many were made.

    Done twice it makes them once. The caller has let in the municipalities that it is about.
    """
    return keep_start_up_tasks(now=now) + keep_guidance_tasks(now=now)


@transaction.atomic
def keep_start_up_tasks(*, now: datetime) -> int:
    """The first tasks of every course in start-up that has none yet."""
    made = CaseTask.objects.filter(enrolment=OuterRef("pk"), created_by__isnull=True)
    courses = list(Enrolment.objects.filter(~Exists(made), status=EnrolmentStatus.START_UP).select_related("service"))
    if not courses:
        return 0
    checklists = routines_in(course.municipality_id for course in courses)
    taken = _taken_on(courses, on=timezone.localdate(now))
    rows = []
    for course in courses:
        at_service = taken.get((course.service_id, course.municipality_id), frozenset())
        for kind, days, checklist, task in START_UP:
            rows.append(
                CaseTask(
                    municipality_id=course.municipality_id,
                    patient_id=course.patient_id,
                    enrolment=course,
                    kind=kind,
                    due_on=course.allocated_on + timedelta(days=days),
                    role=Role.NURSE if task in at_service else Role.COORDINATOR,
                    checklist=checklists[course.municipality_id][checklist] if checklist else None,
                    created_at=now,
                )
            )
    return len(CaseTask.objects.bulk_create(rows, ignore_conflicts=True))


@transaction.atomic
def keep_guidance_tasks(*, now: datetime) -> int:
    """The next guidance of every plan in force that agrees on how often, one at a time (R-046)."""
    courses = Enrolment.objects.filter(
        patient=OuterRef("patient"), status__in=[EnrolmentStatus.TRIAL, EnrolmentStatus.ACTIVE]
    )
    waiting = CaseTask.objects.filter(patient=OuterRef("patient"), kind=TaskKind.GUIDANCE, done_at__isnull=True)
    versions = PlanVersion.objects.in_force(now).filter(
        ~Exists(waiting.filter(enrolment__ended_on__isnull=True)),
        Exists(courses),
        guidance_every_weeks__isnull=False,
    )
    rows = [_guidance(version, now=now) for version in versions]
    return len(CaseTask.objects.bulk_create([row for row in rows if row], ignore_conflicts=True))


def _guidance(version: PlanVersion, *, now: datetime) -> CaseTask | None:
    """The next one counts from the one before, and is never late from the first day."""
    course = Enrolment.objects.filter(patient_id=version.patient_id, ended_on__isnull=True).first()
    if course is None or version.approved_at is None or version.guidance_every_weeks is None:
        return None
    before = CaseTask.objects.filter(enrolment=course, kind=TaskKind.GUIDANCE).aggregate(last=Max("due_on"))["last"]
    start: date = before or timezone.localdate(version.approved_at)
    due = start + timedelta(weeks=version.guidance_every_weeks)
    return CaseTask(
        municipality_id=course.municipality_id,
        patient_id=course.patient_id,
        enrolment=course,
        kind=TaskKind.GUIDANCE,
        due_on=max(due, timezone.localdate(now)),
        role=Role.NURSE,
        plan_version=version,
        created_at=now,
    )


def _taken_on(courses: Iterable[Enrolment], *, on: date) -> dict[tuple[UUID, int], frozenset[str]]:
    """Which tasks each service has taken on for each municipality, as the agreement says (R-159)."""
    services = {course.service_id for course in courses}
    rows = Agreement.objects.in_force(on).filter(service__in=services).values_list("service_id", "party_id", "tasks")
    return {(service_id, party_id): frozenset(tasks) for service_id, party_id, tasks in rows if service_id}


@transaction.atomic
def add_task(
    *, enrolment: Enrolment, kind: str, title: str, due_on: date, responsible_id: UUID | None, by: Actor, now: datetime
) -> CaseTask:
    """One more thing to do in an open course. Raises NotYours, CourseStopped."""
    course = hold(enrolment, by=by, now=now)
    if course.status == EnrolmentStatus.ENDED:
        raise CourseStopped(CourseProblem.WRONG_STEP)
    return CaseTask.objects.create(
        municipality_id=course.municipality_id,
        patient_id=course.patient_id,
        enrolment=course,
        kind=kind,
        title=title.strip(),
        due_on=due_on,
        responsible_id=responsible_id,
        created_at=now,
        created_by=by.user,
    )


@transaction.atomic
def save_task(*, task: CaseTask, ticked: Sequence[int], note: str, done: bool, by: Actor, now: datetime) -> CaseTask:
    """What has been ticked and noted so far, and that it is done. Raises NotYours, CourseStopped."""
    hold(task.enrolment, by=by, now=now)
    found = CaseTask.objects.select_for_update().get(pk=task.pk)
    if found.done_at:
        raise CourseStopped(CourseProblem.TASK_DONE)
    found.ticked, found.note = sorted(ticked), note.strip()
    if done:
        found.done_at, found.done_by = now, by.user
    found.save(update_fields=["ticked", "note", "done_at", "done_by"])
    return found
