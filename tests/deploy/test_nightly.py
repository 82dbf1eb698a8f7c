"""What beat does by night comes every night, whatever beat itself has been through."""

from datetime import datetime, timedelta

import pytest

from dho.celery import app
from dho.lib.numbers import OSLO


def next_run(job, now):
    """When beat, restarted just now without any memory, does the job."""
    schedule = app.conf.beat_schedule[job]["schedule"]
    schedule.app, schedule.nowfun = app, lambda: now
    return now + timedelta(seconds=schedule.is_due(now).next)


@pytest.mark.parametrize(("job", "minute"), [("invariants", 15), ("retention", 45)])
@pytest.mark.parametrize("day", [datetime(2026, 11, 18, tzinfo=OSLO), datetime(2026, 7, 18, tzinfo=OSLO)])
def test_a_beat_that_is_restarted_every_day_still_does_it_the_next_night(job, minute, day):
    wanted = (day + timedelta(days=1)).replace(hour=3, minute=minute)
    assert abs(next_run(job, day.replace(hour=9)) - wanted) < timedelta(seconds=2)
