"""The hours of the demo."""

from datetime import datetime, time, timedelta

import pytest

from alerts.demo.clock import at_work, last_awake, midnight, open_time_ago, since_last_closing
from dho.lib.numbers import OSLO
from organisations.opening_hours import OpeningHours

HOURS = OpeningHours({day: ((time(8), time(15, 30)),) for day in range(5)})


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """In November 2026, where the 16th and the 23rd are Mondays."""
    return datetime(2026, 11, day, hour, minute, tzinfo=OSLO)


@pytest.mark.parametrize(
    ("now", "awake"),
    [
        (at(18, 10), at(18, 10)),
        (at(18, 7, 30), at(18, 7, 30)),
        (at(18, 7, 29), at(17, 21, 30)),
        (at(18, 0, 5), at(17, 21, 30)),
        (at(18, 23), at(18, 21, 30)),
    ],
)
def test_it_lets_nobody_measure_at_night(now, awake):
    assert last_awake(now) == awake


@pytest.mark.parametrize(
    ("now", "minutes", "then"),
    [
        (at(18, 10), 41, at(18, 9, 19)),
        (at(18, 8, 11), 41, at(17, 15, 0)),
        (at(23, 0, 5), 41, at(20, 14, 49)),
        (at(21, 12), 41, at(20, 14, 49)),
    ],
)
def test_it_counts_open_time_backwards(now, minutes, then):
    assert open_time_ago(HOURS, now, timedelta(minutes=minutes)) == then


@pytest.mark.parametrize(
    ("now", "day"), [(at(18, 10), 17), (at(23, 7), 20), (at(23, 14), 20), (at(22, 12), 20), (at(18, 20), 18)]
)
def test_it_finds_the_hour_after_the_last_closing(now, day):
    assert at(day, 16, 15) < since_last_closing(HOURS, now) <= at(day, 16, 30)


def test_it_begins_the_day_at_midnight_in_oslo():
    assert midnight(datetime.fromisoformat("2026-11-17T23:30:00+00:00")) == at(18, 0)


@pytest.mark.parametrize(("day", "worked"), [(18, 18), (20, 20), (21, 20), (22, 20)])
def test_it_moves_desk_work_from_the_weekend_to_the_friday_before(day, worked):
    assert at_work(at(day, 23), 14, 35) == at(worked, 14, 35)
