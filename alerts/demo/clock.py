"""Days and hours of the demo, in Oslo time: people measure while they are awake, whenever the demo is loaded."""

from bisect import bisect_left
from datetime import date, datetime, time, timedelta
from typing import Final

from dho.lib.numbers import OSLO
from organisations.opening_hours import OpeningHours

_BEDTIME: Final = time(21, 30)
_UP: Final = time(7, 30)
_FURTHEST_MINUTES: Final = 14 * 24 * 60


def local_date(at: datetime) -> date:
    """The date on the wall in Oslo."""
    return at.astimezone(OSLO).date()


def midnight(at: datetime) -> datetime:
    """The beginning of that day in Oslo."""
    return datetime.combine(local_date(at), time(), tzinfo=OSLO)


def at_work(day: datetime, hour: int, minute: int) -> datetime:
    """That time of the day, or of the Friday before a weekend."""
    start = midnight(day)
    weekend = timedelta(days=max(0, start.weekday() - 4))
    return datetime.combine(start.date() - weekend, time(hour, minute), tzinfo=OSLO)


def last_awake(now: datetime) -> datetime:
    """Now by day; at night the evening before, so that nobody in the demo measures at three."""
    local = now.astimezone(OSLO)
    if _UP <= local.time() <= _BEDTIME:
        return local
    day = local.date() if local.time() > _BEDTIME else local.date() - timedelta(days=1)
    return datetime.combine(day, _BEDTIME, tzinfo=OSLO)


def open_time_ago(hours: OpeningHours, now: datetime, open_time: timedelta) -> datetime:
    """The latest minute such that so much open time has passed since: what came then is that much into its deadline."""

    def enough(minutes: int) -> bool:
        return hours.open_time_between(now - timedelta(minutes=minutes), now) >= open_time

    return now - timedelta(minutes=bisect_left(range(_FURTHEST_MINUTES), x=True, key=enough))


def since_last_closing(hours: OpeningHours, now: datetime) -> datetime:
    """About an hour after the service last closed: Friday afternoon, when it is Monday morning."""
    at, step = now, timedelta(minutes=10)
    while hours.is_open(at):
        at -= step
    while not hours.is_open(at):
        at -= step
    return at + timedelta(hours=1)
