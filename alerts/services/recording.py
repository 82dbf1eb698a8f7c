"""From judgements to rows: assessments, and the alerts that they open, raise, lower or close."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from alerts.enums import AlertKind, AlertState, CloseReason, Level
from alerts.models import Alert, Assessment, Handling, QueueEntry
from alerts.services.desk import Desk
from alerts.services.facts import Fact, subject_of
from alerts.services.judging import Judgement
from alerts.services.texts import Reason, describe
from careplans.queries.in_force import approved_rulesets
from careplans.scoring import Colour, RuleSet
from measurements.models import Reading

# A fact, why it was judged so, and by which rules.
Source = tuple[Fact, Sequence[Reason], RuleSet | None]
LEVELS: Final = {
    Colour.RED: Level.RED,
    Colour.YELLOW: Level.YELLOW,
    Colour.NOT_ASSESSED: Level.NOT_ASSESSED,
}


@dataclass(frozen=True, slots=True)
class _Standing:
    """A current assessment that is not green, behind an alert."""

    level: Level
    assessment_id: UUID
    received_at: datetime
    judged_at: datetime


def _rank(standing: _Standing) -> tuple[int, float, str]:
    """The first of these gives the alert its headline: the worst, and of those the newest."""
    return standing.level, -standing.judged_at.timestamp(), str(standing.assessment_id)


def record(judgements: list[Judgement], desk: Desk) -> None:
    """Store the assessments, and let the alerts say what the current assessments say.

    An alert that a person has touched is never lowered or closed by the machine.
    """
    rows = {id(judgement): assessment_of(judgement, desk.now) for judgement in judgements}
    touched = _attach(judgements, rows, desk)
    replaced = {judgement.before.pk for judgement in judgements if judgement.before}
    standing = _standing(touched, rows, judgements, without=replaced)
    held = held_by_people(touched)
    known: dict[UUID, Source] = {rows[id(each)].pk: (each.fact, each.reasons, each.ruleset) for each in judgements}
    known |= _stored({min(each, key=_rank).assessment_id for each in standing.values()} - known.keys())
    for alert in touched:
        _follow(alert, standing[alert.pk], desk, held=alert.pk in held, known=known)
    desk.save()
    Assessment.objects.bulk_create(rows.values())


def assessment_of(judgement: Judgement, now: datetime) -> Assessment:
    """The row that says what was judged, unsaved and without its alert."""
    fact, outcome = judgement.fact, judgement.outcome
    return Assessment(
        municipality_id=fact.municipality_id,
        patient_id=fact.patient_id,
        reading=fact if isinstance(fact, Reading) else None,
        response=None if isinstance(fact, Reading) else fact,
        plan_version=judgement.version,
        colour=outcome.colour.value,
        cause=outcome.cause.value if outcome.cause else "",
        reasons=judgement.reasons,
        scorer_version=outcome.scorer_version,
        assessed_at=now,
        supersedes=judgement.before,
    )


def _attach(judgements: list[Judgement], rows: dict[int, Assessment], desk: Desk) -> list[Alert]:
    """Give every judgement that is not green its alert; the alerts that gained or lost something."""
    touched: dict[UUID, Alert] = {}
    for judgement in judgements:
        previous = judgement.before.alert if judgement.before else None
        if previous is not None and previous.state == AlertState.OPEN:
            # Not the row that came with the assessment: another judgement may already have changed the open one.
            previous = desk.find(previous.patient_id, AlertKind(previous.kind), previous.subject) or previous
            touched[previous.pk] = previous
        if judgement.green:
            continue
        alert = _alert_for(judgement, previous, desk)
        rows[id(judgement)].alert = alert
        if alert.state == AlertState.OPEN:
            touched[alert.pk] = alert
    return list(touched.values())


def _alert_for(judgement: Judgement, previous: Alert | None, desk: Desk) -> Alert:
    """The open alert of the subject, or a new one; a fact already handled, and no worse now, stays with its case."""
    fact, level = judgement.fact, LEVELS[judgement.outcome.colour]
    before = judgement.before
    if previous is not None and before is not None and previous.close_reason == CloseReason.HANDLED:
        no_worse = level >= LEVELS[Colour(before.colour)]
        if no_worse:
            return previous
    subject = subject_of(fact)
    found = desk.find(fact.patient_id, AlertKind.ASSESSMENT, subject)
    if found is not None:
        return found
    headline, detail = describe(fact, judgement.reasons, judgement.ruleset)
    return desk.open(
        fact.patient_id,
        AlertKind.ASSESSMENT,
        subject,
        level=level,
        headline=headline,
        detail=detail,
        waiting_since=fact.received_at,
        deadline=desk.deadline(fact.patient_id, level, fact.received_at),
    )


def _standing(
    alerts: Iterable[Alert], rows: dict[int, Assessment], judgements: list[Judgement], *, without: set[UUID]
) -> dict[UUID, list[_Standing]]:
    """What is behind each alert once the new rows are in: stored assessments that still count, and the new ones."""
    found: dict[UUID, list[_Standing]] = defaultdict(list)
    stored = Assessment.objects.filter(alert_id__in=[alert.pk for alert in alerts], superseded_by__isnull=True)
    columns = ("reading__received_at", "reading__taken_at", "response__received_at", "response__taken_at")
    for pk, alert_id, colour, *times in stored.values_list("pk", "alert_id", "colour", *columns):
        if pk not in without:
            received, taken = times[0] or times[2], times[1] or times[3]
            found[alert_id].append(_Standing(LEVELS[Colour(colour)], pk, received, min(taken, received)))
    for judgement in judgements:
        row, fact = rows[id(judgement)], judgement.fact
        if row.alert_id:
            level = LEVELS[judgement.outcome.colour]
            found[row.alert_id].append(_Standing(level, row.pk, fact.received_at, fact.judged_at))
    return found


def held_by_people(alerts: Collection[Alert]) -> set[UUID]:
    """The alerts that a person has touched: the case is claimed, or somebody has done something with it before."""
    patients = {alert.patient_id for alert in alerts}
    claimed = set(
        QueueEntry.objects.filter(patient_id__in=patients, owner__isnull=False).values_list("patient_id", flat=True)
    )
    ids = [alert.pk for alert in alerts]
    handled = Handling.objects.filter(patient_id__in=patients, alert_ids__overlap=ids) if ids else []
    touched = {alert_id for handling in handled for alert_id in handling.alert_ids}
    return {alert.pk for alert in alerts if alert.patient_id in claimed or alert.pk in touched}


def _stored(assessment_ids: Collection[UUID]) -> dict[UUID, Source]:
    """Fact, reasons and rules behind assessments that were made earlier."""
    rows = Assessment.objects.filter(pk__in=assessment_ids) if assessment_ids else Assessment.objects.none()
    found = list(rows.select_related("reading", "response__questionnaire", "plan_version"))
    rulesets = approved_rulesets([each.plan_version for each in found if each.plan_version])
    sources: dict[UUID, Source] = {}
    for each in found:
        fact = each.reading or each.response
        if fact is not None:
            ruleset = rulesets[each.plan_version_id] if each.plan_version_id else None
            sources[each.pk] = (fact, each.reasons, ruleset)
    return sources


def _follow(alert: Alert, standing: list[_Standing], desk: Desk, *, held: bool, known: Mapping[UUID, Source]) -> None:
    """Let the alert say what stands behind it now."""
    if not standing:
        if held:
            # Nothing is lowered, but the case has changed since the nurse looked: her copy is stale.
            desk.change(alert)
        else:
            desk.close(alert, CloseReason.REASSESSED)
        return
    lead = min(standing, key=_rank)
    oldest: dict[Level, datetime] = {}
    for each in standing:
        oldest[each.level] = min(each.received_at, oldest.get(each.level, each.received_at))
    fields: dict[str, Any] = {
        "level": lead.level,
        "count": len(standing),
        "waiting_since": min(oldest.values()),
        "deadline": min(desk.deadline(alert.patient_id, level, at) for level, at in oldest.items()),
    }
    if held:
        fields |= {name: min(fields[name], getattr(alert, name)) for name in ("level", "waiting_since", "deadline")}
    if fields["level"] == lead.level:
        fields["headline"], fields["detail"] = describe(*known[lead.assessment_id])
    desk.change(alert, **fields)
