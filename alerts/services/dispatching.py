"""Notices leave: lease, send, mark. Never marked before it has been sent, never sent inside a transaction.

1. Lease some that are due, in one short transaction. A lease that runs out, because the sender was killed, makes the
   notice due again, with the same key.
2. Send them side by side, so that one slow receiver does not hold up the others.
3. Mark each: delivered, waiting for the next try, or failed, which is an alert of its own in the queue (P1).
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import F, Q

from alerts.enums import AlertKind, Channel, Level
from alerts.models import Delivery
from alerts.queries.work import everywhere
from alerts.services.channels import CHANNELS, Notice, NotSent
from alerts.services.desk import Desk, lock_patients
from careplans.enums import DeliveryState
from dho.lib import rls
from dho.lib.encryption import DecryptionFailed

# Longer than a sending takes: 5 s to connect, 10 s for an answer. A receiver that drips byte by byte may take longer;
# then the notice goes out once more, with the same key.
LEASE: Final = timedelta(seconds=20)
AT_ONCE: Final = 16
MOST_ATTEMPTS: Final = 8
FIRST_WAIT: Final = timedelta(seconds=5)


def dispatch(*, now: datetime) -> int:
    """Send what is due, at most 16 notices; how many were delivered. To be called outside any transaction."""
    leased = _lease(now)
    if not leased:
        return 0
    with ThreadPoolExecutor(max_workers=len(leased)) as pool:
        jobs = {pool.submit(_send, (each, _notice(each, now))): each for each in leased}
        # Each as soon as it is through: the slowest must not let the leases of the others run out.
        return sum(_mark(jobs[done], done.result(), now) for done in as_completed(jobs))


def due(now: datetime) -> Q:
    """What is to be tried now, also where a sender was killed and its lease has run out."""
    return Q(state__in=[DeliveryState.QUEUED, DeliveryState.WAITING], next_try_at__lte=now) | Q(
        state=DeliveryState.SENDING, lease_until__lte=now
    )


def settled(error: NotSent | None, *, attempts: int, now: datetime) -> dict[str, Any]:
    """How the row stands after so many attempts: delivered, waiting for the next one, or failed."""
    if error is None:
        return {"lease_until": None, "state": DeliveryState.DELIVERED, "delivered_at": now, "last_error": ""}
    said = {"lease_until": None, "last_error": str(error)[:120]}
    if attempts < MOST_ATTEMPTS and not error.permanent:
        return said | {"state": DeliveryState.WAITING, "next_try_at": now + FIRST_WAIT * 2 ** (attempts - 1)}
    return said | {"state": DeliveryState.FAILED}


def _lease(now: datetime) -> Sequence[Delivery]:
    with everywhere():
        # First tries before repeats: a receiver that is down must not hold back another's first notice.
        rows = Delivery.objects.filter(due(now)).order_by("attempts", "next_try_at").select_related("service", "alert")
        # One service's secret that no key opens must not stop the notices of the others: it is read in `_notice`.
        rows = rows.defer("service__webhook_secret")
        leased = list(rows.select_for_update(of=["self"], skip_locked=True)[:AT_ONCE])
        Delivery.objects.filter(pk__in=[each.pk for each in leased]).update(
            state=DeliveryState.SENDING, lease_until=now + LEASE, attempts=F("attempts") + 1
        )
        return leased


def _notice(delivery: Delivery, now: datetime) -> Notice | NotSent:
    service = delivery.service
    if delivery.channel == Channel.EMAIL:
        return Notice(delivery.pk, service.notify_email, "", now)
    try:
        return Notice(delivery.pk, service.webhook_url, service.webhook_secret, now)
    except DecryptionFailed:
        return NotSent("the webhook secret cannot be opened", permanent=True)


def _send(job: tuple[Delivery, Notice | NotSent]) -> NotSent | None:
    delivery, notice = job
    if isinstance(notice, NotSent):
        return notice
    try:
        CHANNELS[Channel(delivery.channel)].send(notice)
    except NotSent as error:
        return error
    except Exception as error:  # noqa: BLE001 - the outer edge of a thread: whatever it was, it was not delivered
        return NotSent(type(error).__name__)
    return None


def _mark(delivery: Delivery, error: NotSent | None, now: datetime) -> bool:
    """Write how it went, unless another sender has taken over after our lease ran out."""
    attempts = delivery.attempts + 1
    with rls.acting_for([delivery.municipality_id], actor="worker"):
        if error is not None:
            lock_patients([delivery.alert.patient_id], wait=True)
        ours = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.SENDING, lease_until=now + LEASE)
        how = settled(error, attempts=attempts, now=now)
        changed = bool(ours.update(**how))
        if changed and how["state"] == DeliveryState.FAILED:
            _report_failed(delivery, attempts, now)
        return changed and error is None


def _report_failed(delivery: Delivery, attempts: int, now: datetime) -> None:
    """What could not be told stands in the queue itself."""
    patient_id = delivery.alert.patient_id
    desk = Desk({patient_id: delivery.municipality_id}, now=now)
    tries = "1 forsøk" if attempts == 1 else f"{attempts} forsøk"
    desk.open(
        patient_id,
        AlertKind.DELIVERY,
        str(delivery.pk),
        level=Level.EQUIPMENT,
        headline="Varsling feilet",
        detail=f"{Channel(delivery.channel).label} til tjenesten kom ikke fram etter {tries}",
        waiting_since=now,
        deadline=desk.deadline(patient_id, Level.EQUIPMENT, now),
    )
    desk.save()
