"""How long something has waited and when it must be handled, in words. The service's own open hours decide (P5)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext

from dho.lib.numbers import OSLO, date_nb, duration_nb, time_nb, weekday_nb
from organisations.opening_hours import OpeningHours

LONG_AGO = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The deadline as the queue says it; `late` gets a flag beside the words, never colour alone."""

    text: str
    late: bool


def deadline_in_words(deadline: datetime, *, hours: OpeningHours, now: datetime) -> Deadline:
    """«Innen 26 min» while the service stays open until then, else the day and clock; «11 min over frist» when passed.

    What it is late by is counted in open hours, as the deadline itself is.
    """
    if deadline < now:
        return Deadline(text=_late(deadline, hours=hours, now=now), late=True)
    left = deadline - now
    if hours.is_open(now) and left <= hours.closing(now) - now:
        # Rounded up: «innen 1 min» until the deadline has passed, never «innen 0 min».
        whole_minutes = timedelta(minutes=max(1, -(-left // timedelta(minutes=1))))
        return Deadline(text=gettext("Innen %(left)s") % {"left": duration_nb(whole_minutes)}, late=False)
    return Deadline(text=f"{_day(deadline, now)} {time_nb(deadline)}", late=False)


def _late(deadline: datetime, *, hours: OpeningHours, now: datetime) -> str:
    if now - deadline > LONG_AGO:
        return gettext("%(days)s dager over frist") % {"days": (now - deadline).days}
    late = hours.open_time_between(deadline, now)
    if late:
        return gettext("%(late)s over frist") % {"late": duration_nb(late)}
    return gettext("Fristen gikk ut %(clock)s") % {"clock": time_nb(deadline)}


def _day(at: datetime, now: datetime) -> str:
    days_away = (at.astimezone(OSLO).date() - now.astimezone(OSLO).date()).days
    if days_away <= 1:
        return gettext("I morgen") if days_away else gettext("I dag")
    return weekday_nb(at).capitalize() if days_away < 7 else date_nb(at)


def ago_in_words(since: datetime, *, now: datetime) -> str:
    """«12 s» under a minute, then as other durations: two nurses seldom meet at the minute."""
    passed = max(now - since, timedelta(0))
    return f"{passed.seconds} s" if passed < timedelta(minutes=1) else duration_nb(passed)
