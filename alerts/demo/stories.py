"""What is going on right now: the last readings of those patients that stand in the queue when the demo is loaded."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from alerts.demo.answers import BAD, POOR, Answers, answers_for
from alerts.demo.cast import Story
from alerts.demo.clock import last_awake, local_date, midnight, open_time_ago, since_last_closing
from alerts.demo.conditions import lowest_oxygen, quantities_of
from alerts.demo.course import Life, Taken, value_at, written
from measurements.enums import Source
from organisations.opening_hours import OpeningHours

_ONE_DAY: Final = timedelta(days=1)
# The last routine reading of the same thing is this far from the one that tells the story.
_APART: Final = timedelta(hours=3)
# Ten o'clock and a little: then the morning's reading is missing.
_MORNING_DEADLINE: Final = timedelta(hours=10, minutes=15)


@dataclass(frozen=True)
class Present:
    """What was taken in the end, and from when on nobody has handled anything."""

    taken: list[Taken]
    unhandled_from: datetime


def tell(life: Life, taken: list[Taken], hours: OpeningHours) -> Present:
    """The patient's days with the story at the end of them."""
    story = life.character.story
    if story in _ENDINGS:
        return _ENDINGS[story](life, taken, hours)
    return Present(taken, life.now)


def _oxygen(to_red: bool, minutes: int) -> Callable[..., Present]:
    """Oxygen sinks day by day and passes the limit at last: two under red, or one under yellow."""

    def ending(life: Life, taken: list[Taken], hours: OpeningHours) -> Present:
        at = last_awake(life.now) - timedelta(minutes=minutes)
        yellow = lowest_oxygen(life.usual, life.character.course.shift)
        slope = _sloping(life, taken, "spo2", days=6, to=yellow)
        value = yellow - 4 if to_red else yellow - 1
        return _end(life, slope, Taken("spo2", at, at + _seconds(6), (written(value, "spo2"),)))

    return ending


def _weight(rises: tuple[float, ...], last: float, *, minutes: int | None) -> Callable[..., Present]:
    """Weight rises: so much more than usual on each of the last days, and `last` in the end."""

    def ending(life: Life, taken: list[Taken], hours: OpeningHours) -> Present:
        soon = timedelta(minutes=minutes or 0)
        at = last_awake(life.now) - soon if minutes else last_awake(since_last_closing(hours, life.now))
        by_day = {local_date(at) - number * _ONE_DAY: rise for number, rise in enumerate(reversed(rises))}
        changed = []
        for each in taken:
            rise = last - 0.1 if each.taken_at > at else by_day.get(local_date(each.taken_at))
            if each.code == "weight" and rise is not None:
                changed.append(replace(each, values=(written(life.usual["weight"] + rise, "weight"),)))
            else:
                changed.append(each)
        value = written(life.usual["weight"] + last, "weight")
        return _end(life, changed, Taken("weight", at, at + _seconds(9), (value,)))

    return ending


def _form(code: str, given: Answers, *, minutes: int | None) -> Callable[..., Present]:
    """Many symptoms. Without `minutes` it came so long ago that the deadline for red has just passed."""

    def ending(life: Life, taken: list[Taken], hours: OpeningHours) -> Present:
        late = open_time_ago(hours, life.now, timedelta(minutes=41))
        at = last_awake(life.now) - timedelta(minutes=minutes) if minutes else late
        answers = answers_for(code, life.rng, given=given, steady=True)
        return _end(life, taken, Taken(code, at, at + _seconds(4), answers=answers))

    return ending


def _value(code: str, values: tuple[str, ...], minutes: int, source: Source = Source.DEVICE) -> Callable[..., Present]:
    """One reading out of the ordinary."""

    def ending(life: Life, taken: list[Taken], hours: OpeningHours) -> Present:
        at = last_awake(life.now) - timedelta(minutes=minutes)
        return _end(life, taken, Taken(code, at, at + _seconds(5), values, source=source))

    return ending


