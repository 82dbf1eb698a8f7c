"""What the limits would have said about the patient's own readings: the evidence beside each limit (R-036).

Judged by the same scorer as real readings, over whole days before today, so that a day that has only begun does not
count as missed.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from statistics import median
from typing import Final
from uuid import UUID

from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from careplans.models import Schedule
from careplans.queries.scored import as_scored
from careplans.scoring import Answered, Colour, Quantity, Rule, RuleKind, RuleSet, horizon, score
from careplans.scoring.facts import Fact
from careplans.scoring.history import is_possible
from dho.lib.numbers import OSLO, decimal_comma
from measurements.enums import StatementKind, Timing
from measurements.models import QuestionnaireResponse, Reading, ReadingStatement

DAYS: Final = 21


@dataclass(frozen=True, slots=True)
class Alarms:
    """How many facts the rule would have made yellow and red."""

    yellow: int
    red: int


@dataclass(frozen=True, slots=True)
class Usual:
    """The patient's own values in the period, as text, and on how many of the planned days there was one."""

    middle: Decimal
    lowest: Decimal
    highest: Decimal
    text: str
    measured_days: int
    planned_days: int | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The facts of the last 21 whole days and older ones that a rule may look back at, in the order of time."""

    since: datetime
    until: datetime
    facts: tuple[Fact, ...]

    @property
    def within(self) -> list[Fact]:
        """The facts of the period itself."""
        return [fact for fact in self.facts if fact.at >= self.since]


def evidence(patient_id: UUID, rulesets: list[RuleSet], *, now: datetime) -> Evidence:
    """What the patient measured and answered. Readings called faulty, and those with a wrong clock, are left out."""
    today = now.astimezone(OSLO).date()
    since, until = (datetime.combine(day, time(), OSLO) for day in (today - timedelta(days=DAYS), today))
    oldest = since - max((horizon(ruleset) for ruleset in rulesets), default=timedelta())
    taken = {"patient_id": patient_id, "taken_at__gte": oldest, "taken_at__lt": until}
    said = ReadingStatement.objects.filter(reading=OuterRef("pk")).order_by("-stated_at", "-pk").values("kind")[:1]
    readings = (
        Reading.objects.annotate(said=Coalesce(Subquery(said), Value("")))
        .filter(**taken)
        .exclude(said=StatementKind.FAULTY)
        .exclude(timing=Timing.FUTURE)
    )
    responses = QuestionnaireResponse.objects.filter(**taken).exclude(timing=Timing.FUTURE)
    facts: list[Fact] = [*map(as_scored, readings), *map(as_scored, responses.select_related("questionnaire"))]
    facts.sort(key=lambda fact: (fact.at, fact.id))
    return Evidence(since, until, tuple(facts))


def alarms(ruleset: RuleSet, found: Evidence) -> dict[str, Alarms]:
    """By rule id: how many of the period's facts the rule would have made yellow and red."""
    counts: dict[str, Counter[Colour]] = {rule.id: Counter() for rule in ruleset.rules}
    times = [fact.at for fact in found.facts]
    for fact in found.within:
        # Only what a rule may look back at: given everything, the work would grow with the square of the readings.
        history = found.facts[bisect_left(times, fact.at - horizon(ruleset)) : bisect_right(times, fact.at)]
        for part in score(fact, ruleset, history).parts:
            if part.rule_id in counts:
                counts[part.rule_id][part.colour] += 1
    return {rule_id: Alarms(count[Colour.YELLOW], count[Colour.RED]) for rule_id, count in counts.items()}


def usual(rule: Rule, quantities: Mapping[str, Quantity], found: Evidence, planned: set[date] | None) -> Usual | None:
    """Median, lowest and highest of what the rule is about; None where the patient has no such number."""
    quantity = quantities.get(rule.quantity)
    numbered = [(fact, value) for fact in found.within if (value := _value(fact, rule, quantity)) is not None]
    if not numbered:
        return None
    values = [value for _, value in numbered]
    decimals, unit = (quantity.decimals, quantity.unit) if quantity else (0, "poeng")
    middle, lowest, highest = (decimal_comma(value, decimals) for value in (median(values), min(values), max(values)))
    days = {fact.at.astimezone(OSLO).date() for fact, _ in numbered}
    return Usual(
        middle=median(values),
        lowest=min(values),
        highest=max(values),
        text=f"{middle} {unit} ({lowest}–{highest})",
        measured_days=len(days if planned is None else days & planned),
        planned_days=None if planned is None else len(planned),
    )


def planned_days(schedules: list[Schedule], *, subject: str, found: Evidence, since: date | None) -> set[date] | None:
    """The days of the period on which the plan asks for this; None where it does not say when."""
    weekdays = {weekday for row in schedules if row.subject == subject for weekday in row.weekdays}
    if not weekdays:
        return None
    first = found.since.astimezone(OSLO).date()
    days = (first + timedelta(days=offset) for offset in range(DAYS))
    return {day for day in days if day.weekday() in weekdays and (since is None or day >= since)}


def _value(fact: Fact, rule: Rule, quantity: Quantity | None) -> Decimal | None:
    """The number in this fact that the rule is about, unless it cannot be true."""
    if isinstance(fact, Answered):
        return fact.score if rule.kind == RuleKind.SCORE and fact.questionnaire == rule.quantity else None
    value = fact.values.get(rule.quantity)
    return value if quantity is not None and is_possible(value, quantity) else None
