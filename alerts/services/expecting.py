"""What the schedules in force expect, and the alert when it does not come (R-071).

Each schedule has one Expectation: the next due time. `keep_expectations` follows plans and enrolments;
`examine_deadlines` looks at each passed deadline in turn, so that an outage is caught up step by step.
"""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any, Final
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from alerts.enums import AlertKind, CloseReason, Level
from alerts.models import Expectation
from alerts.queries.work import everywhere
from alerts.services.desk import Desk, lock_patients
from alerts.services.due_times import deadline_of, next_due, previous_due
from alerts.services.facts import Fact, subject_of
from alerts.services.recording import held_by_people
from alerts.services.rounds import patient_by_patient
from alerts.services.texts import label_of
from careplans.enums import VersionStatus
from careplans.models import Schedule
from careplans.queries.trial import trial_schedules
from dho.lib import rls
from dho.lib.numbers import OSLO, date_nb, time_nb
from measurements.enums import Timing
from measurements.models import Questionnaire, QuestionnaireResponse, Reading, ReadingStatement
from patients.enums import EnrolmentStatus
from patients.models import Enrolment, PathwayStep, Pause

log = logging.getLogger(__name__)

_MOST_STEPS: Final = 400
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


def keep_expectations(*, now: datetime) -> int:
    """Remove the expectations of plans no longer in force, make those of new plans; how many were made or removed."""
    with everywhere():
        in_force = _schedules_in_force(now)
        over = Expectation.objects.exclude(schedule__in=in_force.values("pk")).select_related("schedule")
        # One that is being examined just now is left to the next round.
        gone = list(over.select_for_update(of=["self"], skip_locked=True))
        old = {(each.patient_id, each.schedule.subject): each.window_start for each in gone}
        Expectation.objects.filter(pk__in=[each.pk for each in gone]).delete()
        new = []
        for schedule in in_force.filter(expectation__isnull=True).select_related("version", "trial"):
            try:
                new.append(_expectation(schedule, old.get((schedule.patient_id, schedule.subject))))
            except Exception:
                # One schedule that cannot be reckoned with must not stop what is expected of everybody else.
                log.exception("no expectation could be made: schedule %s", schedule.pk)
        Expectation.objects.bulk_create(new, ignore_conflicts=True)
        return len(gone) + len(new)


def examine_deadlines(*, now: datetime, limit: int = 1000) -> int:
    """Look at passed deadlines, the oldest first, patient by patient; how many expectations were moved on."""
    with everywhere():
        passed = Expectation.objects.filter(deadline__lte=now).order_by("deadline")
        found = dict.fromkeys(passed.values_list("municipality_id", "patient_id")[:limit])
    return patient_by_patient(_examine, found, now=now)


def close_arrived(facts: Sequence[Fact], desk: Desk) -> None:
    """Close the missing alerts of what has come now, unless a person has touched the case.

    What was taken before the due time ahead of the missed one does not count: an old value is not today's.
    """
    by_subject: dict[tuple[UUID, str], Fact] = {}
    for fact in facts:
        key = (fact.patient_id, subject_of(fact))
        if key not in by_subject or fact.judged_at > by_subject[key].judged_at:
            by_subject[key] = fact
    missing = {key: desk.find(key[0], AlertKind.MISSING, key[1]) for key in by_subject}
    alerts = {key: alert for key, alert in missing.items() if alert is not None}
    held = held_by_people(alerts.values())
    for key, alert in alerts.items():
        if alert.pk not in held and by_subject[key].judged_at > _start_of_missed(*key):
            desk.close(alert, CloseReason.ARRIVED)


def _schedules_in_force(now: datetime) -> QuerySet[Schedule]:
    """Those of patients whose course has begun, of plans and of trials; a pause keeps them and moves on in silence.

    Each has `course_from`, and `counts_from`: when the plan was approved, or the trial registered.
    """
    patient_id = Coalesce(OuterRef("version__patient_id"), OuterRef("trial__patient_id"))
    course = Enrolment.objects.filter(
        patient_id=patient_id, ended_on__isnull=True, started_on__lte=timezone.localdate(now)
    )
    begun = PathwayStep.objects.filter(enrolment=OuterRef("trial"), to_status=EnrolmentStatus.TRIAL)
    of_plan = Q(version__status=VersionStatus.APPROVED, version__approved_at__lte=now, version__valid_until__gt=now)
    return Schedule.objects.annotate(
        course_from=Subquery(course.values("started_on")),
        counts_from=Coalesce("version__approved_at", Subquery(begun.values("at")[:1])),
    ).filter(of_plan | Q(pk__in=trial_schedules(at=now).values("pk")), course_from__isnull=False)


def _expectation(schedule: Any, before: datetime | None) -> Expectation:
    """The first thing a new schedule expects, or what is ahead where the version before it had come.

    It counts from the approval, but not from before the course: a plan may have been approved long before (R-071).
    """
    begun = datetime.combine(schedule.course_from, time(), tzinfo=OSLO)
    start = max(schedule.counts_from or begun, begun)
    due = next_due(schedule, min(before, start) if before else start)
    # Nobody can be late for a deadline that had passed when it all began.
    while deadline_of(schedule, due) <= start:
        due = next_due(schedule, due)
    return Expectation(
        schedule=schedule,
        municipality_id=schedule.municipality_id,
        patient_id=schedule.patient_id,
        window_start=previous_due(schedule, due),
        due_at=due,
        deadline=deadline_of(schedule, due),
    )


