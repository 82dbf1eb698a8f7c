"""When a schedule expects something. Pure: wall-clock times in Oslo become instants, also where the clock changes.

A clock time that occurs twice means the first; one that is skipped in March means the moment the clock jumps, as in
`organisations.opening_hours`.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Protocol

from dho.lib.numbers import OSLO
from organisations.opening_hours import instant_of

_ONE_DAY = timedelta(days=1)


class Times(Protocol):
    """What is needed of a schedule: weekdays (0 = Monday), times of day, and minutes of grace."""

    weekdays: list[int]
    times: list[time]
    grace_minutes: int


def next_due(schedule: Times, after: datetime) -> datetime:
    """The first due time strictly after that instant."""
    return next(due for due in _due_times(schedule, after, _ONE_DAY) if due > after)


def previous_due(schedule: Times, before: datetime) -> datetime:
    """The last due time strictly before that instant."""
    return next(due for due in _due_times(schedule, before, -_ONE_DAY) if due < before)


def deadline_of(schedule: Times, due: datetime) -> datetime:
    """The due time and the grace after it, in real minutes."""
    return due + timedelta(minutes=schedule.grace_minutes)


def _due_times(schedule: Times, start: datetime, step: timedelta) -> Iterator[datetime]:
    """All due times day by day away from `start`, beginning a day on its other side. Never ends."""
    day = start.astimezone(OSLO).date() - step
    while True:
        if day.weekday() in schedule.weekdays:
            yield from sorted((instant_of(day, each) for each in schedule.times), reverse=step < timedelta(0))
        day += step
