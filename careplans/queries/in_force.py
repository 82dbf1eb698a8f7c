"""The plan versions in force over a period, with their rules: what judges a fact (R-083, P2).

Rules are kept in the process's memory, version by version: an approved version never changes (a trigger holds it).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final
from uuid import UUID

from django.db.models import Q

from careplans.models import PlanVersion, Threshold
from careplans.queries.catalogue import judged_quantities
from careplans.scoring import RuleSet
from measurements.models import MeasurementType
from measurements.models import Quantity as CatalogueQuantity

Versions = list[tuple[PlanVersion, RuleSet]]

_MOST_KEPT: Final = 5_000
_kept: dict[UUID, RuleSet] = {}


def rulesets_by_patient(patient_ids: Iterable[UUID], *, since: datetime, until: datetime) -> dict[UUID, Versions]:
    """The versions that were in force at some time of the period, oldest first, with their rules; four queries at most.

    A patient without such a version is left out.
    """
    versions = list(
        PlanVersion.objects.filter(patient_id__in=list(patient_ids), approved_at__lte=until, valid_until__gt=since)
        .filter(Q(superseded_at__isnull=True) | Q(superseded_at__gt=since))
        .order_by("approved_at", "number")
    )
    rulesets = approved_rulesets(versions)
    found: dict[UUID, Versions] = defaultdict(list)
    for version in versions:
        found[version.patient_id].append((version, rulesets[version.pk]))
    return dict(found)


def version_at(versions: Versions, at: datetime) -> tuple[PlanVersion, RuleSet] | tuple[None, None]:
    """The version that judges a fact of that moment: the latest approved by then, not yet superseded or expired."""
    for version, ruleset in reversed(versions):
        if version.in_force_at(at):
            return version, ruleset
    return None, None


def approved_rulesets(versions: Sequence[PlanVersion]) -> dict[UUID, RuleSet]:
    """The rules of approved (or since superseded) versions, by version id, in at most three queries."""
    if any(version.approved_at is None for version in versions):
        raise ValueError("Only an approved version judges (P2).")
    found = {version.pk: _kept[version.pk] for version in versions if version.pk in _kept}
    missing = [version.pk for version in versions if version.pk not in found]
    rows: dict[UUID, list[Threshold]] = defaultdict(list)
    for threshold in Threshold.objects.filter(version_id__in=missing).order_by("pk") if missing else ():
        rows[threshold.version_id].append(threshold)
    # Read for each set of rules anew: a service may have taken a form of its own into use since the last.
    known = judged_quantities() if missing else {}
    for pk in missing:
        rules = tuple(threshold.rule() for threshold in rows[pk])
        found[pk] = RuleSet(str(pk), rules, known)
    if len(_kept) + len(missing) > _MOST_KEPT:
        _kept.clear()
    _kept.update((pk, found[pk]) for pk in missing)
    return found


@lru_cache(maxsize=1)
def measurement_types() -> dict[str, tuple[str, tuple[CatalogueQuantity, ...]]]:
    """Short label and quantities of each measurement type; read once per process, for it changes only by migration."""
    types = MeasurementType.objects.prefetch_related("quantities")
    return {each.code: (each.short_label, tuple(each.quantities.all())) for each in types}
