"""The patient's habitual values over a trial or any period (R-035, R-036): what is usual, how sure, what is missing.

The middle is the median, the spread the range and the quartiles: one cold finger moves neither, they stand in the
quantity's own unit, and a doctor reads them without explanation (ADR 26).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median, quantiles
from typing import Final

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from careplans.models import Schedule
from careplans.queries.evidence import Evidence, Period
from careplans.scoring import Answered, Known, Quantity
from careplans.scoring.history import is_possible
from dho.lib.numbers import OSLO, decimal_comma

# Fewer values say nothing about quarters, nor about a part of the day.
ENOUGH_FOR_QUARTILES: Final = 4
ENOUGH_OF_A_PART: Final = 3
_PARTS: Final = ((_("morgen"), range(5, 11)), (_("ettermiddag"), range(11, 17)), (_("kveld og natt"), None))


@dataclass(frozen=True, slots=True)
class Planned:
    """What the plan asked for in a period: on which days, and how many times."""

    days: frozenset[date]
    times: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Readings that are no part of what is usual."""

    faulty: int = 0
    wrong_clock: int = 0
    impossible: int = 0

    @property
    def words(self) -> str:
        """«2 er holdt utenfor: 1 feilmåling, 1 med feil klokke»; empty when nothing is."""
        kinds = (
            (self.faulty, gettext("kalt feilmåling")),
            (self.wrong_clock, gettext("fra en klokke som går feil")),
            (self.impossible, gettext("med en verdi som ikke er mulig")),
        )
        parts = ", ".join(f"{number} {kind}" for number, kind in kinds if number)
        total = self.faulty + self.wrong_clock + self.impossible
        if not total:
            return ""
        said = ngettext("%(total)s måling er holdt utenfor:", "%(total)s målinger er holdt utenfor:", total)
        return f"{said % {'total': total}} {parts}."


@dataclass(frozen=True, slots=True)
class Usual:
    """The patient's own values of one quantity or form in a period."""

    quantity: Quantity
    values: tuple[Decimal, ...]
    middle: Decimal
    lowest: Decimal
    highest: Decimal
    quartiles: tuple[Decimal, Decimal] | None
    parts: tuple[tuple[str, Decimal, int], ...]
    measured_days: int
    planned_days: int | None
    planned_times: int | None
    left_out: LeftOut

    @property
    def text(self) -> str:
        """«92 % (88–94)»: the median, and the range."""
        return (
            f"{self._shown(self.middle)} {self.quantity.unit} ({self._shown(self.lowest)}–{self._shown(self.highest)})"
        )

    @property
    def spread(self) -> str:
        """«Halvparten av verdiene er 91–93.»; empty with few values."""
        if self.quartiles is None:
            return ""
        low, high = (self._shown(value) for value in self.quartiles)
        return gettext("Halvparten av verdiene er %(low)s–%(high)s.") % {"low": low, "high": high}

    @property
    def by_time(self) -> str:
        """«Morgen 91 · kveld og natt 94»; empty unless at least two parts of the day have enough values."""
        return " · ".join(f"{name} {self._shown(value)}" for name, value, _ in self.parts)

    @property
    def missing(self) -> str:
        """«6 av 21 planlagte dager målt»."""
        if self.planned_days is None:
            said = ngettext(
                "%(days)s dag målt, ingen faste dager i planen",
                "%(days)s dager målt, ingen faste dager i planen",
                self.measured_days,
            )
            return said % {"days": self.measured_days}
        numbers = {"days": self.measured_days, "planned": self.planned_days}
        return gettext("%(days)s av %(planned)s planlagte dager målt") % numbers

    def _shown(self, value: Decimal) -> str:
        return decimal_comma(value, self.quantity.decimals)


def usual_values(
    code: str, quantities: Mapping[str, Quantity], found: Evidence, planned: Planned | None = None
) -> Usual | None:
    """What is usual of a quantity or a form's score; None where the patient has no such number in the period."""
    quantity = quantities.get(code)
    if quantity is None:
        return None
    kept, left_out = _sorted_out(quantity, found)
    if not kept:
        return None
    values = [value for _, value in kept]
    days = {each.fact.at.astimezone(OSLO).date() for each, _ in kept}
    low, _middle, high = (
        quantiles(values, n=4, method="inclusive") if len(values) >= ENOUGH_FOR_QUARTILES else (0, 0, 0)
    )
    return Usual(
        quantity=quantity,
        values=tuple(values),
        middle=median(values),
        lowest=min(values),
        highest=max(values),
        quartiles=(Decimal(low), Decimal(high)) if len(values) >= ENOUGH_FOR_QUARTILES else None,
        parts=_parts_of_day(kept),
        measured_days=len(days if planned is None else days & planned.days),
        planned_days=None if planned is None else len(planned.days),
        planned_times=None if planned is None else planned.times,
        left_out=left_out,
    )


def values_of(code: str, quantity: Quantity | None, found: Evidence) -> list[tuple[Known, Decimal]]:
    """The usable values of the period with their facts, in the order of time: what a chart draws."""
    return _sorted_out(quantity, found)[0] if quantity else []


def planned(
    schedules: Iterable[Schedule],
    *,
    subject: str,
    period: Period,
    since: date | None,
    paused: Collection[date] = frozenset(),
) -> Planned | None:
    """What these schedules ask for from `since` on; None where they do not say when. On a paused day, nothing."""
    own = [row for row in schedules if row.subject == subject]
    if not own:
        return None
    days = [day for day in period.days if (since is None or day >= since) and day not in paused]
    times = sum(len(row.times) for day in days for row in own if day.weekday() in row.weekdays)
    asked = {day for day in days for row in own if day.weekday() in row.weekdays}
    return Planned(frozenset(asked), times)


def _sorted_out(quantity: Quantity, found: Evidence) -> tuple[list[tuple[Known, Decimal]], LeftOut]:
    kept: list[tuple[Known, Decimal]] = []
    faulty = wrong_clock = impossible = 0
    for each, value in _numbers(quantity.code, found):
        if each.faulty(found.now):
            faulty += 1
        elif each.fact.id in found.unplaced:
            wrong_clock += 1
        elif value is None or not is_possible(value, quantity):
            impossible += 1
        else:
            kept.append((each, value))
    return kept, LeftOut(faulty, wrong_clock, impossible)


def _numbers(code: str, found: Evidence) -> Iterator[tuple[Known, Decimal | None]]:
    for each in found.within:
        fact = each.fact
        if isinstance(fact, Answered):
            if fact.questionnaire == code and fact.score is not None:
                yield each, fact.score
        elif code in fact.values:
            yield each, fact.values[code]


def _parts_of_day(kept: list[tuple[Known, Decimal]]) -> tuple[tuple[str, Decimal, int], ...]:
    found = []
    for name, hours in _PARTS:
        values = [
            value
            for each, value in kept
            if (
                each.fact.at.astimezone(OSLO).hour in hours
                if hours
                else not 5 <= each.fact.at.astimezone(OSLO).hour < 17
            )
        ]
        if len(values) >= ENOUGH_OF_A_PART:
            found.append((str(name), median(values), len(values)))
    return tuple(found) if len(found) > 1 else ()
