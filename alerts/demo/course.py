"""The days of one patient: what was measured and answered, with noise, bad spells, missed days and device faults."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from math import cos, pi, sin
from random import Random
from typing import Final

from alerts.demo.answers import Answers, answers_for
from alerts.demo.cast import Character, Course
from alerts.demo.clock import local_date
from alerts.demo.conditions import NATURES, Habit, quantities_of
from alerts.demo.records import ENDED_DAYS_AGO, PAUSED_DAYS
from dho.lib.numbers import OSLO
from measurements.enums import Source

# In the last days nothing happens by chance, so that the queue shows what the stories put there.
CALM_DAYS: Final = 6
_MISSED: Final = 0.04
_TYPED_IN: Final = 0.04
_OFFLINE: Final = 0.25
# What a device that is badly fitted or out of battery sends.
_FAULTS: Final = {"spo2": "0", "pulse": "255", "weight": "4.2", "glucose": "0.1", "temperature": "21.5"}
_FAULTY: Final = 0.002
_WRONG_CLOCK: Final = 0.0005
# How far a bad spell goes: a rise or a fall, in spreads of the quantity.
_SPELLS: Final = {"spo2": (-4, -7), "weight": (9, 16), "glucose": (5, 9), "pulse": (6, 9), "systolic": (4, 7)}


@dataclass(frozen=True)
class Taken:
    """One thing measured (`values`, as sent) or answered (`answers`)."""

    code: str
    taken_at: datetime
    received_at: datetime
    values: tuple[str, ...] = ()
    answers: Answers | None = None
    source: Source = Source.DEVICE


@dataclass
class Life:
    """What the patient's days are made from."""

    character: Character
    usual: dict[str, float]
    habits: list[Habit]
    rng: Random
    started: datetime
    now: datetime
    drift: dict[str, float] = field(default_factory=dict)
    # (code, first day, days, size): at its worst in the middle.
    spells: list[tuple[str, date, int, float]] = field(default_factory=list)

    @property
    def calm_from(self) -> date:
        """The first of the days on which nothing happens by chance."""
        return local_date(self.now) - timedelta(days=CALM_DAYS)

    @property
    def last_day(self) -> date:
        """The last day with measurements."""
        ago = {Course.PAUSED: PAUSED_DAYS, Course.ENDED: ENDED_DAYS_AGO + 1}.get(self.character.course, 0)
        return local_date(self.now) - timedelta(days=ago)


def live(life: Life, *, days: int) -> list[Taken]:
    """Everything that was received by now, in the order of taking."""
    first = max(local_date(life.now) - timedelta(days=days), local_date(life.started))
    dates = [first + timedelta(days=number) for number in range((life.last_day - first).days + 1)]
    if not dates:
        return []
    _plan_spells(life, dates)
    offline = _offline(life, dates)
    found = [taken for day in dates for taken in _day(life, day, offline)]
    return sorted((each for each in found if each.received_at <= life.now), key=lambda each: each.taken_at)


def value_at(life: Life, code: str, at: datetime) -> str:
    """One value of the quantity at that time, as the device sends it."""
    nature, local = NATURES[code], at.astimezone(OSLO)
    swing = nature.swing * cos(2 * pi * (local.hour + local.minute / 60 - 16) / 24)
    if local.date() >= life.calm_from:
        noise = max(-nature.spread, min(nature.spread, life.rng.gauss(0, nature.spread / 2)))
    else:
        life.drift[code] = 0.7 * life.drift.get(code, 0.0) + life.rng.gauss(0, nature.spread * 0.6)
        noise = life.drift[code] + life.rng.gauss(0, nature.spread * 0.5) + _spell(life, code, local.date())
    return written(life.usual[code] + swing + noise, code)


def written(value: float, code: str) -> str:
    """The number with the quantity's decimals; oxygen never passes 99."""
    highest = 99.0 if code == "spo2" else value
    return f"{min(value, highest):.{NATURES[code].decimals}f}"


def _plan_spells(life: Life, dates: list[date]) -> None:
    """Now and then a deterioration that comes and goes again."""
    measured = {code for habit in life.habits if not habit.is_form for code in quantities_of(habit.code)}
    codes = sorted(measured & _SPELLS.keys())
    for day in dates:
        if codes and life.rng.random() < 1 / 60:
            code = life.rng.choice(codes)
            size = life.rng.uniform(*_SPELLS[code]) * NATURES[code].spread
            life.spells.append((code, day, life.rng.randint(3, 5), size))


def _spell(life: Life, code: str, day: date) -> float:
    sizes = [
        size * sin(pi * ((day - first).days + 1) / (length + 1))
        for each, first, length, size in life.spells
        if each == code and 0 <= (day - first).days < length
    ]
    return sum(sizes)


def _offline(life: Life, dates: list[date]) -> tuple[datetime, datetime] | None:
    """Some tablets were three days without a network; everything came afterwards in one batch."""
    candidates = [day for day in dates if day + timedelta(days=4) < life.calm_from]
    if not candidates or life.rng.random() >= _OFFLINE:
        return None
    start = datetime.combine(life.rng.choice(candidates), time(6), tzinfo=OSLO)
    return start, start + timedelta(days=3, hours=4)


def _day(life: Life, day: date, offline: tuple[datetime, datetime] | None) -> Iterator[Taken]:
    """What is asked for at the same hour is done in one go, less than a minute apart."""
    due = [habit for habit in life.habits if day.weekday() in _weekdays(life, habit)]
    for hour in sorted({hour for habit in due for hour in habit.times}):
        late = max(-2400, min(4200, life.rng.gauss(300, 900)))
        at = datetime.combine(day, hour, tzinfo=OSLO) + timedelta(seconds=int(late))
        for habit in due:
            if hour not in habit.times:
                continue
            at += timedelta(seconds=life.rng.randint(20, 55))
            delay = timedelta(seconds=life.rng.randint(2, 12))
            skipped = life.rng.random() < _MISSED and day < life.calm_from
            taken = _one(life, habit, at, at + delay)
            if offline and offline[0] <= at < offline[1]:
                taken = replace(taken, received_at=offline[1] + delay)
            if not skipped:
                yield taken


def _weekdays(life: Life, habit: Habit) -> tuple[int, ...]:
    """In the trial period everything is measured on every weekday."""
    return (0, 1, 2, 3, 4) if life.character.course.in_trial else habit.weekdays


def _one(life: Life, habit: Habit, at: datetime, received_at: datetime) -> Taken:
    steady = local_date(at) >= life.calm_from
    if habit.is_form:
        answers = answers_for(habit.code, life.rng, steady=steady)
        return Taken(habit.code, at, received_at, answers=answers)
    values = tuple(value_at(life, code, at) for code in quantities_of(habit.code))
    chance = life.rng.random()
    if steady:
        return Taken(habit.code, at, received_at, values)
    if chance < _FAULTY and habit.code in _FAULTS:
        return Taken(habit.code, at, received_at, (_FAULTS[habit.code],))
    if chance < _FAULTY + _WRONG_CLOCK:
        # The tablet's clock was three hours ahead for a moment.
        return Taken(habit.code, at + timedelta(hours=3), received_at, values)
    source = Source.MANUAL if chance > 1 - _TYPED_IN else Source.DEVICE
    return Taken(habit.code, at, received_at, values, source=source)
