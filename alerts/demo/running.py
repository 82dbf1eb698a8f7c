"""How the courses of the demo are run: what is to be done, when they are evaluated, and how large the positions are."""

from datetime import datetime, timedelta
from typing import Final

from accounts.enums import Role
from accounts.models import Membership, Position
from alerts.demo.clock import local_date
from alerts.demo.seeded import rng_for, uuid_at
from alerts.demo.staff import Staff
from careplans.enums import EvaluationKind, EvaluationOutcome, TaskKind
from careplans.models import CaseTask, Evaluation
from careplans.queries.routines import routines_of
from patients.enums import EnrolmentStatus
from patients.models import Enrolment

_EVERY: Final = timedelta(weeks=12)
_PERCENT: Final = {Role.NURSE: 60, Role.COORDINATOR: 15}


def run_courses(staff: Staff, *, seed: int, now: datetime) -> None:
    """Tasks in every trial, an evaluation of everybody in follow-up, some of them late."""
    nurse = staff.by_username["ida"].user
    today = local_date(now)
    rng = rng_for(seed, "running", 0)
    tasks, evaluations = [], []
    for course in Enrolment.objects.filter(ended_on__isnull=True).order_by("pk"):
        shared = {"municipality_id": course.municipality_id, "patient_id": course.patient_id, "enrolment": course}
        if course.status == EnrolmentStatus.TRIAL:
            checklist = routines_of(course.municipality_id)["TRAINING"]
            for kind, days in ((TaskKind.TRAINING, -rng.randint(0, 3)), (TaskKind.REPORT, 90)):
                due = today + timedelta(days=days)
                made = now - timedelta(days=10)
                tasks.append(
                    CaseTask(
                        id=uuid_at(rng, made), kind=kind, due_on=due, role=Role.COORDINATOR, created_at=made,
                        checklist=checklist if kind == TaskKind.TRAINING else None, **shared,
                    )
                )  # fmt: skip
            continue
        held = max(course.started_on or today, today - timedelta(days=rng.randint(10, 90)))
        course.next_evaluation_on = held + _EVERY
        course.save(update_fields=["next_evaluation_on"])
        evaluations.append(
            Evaluation(
                id=uuid_at(rng, now), kind=EvaluationKind.RECURRING, held_on=held, outcome=EvaluationOutcome.CONTINUE,
                participants="Pasienten og sykepleieren.", makes_insecure=False, health_anxiety=False, basis="EBP",
                benefit="Tryggere hjemme, og færre turer til legen.", frequency="Som i planen.",
                next_on=course.next_evaluation_on, registered_at=now, registered_by=nurse, **shared,
            )
        )  # fmt: skip
    CaseTask.objects.bulk_create(tasks)
    Evaluation.objects.bulk_create(evaluations)
    _positions(staff, seed=seed, now=now)


def _positions(staff: Staff, *, seed: int, now: datetime) -> None:
    """The coordinators have too little, so that the warning is seen."""
    rng, giver = rng_for(seed, "positions", 0), staff.by_username["ida"].user
    for membership in Membership.objects.filter(role__in=_PERCENT).order_by("pk"):
        Position.objects.create(
            id=uuid_at(rng, now), membership=membership, percent=_PERCENT[Role(membership.role)],
            valid_from=membership.valid_from, registered_at=now, registered_by=giver,
        )  # fmt: skip
