"""Closing the access log: entries are taken into a chain of seals, so that nothing can be changed or removed unseen.

Inserting takes no lock and waits for nobody. The standing watch seals what has come within a second or two.
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import connection

from audit.models import AccessEntry, AuditSeal, UnsealedEntry
from audit.queries.chain import GONE, SEALER, last_seal
from dho.lib import rls
from dho.lib.numbers import OSLO

MOST_IN_ONE: Final = 1000
_LOCK: Final = 0x0D40A0D1


def seal(*, now: datetime) -> int:
    """Seal what waits, at most a thousand entries; how many there were. Of two at once the second does nothing."""
    with rls.acting_for([], actor=SEALER):
        if not _alone():
            return 0
        ids = sorted(UnsealedEntry.objects.order_by("at").values_list("entry_id", flat=True)[:MOST_IN_ONE])
        if ids:
            _close(ids, now)
            UnsealedEntry.objects.filter(entry_id__in=ids).delete()
    return len(ids)


def _alone() -> bool:
    """Held until the transaction ends. Only those that seal ask for it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _close(ids: list[UUID], now: datetime) -> None:
    found = AccessEntry.objects.in_bulk(ids)
    last = last_seal()
    day = _day_after(last, now)
    made = AuditSeal(
        number=last.number + 1 if last else 1,
        day=day,
        sequence=last.sequence + 1 if last and last.day == day else 1,
        sealed_at=now,
        entry_ids=ids,
        digests=[found[pk].digest if pk in found else GONE for pk in ids],
        previous=last.hash if last else "",
    )
    made.hash = made.proper_hash
    made.save(force_insert=True)


def _day_after(last: AuditSeal | None, now: datetime) -> date:
    """Today in Oslo; never earlier than the seal before, should the clock have been set back."""
    today = now.astimezone(OSLO).date()
    return max(today, last.day) if last else today
