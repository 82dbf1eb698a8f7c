"""The board: every referral and course that the actor runs, by step, with what comes next (ux.md 4.5).

The number of questions to the database is the same however many there are: first the few columns that place each
course, then the details of those that are shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.roles import Permission
from careplans.access import course_permission
from careplans.enums import TaskKind, VersionStatus
from careplans.models import CaseTask, PlanVersion
from careplans.queries.trial import trial_day
from dho.lib.numbers import date_nb
from dho.lib.texts import LazyText
from patients.access import visible_patients
from patients.enums import EnrolmentStatus, ReferralStatus
from patients.models import CriteriaAssessment, Enrolment, PathwayStep, Pause, Referral
from patients.queries.referrals import OPEN, patients_to_allocate_for

SHOWN: Final = 10
PAGE: Final = 50
RECENTLY: Final = timedelta(days=30)
# An evaluation is prepared in the weeks before its day.
SOON: Final = timedelta(days=14)


class Step(StrEnum):
    """The columns of the board, in their order."""

    RECEIVED = "henvist"
    ASSESSED = "vurdert"
    START_UP = "oppstart"
    TRIAL = "prove"
    PLAN_SENT = "plan"
    ACTIVE = "drift"
    EVALUATION = "evaluering"
    ENDED = "avsluttet"


NAMES: Final[dict[Step, LazyText]] = {
    Step.RECEIVED: _("Henvist"),
    Step.ASSESSED: _("Vurdert"),
    Step.START_UP: _("Oppstart"),
    Step.TRIAL: _("Prøveperiode"),
    Step.PLAN_SENT: _("Plan til lege"),
    Step.ACTIVE: _("I drift"),
    Step.EVALUATION: _("Evaluering"),
    Step.ENDED: _("Avsluttet siste 30 dager"),
}


SIX: Final = (
    TaskKind.RECEIVE,
    TaskKind.GP_DIALOGUE,
    TaskKind.HOME_VISIT,
    TaskKind.SERVICE_DIALOGUE,
    TaskKind.DOCUMENT,
    TaskKind.REPORT,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the board is narrowed to; empty is everything."""

    service_id: UUID | None = None
    step: Step | None = None
    mine: bool = False
    page: int = 1


@dataclass(slots=True, kw_only=True)
class Row:
    """One referral or course on the board; the texts come when it is shown."""

    id: UUID
    patient_id: UUID
    step: Step
    since: date
    due_on: date | None
    late: bool
    days: int = 0
    paused_until: date | None = None
    patient: Any = None
    service: Any = None
    place: str = ""
    action: str = ""
    who: str = ""


@dataclass(slots=True)
class Column:
    """One step: how many there are and how many are late, and the rows that are shown."""

    step: Step
    count: int = 0
    late: int = 0
    rows: list[Row] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The step in words."""
        return str(NAMES[self.step])


@dataclass(frozen=True, slots=True)
class Duty:
    """One of the coordinator's six tasks: how many wait, and how many of them are late (R-158)."""

    name: str
    count: int
    late: int


@dataclass(frozen=True, slots=True)
class Board:
    """The columns, and which page of how many where one step fills the page."""

    columns: list[Column]
    duties: list[Duty]
    page: int = 1
    pages: int = 1


def steps_of(by: Actor) -> list[Step]:
    """The columns of this actor's board. A service loses sight of the patient when the course ends: it has no ended."""
    return [step for step in Step if step != Step.ENDED or not by.service_id]


