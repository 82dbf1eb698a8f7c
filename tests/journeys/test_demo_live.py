"""The demo's tablets against the running product: `manage.py simulate_tablets`, as `script/server` starts it."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.db import transaction
from django.utils import timezone

from alerts.demo.load import load
from measurements.models import QuestionnaireResponse, Reading
from tests.database import see_everything
from tests.journeys.stack import ROOT, wait_until


@pytest.fixture(scope="module")
def demo(stack) -> None:
    """A small demo in the live product's database."""
    load(patients=12, days=6, seed=2026, now=timezone.now())


def simulate(stack, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "simulate_tablets", "--base-url", stack.url, *arguments],
        cwd=ROOT,
        env={**os.environ, **stack.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def received() -> tuple[int, int]:
    """How many readings and forms there are, and how many of them are assessed."""
    with transaction.atomic():
        see_everything()
        tables = (Reading.objects, QuestionnaireResponse.objects)
        counted = [(table.count(), table.filter(assessed_at__isnull=False).count()) for table in tables]
    return counted[0][0] + counted[1][0], counted[0][1] + counted[1][1]


def test_it_sends_through_the_interface_and_the_worker_assesses(stack, demo):
    before, _ = received()
    said, _ = simulate(stack, "--once", "5").communicate(timeout=60)
    assert "5 sendings accepted." in said
    assert received()[0] == before + 5
    wait_until(lambda: received() == (before + 5, before + 5))


def test_it_ends_at_once_when_it_is_told_to(stack, demo):
    before, _ = received()
    with simulate(stack, "--rate", "60") as running:
        wait_until(lambda: received()[0] > before, seconds=30)
        running.send_signal(signal.SIGTERM)
        told = time.monotonic()
        assert running.wait(timeout=10) == 0
        assert time.monotonic() - told < 2
