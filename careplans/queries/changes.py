"""How a version differs from another (R-044): for the doctor piece by piece, and everything in words, line by line."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext

from careplans.enums import Zone
from careplans.models import Measure, PlanVersion, Schedule, Threshold
from careplans.queries.wording import Names, Words, rule_words, schedule_words
from careplans.scoring import Rule, RuleSet
from dho.lib.numbers import date_nb

Thing = TypeVar("Thing")

# What `lines_of` reads of a version.
SAID: Final = ("goals", "zone_texts", "thresholds", "schedules__type", "measures", "responsibilities")


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
    # Category, how often, and who is responsible.
    more: str
    medical: bool
    start_alone: bool
    new: bool
    # What the version in force says of the measure, where it says something else.
    before: str
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
    before, said = {_measure_key(row) for row in old}, {(row.zone, row.text): _measure_line(row) for row in old}
    texts = {(row.zone, row.text) for row in rows}
    zones = []
    for zone in Zone:
        lines = [
            MeasureLine(
                text=row.text,
                more=_measure_more(row),
                medical=row.needs_doctor,
                start_alone=row.start_alone,
                new=_measure_key(row) not in before,
                before="" if _measure_key(row) in before else said.get((row.zone, row.text), ""),
                pk=row.pk,
            )
            for row in rows
            if row.zone == zone
        ]
        zones.append(
            ZoneMeasures(zone, lines, [row.text for row in old if row.zone == zone and (zone, row.text) not in texts])
        )
    return zones


def _measure_key(row: Measure) -> Hashable:
    """Everything that is said about a measure, so that no change of it goes unseen."""
    return row.zone, row.kind, row.text, row.start_alone, row.category, row.frequency, row.responsible


def _measure_more(row: Measure) -> str:
    who = gettext("ansvarlig: %(who)s") % {"who": row.responsible} if row.responsible else ""
    return ", ".join(each for each in (str(row.get_category_display()), row.frequency, who) if each)


@dataclass(frozen=True, slots=True)
class Difference:
    """What one part of the plan no longer says, and what it says instead."""

    heading: str
    gone: list[str]
    added: list[str]


def differences(old: PlanVersion, new: PlanVersion) -> list[Difference]:
    """Everything in which two versions differ, in words; empty when they say the same."""
    names = Names.current()
    before, after = lines_of(old, names), lines_of(new, names)
    found = [
        Difference(
            heading,
            [line for line in before[section, heading] if line not in lines],
            [line for line in lines if line not in before[section, heading]],
        )
        for (section, heading), lines in after.items()
    ]
    return [each for each in found if each.gone or each.added]


def lines_of(version: PlanVersion, names: Names) -> dict[tuple[str, str], list[str]]:
    """Everything that the version says, by section of the editor and heading, each line whole in itself.

    What has been fetched for many versions at once (`SAID`) is not fetched again.
    """
    prefetch_related_objects([version], *SAID)
    rules = [row.rule() for row in sorted(version.thresholds.all(), key=_by_key)]
    found = {
        ("viktig", gettext("Hva er viktig for pasienten?")): [version.what_matters],
        ("viktig", gettext("Mål")): [goal.text for goal in version.goals.all()],
        ("vanlig", gettext("Vanlig tilstand")): [version.habitual_state],
        **_zone_lines(version),
        ("grenser", gettext("Grenseverdier")): [
            f"{names.rule(rule)}: {_plain(rule_words(rule, names))}" for rule in rules
        ],
        ("maletider", gettext("Når pasienten måler")): [
            f"{names.schedule(row)}: {_plain(schedule_words(row))}"
            for row in sorted(version.schedules.all(), key=_by_key)
        ],
        ("ansvar", gettext("Hvem som har ansvar for hva")): [
            f"{row.task}: {row.who}" for row in version.responsibilities.all()
        ],
        **_column_lines(version),
    }
    return {key: [line for line in lines if line] for key, lines in found.items()}


def _by_key(row: Threshold | Schedule) -> UUID:
    return row.pk


def rest_of(version: PlanVersion, names: Names) -> list[tuple[str, list[str]]]:
    """What the plan says beside limits, times, measures and the two texts that head it; nothing where it is silent."""
    heads = {gettext("Hva er viktig for pasienten?"), gettext("Vanlig tilstand")}
    elsewhere = _side_by_side_shown() | heads
    said = lines_of(version, names)
    return [(heading, lines) for (_, heading), lines in said.items() if lines and heading not in elsewhere]


def other_differences(old: PlanVersion, new: PlanVersion) -> list[Difference]:
    """What differs beside limits, times and measures, which the doctor's page shows side by side."""
    return [each for each in differences(old, new) if each.heading not in _side_by_side_shown()]


def _side_by_side_shown() -> set[str]:
    measures = {gettext("%(zone)s: tiltak") % {"zone": zone.label} for zone in Zone}
    return {gettext("Grenseverdier"), gettext("Når pasienten måler"), *measures}


def _zone_lines(version: PlanVersion) -> dict[tuple[str, str], list[str]]:
    texts, measures = {text.zone: text for text in version.zone_texts.all()}, list(version.measures.all())
    found: dict[tuple[str, str], list[str]] = {}
    for section, zone in (("gronn", Zone.GREEN), ("gul", Zone.YELLOW), ("rod", Zone.RED)):
        text, named = texts.get(zone), {"zone": zone.label}
        of_zone = [_measure_line(row) for row in measures if row.zone == zone]
        found[section, gettext("%(zone)s: tegn") % named] = [text.signs] if text else []
        found[section, gettext("%(zone)s: tiltak") % named] = of_zone
        found[section, gettext("%(zone)s: hvem pasienten kontakter") % named] = [text.contact] if text else []
    return found


def _column_lines(version: PlanVersion) -> dict[tuple[str, str], list[str]]:
    weeks, form = version.guidance_every_weeks, version.get_guidance_form_display()
    guidance = gettext("%(form)s hver %(weeks)s. uke") % {"form": form, "weeks": weeks} if weeks else ""
    return {
        ("veiledning", gettext("Veiledning")): [guidance],
        ("ellers", gettext("Pårørendes del")): [version.relatives_part],
        ("ellers", gettext("Når tjenesten er stengt")): [version.outside_hours],
        ("om", gettext("Planen gjennomgås")): [date_nb(version.review_on)] if version.review_on else [],
        ("om", gettext("Hvem startet planen")): [version.get_initiator_display()],
        ("om", gettext("Forankret hos fastlegen")): [version.anchoring],
    }


def _measure_line(row: Measure) -> str:
    """The measure with everything that is said about it."""
    said = [row.get_category_display(), row.frequency]
    if row.needs_doctor:
        said.append(gettext("medisinsk tiltak"))
    if not row.start_alone:
        said.append(gettext("startes bare sammen med helsepersonell"))
    if row.responsible:
        said.append(gettext("ansvarlig: %(who)s") % {"who": row.responsible})
    more = ", ".join(each for each in said if each)
    return f"{row.text} ({more})" if more else row.text


def _plain(words: Words) -> str:
    return " ".join(text for _name, text in words if text)


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