def board_of(by: Actor, wanted: Wanted, *, now: datetime) -> Board:
    """What this actor runs: at most ten of each step, or fifty of the one asked for; late ones first."""
    today = timezone.localdate(now)
    rows = _courses(by, wanted, now=now) + _referrals(by, wanted)
    rows.sort(key=lambda row: (not row.late, row.due_on or date.max, row.since, str(row.id)))
    columns = {step: Column(step) for step in steps_of(by)}
    size = PAGE if wanted.step else SHOWN
    first = (wanted.page - 1) * size if wanted.step else 0
    for row in rows:
        column = columns[row.step]
        if first <= column.count < first + size and wanted.step in (None, row.step):
            column.rows.append(row)
        column.count += 1
        column.late += row.late
    _tell([row for column in columns.values() for row in column.rows], today=today)
    pages = -(-columns[wanted.step].count // PAGE) if wanted.step else 1
    candidates = columns[Step.RECEIVED].count + columns[Step.ASSESSED].count
    return Board(list(columns.values()), _duties(by, candidates, now=now), wanted.page, max(pages, 1))


def _duties(by: Actor, candidates: int, *, now: datetime) -> list[Duty]:
    """For who enrols and runs. A candidate is received while the referral waits; the other five are a course's."""
    if not by.may(Permission.ENROL) or not by.may(course_permission(by)):
        return []
    late = Count("pk", filter=Q(due_on__lt=timezone.localdate(now)))
    waiting = CaseTask.objects.filter(
        done_at__isnull=True, kind__in=SIX, enrolment__in=courses_of(by, now=now).filter(ended_on__isnull=True)
    )
    rows = waiting.values_list("kind").annotate(count=Count("pk"), late=late)
    found = {kind: (count, over) for kind, count, over in rows}
    found[TaskKind.RECEIVE] = (candidates, 0)
    return [Duty(str(kind.label), *found.get(kind, (0, 0))) for kind in SIX]


def courses_of(by: Actor, *, now: datetime) -> QuerySet[Enrolment]:
    """The courses that the actor may run: the municipality's, or those of patients whom the service follows."""
    visible = visible_patients(by, now=now, permission=course_permission(by))
    found = Enrolment.objects.filter(patient__in=visible.values("pk"))
    return found.filter(service_id=by.service_id) if by.service_id else found


def _courses(by: Actor, wanted: Wanted, *, now: datetime) -> list[Row]:
    today = timezone.localdate(now)
    lately = Q(ended_on__gt=today - RECENTLY) if Step.ENDED in steps_of(by) else Q(pk__in=[])
    found = courses_of(by, now=now).filter(Q(ended_on__isnull=True) | lately)
    tasks = CaseTask.objects.filter(done_at__isnull=True)
    if wanted.service_id:
        found = found.filter(service_id=wanted.service_id)
    if wanted.mine:
        mine = tasks.filter(Q(responsible=by.user) | Q(responsible__isnull=True, role=by.role))
        found = found.filter(Exists(mine.filter(enrolment=OuterRef("pk"))))
    proposed = PlanVersion.objects.filter(patient=OuterRef("patient"), status=VersionStatus.PROPOSED)
    columns = found.annotate(sent_at=Subquery(proposed.values("sent_at")[:1])).values_list(
        "pk", "patient_id", "status", "allocated_on", "started_on", "trial_ends_on", "next_evaluation_on", "ended_on",
        "sent_at",
    )  # fmt: skip
    first = dict(
        # Looked up for the courses found above; asking once more who may see them would cost as much as finding them.
        tasks.filter(enrolment__ended_on__isnull=True).values_list("enrolment_id").annotate(Min("due_on"))
    )
    return [_placed(values, first.get(values[0]), today=today) for values in columns]


def _placed(values: tuple[Any, ...], task_due: date | None, *, today: date) -> Row:
    """In which column the course stands, since when, and what is due when."""
    pk, patient_id, status, allocated_on, started_on, trial_ends_on, next_on, ended_on, sent_at = values
    step, since = Step[status], started_on or allocated_on
    # The trial's last day is still within it: a decision is late from the day after (AT-26).
    due = [task_due]
    if status == EnrolmentStatus.ENDED:
        since = ended_on
    elif status == EnrolmentStatus.START_UP:
        since = allocated_on
    elif status == EnrolmentStatus.TRIAL:
        due.append(trial_ends_on)
        if sent_at:
            step, since = Step.PLAN_SENT, timezone.localdate(sent_at)
    else:
        due.append(next_on)
        if next_on and next_on <= today + SOON:
            step = Step.EVALUATION
    due_on = min((each for each in due if each), default=None)
    late = due_on is not None and due_on < today
    return Row(id=pk, patient_id=patient_id, step=step, since=since, due_on=due_on, late=late)


def _referrals(by: Actor, wanted: Wanted) -> list[Row]:
    """Those that the actor decides; any other service learns of them when they have been allocated.

    What nobody has assessed is everybody's, afterwards it is with who assessed it.
    """
    if wanted.service_id:
        return []
    found = Referral.objects.filter(patient__in=patients_to_allocate_for(by).values("pk"), status__in=OPEN)
    if wanted.mine:
        assessed = CriteriaAssessment.objects.filter(referral=OuterRef("pk"), assessed_by=by.user)
        found = found.filter(Q(status=ReferralStatus.RECEIVED) | Exists(assessed))
    columns = found.values_list("pk", "patient_id", "status", "received_on")
    return [
        Row(id=pk, patient_id=patient_id, step=Step[status], since=received_on, due_on=None, late=False)
        for pk, patient_id, status, received_on in columns
    ]


def _tell(rows: list[Row], *, today: date) -> None:
    """Names, pauses and the next action of the rows that are shown."""
    courses = {
        each.pk: each
        for each in Enrolment.objects.filter(pk__in=[row.id for row in rows])
        .select_related("patient__municipality", "service")
        .defer("patient__national_id", "service__webhook_secret")
    }
    referrals = {
        each.pk: each
        for each in Referral.objects.filter(pk__in=[row.id for row in rows])
        .select_related("patient__municipality")
        .defer("patient__national_id")
    }
    pauses = dict(
        Pause.objects.filter(enrolment__in=courses, first_day__lte=today, last_day__gte=today).values_list(
            "enrolment_id", "last_day"
        )
    )
    tasks = _first_tasks(courses)
    came = PathwayStep.objects.filter(enrolment__in=courses, to_status=EnrolmentStatus.ACTIVE)
    active_from = dict(came.values_list("enrolment_id", "at"))
    for row in rows:
        if row.step in (Step.ACTIVE, Step.EVALUATION) and row.id in active_from:
            row.since = timezone.localdate(active_from[row.id])
        row.days = max((today - row.since).days, 0)
        row.paused_until = pauses.get(row.id)
        course = courses.get(row.id)
        row.patient = (course or referrals[row.id]).patient
        if course is not None:
            row.service = course.service
            row.place = trial_day(course, today=today)
        row.action, row.who = _next(row, course, tasks.get(row.id), today=today)


def _first_tasks(enrolment_ids: Iterable[UUID]) -> dict[UUID, CaseTask]:
    """The open task of each that is due first."""
    found = CaseTask.objects.filter(enrolment__in=list(enrolment_ids), done_at__isnull=True)
    ordered = found.order_by("enrolment", "due_on", "pk").distinct("enrolment").select_related("responsible")
    return {task.enrolment_id: task for task in ordered}


def _next(row: Row, course: Enrolment | None, task: CaseTask | None, *, today: date) -> tuple[str, str]:
    """What comes next, and who is to do it."""
    if task is not None and task.due_on == row.due_on:
        return gettext("%(task)s innen %(day)s") % {"task": task.text, "day": date_nb(task.due_on)}, task.who
    if course is None:
        assessed = row.step == Step.ASSESSED
        return gettext("Tildele eller avslå") if assessed else gettext("Vurdere vilkårene"), gettext("kommunen")
    if row.step == Step.ENDED:
        return gettext("Avsluttet %(day)s") % {"day": date_nb(row.since)}, ""
    if course.status == EnrolmentStatus.TRIAL and course.trial_ends_on:
        over = course.trial_ends_on < today
        text = (
            gettext("Prøveperioden er over. Avgjør om pasienten skal fortsette")
            if over
            else gettext("Evaluere innen %(day)s") % {"day": date_nb(course.trial_ends_on)}
        )
        return (gettext("Legen tar stilling til planen") if row.step == Step.PLAN_SENT and not over else text), ""
    if course.next_evaluation_on:
        return gettext("Evaluere innen %(day)s") % {"day": date_nb(course.next_evaluation_on)}, ""
    return gettext("Starte prøveperioden") if row.step == Step.START_UP else gettext("Avtale neste evaluering"), ""
