"""The patient's own readings and answers, as evidence beside the limits: over whole days, today left out (R-036)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Self
from uuid import UUID

from django.db.models import Q

from careplans.queries.scored import as_scored
from careplans.scoring import Known, Replay
from dho.lib.numbers import OSLO
from measurements.enums import StatementKind, Timing
from measurements.models import QuestionnaireResponse, Reading, ReadingStatement

# How many whole days a back-test and the usual values cover.
DAYS: Final = 21
# A clock may be ahead by up to five minutes without the reading being flagged, so look a little past the end.
_CLOCK_SLACK: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days in Oslo, both ends included."""

    first: date
    last: date

    @classmethod
    def before(cls, now: datetime, days: int = DAYS) -> Self:
        """The last days before today: a day that has only begun does not count as missed."""
        today = now.astimezone(OSLO).date()
        return cls(today - timedelta(days=days), today - timedelta(days=1))

    @property
    def since(self) -> datetime:
        """The midnight that begins the first day."""
        return datetime.combine(self.first, time(), OSLO)

    @property
    def until(self) -> datetime:
        """The midnight that ends the last day."""
        return datetime.combine(self.last + timedelta(days=1), time(), OSLO)

    @property
    def days(self) -> list[date]:
        """Each day."""
        return [self.first + timedelta(days=offset) for offset in range((self.last - self.first).days + 1)]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was measured and answered in a period and, for rules that look back, before it."""

    period: Period
    now: datetime
    replay: Replay
    # Ids of the facts whose clock was wrong: judged when they came, but no use as a usual value.
    unplaced: frozenset[str]

    @property
    def within(self) -> list[Known]:
        """Every fact of the period, also what is called faulty or has a wrong clock."""
        since, until = self.period.since, self.period.until
        return [each for each in self.replay.known if since <= each.fact.at < until]


def evidence(patient_id: UUID, period: Period, *, reach: timedelta = timedelta(), now: datetime) -> Evidence:
    """The facts of the period, and those up to `reach` older: three queries, however many there are."""
    low, high = period.since - reach, period.until
    in_time = Q(taken_at__gte=low, taken_at__lt=high + _CLOCK_SLACK)
    # A clock that is ahead puts the fact at the time we received it (`judged_at`).
    ahead = Q(timing=Timing.FUTURE, received_at__gte=low, received_at__lt=high)
    where = Q(patient_id=patient_id) & (in_time | ahead)
    readings = list(Reading.objects.filter(where))
    answers = list(QuestionnaireResponse.objects.filter(where).select_related("questionnaire"))
    called = _called([row.pk for row in readings])
    stored: list[Reading | QuestionnaireResponse] = [*readings, *answers]
    known = [
        Known(as_scored(row), row.received_at, row.assessed_at, tuple(called.get(row.pk, ())))
        for row in stored
        if low <= row.judged_at < high
    ]
    wrong = frozenset(str(row.pk) for row in stored if row.timing == Timing.FUTURE)
    return Evidence(period, now, Replay(known, since=period.since, until=period.until, now=now), wrong)


def _called(reading_ids: list[UUID]) -> dict[UUID, list[tuple[datetime, bool]]]:
    """What was said of each reading, and when."""
    found: dict[UUID, list[tuple[datetime, bool]]] = defaultdict(list)
    said = ReadingStatement.objects.filter(reading_id__in=reading_ids).order_by("stated_at", "id")
    for reading_id, at, kind in said.values_list("reading_id", "stated_at", "kind"):
        found[reading_id].append((at, kind == StatementKind.FAULTY))
    return found