def _examine(municipality_id: int, patient_id: UUID, *, now: datetime) -> int:
    """One patient's passed deadlines, in one transaction; nothing when somebody else works on the patient."""
    with rls.acting_for([municipality_id], actor="worker"):
        if not lock_patients([patient_id], wait=False):
            return 0
        expectations = list(
            Expectation.objects.filter(patient_id=patient_id, deadline__lte=now)
            .select_related("schedule")
            .select_for_update(of=["self"])
            .order_by("due_at")
        )
        desk = Desk({patient_id: municipality_id}, now=now)
        pauses = list(Pause.objects.filter(patient_id=patient_id, enrolment__ended_on__isnull=True))
        for expectation in expectations:
            for _ in range(_MOST_STEPS):
                if expectation.deadline > now:
                    break
                _step(expectation, desk, pauses)
            expectation.save(update_fields=["window_start", "due_at", "deadline"])
        desk.save()
        return len(expectations)


def _step(expectation: Expectation, desk: Desk, pauses: Sequence[Pause]) -> None:
    """Judge one passed deadline and move on to the next. A pause is asked about on the day that was due."""
    came_at = _first_in_window(expectation)
    day = timezone.localdate(expectation.due_at)
    if came_at is None and not any(each.first_day <= day <= each.last_day for each in pauses):
        _miss(expectation, desk)
    due = expectation.due_at
    expectation.due_at = next_due(expectation.schedule, due)
    expectation.deadline = deadline_of(expectation.schedule, expectation.due_at)
    # What came within the grace has been counted here and does not count for the next due time as well.
    late = came_at is not None and due < came_at < expectation.due_at
    expectation.window_start = came_at if late and came_at else due


def _first_in_window(expectation: Expectation) -> datetime | None:
    """When the first thing that fulfils the schedule was measured or answered. A mis-measurement may or may not do."""
    window = (expectation.window_start, expectation.deadline)
    # A clock that is ahead: then the time we received it is the best we know.
    taken = Q(taken_at__gt=window[0], taken_at__lte=window[1]) & ~Q(timing=Timing.FUTURE)
    received = Q(timing=Timing.FUTURE, received_at__gt=window[0], received_at__lte=window[1])
    schedule, facts = expectation.schedule, (taken | received) & Q(patient_id=expectation.patient_id)
    if schedule.type_id:
        latest = ReadingStatement.objects.filter(reading_id=OuterRef("pk")).order_by("-stated_at", "-id")
        found: QuerySet[Reading] | QuerySet[QuestionnaireResponse] = (
            Reading.objects.filter(facts, type_id=schedule.type_id)
            .annotate(fulfils=latest.values("fulfils_schedule")[:1])
            # Not exclude(False): that would leave out those without a statement too, in SQL's three-valued logic.
            .filter(Q(fulfils__isnull=True) | Q(fulfils=True))
        )
    else:
        found = QuestionnaireResponse.objects.filter(facts, questionnaire__code=schedule.questionnaire_code)
    return min((each.judged_at for each in found), default=None)


def _miss(expectation: Expectation, desk: Desk) -> None:
    schedule = expectation.schedule
    alert = desk.find(expectation.patient_id, AlertKind.MISSING, schedule.subject)
    if alert is None:
        desk.open(
            expectation.patient_id,
            AlertKind.MISSING,
            schedule.subject,
            level=Level.MISSING,
            headline=f"{_name(schedule)} ikke {'målt' if schedule.type_id else 'besvart'}",
            detail=f"Frist {_day_and_clock(expectation.deadline)}",
            waiting_since=expectation.deadline,
            deadline=desk.deadline(expectation.patient_id, Level.MISSING, expectation.deadline),
        )
    else:
        count = alert.count + 1
        desk.change(alert, count=count, detail=f"Uteble {count} ganger, sist {_day_and_clock(expectation.deadline)}")


def _name(schedule: Schedule) -> str:
    if schedule.type_id:
        return label_of(schedule.type_id)
    form = Questionnaire.objects.filter(code=schedule.questionnaire_code, current=True).first()
    return form.title if form else schedule.questionnaire_code


def _day_and_clock(at: datetime) -> str:
    return f"{date_nb(at.astimezone(OSLO))} {time_nb(at)}"


def _start_of_missed(patient_id: UUID, subject: str) -> datetime:
    """Only what was taken after this is the missed one; before it lies the time that belongs to the due time ahead.

    The expectation has moved on, so the missed due time is where its window starts.
    """
    found = Expectation.objects.filter(patient_id=patient_id).select_related("schedule")
    starts = []
    for each in found:
        if each.schedule.subject == subject:
            ahead = previous_due(each.schedule, each.window_start)
            starts.append(min(deadline_of(each.schedule, ahead), each.window_start))
    # The plan no longer asks for it: whatever comes is an answer.
    return max(starts, default=_LONG_AGO)
