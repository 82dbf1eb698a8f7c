"""The standing jobs that must go on whatever happens to the broker, the worker and beat (`manage.py watch`).

Celery is the fast way: a ring has a reading assessed within milliseconds, and big backlogs are shared out. This process
is the sure way: it needs PostgreSQL only. Several of them do no harm, each row is worked on by one.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from django.core.management.base import BaseCommand
from django.db import close_old_connections, connection
from django.utils import timezone

from alerts import services
from alerts.models import Heartbeat
from audit.services import seal

log = logging.getLogger(__name__)

STOP_SECONDS: Final = 5.0


class Command(BaseCommand):
    """Runs until SIGTERM or SIGINT."""

    help = "Assess what was left lying, send notices, follow the schedules and seal the log, without the broker."

    def handle(self, *args: Any, **options: Any) -> None:
        """One thread per job: a receiver that does not answer must not hold up the assessing."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        jobs = (
            (assess_what_was_missed, 2.0),
            (send_due, 1.0),
            (follow_cases, 5.0),
            (follow_schedules, 30.0),
            (follow_devices, 30.0),
            (tell_doctors, 5.0),
            (send_curves, 60.0),
            (seal_log, 1.0),
        )
        threads = [threading.Thread(target=_repeat, args=[*job, stop], daemon=True) for job in jobs]
        for thread in threads:
            thread.start()
        stop.wait()
        deadline = time.monotonic() + STOP_SECONDS
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))


def assess_what_was_missed() -> None:
    """Here and now, whatever has waited three seconds: broker or worker away, a ring lost."""
    now = timezone.now()
    services.sweep(now=now)
    Heartbeat.beat("assess", now=now)


def send_due() -> None:
    """The notices that are due."""
    sent = True
    while sent:
        sent = bool(services.dispatch(now=timezone.now()))
        Heartbeat.beat("dispatch", now=timezone.now())


def follow_cases() -> None:
    """Handovers whose day has come; then open cases go where they should stand, and to somebody who can open them."""
    now = timezone.now()
    services.carry_out_handovers(now=now)
    services.follow_services(now=now)
    services.free_lost_claims(now=now)
    Heartbeat.beat("cases", now=now)


def follow_schedules() -> None:
    """What the plans expect, and what has not come; then the tasks that courses and plans ask for."""
    now = timezone.now()
    services.keep_expectations(now=now)
    services.examine_deadlines(now=now)
    Heartbeat.beat("expectations", now=now)
    services.keep_tasks(now=now)


def follow_devices() -> None:
    """Devices that are refused again and again."""
    services.watch_refusals(now=timezone.now())


def tell_doctors() -> None:
    """That a plan waits for them, and the reminders that nurses have sent."""
    now = timezone.now()
    services.order_plan_notices(now=now)
    services.send_doctor_notices(now=now)


def send_curves() -> None:
    """The curves that go to GPs by an agreed rhythm."""
    services.send_agreed_curves(now=timezone.now())


def seal_log() -> None:
    """The looks that have come into the access log since the last round."""
    while seal(now=timezone.now()):
        pass
    Heartbeat.beat("seal", now=timezone.now())


def _repeat(job: Callable[[], None], seconds: float, stop: threading.Event) -> None:
    while not stop.is_set():
        close_old_connections()
        try:
            job()
        except Exception:
            # The outer edge: a lost database or an error of ours ends this round, never the watch.
            log.exception("round of %s failed", job.__name__)
            connection.close()
        stop.wait(seconds)
