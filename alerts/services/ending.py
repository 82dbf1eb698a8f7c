"""The course ends: nothing may be left lying, in the queue, with the doctor or at home (R-017, R-180)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.enums import RevokedWhy
from accounts.models import DeviceCredential
from accounts.services import revoke_credential
from alerts.enums import AlertState, EndProblem
from alerts.models import Alert, Expectation
from alerts.queries.hospital import has_unanswered_slot
from careplans.enums import TaskKind
from careplans.models import CaseTask
from careplans.services import close_plan, hold
from measurements.models import QuestionnaireResponse, Reading
from patients.enums import EnrolmentStatus
from patients.models import Enrolment
from patients.services import let_go, take_step, withdraw_of_ended


class NotEnded(Exception):
    """The course cannot end as things stand: `problem` says why on the screen, at `field` where it is about one."""

    def __init__(self, problem: EndProblem, field: str | None = None) -> None:
        super().__init__(str(problem.value))
        self.problem, self.field = problem, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Why, the last day, and what becomes of each device: empty is handed back, else why it is kept."""

    reason: str
    text: str
    last_day: date
    devices: Mapping[UUID, str] = field(default_factory=dict)


@transaction.atomic
def end_course(*, enrolment: Enrolment, ending: Ending, by: Actor, now: datetime) -> Enrolment:
    """Close the course when every alert has been handled by a person. Raises NotYours, NotPossible, NotEnded.

    The patient's row is held, as the worker holds it who opens an alert: neither can slip past the other.
    """
    course = hold(enrolment, by=by, now=now)
    if course.status == EnrolmentStatus.ENDED:
        raise NotEnded(EndProblem.ENDED)
    today = timezone.localdate(now)
    if course.started_on and course.started_on > today:
        # A trial that was agreed and never began was never a service (ADR 23).
        course.started_on = course.trial_ends_on = None
    _check(course, ending, today=today)
    devices = list(DeviceCredential.objects.filter(patient_id=course.patient_id, revoked_at__isnull=True))
    if {each.pk for each in devices} != set(ending.devices):
        raise NotEnded(EndProblem.DEVICES)
    for device in devices:
        _give_back(course, device, kept=ending.devices[device.pk].strip(), by=by, now=now)
    withdraw_of_ended(course, by=by, now=now)
    take_step(
        course,
        EnrolmentStatus.ENDED,
        by=by,
        now=now,
        why=ending.text,
        ended_on=ending.last_day,
        end_reason=ending.reason,
        started_on=course.started_on,
        trial_ends_on=course.trial_ends_on,
    )
    close_plan(patient_id=course.patient_id, now=now)
    let_go(course, by=by, now=now)
    Expectation.objects.filter(patient_id=course.patient_id).delete()
    return course


def _check(course: Enrolment, ending: Ending, *, today: date) -> None:
    if ending.last_day > today:
        raise NotEnded(EndProblem.IN_FUTURE, "last_day")
    if ending.last_day < course.held_from:
        raise NotEnded(EndProblem.BEFORE_START, "last_day")
    if Alert.objects.filter(patient_id=course.patient_id, state=AlertState.OPEN).exists():
        raise NotEnded(EndProblem.OPEN_ALERTS)
    if has_unanswered_slot(course.patient_id):
        raise NotEnded(EndProblem.WAITING_SLOTS)
    for facts in (Reading, QuestionnaireResponse):
        if facts.objects.filter(patient_id=course.patient_id, assessed_at__isnull=True).exists():
            raise NotEnded(EndProblem.NOT_ASSESSED)


def _give_back(course: Enrolment, device: DeviceCredential, *, kept: str, by: Actor, now: datetime) -> None:
    """What is handed back is shut out at once; what is kept stays with its reason."""
    if not kept:
        revoke_credential(credential=device, by=by, now=now, why=RevokedWhy.RETURNED)
    CaseTask.objects.create(
        municipality_id=course.municipality_id,
        patient_id=course.patient_id,
        enrolment=course,
        kind=TaskKind.RETURN,
        title=device.label[:200],
        due_on=timezone.localdate(now),
        note=f"Beholdes: {kept}" if kept else "Levert tilbake og sperret.",
        created_at=now,
        created_by=by.user,
        done_at=now,
        done_by=by.user,
    )
