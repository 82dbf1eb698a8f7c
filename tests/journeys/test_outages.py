"""The broker or the database goes away under load: what is accepted is safe, and all of it comes back by itself."""

import time

import pytest

from bench.faults import flush, stops
from bench.points import recovered
from bench.tablets import NO_ANSWER, Tablets, assessed_of, audit, still_to_do
from tests.journeys.rig import faulty_product
from tests.journeys.stack import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.slow]


@pytest.fixture(scope="module")
def faulty(django_test_environment, django_db_blocker, tmp_path_factory):
    with django_db_blocker.unblock(), faulty_product(tmp_path_factory.mktemp("outages")) as made:
        yield made


def nothing_is_wrong(faulty, acked):
    wait_until(lambda: still_to_do() == 0, seconds=60)
    found = audit(acked | faulty.rig.acked, faulty.rig.receiver.keys)
    assert (found.lost, found.doubled, found.breaches) == ([], [], [])


def send_and_wait(faulty, how_many):
    """Reds one after the other: the slowest answer, and how long the last one took into the queue and out as notice."""
    slowest, began = 0.0, time.monotonic()
    for _ in range(how_many):
        tablet = faulty.tablet()
        asked = time.monotonic()
        client_id = faulty.rig.send_red(tablet)
        slowest = max(slowest, time.monotonic() - asked)
    wait_until(lambda: assessed_of([(client_id, tablet.patient_id)]), seconds=30)
    wait_until(lambda: still_to_do() == 0, seconds=30)
    return slowest, time.monotonic() - began


def test_a_frozen_broker_delays_no_answer_and_no_red_alert_for_long(faulty):
    with faulty.rig.broker_frozen():
        slowest, until_told = send_and_wait(faulty, 5)
    assert slowest < 1
    assert until_told < 30
    recovered(faulty.rig, faulty.tablet())
    nothing_is_wrong(faulty, {})


def test_a_stopped_broker_delays_no_answer_and_no_red_alert_for_long(faulty):
    valkey = faulty.rig.servers.valkey
    valkey.kill()
    slowest, until_told = send_and_wait(faulty, 5)
    valkey.start()
    assert slowest < 1
    assert until_told < 30
    recovered(faulty.rig, faulty.tablet())
    nothing_is_wrong(faulty, {})


def test_a_broker_that_forgets_everything_under_load_loses_nothing(faulty):
    with Tablets(faulty.rig.stack.url, faulty.tablets[:15], per_second=15) as sending:
        for _ in range(10):
            time.sleep(0.3)
            flush(faulty.rig.servers.valkey)
        recovered(faulty.rig, faulty.tablet())
    assert set(sending.answers) <= {"200", "201"}
    nothing_is_wrong(faulty, sending.acked)


@pytest.mark.parametrize("how", ["stopped immediately", "killed"])
def test_a_database_that_crashes_under_load_gives_503_and_comes_back_by_itself(faulty, how):
    running = {name: process.pid for name, process in faulty.rig.stack.processes.items()}
    with Tablets(faulty.rig.stack.url, faulty.tablets[:15], per_second=15) as sending:
        time.sleep(2)
        faulty.rig.database_down(stops(faulty.rig.servers.postgres)[how], seconds=2)
        recovered(faulty.rig, faulty.tablet())
    assert sending.answers["503"] > 0
    assert set(sending.answers) <= {"200", "201", "503"}
    assert NO_ANSWER not in sending.answers
    # Nobody had to start anything again.
    assert {name: process.pid for name, process in faulty.rig.stack.processes.items()} == running
    assert all(process.poll() is None for process in faulty.rig.stack.processes.values())
    nothing_is_wrong(faulty, sending.acked)
