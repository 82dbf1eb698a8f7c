"""The watch goes on whatever happens to a round, and ends when it is told to."""

import os
import signal
import subprocess
import sys
import threading

from alerts.management.commands import watch
from tests.journeys.stack import ROOT, wait_until

NOWHERE = "postgres://dho_app@%2Fnowhere/dho"


def test_a_round_that_fails_is_logged_and_the_next_one_comes(caplog):
    stop = threading.Event()
    rounds = []

    def job():
        rounds.append(len(rounds))
        if len(rounds) == 3:
            stop.set()
        raise RuntimeError("of ours")

    thread = threading.Thread(target=watch._repeat, args=[job, 0.01, stop])
    thread.start()
    thread.join(10)
    assert rounds == [0, 1, 2]
    assert [record.message for record in caplog.records] == ["round of job failed"] * 3


def test_it_outlives_a_database_that_is_not_there_and_ends_at_sigterm(tmp_path):
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "watch"],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": NOWHERE, "DATABASE_OWNER_URL": NOWHERE},
            stdout=output,
            stderr=output,
        )
    wait_until(lambda: log.read_text().count("round of send_due failed") >= 2, seconds=60)
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0
