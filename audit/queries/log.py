"""Reading the access log: page by page for the privacy officer, and told to the patient."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Max, Min, Q
from django.db.models.functions import TruncDate

from audit.enums import DEVICE_ROLE
from audit.models import AccessEntry, AuditReview
from dho.lib.numbers import OSLO

PAGE_SIZE: Final = 50


class InvalidPlace(ValueError):
    """The place in the log is not one that we gave."""


@dataclass(frozen=True, slots=True)
class LogSearch:
    """Whose log, which period, and what the rows must have in common. `actor_ids` None means anybody."""

    municipality_ids: frozenset[int]
    since: datetime
    until: datetime
    patient_id: UUID | None = None
    actor_ids: Sequence[UUID] | None = None
    action: str = ""


def log_page(search: LogSearch, *, after: str = "") -> tuple[list[AccessEntry], str]:
    """Fifty rows, newest first, and the place where the next page begins («» on the last). Raises InvalidPlace."""
    rows = AccessEntry.objects.filter(
        municipality_id__in=search.municipality_ids, at__gte=search.since, at__lt=search.until
    ).order_by("-at", "-id")
    if search.patient_id:
        rows = rows.filter(patient_id=search.patient_id)
    if search.actor_ids is not None:
        rows = rows.filter(actor_id__in=search.actor_ids)
    if search.action:
        rows = rows.filter(action=search.action)
    if after:
        at, pk = _read_place(after)
        rows = rows.filter(Q(at__lt=at) | Q(at=at, id__lt=pk), at__lte=at)
    found = list(rows[: PAGE_SIZE + 1])
    more = len(found) > PAGE_SIZE
    return found[:PAGE_SIZE], _place(found[PAGE_SIZE - 1]) if more else ""


def _place(entry: AccessEntry) -> str:
    return f"{entry.at.isoformat()}|{entry.pk}"


def _read_place(text: str) -> tuple[datetime, UUID]:
    at, _, pk = text.partition("|")
    try:
        place = datetime.fromisoformat(at), UUID(pk)
    except ValueError:
        raise InvalidPlace from None
    if place[0].tzinfo is None:
        raise InvalidPlace
    return place


@dataclass(frozen=True, slots=True)
class Looks:
    """What one person did with one patient's record on one day, the same thing counted together."""

    day: date
    first: datetime
    last: datetime
    times: int
    actor_id: UUID | None
    actor_name: str
    role: str
    organisation: str
    action: str
    basis: str
    purpose: str


def looks_at(patient_id: UUID, *, municipality_id: int, since: datetime) -> list[Looks]:
    """Everyone who has seen something in the patient's record, newest first; the own devices are nobody (R-301)."""
    rows = (
        AccessEntry.objects.filter(patient_id=patient_id, municipality_id=municipality_id, at__gte=since, allowed=True)
        .exclude(role=DEVICE_ROLE)
        .annotate(day=TruncDate("at", tzinfo=OSLO))
        .values("day", "actor_id", "actor_name", "role", "organisation", "action", "basis", "purpose")
        .annotate(first=Min("at"), last=Max("at"), times=Count("id"))
        .order_by("-last")
    )
    return [Looks(**row) for row in rows]


def reviews_of(entry_ids: Iterable[UUID]) -> list[AuditReview]:
    """What privacy officers have found out about these entries, oldest first."""
    return list(AuditReview.objects.filter(entry_id__in=list(entry_ids)).order_by("reviewed_at", "pk"))
