"""The checklists and routine documents that hold in a municipality (R-009, R-027)."""

from collections.abc import Iterable

from django.db.models import F, Q

from careplans.models import Routine


def routines_of(municipality_id: int | None) -> dict[str, Routine]:
    """By kind the newest version of the municipality's own, else of what came with the product."""
    return routines_in([municipality_id] if municipality_id else []).get(municipality_id, _shipped())


def routines_in(municipality_ids: Iterable[int]) -> dict[int | None, dict[str, Routine]]:
    """As `routines_of`, for each of the municipalities at once."""
    wanted = set(municipality_ids)
    newest = _newest(Q(owner__isnull=True) | Q(owner_id__in=wanted))
    shipped = {each.kind: each for each in newest if each.owner_id is None}
    return {pk: shipped | {each.kind: each for each in newest if each.owner_id == pk} for pk in wanted}


def _shipped() -> dict[str, Routine]:
    return {each.kind: each for each in _newest(Q(owner__isnull=True))}


def _newest(among: Q) -> list[Routine]:
    rows = Routine.objects.filter(among).select_related("created_by")
    return list(rows.order_by(F("owner").asc(nulls_first=True), "kind", "-number").distinct("owner", "kind"))
