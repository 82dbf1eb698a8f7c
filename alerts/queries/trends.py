"""Loading trends: readings with their judgement, and the plan versions that judged them."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from alerts.models import Assessment
from alerts.trends import Limits, Point, Stretch, Trend
from careplans.models import PlanVersion, Threshold
from careplans.queries.catalogue import quantities
from careplans.queries.in_force import measurement_types
from careplans.queries.wording import Names, rule_words
from careplans.scoring import RuleKind
from dho.lib.numbers import OSLO
from measurements.enums import Source, StatementKind, Timing
from measurements.models import Quantity, Reading, ReadingStatement, on_behalf
from patients.models import Patient

VALUE_RULES = (RuleKind.BAND, RuleKind.CHANGE, RuleKind.SHARE, RuleKind.REPEATED)


def trends_of(patient: Patient, versions: Sequence[PlanVersion], *, days: int, now: datetime) -> list[Trend]:
    """A trend for each type that was measured in the last so many days, or that the plan in force speaks of (R-075)."""
    first_day = now.astimezone(OSLO).date() - timedelta(days=days - 1)
    catalogue = {code: list(found) for code, (_, found) in measurement_types().items()}
    points = _points(patient, catalogue, since=first_day)
    stretches = [stretch for version in versions if (stretch := _stretch(version))]
    planned = _planned_types(stretches, catalogue, now)
    return [
        Trend(found[0].type, found, points.get(code, []), stretches, first_day, now)
        for code, found in catalogue.items()
        if code in points or code in planned
    ]


def current_judgement(fact: str) -> Subquery:
    """The assessment that holds, of a reading or a response: {id, colour}."""
    current = Assessment.objects.filter(**{fact: OuterRef("pk")}, superseded_by__isnull=True)
    return Subquery(current.values(found=JSONObject(id="id", colour="colour"))[:1])


def _readings(patient: Patient, since: date) -> QuerySet[Any, Any]:
    last_word = ReadingStatement.objects.filter(reading=OuterRef("pk")).order_by("-stated_at", "-id")
    return (
        Reading.objects.filter(patient=patient, taken_at__gte=datetime.combine(since, time(0), OSLO))
        .annotate(
            statement=Subquery(last_word.values(found=JSONObject(kind="kind", reason="reason"))[:1]),
            judgement=current_judgement("reading"),
        )
        .order_by("taken_at", "id")
        .values(
            "id", "type_id", "value", "value2", "sent_value", "sent_unit", "taken_at", "received_at", "timing",
            "source", "statement", "judgement", "submitted_as", "submitted_by_user__first_name",
            "submitted_by_user__last_name",
        )
    )  # fmt: skip


def _points(patient: Patient, catalogue: dict[str, list[Quantity]], *, since: date) -> dict[str, list[Point]]:
    found: dict[str, list[Point]] = {}
    for row in _readings(patient, since):
        statement, judgement = row["statement"] or {}, row["judgement"] or {}
        point = Point(
            reading_id=row["id"],
            at=min(row["taken_at"], row["received_at"]),
            taken_at=row["taken_at"],
            values=(row["value"], row["value2"])[: len(catalogue[row["type_id"]])],
            sent=f"{row['sent_value']} {row['sent_unit']}",
            source=Source(row["source"]),
            on_behalf=on_behalf(_name(row), row["submitted_as"]),
            timing=Timing(row["timing"]),
            fault=statement["reason"] if statement.get("kind") == StatementKind.FAULTY else "",
            assessment_id=UUID(judgement["id"]) if judgement else None,
            colour=judgement.get("colour", ""),
        )
        found.setdefault(row["type_id"], []).append(point)
    return found


def _name(row: dict[str, Any]) -> str:
    return f"{row['submitted_by_user__first_name']} {row['submitted_by_user__last_name']}"


@lru_cache(maxsize=1)
def _names() -> Names:
    """What the rules call things; the catalogue changes only by migration."""
    return Names(quantities(), {}, {})


def _limits(threshold: Threshold) -> Limits:
    return Limits(
        quantity=threshold.quantity,
        red_low=threshold.red_low,
        yellow_low=threshold.yellow_low,
        yellow_high=threshold.yellow_high,
        red_high=threshold.red_high,
        kind=RuleKind(threshold.kind),
        words=" ".join(word for _, word in rule_words(threshold.rule(), _names())),
    )


def _stretch(version: PlanVersion) -> Stretch | None:
    span = version.span
    if span is None:
        return None
    weekdays: dict[str, frozenset[int]] = {}
    for schedule in version.schedules.all():
        weekdays[schedule.subject] = weekdays.get(schedule.subject, frozenset()) | frozenset(schedule.weekdays)
    return Stretch(
        number=version.number,
        start=span[0],
        end=span[1],
        rules=[_limits(threshold) for threshold in version.thresholds.all() if threshold.kind in VALUE_RULES],
        weekdays=weekdays,
    )


def _planned_types(stretches: list[Stretch], catalogue: dict[str, list[Quantity]], now: datetime) -> set[str]:
    types = {quantity.code: code for code, found in catalogue.items() for quantity in found}
    current = [stretch for stretch in stretches if stretch.covers(now)]
    limited = {types[rule.quantity] for stretch in current for rule in stretch.rules if rule.quantity in types}
    return limited | {code for stretch in current for code in stretch.weekdays}
