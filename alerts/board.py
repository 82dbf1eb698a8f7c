"""The queue as the screen shows it: filters with counts, one line per patient, and the words beside the numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from alerts.enums import Level
from alerts.models import QueueEntry
from alerts.queries.queue import (
    QuietDay,
    limit_beside,
    municipalities_of,
    queue_rows,
    quiet_day,
    recent_values,
)
from alerts.services.casework import NEEDS_NOTE
from alerts.sparkline import Point, sparkline
from alerts.waiting import Deadline, deadline_in_words
from dho.lib.numbers import whole_number
from dho.lib.texts import LazyText
from organisations.opening_hours import OpeningHours
from patients.enums import TargetGroup

# The filters in their order: name in the address, words, and the level that they show.
FILTERS: tuple[tuple[str, LazyText, Level | None], ...] = (
    ("", _("Alle åpne"), None),
    ("rode", _("Røde"), Level.RED),
    ("gule", _("Gule"), Level.YELLOW),
    ("ikke-vurdert", _("Ikke vurdert"), Level.NOT_ASSESSED),
    ("mangler", _("Mangler"), Level.MISSING),
    ("utstyr", _("Utstyr"), Level.EQUIPMENT),
    ("mine", _("Mine"), None),
)
LEVELS = {name: level for name, _, level in FILTERS}


@dataclass(frozen=True, slots=True)
class Choice:
    """What the nurse has chosen to see. The order is never hers to choose: it always starts with the most urgent."""

    view: str = ""
    municipality_id: int | None = None

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Choice":
        """From the address or the form; what is not a filter means everything, so that nothing is hidden by mistake."""
        view, municipality = str(data.get("vis", "")), str(data.get("kommune", ""))
        return cls(
            view=view if view in LEVELS else "",
            municipality_id=whole_number(municipality),
        )

    @property
    def query(self) -> str:
        """The same choice as a query string, «?» included, or nothing."""
        given = {"vis": self.view, "kommune": self.municipality_id}
        text = urlencode({name: value for name, value in given.items() if value})
        return f"?{text}" if text else ""

    def shows(self, entry: QueueEntry, by: Actor) -> bool:
        """Whether the row is among those the filter asks for; the municipality is looked at elsewhere."""
        if self.view == "mine":
            return entry.owner_id == by.user.pk
        return LEVELS[self.view] is None or entry.level == LEVELS[self.view]


@dataclass(frozen=True, slots=True)
class Line:
    """One patient's row."""

    entry: Any
    age: int
    groups: str
    departure: str
    spark: SafeString
    waited: timedelta
    came_while_closed: bool
    deadline: Deadline
    mine: bool
    needs_note: bool
    can_finish_here: bool
    note: str


@dataclass(frozen=True, slots=True)
class Tab:
    """One filter with its count and address."""

    name: str
    label: LazyText
    count: int
    query: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the list needs."""

    lines: list[Line]
    tabs: list[Tab]
    municipalities: dict[int, str]
    total: int
    quiet: QuietDay | None


def make_board(
    by: Actor, *, choice: Choice, hours: OpeningHours, now: datetime, notes: Mapping[UUID, str] | None = None
) -> Board:
    """The queue of the actor's service. `notes` are messages to stand in a patient's row, such as a lost claim.

    Three queries whatever the number of rows: the rows, their values, and a third only when there are none.
    """
    rows = queue_rows(by, now=now)
    here = [row for row in rows if choice.municipality_id in (None, row.municipality_id)]
    shown = [row for row in here if choice.shows(row, by)]
    values = recent_values(shown, now=now)
    return Board(
        lines=[
            _line(row, values.get(row.patient_id, []), by=by, hours=hours, now=now, note=(notes or {}).get(row.pk, ""))
            for row in shown
        ],
        tabs=[_tab(name, label, here, choice=choice, by=by) for name, label, _ in FILTERS],
        municipalities=municipalities_of(rows),
        total=len(rows),
        quiet=None if rows else quiet_day(by, now=now),
    )


def _tab(name: str, label: LazyText, here: list[Any], *, choice: Choice, by: Actor) -> Tab:
    wanted = Choice(name, choice.municipality_id)
    count = sum(wanted.shows(row, by) for row in here)
    return Tab(name=name, label=label, count=count, query=wanted.query, chosen=name == choice.view)


def _line(row: Any, points: list[Point], *, by: Actor, hours: OpeningHours, now: datetime, note: str) -> Line:
    limit = limit_beside(row.limits, level=row.level, latest=points[-1].value if points else None)
    return Line(
        entry=row,
        age=row.patient.age(timezone.localdate(now)),
        groups=", ".join(str(TargetGroup(code).label) for code in row.target_groups or []),
        departure=row.patient.departure(timezone.localdate(now)),
        spark=sparkline(points, limit=limit, until=now),
        waited=max(now - row.waiting_since, timedelta(0)),
        came_while_closed=not hours.is_open(row.waiting_since),
        deadline=deadline_in_words(row.deadline, hours=hours, now=now),
        mine=row.owner_id == by.user.pk,
        needs_note=row.level in NEEDS_NOTE,
        # Where a note is required the case is finished on the patient's page, which asks for it.
        can_finish_here=row.level not in NEEDS_NOTE and row.owner_id in (None, by.user.pk),
        note=note,
    )
