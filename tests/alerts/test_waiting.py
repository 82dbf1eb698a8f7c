"""Deadlines in words: while open, when late, and when the service is closed in between."""

from datetime import datetime, time, timedelta

import pytest

from alerts.waiting import Deadline, ago_in_words, deadline_in_words
from dho.lib.numbers import OSLO
from organisations.opening_hours import OpeningHours

HOURS = OpeningHours({day: ((time(8), time(15, 30)),) for day in range(5)})


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in November 2026, clock in Oslo; the 18th is a Wednesday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=OSLO)


@pytest.mark.parametrize(
    ("deadline", "now", "said"),
    [
        (at(18, 10, 30), at(18, 10), Deadline("Innen 30\u00a0min", late=False)),
        (at(18, 10, 0) + timedelta(seconds=20), at(18, 10), Deadline("Innen 1\u00a0min", late=False)),
        (at(18, 14), at(18, 10), Deadline("Innen 4\u00a0t", late=False)),
        (at(19, 8, 20), at(18, 15, 20), Deadline("I morgen kl. 08.20", late=False)),
        (at(18, 9), at(18, 7), Deadline("I dag kl. 09.00", late=False)),
        (at(23, 8, 30), at(20, 18), Deadline("Mandag kl. 08.30", late=False)),
        (at(30, 8, 30), at(20, 18), Deadline("30.11.2026 kl. 08.30", late=False)),
        (at(18, 10), at(18, 10, 11), Deadline("11\u00a0min over frist", late=True)),
        (at(18, 10), at(18, 10), Deadline("Innen 1\u00a0min", late=False)),
        # The night does not count: late by 20 minutes before closing and 10 after opening.
        (at(17, 15, 10), at(18, 8, 10), Deadline("30\u00a0min over frist", late=True)),
        (at(18, 15, 30), at(18, 18), Deadline("Fristen gikk ut kl. 15.30", late=True)),
        (at(2, 10), at(18, 10), Deadline("16 dager over frist", late=True)),
    ],
)
def test_it_says_the_deadline_as_the_service_counts_it(deadline, now, said):
    assert deadline_in_words(deadline, hours=HOURS, now=now) == said


@pytest.mark.parametrize(("seconds", "said"), [(0, "0 s"), (12, "12 s"), (59, "59 s"), (60, "1\u00a0min"), (-3, "0 s")])
def test_it_says_how_long_ago_in_seconds_first(seconds, said):
    assert ago_in_words(at(18, 10) - timedelta(seconds=seconds), now=at(18, 10)) == said
