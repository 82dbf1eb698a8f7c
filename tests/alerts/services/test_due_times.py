"""When something is expected, also where the clock changes."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

import pytest

from alerts.services.due_times import deadline_of, next_due, previous_due


@dataclass
class Times:
    weekdays: list[int] = field(default_factory=lambda: [0, 1, 2, 3, 4, 5, 6])
    times: list[time] = field(default_factory=lambda: [time(20), time(8)])
    grace_minutes: int = 120


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "due"),
    [
        (utc(2026, 11, 18, 6, 59), utc(2026, 11, 18, 7)),
        (utc(2026, 11, 18, 7), utc(2026, 11, 18, 19)),
        (utc(2026, 11, 18, 19), utc(2026, 11, 19, 7)),
        # 23.30 in Oslo is still yesterday in UTC.
        (utc(2026, 11, 18, 23, 30), utc(2026, 11, 19, 7)),
        # Summer time: 08.00 is 06.00 UTC.
        (utc(2026, 7, 1, 5), utc(2026, 7, 1, 6)),
    ],
)
def test_the_next_due_time_is_strictly_later(after, due):
    assert next_due(Times(), after) == due
    assert previous_due(Times(), due + timedelta(seconds=1)) == due


def test_only_the_weekdays_of_the_plan_count():
    mondays_and_thursdays = Times(weekdays=[0, 3], times=[time(8)])
    wednesday = utc(2026, 11, 18, 9)
    assert next_due(mondays_and_thursdays, wednesday) == utc(2026, 11, 19, 7)
    assert next_due(mondays_and_thursdays, utc(2026, 11, 19, 7)) == utc(2026, 11, 23, 7)
    assert previous_due(mondays_and_thursdays, wednesday) == utc(2026, 11, 16, 7)


def test_a_time_that_occurs_twice_means_the_first():
    night = Times(times=[time(2, 30)])
    assert next_due(night, utc(2026, 10, 24, 12)) == utc(2026, 10, 25, 0, 30)
    assert next_due(night, utc(2026, 10, 25, 0, 30)) == utc(2026, 10, 26, 1, 30)


def test_a_time_that_is_skipped_means_the_moment_the_clock_jumps():
    night = Times(times=[time(2, 30)])
    assert next_due(night, utc(2027, 3, 27, 12)) == utc(2027, 3, 28, 1)
    assert next_due(night, utc(2027, 3, 28, 1)) == utc(2027, 3, 29, 0, 30)
    assert previous_due(night, utc(2027, 3, 28, 2)) == utc(2027, 3, 28, 1)


def test_grace_is_real_time_across_the_clock_change():
    evening = Times(times=[time(1)], grace_minutes=180)
    due = next_due(evening, utc(2027, 3, 27, 12))
    assert (due, deadline_of(evening, due)) == (utc(2027, 3, 28, 0), utc(2027, 3, 28, 3))
