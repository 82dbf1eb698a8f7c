"""Telling the workers that there is something to do, without a request ever waiting for the broker.

The broker is a doorbell: what needs doing stands in PostgreSQL and the sweep finds it anyway. So a frozen or absent
broker must cost the sender nothing, and a lost ring costs seconds. One thread per process does the ringing and sends
what has gathered meanwhile as one message.
"""

import logging
import queue
import threading
from collections import defaultdict

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

# Bounded: when the broker hangs, later rings are dropped, not stored. The sweep takes over.
_rings: queue.Queue[tuple[str, str]] = queue.Queue(maxsize=10_000)
_starting = threading.Lock()
_thread: threading.Thread | None = None


def ring_after_commit(task: str, key: str) -> None:
    """Ring for this piece of work once the running transaction is committed. Never blocks, never raises."""
    transaction.on_commit(lambda: _ring(task, key))


def _ring(task: str, key: str) -> None:
    global _thread  # noqa: PLW0603 - one thread per process, started late because gunicorn and Celery fork
    if _thread is None or not _thread.is_alive():
        with _starting:
            if _thread is None or not _thread.is_alive():
                _thread = threading.Thread(target=_send_forever, name="doorbell", daemon=True)
                _thread.start()
    try:
        _rings.put_nowait((task, key))
    except queue.Full:
        log.warning("doorbell full, left to the sweep: %s", task)


def _send_forever() -> None:
    while True:
        waiting = [_rings.get()]
        while len(waiting) < 500 and not _rings.empty():
            waiting.append(_rings.get_nowait())
        by_task: dict[str, dict[str, None]] = defaultdict(dict)
        for task, key in waiting:
            by_task[task][key] = None
        for task, keys in by_task.items():
            try:
                current_app.send_task(task, args=[list(keys)], retry=False, expires=60)
            except (OperationalError, OSError) as error:
                log.warning("broker away, left to the sweep: %s %s", task, type(error).__name__)
