"""What a trend says. The chart, the summary and the table are read from the same object, so they cannot disagree.

Days are days in Oslo. A reading stands at the time that chooses its plan: when it was taken, never after it came.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from django.utils.translation import gettext as _

from careplans.scoring import Colour, RuleKind
from dho.lib.numbers import NBSP, OSLO, date_nb, decimal_comma, time_nb
from measurements.enums import Source, Timing
from measurements.models import MeasurementType, Quantity

LIMIT_NAMES = ("red_low", "yellow_low", "yellow_high", "red_high")
COLOUR_WORDS = {colour: colour.word.capitalize() for colour in Colour}


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one rule about one quantity, and the whole rule in words."""

    quantity: str
    red_low: Decimal | None = None
    yellow_low: Decimal | None = None
    yellow_high: Decimal | None = None
    red_high: Decimal | None = None
    kind: RuleKind = RuleKind.BAND
    words: str = ""

    @property
    def given(self) -> dict[str, Decimal]:
        """The limits that are set, by name."""
        return {name: limit for name in LIMIT_NAMES if (limit := getattr(self, name)) is not None}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A plan version while it was in force. `weekdays` are the days on which a measurement type is expected."""

    number: int
    start: datetime
    end: datetime
    rules: Sequence[Limits]
    weekdays: Mapping[str, frozenset[int]]

    def covers(self, at: datetime) -> bool:
        """Whether this version judged what was measured at that moment."""
        return self.start <= at < self.end

    def band(self, quantity: str) -> Limits | None:
        """The fixed limits of the quantity, which is what can be drawn."""
        found = (rule for rule in self.rules if rule.kind == RuleKind.BAND and rule.quantity == quantity)
        return next(found, None)


@dataclass(frozen=True, slots=True)
class Point:
    """One reading. `values` follow the type's quantities; None could not be represented as a number."""

    reading_id: UUID
    at: datetime
    taken_at: datetime
    values: tuple[Decimal | None, ...]
    sent: str
    source: Source
    timing: Timing = Timing.ON_TIME
    fault: str = ""
    assessment_id: UUID | None = None
    colour: str = ""
    # «Ola Nordmann, pårørende» where somebody else than the patient sent it.
    on_behalf: str = ""

    @property
    def how(self) -> str:
        """How the value came about, and from whom where that was not the patient."""
        return _("Sendt av %(who)s") % {"who": self.on_behalf} if self.on_behalf else str(self.source.label)

    @property
    def day(self) -> date:
        """The day it belongs to."""
        return self.at.astimezone(OSLO).date()


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: a reading, or a day when one was expected and none came."""

    when: str
    value: str
    source: str = ""
    note: str = ""
    mark: str = ""
    colour: str = ""
    assessment_id: UUID | None = None

    @property
    def colour_word(self) -> str:
        """Rød, Gul …; empty before it is judged."""
        return COLOUR_WORDS[Colour(self.colour)] if self.colour else ""


@dataclass(frozen=True)
class Trend:
    """One measurement type of one patient over the last days. `points` are oldest first."""

    type: MeasurementType
    quantities: Sequence[Quantity]
    points: Sequence[Point]
    stretches: Sequence[Stretch]
    first_day: date
    now: datetime

    @property
    def today(self) -> date:
        """The last day shown."""
        return self.now.astimezone(OSLO).date()

    @property
    def days(self) -> int:
        """How many days it covers, today included."""
        return (self.today - self.first_day).days + 1

    @property
    def unit(self) -> str:
        """The unit all the type's quantities share."""
        return self.quantities[0].unit_label

    def is_possible(self, point: Point) -> bool:
        """Whether a living person can have these values; the catalogue's limits, as the scorer takes them."""
        return all(
            value is not None and quantity.impossible_low <= value <= quantity.impossible_high
            for value, quantity in zip(point.values, self.quantities, strict=True)
        )

    @cached_property
    def good(self) -> list[Point]:
        """What the line is drawn through and the summary counts."""
        return [point for point in self.points if not point.fault and self.is_possible(point)]

    @cached_property
    def faulty(self) -> list[Point]:
        """Stated as mis-measured by a person; still shown, marked (AT-31)."""
        return [point for point in self.points if point.fault and self.is_possible(point)]

    @cached_property
    def impossible(self) -> list[Point]:
        """Cannot be true. Never dropped, but no scale could hold them: listed beside the chart."""
        return [point for point in self.points if not self.is_possible(point)]

    def stretch_at(self, at: datetime) -> Stretch | None:
        """The plan version in force at that moment."""
        return next((stretch for stretch in self.stretches if stretch.covers(at)), None)

    def expected(self, day: date) -> bool | None:
        """Whether the plan of that day asked for a measurement; None where no plan said anything."""
        stretch = self.stretch_at(datetime.combine(day, time(12), OSLO))
        weekdays = stretch.weekdays.get(self.type.code) if stretch else None
        return None if weekdays is None else day.weekday() in weekdays

    def _all_days(self) -> Iterable[date]:
        return (self.first_day + timedelta(days=n) for n in range(self.days))

    @cached_property
    def missing_days(self) -> list[date]:
        """Days that have passed without what the plan asked for. Today may still bring it."""
        measured = {point.day for point in self.points}
        return [day for day in self._all_days() if day < self.today and day not in measured and self.expected(day)]

    @cached_property
    def gap_days(self) -> list[date]:
        """Days where the line is broken: nothing usable came, and the plan asked for it or there was no plan to ask."""
        drawn = {point.day for point in self.good}
        return [day for day in self._all_days() if day not in drawn and self.expected(day) is not False]

    def shown(self, point: Point) -> str:
        """The value with its unit, blood pressure as the pair it is; what was no number as it was sent."""
        pairs = zip(point.values, self.quantities, strict=True)
        numbers = [number(value, quantity) for value, quantity in pairs if value is not None]
        return self._with_unit("/".join(numbers)) if len(numbers) == len(self.quantities) else point.sent

    def _with_unit(self, text: str) -> str:
        return f"{text}{NBSP}{self.unit}"

    @property
    def period(self) -> str:
        """The period in words."""
        return f"Siste {self.days} dager"

    @property
    def summary(self) -> str:
        """The chart in words: how many, how many days are missing, lowest, highest and mean."""
        if not self.points:
            return f"{self.period}: ingen målinger{self._missing_text()}."
        usable = counted(len(self.good), "måling", "målinger") if self.good else "ingen målinger som kan brukes"
        sentences = [f"{self.period}: {usable}{self._missing_text()}."]
        if self.good:
            sentences += [self._spread(index) for index in range(len(self.quantities))]
        if left_out := len(self.points) - len(self.good):
            sentences.append(f"{counted(left_out, 'verdi', 'verdier')} er ikke regnet med (feil eller umulig).")
        return " ".join(sentences)

    def _missing_text(self) -> str:
        if not any(self.expected(day) for day in self._all_days()):
            return ""
        missing = len(self.missing_days)
        return f", {counted(missing, 'dag', 'dager')} mangler" if missing else ", ingen dager mangler"

    def _spread(self, index: int) -> str:
        quantity = self.quantities[index]
        # Newest first, so that the last time it was that low or high is the date named.
        found = [(point.values[index] or Decimal(0), point) for point in reversed(self.good)]
        lowest, highest = min(found, key=lambda pair: pair[0]), max(found, key=lambda pair: pair[0])
        mean = sum((value for value, _ in found), Decimal(0)) / len(found)
        name = f"{quantity.short_label}: laveste" if len(self.quantities) > 1 else "Laveste"
        low, high = (
            f"{self._with_unit(number(value, quantity))} ({date_nb(point.day)})" for value, point in (lowest, highest)
        )
        return f"{name} {low}, høyeste {high}, middel {self._with_unit(decimal_comma(mean, quantity.decimals))}."

    @property
    def limits_text(self) -> str:
        """The limits that hold now, in words: a threshold must never be told by colour or position alone."""
        stretch = self.stretch_at(self.now)
        pair = len(self.quantities) > 1
        told = [
            f"{quantity.short_label.lower()} {rule.words}" if pair else rule.words
            for quantity in self.quantities
            for rule in (stretch.rules if stretch else [])
            if rule.quantity == quantity.code
        ]
        return f"Grenser nå (plan versjon {stretch.number}): {'; '.join(told)}." if stretch and told else ""

    @property
    def impossible_rows(self) -> list[Row]:
        """What cannot be true, to be listed beside the chart."""
        return [self._row(point) for point in self.impossible]

    @cached_property
    def rows(self) -> list[Row]:
        """The table, newest first: every reading, also the faulty and impossible, and every missing day."""
        lines = [(point.at, self._row(point)) for point in self.points]
        lines += [
            (datetime.combine(day, time(23, 59), OSLO), Row(date_nb(day), "Ingen måling", mark="missing"))
            for day in self.missing_days
        ]
        return [row for _, row in sorted(lines, key=lambda line: line[0], reverse=True)]

    def _row(self, point: Point) -> Row:
        notes = [] if self.is_possible(point) else ["Kan ikke være riktig"]
        notes += [f"Feilmåling: {point.fault}"] if point.fault else []
        notes += [str(point.timing.label)] if point.timing != Timing.ON_TIME else []
        return Row(
            when=f"{date_nb(point.taken_at)} {time_nb(point.taken_at)}",
            value=self.shown(point),
            source=point.how,
            note=". ".join(notes),
            mark="impossible" if not self.is_possible(point) else "faulty" if point.fault else "",
            colour=point.colour,
            assessment_id=point.assessment_id,
        )


def number(value: Decimal, quantity: Quantity) -> str:
    """The number with the quantity's decimals, or with more where it has more: never rounded across a limit."""
    exponent = value.normalize().as_tuple().exponent
    own = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return decimal_comma(value, max(own, quantity.decimals))


def counted(count: int, one: str, many: str) -> str:
    """1 måling, 2 målinger."""
    return f"{count} {one if count == 1 else many}"
