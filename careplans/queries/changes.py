"""How a version differs from the version in force (R-044): limits, schedule and measures, in words."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from careplans.enums import MeasureKind, Zone
from careplans.models import PlanVersion, Schedule
from careplans.queries.wording import Names, Words, rule_words, schedule_words
from careplans.scoring import Rule, RuleSet

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Piece:
    """A bit of a line; `changed` when the other version says something else here, or nothing."""

    text: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Change(Generic[Thing]):
    """One row of a comparison: the same thing in the version in force and in the proposal; either may lack it."""

    label: str
    present: Thing | None
    proposed: Thing | None
    present_line: list[Piece]
    proposed_line: list[Piece]

    @property
    def either(self) -> Thing:
        """The thing as proposed, or as it was when it goes."""
        found = self.proposed if self.proposed is not None else self.present
        assert found is not None  # noqa: S101 - a change is about something
        return found

    @property
    def same(self) -> bool:
        """Both versions say the same."""
        both = self.present is not None and self.proposed is not None
        return both and not any(piece.changed for piece in (*self.present_line, *self.proposed_line))


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """One measure of a zone (R-031, R-032)."""

    text: str
    medical: bool
    start_alone: bool
    new: bool
    pk: UUID

    @property
    def needs_doctor(self) -> bool:
        """Approving the version approves a medical measure that no doctor has approved before (R-040)."""
        return self.medical and self.new


@dataclass(frozen=True, slots=True)
class ZoneMeasures:
    """A zone with its measures, and the texts of those in force that go."""

    zone: Zone
    lines: list[MeasureLine]
    removed: list[str]


def limit_changes(proposed: RuleSet, present: RuleSet | None, names: Names) -> list[Change[Rule]]:
    """The rules of both versions side by side: the proposal's in its order, then those it drops."""
    return _side_by_side(
        proposed.rules,
        present.rules if present else (),
        about=lambda rule: (rule.kind, rule.quantity, rule.item),
        exactly=lambda rule: (rule.window_hours, rule.n, rule.m),
        words=lambda rule: rule_words(rule, names),
        label=names.rule,
    )


def schedule_changes(version: PlanVersion, present: PlanVersion | None, names: Names) -> list[Change[Schedule]]:
    """When the patient measures, in both versions (R-047)."""
    return _side_by_side(
        list(version.schedules.select_related("type").order_by("pk")),
        list(present.schedules.select_related("type").order_by("pk")) if present else [],
        about=lambda row: row.subject,
        exactly=lambda row: (tuple(row.weekdays), tuple(row.times)),
        words=schedule_words,
        label=names.schedule,
    )


def zone_measures(version: PlanVersion, present: PlanVersion | None) -> list[ZoneMeasures]:
    """The measures per zone, with what is new and what goes (R-033)."""
    rows, old = list(version.measures.all()), list(present.measures.all()) if present else []
    before = {(row.zone, row.kind, row.text, row.start_alone) for row in old}
    texts = {(row.zone, row.text) for row in rows}
    zones = []
    for zone in Zone:
        lines = [
            MeasureLine(
                text=row.text,
                medical=row.kind == MeasureKind.MEDICAL,
                start_alone=row.start_alone,
                new=(row.zone, row.kind, row.text, row.start_alone) not in before,
                pk=row.pk,
            )
            for row in rows
            if row.zone == zone
        ]
        zones.append(
            ZoneMeasures(zone, lines, [row.text for row in old if row.zone == zone and (zone, row.text) not in texts])
        )
    return zones


def compared(old: Words, new: Words) -> tuple[list[Piece], list[Piece]]:
    """Both lines, with each number marked that the other line does not have in the same place."""
    return _marked(old, dict(new)), _marked(new, dict(old))


def _marked(words: Words, other: dict[str, str]) -> list[Piece]:
    return [Piece(text, bool(name) and other.get(name) != text) for name, text in words]


def _side_by_side(
    rows: Sequence[Thing],
    old: Sequence[Thing],
    *,
    about: Callable[[Thing], Hashable],
    exactly: Callable[[Thing], Hashable],
    words: Callable[[Thing], Words],
    label: Callable[[Thing], str],
) -> list[Change[Thing]]:
    partners = _partners(rows, old, about=about, exactly=exactly)
    changes = []
    for index, row in enumerate(rows):
        partner = partners.get(index)
        before, after = compared(words(partner) if partner is not None else [], words(row))
        changes.append(Change(label(row), partner, row, before, after))
    taken = {id(partner) for partner in partners.values()}
    changes += [Change(label(row), row, None, compared(words(row), [])[0], []) for row in old if id(row) not in taken]
    return changes


def _partners(
    rows: Sequence[Thing],
    old: Sequence[Thing],
    *,
    about: Callable[[Thing], Hashable],
    exactly: Callable[[Thing], Hashable],
) -> dict[int, Thing]:
    """Which old row each row continues. Exact matches go first, so that a new rule never takes an unchanged one's."""
    left, found = list(old), {}
    for strict in (True, False):
        for index, row in enumerate(rows):
            if index in found:
                continue
            match = next(
                (one for one in left if about(one) == about(row) and (not strict or exactly(one) == exactly(row))), None
            )
            if match is not None:
                left.remove(match)
                found[index] = match
    return found
