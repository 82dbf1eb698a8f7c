"""Opening hours of a follow-up service, and every calculation of time that depends on them (R-095, S-02, AT-28).

The service is a daytime service, not round the clock, so deadlines count open time only. Rules:

* A day's hours are written as the clock on the wall in Oslo. Each day becomes real instants by itself, so a day of 23
  or 25 hours counts its real hours. A clock time that occurs twice means the first; one that is skipped means the
  moment the clock jumps.
* An end of 00:00 is the midnight that ends the day. A night is written in two parts: 22:00-00:00 and 00:00-07:00.
* Public holidays (``holidays``) and ``closures`` are closed. On a half day the service closes at the given time.
  24 and 31 December and the Wednesday before Easter are ordinary days until the service's own data says otherwise.

Pure: no model and no clock of its own. Instants are aware datetimes; those given back are in Oslo time.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import holidays
from django.utils.translation import gettext

from dho.lib.numbers import OSLO, long_date_nb, time_nb, weekday_nb

Span = tuple[dt.time, dt.time]
Period = tuple[dt.datetime, dt.datetime]

_MIDNIGHT: Final = dt.time(0)
_ONE_DAY: Final = dt.timedelta(days=1)
# Longer than any real closure: past it the service's data must be wrong, and a search must end.
_LONGEST_CLOSURE: Final = dt.timedelta(days=400)


class NeverOpens(ValueError):
    """The closures leave no opening within 400 days, so no deadline can be given."""


@dataclass(frozen=True)
class OpeningHours:
    """When a service is open. ``weekly`` maps weekday (Monday 0) to spans, ``half_days`` a date to its closing time.

    Raises ValueError for a service with no hours at all, a span that ends before it starts, or spans that overlap.
    """

    weekly: Mapping[int, tuple[Span, ...]]
    closures: frozenset[dt.date] = frozenset()
    half_days: Mapping[dt.date, dt.time] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not any(self.weekly.values()):
            raise ValueError("A service needs opening hours on at least one weekday.")
        for weekday, spans in self.weekly.items():
            if weekday not in range(7):
                raise ValueError(f"Weekday {weekday} is not 0-6.")
            previous_end: dt.time | None = _MIDNIGHT
            for start, end in spans:
                # None stands for the midnight that ends the day: nothing can follow it.
                if previous_end is None or start < previous_end or (end != _MIDNIGHT and end <= start):
                    raise ValueError(f"Opening hours on weekday {weekday} overlap or end before they start.")
                previous_end = None if end == _MIDNIGHT else end

    def is_open(self, at: dt.datetime) -> bool:
        """Open at this instant. The minute of opening is open, the minute of closing is not."""
        moment = _utc(at)
        return any(opens <= moment < closes for opens, closes in self._on(_oslo(moment).date()))

    def next_opening(self, after: dt.datetime) -> dt.datetime:
        """The first opening strictly after this instant; midnight inside a night shift is none. Raises NeverOpens."""
        moment = _utc(after)
        return _oslo(next(opens for opens, _ in self._shifts(moment) if opens > moment))

    def closing(self, at: dt.datetime) -> dt.datetime:
        """When the service closes, given that it is open at ``at``. Raises ValueError when it is not."""
        if not self.is_open(at):
            raise ValueError("The service is closed.")
        return _oslo(next(self._shifts(_utc(at)))[1])

    def add_open_time(self, start: dt.datetime, open_time: dt.timedelta) -> dt.datetime:
        """The deadline after so much *open* time. It may be a closing time; zero outside hours gives the next opening.

        Raises ValueError for negative time, NeverOpens where the calendar ends.
        """
        if open_time < dt.timedelta(0):
            raise ValueError("Open time cannot be negative.")
        left, moment = open_time, _utc(start)
        for opens, closes in self._periods(moment):
            begins = max(opens, moment)
            if left <= closes - begins:
                return _oslo(begins + left)
            left -= closes - begins
        raise AssertionError("periods never end without NeverOpens")

    def open_time_between(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        """Real time during which the service was open between two instants; zero when ``end`` is not later."""
        total, first, last = dt.timedelta(0), _utc(start), _utc(end)
        day, last_day = _oslo(first).date(), _oslo(last).date()
        while day <= last_day:
            for opens, closes in self._on(day):
                total += max(min(closes, last) - max(opens, first), dt.timedelta(0))
            day += _ONE_DAY
        return total

    def describe(self, at: dt.datetime) -> str:
        """For screens and the tablet: "Åpent til kl. 15.30" or "Stengt. Åpner mandag kl. 08.00"."""
        if self.is_open(at):
            return gettext("Åpent til %(closing)s") % {"closing": _closing_text(_oslo(at), self.closing(at))}
        try:
            opens = self.next_opening(at)
        except NeverOpens:
            return gettext("Stengt. Ny åpningstid er ikke satt")
        return gettext("Stengt. Åpner %(opening)s") % {"opening": _opening_text(_oslo(at), opens)}

    def to_json(self) -> dict[str, Any]:
        """A form that JSON can hold; the way back is :meth:`from_json`."""
        return {
            "weekly": {
                str(weekday): [[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in spans]
                for weekday, spans in sorted(self.weekly.items())
            },
            "closures": [day.isoformat() for day in sorted(self.closures)],
            "half_days": {day.isoformat(): f"{closes:%H:%M}" for day, closes in sorted(self.half_days.items())},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "OpeningHours":
        """Read what :meth:`to_json` wrote. Raises ValueError for anything that is not opening hours."""
        try:
            return cls(
                weekly={
                    int(weekday): tuple(
                        (dt.time.fromisoformat(start), dt.time.fromisoformat(end)) for start, end in spans
                    )
                    for weekday, spans in data["weekly"].items()
                },
                closures=frozenset(dt.date.fromisoformat(day) for day in data.get("closures", [])),
                half_days={
                    dt.date.fromisoformat(day): dt.time.fromisoformat(closes)
                    for day, closes in data.get("half_days", {}).items()
                },
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("This is not a description of opening hours.") from error

    def _on(self, day: dt.date) -> list[Period]:
        """The open periods of one calendar day, as instants in UTC, in order."""
        if day in self.closures or day in _public_holidays(day.year):
            return []
        closes_early = instant_of(day, self.half_days[day]) if day in self.half_days else None
        periods = []
        for start, end in self.weekly.get(day.weekday(), ()):
            opens, closes = (
                instant_of(day, start),
                instant_of(day + _ONE_DAY if end == _MIDNIGHT else day, end),
            )
            if closes_early is not None:
                closes = min(closes, closes_early)
            # Empty after an early closing, or when the span lies wholly inside the hour that is skipped in March.
            if opens < closes:
                periods.append((opens, closes))
        return periods

    def _periods(self, moment: dt.datetime) -> Iterator[Period]:
        """Open periods that end after ``moment``, day by day without end. Raises NeverOpens after 400 closed days."""
        day = _oslo(moment).date()
        give_up = day + _LONGEST_CLOSURE
        while day < give_up:
            for opens, closes in self._on(day):
                if closes > moment:
                    give_up = day + _LONGEST_CLOSURE
                    yield opens, closes
            day += _ONE_DAY
        raise NeverOpens("No opening within 400 days.")

    def _shifts(self, moment: dt.datetime) -> Iterator[Period]:
        """As :meth:`_periods`, with periods that touch (at midnight) joined into one."""
        periods = self._periods(moment)
        start, end = next(periods)
        for opens, closes in periods:
            if opens == end:
                end = closes
            else:
                yield start, end
                start, end = opens, closes


# What the screens count by where a service's own hours cannot be read: nobody is said to be closed by a mistake.
ROUND_THE_CLOCK: Final = OpeningHours(dict.fromkeys(range(7), ((_MIDNIGHT, _MIDNIGHT),)))


def _utc(at: dt.datetime) -> dt.datetime:
    # All arithmetic is done in UTC: between two datetimes in Oslo time Python subtracts and compares the wall clock.
    if at.tzinfo is None:
        raise ValueError("Opening hours need an aware datetime.")
    return at.astimezone(dt.UTC)


def _oslo(at: dt.datetime) -> dt.datetime:
    return at.astimezone(OSLO)


def instant_of(day: dt.date, clock: dt.time) -> dt.datetime:
    """The instant in UTC at which the clocks in Oslo show this time; of two, the first."""
    wall = dt.datetime.combine(day, clock, tzinfo=OSLO)
    instant = wall.astimezone(dt.UTC)
    shown = instant.astimezone(OSLO)
    if shown.time() != clock:
        # In the skipped hour (02-03 in March) Python lands an hour late; the clock jumps at the top of that hour.
        return shown.replace(minute=0, second=0, microsecond=0).astimezone(dt.UTC)
    return instant


@lru_cache(maxsize=32)
def _public_holidays(year: int) -> frozenset[dt.date]:
    return frozenset(holidays.country_holidays("NO", years=year))


def _opening_text(now: dt.datetime, opens: dt.datetime) -> str:
    days_away = (opens.date() - now.date()).days
    if days_away == 0:
        return gettext("i dag %(clock)s") % {"clock": time_nb(opens)}
    if days_away <= 6:
        return f"{weekday_nb(opens)} {time_nb(opens)}"
    return f"{weekday_nb(opens)} {long_date_nb(opens)} {time_nb(opens)}"


def _closing_text(now: dt.datetime, closes: dt.datetime) -> str:
    if closes.date() == now.date():
        return time_nb(closes)
    if closes.time() == _MIDNIGHT and closes.date() == now.date() + _ONE_DAY:
        return "kl. 24.00"
    return _opening_text(now, closes)