def _pressure(life: Life, taken: list[Taken], hours: OpeningHours) -> Present:
    """Blood pressure and pulse, measured together: two alerts in one case."""
    at = last_awake(life.now) - timedelta(minutes=100)
    pulse = Taken("pulse", at + _seconds(40), at + _seconds(50), ("104",))
    first = _end(life, taken, Taken("blood_pressure", at, at + _seconds(8), ("164", "92")))
    return Present([*first.taken, pulse], first.unhandled_from)


def _wrong_clock(life: Life, taken: list[Taken], hours: OpeningHours) -> Present:
    """A good value, but from tomorrow."""
    at = last_awake(life.now) - timedelta(minutes=170)
    value = value_at(life, "spo2", at)
    return _end(life, taken, Taken("spo2", at + timedelta(hours=26), at + _seconds(5), (value,)))


def _silent(days: int) -> Callable[..., Present]:
    """The main thing has not been measured for so many days, counting the last one whose deadline has passed."""

    def ending(life: Life, taken: list[Taken], hours: OpeningHours) -> Present:
        code = life.habits[0].code
        last = midnight(life.now - _MORNING_DEADLINE) - (days - 1) * _ONE_DAY
        kept = [each for each in taken if each.code != code or each.taken_at < last]
        return Present(kept, life.now)

    return ending


def _waiting(life: Life, taken: list[Taken], hours: OpeningHours) -> Present:
    """Goes on measuring, after the service closed as well, and nobody has looked yet."""
    since = since_last_closing(hours, life.now)
    evening = last_awake(since)
    code = life.habits[0].code
    values = tuple(value_at(life, each, evening) for each in quantities_of(code))
    return Present([*taken, Taken(code, evening, evening + _seconds(7), values)], evening)


def _end(life: Life, taken: list[Taken], last: Taken) -> Present:
    """The last reading, and no routine reading of the same thing right before or after it."""
    kept = [each for each in taken if each.code != last.code or abs(each.taken_at - last.received_at) >= _APART]
    return Present([*kept, last], last.received_at)


def _sloping(life: Life, taken: list[Taken], code: str, *, days: int, to: float) -> list[Taken]:
    """The values of the last days drawn evenly from the usual one towards `to`, never beyond it."""
    today, usual = local_date(life.now), life.usual[code]
    found = []
    for each in taken:
        ago = (today - local_date(each.taken_at)).days
        if each.code == code and ago < days:
            value = usual + (to - usual) * (days - ago) / days
            found.append(replace(each, values=(written(max(value, to), code),)))
        else:
            found.append(each)
    return found


def _seconds(count: int) -> timedelta:
    return timedelta(seconds=count)


_ENDINGS: Final[dict[Story, Callable[[Life, list[Taken], OpeningHours], Present]]] = {
    Story.SPO2_RED: _oxygen(to_red=True, minutes=4),
    Story.SPO2_YELLOW: _oxygen(to_red=False, minutes=22),
    Story.WEIGHT_RED: _weight((0.0, 0.2, 1.6), 3.3, minutes=18),
    Story.WEIGHT_YELLOW: _weight((0.0, 0.3, 1.1), 2.5, minutes=None),
    Story.FORM_RED: _form("symptoms_copd", BAD, minutes=None),
    Story.FORM_YELLOW: _form("symptoms_copd", POOR, minutes=130),
    Story.GLUCOSE_HIGH: _value("glucose", ("15.2",), 65),
    Story.GLUCOSE_LOW: _value("glucose", ("3.6",), 35, Source.MANUAL),
    Story.PRESSURE_YELLOW: _pressure,
    Story.IMPOSSIBLE: _value("spo2", ("0",), 50),
    Story.WRONG_CLOCK: _wrong_clock,
    Story.NOT_TODAY: _silent(1),
    Story.SILENT: _silent(3),
    Story.WAITING: _waiting,
}
