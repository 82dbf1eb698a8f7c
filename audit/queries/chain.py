"""Does the access log still say what it said? Every seal and every row is compared; an empty answer means yes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import connection

from audit.models import AccessEntry, AuditSeal, UnsealedEntry
from dho.lib import rls
from dho.lib.numbers import OSLO

# The actor whom the policy `sealing` lets read every entry, also those of nobody's municipality (migration 0010).
SEALER: Final = "audit"
# An entry that was gone before it could be sealed. Its id is sealed all the same, so that verifying names it.
GONE: Final = "gone"
SEALED_WITHIN: Final = timedelta(seconds=60)
_AT_A_TIME: Final = 20

# In one statement, so that what is sealed meanwhile is not taken for a row that was put in afterwards.
_IN_NO_SEAL: Final = """
    WITH sealed AS (SELECT unnest(entry_ids) AS id FROM audit_auditseal)
    SELECT e.id, e.at FROM audit_accessentry e
    LEFT JOIN sealed s ON s.id = e.id LEFT JOIN audit_unsealedentry u ON u.entry_id = e.id
    WHERE s.id IS NULL AND u.entry_id IS NULL ORDER BY e.at, e.id LIMIT 1000
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was: the day, the seal, the row if it is one, and what is wrong with it."""

    day: date
    seal: int | None
    entry_id: str
    what: str

    def __str__(self) -> str:
        seal = f", seal {self.seal}" if self.seal else ""
        return f"{self.day}{seal}: {self.what}" + (f": {self.entry_id}" if self.entry_id else "")


def last_seal() -> AuditSeal | None:
    """The end of the chain. Whoever keeps its hash elsewhere can later tell whether the end was cut off."""
    return AuditSeal.objects.order_by("-number").first()


def find_faults(*, now: datetime, anchor: str = "") -> list[Fault]:
    """Every change, every missing or added row, every gap in the chain. Reads the whole log.

    `anchor` is the hash of a seal that was written down elsewhere and must still be in the chain.
    """
    with rls.acting_for([], actor=SEALER):
        faults = [*_rows_in_no_seal(now), *_rows_that_wait(now), *_faults_of_the_chain()]
        if anchor and not AuditSeal.objects.filter(hash=anchor).exists():
            faults.append(Fault(_day(now), None, "", f"no seal has the hash {anchor}: the chain was cut or made anew"))
    return faults


def _day(at: datetime) -> date:
    return at.astimezone(OSLO).date()


def _rows_in_no_seal(now: datetime) -> list[Fault]:
    with connection.cursor() as cursor:
        cursor.execute(_IN_NO_SEAL)
        return [Fault(_day(at), None, str(pk), "the row stands in no seal") for pk, at in cursor.fetchall()]


def _rows_that_wait(now: datetime) -> list[Fault]:
    late = UnsealedEntry.objects.filter(at__lt=now - SEALED_WITHIN).order_by("at")[:20]
    return [Fault(_day(each.at), None, str(each.entry_id), "the row has waited to be sealed") for each in late]


def _faults_of_the_chain() -> Iterator[Fault]:
    before: AuditSeal | None = None
    for seal in AuditSeal.objects.order_by("number").iterator(chunk_size=_AT_A_TIME):
        yield from _faults_of_the_link(before, seal)
        yield from _faults_of_the_rows(seal)
        before = seal


def _faults_of_the_link(before: AuditSeal | None, seal: AuditSeal) -> Iterator[Fault]:
    """Whether this seal follows the one before, and still says what its hash was made of."""
    number, last_hash = (before.number, before.hash) if before else (0, "")
    sequence = before.sequence if before and before.day == seal.day else 0
    if seal.number != number + 1 or seal.sequence != sequence + 1:
        yield Fault(seal.day, seal.number, "", f"the seals between {number} and {seal.number} are missing")
    elif seal.previous != last_hash:
        yield Fault(seal.day, seal.number, "", "the seal does not follow from the one before")
    if seal.hash != seal.proper_hash:
        yield Fault(seal.day, seal.number, "", "the seal has been changed")


def _faults_of_the_rows(seal: AuditSeal) -> Iterator[Fault]:
    found = AccessEntry.objects.in_bulk(seal.entry_ids)
    for pk, digest in zip(seal.entry_ids, seal.digests, strict=True):
        if pk not in found:
            yield Fault(seal.day, seal.number, str(pk), "the row is missing")
        elif found[pk].digest != digest:
            yield Fault(seal.day, seal.number, str(pk), "the row has been changed")
