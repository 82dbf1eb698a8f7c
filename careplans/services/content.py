"""What a version says, as one value: read from a version, written into another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from careplans.models import Measure, PlanVersion, Schedule, Threshold
from careplans.queries.catalogue import ruleset_of
from careplans.services.problems import sentences
from careplans.services.refusals import PlanProblems


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanContent:
    """What a version says; the three lists hold field values of Threshold, Schedule and Measure."""

    what_matters: str
    habitual_state: str = ""
    thresholds: Sequence[dict[str, Any]] = ()
    schedules: Sequence[dict[str, Any]] = ()
    measures: Sequence[dict[str, Any]] = ()


def content_of(version: PlanVersion) -> PlanContent:
    """Everything the version says, ready to be written into another."""
    return PlanContent(
        what_matters=version.what_matters,
        habitual_state=version.habitual_state,
        thresholds=_values(version.thresholds.all()),
        schedules=_values(version.schedules.all()),
        measures=_values(version.measures.all()),
    )


def _values(rows: QuerySet[Any]) -> list[dict[str, Any]]:
    own = {"id", "municipality_id", "version_id"}
    return [{name: row[name] for name in row if name not in own} for row in rows.order_by("pk").values()]


def write_content(version: PlanVersion, content: PlanContent) -> None:
    """Refuses what the database would refuse, but in words: inverted, overlapping or missing limits (R-083)."""
    if not version.what_matters:
        raise PlanProblems([gettext("Skriv hva som er viktig for pasienten.")])
    keys: dict[str, Any] = {"version": version, "municipality_id": version.municipality_id}
    thresholds = [Threshold(**keys, **values) for values in content.thresholds]
    if found := sentences(ruleset_of(version, thresholds)):
        raise PlanProblems(found)
    version.save(force_insert=True)
    Threshold.objects.bulk_create(thresholds)
    Schedule.objects.bulk_create([Schedule(**keys, **values) for values in content.schedules])
    Measure.objects.bulk_create([Measure(**keys, **values) for values in content.measures])
