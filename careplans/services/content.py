"""What a version says, as one value: read from a version, written into another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast

from django.db.models import Model, QuerySet
from django.utils.translation import gettext

from careplans.enums import Initiator
from careplans.models import Goal, Measure, PlanVersion, Responsibility, Schedule, Threshold, ZoneText
from careplans.queries.catalogue import ruleset_of
from careplans.services.refusals import PlanProblems
from careplans.services.sentences import sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanContent:
    """What a version says; the lists hold field values of the rows below it."""

    what_matters: str
    habitual_state: str = ""
    initiator: str = Initiator.SERVICE
    anchoring: str = ""
    relatives_part: str = ""
    outside_hours: str = ""
    guidance_every_weeks: int | None = None
    guidance_form: str = ""
    review_on: date | None = None
    goals: Sequence[dict[str, Any]] = ()
    zone_texts: Sequence[dict[str, Any]] = ()
    thresholds: Sequence[dict[str, Any]] = ()
    schedules: Sequence[dict[str, Any]] = ()
    measures: Sequence[dict[str, Any]] = ()
    responsibilities: Sequence[dict[str, Any]] = ()


# The columns of the version itself that are content, and the rows below it.
COLUMNS: Final = (
    "what_matters",
    "habitual_state",
    "initiator",
    "anchoring",
    "relatives_part",
    "outside_hours",
    "guidance_every_weeks",
    "guidance_form",
    "review_on",
)
ROWS: Final[dict[str, type[Model]]] = {
    "goals": Goal,
    "zone_texts": ZoneText,
    "thresholds": Threshold,
    "schedules": Schedule,
    "measures": Measure,
    "responsibilities": Responsibility,
}


def columns_of(content: PlanContent) -> dict[str, Any]:
    """What stands in the version's own columns, without blanks around."""
    values = {name: getattr(content, name) for name in COLUMNS}
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}


def content_of(version: PlanVersion) -> PlanContent:
    """Everything the version says, ready to be written into another."""
    said: dict[str, Any] = {name: getattr(version, name) for name in COLUMNS}
    said |= {name: _values(getattr(version, name).all()) for name in ROWS}
    return PlanContent(**said)


def _values(rows: QuerySet[Any]) -> list[dict[str, Any]]:
    own = {"id", "municipality_id", "version_id", "trial_id"}
    return [{name: row[name] for name in row if name not in own} for row in rows.order_by("pk").values()]


def rows_of(version: PlanVersion, name: str, rows: Sequence[dict[str, Any]]) -> list[Any]:
    """The rows of one list, as they will stand below the version."""
    keys: dict[str, Any] = {"version": version, "municipality_id": version.municipality_id}
    return [ROWS[name](**keys, **values) for values in rows]


def write_content(version: PlanVersion, content: PlanContent) -> None:
    """Refuses what the database would refuse, but in words: inverted, overlapping or missing limits (R-083)."""
    if not version.what_matters:
        raise PlanProblems([gettext("Skriv hva som er viktig for pasienten.")])
    rows = {name: rows_of(version, name, getattr(content, name)) for name in ROWS}
    if found := sentences(ruleset_of(version, cast("list[Threshold]", rows["thresholds"]))):
        raise PlanProblems(found)
    version.save(force_insert=True)
    for name, model in ROWS.items():
        model._default_manager.bulk_create(rows[name])  # noqa: SLF001 - the public name of a model's first manager
