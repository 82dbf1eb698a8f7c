"""The worker, the watch and the web process die at every named point of the way, and nothing is lost or doubled.

The long runs, with their figures, are `script/bench faults`.
"""

from collections import Counter

import pytest

from bench.faults import kill_at_random
from bench.points import POINTS, recovered
from bench.tablets import Tablets, audit, still_to_do
from tests.journeys.rig import faulty_product
from tests.journeys.stack import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.slow]


@pytest.fixture(scope="module")
def faulty(django_test_environment, django_db_blocker, tmp_path_factory):
    with django_db_blocker.unblock(), faulty_product(tmp_path_factory.mktemp("faults")) as made:
        yield made


def nothing_is_wrong(faulty, acked):
    wait_until(lambda: still_to_do() == 0, seconds=60)
    found = audit(acked | faulty.rig.acked, faulty.rig.receiver.keys)
    assert (found.lost, found.doubled, found.breaches) == ([], [], [])
    return found


@pytest.mark.parametrize("name", POINTS)
def test_it_survives_a_crash_at_each_named_point(faulty, name):
    before = nothing_is_wrong(faulty, {}).redelivered
    POINTS[name](faulty.rig, faulty.tablet())
    again = nothing_is_wrong(faulty, {}).redelivered - before
    # Only the receiver of a notice that was sent but not marked hears of it twice, under the same key.
    assert again == (1 if name == "sent, before marked delivered" else 0)


def test_it_survives_crashes_at_random_moments_under_load(faulty):
    kills: Counter[str] = Counter()
    with Tablets(faulty.rig.stack.url, faulty.tablets[:20], per_second=15) as sending:
        kill_at_random(faulty.rig, 10, kills)
        recovered(faulty.rig, faulty.tablet())
    assert kills.total() == 10
    assert set(sending.answers) <= {"200", "201"}
    assert len(sending.acked) > 50
    nothing_is_wrong(faulty, sending.acked)
