"""What the workers can be asked to do. Each asks a service; what there is to do stands in PostgreSQL.

Nothing here is the only way: what a lost broker leaves lying, `manage.py watch` finds. The watch also sends notices,
so that a receiver that does not answer never occupies a worker.
"""

import logging
from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from alerts import services
from alerts.models import Heartbeat
from alerts.queries.invariants import find_breaches
from alerts.services.assess import Key
from audit.queries.chain import last_seal

log = logging.getLogger(__name__)

# Handed out again by the next sweep if nobody has come to it by then.
PIECE_EXPIRES = 6  # seconds


def _keys(texts: list[str]) -> list[Key]:
    pairs = (text.split(":", 1) for text in texts)
    return [(int(municipality_id), UUID(patient_id)) for municipality_id, patient_id in pairs]


@shared_task(name="alerts.assess")
def assess(keys: list[str]) -> None:
    """A ring: facts have just been received for these patients ("municipality:patient")."""
    now = timezone.now()
    services.assess_fresh(_keys(keys), now=now)
    # Hundreds of rings a second need not write the same second hundreds of times; the sweep makes the row.
    Heartbeat.objects.filter(name="assess", at__lt=now - timedelta(seconds=1)).update(at=now)


@shared_task(name="alerts.assess_backlog")
def assess_backlog(keys: list[str]) -> None:
    """A piece of what the sweep found, on a queue of its own so that fresh readings never stand behind it."""
    now = timezone.now()
    services.assess_until_done(_keys(keys), now=now, wait=False)
    Heartbeat.beat("assess", now=now)


@shared_task(name="alerts.sweep")
def sweep() -> None:
    """Every two seconds: hand out what no ring has reached."""
    now = timezone.now()
    waiting = services.sweep(now=now, hand_out=_hand_out)
    Heartbeat.beat("sweep", now=now)
    if not waiting:
        # Nothing waits: then everything has been assessed up to now.
        Heartbeat.beat("assess", now=now)


def _hand_out(piece: list[Key]) -> None:
    texts = [f"{municipality_id}:{patient_id}" for municipality_id, patient_id in piece]
    assess_backlog.apply_async(args=(texts,), queue="backlog", expires=PIECE_EXPIRES)


@shared_task(name="alerts.check_invariants")
def check_invariants() -> None:
    """Every night: the promises P1–P4, checked against what stands in the database. Queue rows are repaired."""
    now = timezone.now()
    for patient_id in services.repair(now=now):
        log.error("queue row was wrong and has been repaired: patient %s", patient_id)
    if end := last_seal():
        # The log files go elsewhere, so this line is the proof that nobody has cut off the end of the chain since.
        log.info("access log sealed up to %s, day %s, hash %s", end.number, end.day, end.hash)
    breaches = find_breaches(now=now)
    for breach in breaches:
        log.error("invariant broken: %s", breach)
    Heartbeat.beat("invariants", now=now)
