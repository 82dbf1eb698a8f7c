"""Opening hours as people write them in a form: «08.00–11.30, 12.00–15.30», a date a line, a date and a time a line."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Final

from dho.lib.numbers import date_nb
from organisations.opening_hours import Span

_CLOCK: Final = r"([01]?\d|2[0-4])(?:[.:]([0-5]\d))?"
_SPAN: Final = re.compile(rf"{_CLOCK}\s*[-–]\s*{_CLOCK}")
_EARLY: Final = re.compile(rf"(\S+)\s+(?:kl\.?\s*)?{_CLOCK}")


class Unreadable(ValueError):
    """The text is no such thing; `part` is what could not be read."""

    def __init__(self, part: str) -> None:
        super().__init__("unreadable")
        self.part = part


def read_spans(text: str) -> tuple[Span, ...]:
    """The open spans of one day, none where the text is empty. Raises Unreadable."""
    return tuple(_span(part.strip()) for part in re.split(r"[,;]| og ", text) if part.strip())


def _span(text: str) -> Span:
    found = _SPAN.fullmatch(text)
    if not found:
        raise Unreadable(text)
    start, end = _clock(found[1], found[2], text), _clock(found[3], found[4], text)
    # An end of 00.00 is the midnight that ends the day.
    if end != time(0) and end <= start:
        raise Unreadable(text)
    return start, end


def _clock(hour: str, minute: str | None, text: str) -> time:
    if int(hour) == 24 and int(minute or 0):
        raise Unreadable(text)
    return time(int(hour) % 24, int(minute or 0))


def read_days(text: str) -> frozenset[date]:
    """One date a line. Raises Unreadable."""
    return frozenset(_day(line) for line in _lines(text))


def read_early(text: str) -> dict[date, time]:
    """A date and when the service closes that day, a line each. Raises Unreadable."""
    found: dict[date, time] = {}
    for line in _lines(text):
        parts = _EARLY.fullmatch(line)
        if not parts:
            raise Unreadable(line)
        found[_day(parts[1])] = _clock(parts[2], parts[3], line)
    return found


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%d.%m.%Y").date()  # noqa: DTZ007 - a day of the calendar has no zone
    except ValueError:
        raise Unreadable(text) from None


def write_spans(spans: Iterable[Span]) -> str:
    """The way back of `read_spans`; empty where the day is closed."""
    return ", ".join(f"{start:%H.%M}–{end:%H.%M}" for start, end in spans)


def write_days(days: Iterable[date]) -> str:
    """The way back of `read_days`."""
    return "\n".join(date_nb(day) for day in sorted(days))


def write_early(days: Mapping[date, time]) -> str:
    """The way back of `read_early`."""
    return "\n".join(f"{date_nb(day)} {closes:%H.%M}" for day, closes in sorted(days.items()))
