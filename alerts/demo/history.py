"""Judging what was received, and handling it as it happened, so that only the present stands in the queue.

Judgements, alerts and cases are made by `alerts.services`. What is green, nearly everything, is written in bulk with
the time a worker would have needed; the rest goes one by one through alert, claim and documented closing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from django.db.models import F

from accounts.actor import Actor
from alerts.demo.facts import Fact
from alerts.demo.notes import note_for
from alerts.demo.records import Record
from alerts.enums import Level
from alerts.models import Assessment, QueueEntry
from alerts.services import claim, finish
from alerts.services.desk import Desk
from alerts.services.equipment import report_wrong_clocks
from alerts.services.judging import Judgement, judge_all
from alerts.services.recording import assessment_of, record
from careplans.enums import VersionStatus, Zone
from careplans.models import Measure
from careplans.scoring import Cause, Colour
from careplans.scoring.colours import worst as worst_of
from measurements.enums import StatementKind, Timing
from measurements.models import QuestionnaireResponse, Reading, ReadingStatement
from organisations.opening_hours import OpeningHours

_WORKER_NEEDS: Final = timedelta(milliseconds=400)
# Open minutes from arrival to closing, at least and at most.
_HANDLED_AFTER: Final = {Colour.RED: (4, 27), Colour.YELLOW: (15, 210), Colour.NOT_ASSESSED: (20, 240)}
_OTHERWISE: Final = (30, 300)
_TOGETHER: Final = timedelta(minutes=1)
_ZONES: Final = {Level.RED: Zone.RED, Level.YELLOW: Zone.YELLOW}


@dataclass(frozen=True)
class Past:
    """One patient's facts, who followed them up, and from when on nobody has."""

    record: Record
    facts: list[Fact]
    nurses: Sequence[Actor]
    hours: OpeningHours
    unhandled_from: datetime
    rng: Random


def relive(pasts: Sequence[Past], *, now: datetime) -> None:
    """Assess everything that these patients sent, and handle it up to `unhandled_from`."""
    facts = [fact for past in pasts for fact in past.facts]
    if not facts:
        return
    judgements = judge_all(facts, now=now)
    notable = [each for each in judgements if not each.green or each.fact.timing == Timing.FUTURE]
    quiet = {id(each) for each in judgements} - {id(each) for each in notable}
    rows = [assessment_of(each, each.fact.received_at + _WORKER_NEEDS) for each in judgements if id(each) in quiet]
    Assessment.objects.bulk_create(rows, batch_size=1000)
    for past in pasts:
        own = [each for each in notable if each.fact.patient_id == past.record.patient.pk]
        _relive_one(past, sorted(own, key=lambda each: each.fact.received_at), now)
    patients = [past.record.patient.pk for past in pasts]
    for model in (Reading, QuestionnaireResponse):
        model.objects.filter(patient_id__in=patients).update(assessed_at=F("received_at") + _WORKER_NEEDS)


def _relive_one(past: Past, judgements: list[Judgement], now: datetime) -> None:
    """Case by case: what opens it, what comes on top of it, and how it was closed."""
    case: list[Judgement] = []
    closing: datetime | None = None
    for visit in _visits(judgements):
        if closing and closing <= visit[0].fact.received_at:
            _close(past, case, closing)
            case, closing = [], None
        case += visit
        _bring(past, visit)
        if closing is None:
            closing = _closing_time(past, visit, min(now, past.unhandled_from))
    if closing:
        _close(past, case, closing)


def _visits(judgements: list[Judgement]) -> Iterator[list[Judgement]]:
    """What was received together, so that it is written together."""
    visit: list[Judgement] = []
    for judgement in judgements:
        if visit and judgement.fact.received_at - visit[-1].fact.received_at > _TOGETHER:
            yield visit
            visit = []
        visit.append(judgement)
    if visit:
        yield visit


def _bring(past: Past, visit: list[Judgement]) -> None:
    patient = past.record.patient
    desk = Desk({patient.pk: patient.municipality_id}, now=visit[-1].fact.received_at + _WORKER_NEEDS)
    report_wrong_clocks([judgement.fact for judgement in visit], desk)
    record(visit, desk)


def _closing_time(past: Past, visit: list[Judgement], limit: datetime) -> datetime | None:
    """When a nurse was done with it; None for what still waits."""
    worst = worst_of(judgement.outcome.colour for judgement in visit)
    low, high = _HANDLED_AFTER.get(worst, _OTHERWISE)
    minutes = timedelta(minutes=past.rng.randint(low, high), seconds=past.rng.randint(0, 59))
    at = past.hours.add_open_time(visit[-1].fact.received_at, minutes)
    return at if at < limit else None


def _close(past: Past, case: list[Judgement], at: datetime) -> None:
    patient, nurse = past.record.patient, past.rng.choice(past.nurses)
    entry = QueueEntry.objects.get(patient=patient)
    level = Level(entry.level)
    if level == Level.RED:
        entry = claim(patient_id=patient.pk, by=nurse, now=at - timedelta(minutes=3))
    outcomes, note = note_for(level, past.rng)
    finish(
        patient_id=patient.pk,
        seen=entry.change,
        outcomes=outcomes,
        measure_ids=_measures(past, level),
        note=note,
        by=nurse,
        now=at,
    )
    for judgement in case:
        if judgement.outcome.cause == Cause.IMPOSSIBLE_VALUE and isinstance(judgement.fact, Reading):
            _call_faulty(judgement.fact, nurse, at)


def _measures(past: Past, level: Level) -> list[UUID]:
    """Now and then one of the measures agreed in the plan was used."""
    if level not in _ZONES or past.rng.random() > 0.4:
        return []
    agreed = Measure.objects.filter(
        version__patient=past.record.patient, version__status=VersionStatus.APPROVED, zone=_ZONES[level]
    )
    return list(agreed.values_list("pk", flat=True)[:1])


def _call_faulty(reading: Reading, nurse: Actor, at: datetime) -> None:
    ReadingStatement.objects.create(
        municipality_id=reading.municipality_id,
        reading=reading,
        kind=StatementKind.FAULTY,
        reason="Måleren satt ikke som den skulle. Pasienten måler på nytt.",
        fulfils_schedule=False,
        stated_at=at,
        stated_by=nurse.user,
    )
