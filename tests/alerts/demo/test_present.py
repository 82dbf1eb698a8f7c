"""What stands in the queue when the demo has been loaded, whatever the hour."""

from datetime import datetime, timedelta

import pytest

from alerts.demo.clock import since_last_closing
from alerts.demo.load import load
from alerts.demo.places import JOINT_NAME, TOWNS
from alerts.enums import Level
from alerts.models import QueueEntry
from alerts.queries.invariants import find_breaches
from dho.lib import rls
from dho.lib.numbers import OSLO
from organisations.models import FollowUpService


def look(now: datetime) -> None:
    """Ten to twenty cases of every level, one past its deadline, two taken, some waiting since the last closing."""
    with rls.acting_for(TOWNS):
        joint = FollowUpService.objects.get(name=JOINT_NAME)
        rows = list(QueueEntry.objects.filter(service=joint).select_related("owner", "patient"))
    assert 10 <= len(rows) <= 20
    assert {row.level for row in rows} == set(Level)
    late = [row.patient.family_name for row in rows if row.deadline < now]
    assert "Sara" in late
    assert {row.owner.username for row in rows if row.owner} == {"ida", "berit"}
    overnight = since_last_closing(joint.opening_hours, now) + timedelta(minutes=5)
    assert {"Utsi", "Nordli"} <= {row.patient.family_name for row in rows if row.waiting_since <= overnight}
    assert max(row.waiting_since for row in rows) <= now


def test_it_shows_every_level_on_a_wednesday_morning(demo):
    look(demo)


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 11, 23, 7, 5, tzinfo=OSLO),
        datetime(2026, 10, 25, 3, 10, tzinfo=OSLO),
        datetime(2026, 12, 26, 16, 0, tzinfo=OSLO),
    ],
    ids=["before opening on a Monday", "in the night the clock is set back", "in the Christmas holiday"],
)
def test_it_shows_the_same_at_other_hours(committed_db, now):
    load(patients=30, days=8, seed=2026, now=now)
    look(now)
    assert find_breaches(now=now) == []
