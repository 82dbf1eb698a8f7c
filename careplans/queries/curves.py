"""A rule beside the patient's own values as a small curve: geometry and words only, drawn as SVG by the template.

What a point means never hangs on colour: green is a ring, yellow a triangle, red a square, and each limit
has its name.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext

from careplans.queries.evidence import Period
from careplans.scoring import Colour, Rule, RuleKind
from careplans.scoring.limits import above, below, given
from careplans.scoring.numbers import text
from dho.lib.numbers import OSLO, date_nb, decimal_comma

WIDTH, HEIGHT, LABELS, MARGIN = 300, 120, 62, 8
_SIDES: Final = ("red_low", "yellow_low", "yellow_high", "red_high")
_SHAPES: Final = {
    Colour.GREEN: "m-2.2 0a2.2 2.2 0 1 0 4.4 0a2.2 2.2 0 1 0-4.4 0",
    Colour.YELLOW: "m0-4.2 4.2 7.400h-8.400z",
    Colour.RED: "m-3.2-3.2h6.400v6.400h-6.400z",
}
# Labels of limits that lie closer would be written over each other.
_APART: Final = 12


@dataclass(frozen=True, slots=True)
class Line:
    """A limit across the curve, with its name at the right end. Positions are text: SVG reads no decimal comma."""

    y: str
    label_y: str
    label: str
    red: bool


@dataclass(frozen=True, slots=True)
class Area:
    """Beyond a limit."""

    y: str
    height: str
    red: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """Everything the template draws, and the same in words and numbers."""

    label: str
    polyline: str
    rings: str
    triangles: str
    squares: str
    lines: list[Line]
    areas: list[Area]
    first: str
    last: str
    rows: list[str]


Points = Sequence[tuple[datetime, Decimal]]


def curve_of(rule: Rule, name: str, points: Points, *, decimals: int, unit: str, period: Period) -> Curve | None:
    """The curve of what the rule compares with its limits; None without values or without limits."""
    compared = _compared(rule, points)
    if not compared or not given(rule):
        return None
    everything = [*(value for _, value in compared), *given(rule)]
    low, high = min(everything), max(everything)
    room = max((high - low) / 8, Decimal(1).scaleb(-decimals))
    low, span = low - room, high - low + 2 * room
    length = period.until - period.since

    def x(at: datetime) -> str:
        return f"{MARGIN + (at - period.since) / length * (WIDTH - 2 * MARGIN):.1f}"

    def y(value: Decimal) -> float:
        return float(HEIGHT - (value - low) / span * HEIGHT)

    drawn = [(x(at), f"{y(value):.1f}", _colour(value, rule), at, value) for at, value in compared]
    paths = {
        colour: "".join(f"M{px} {py}{shape}" for px, py, own, *_ in drawn if own == colour)
        for colour, shape in _SHAPES.items()
    }
    limits = [(getattr(rule, side), side) for side in _SIDES if getattr(rule, side) is not None]
    return Curve(
        label=_label(rule, name, compared, decimals, unit),
        polyline=" ".join(f"{px},{py}" for px, py, *_ in drawn),
        rings=paths[Colour.GREEN],
        triangles=paths[Colour.YELLOW],
        squares=paths[Colour.RED],
        lines=_lines(
            [(y(value), _limit_words(value, side, decimals), side.startswith("red")) for value, side in limits]
        ),
        areas=_areas(rule, y),
        first=f"{period.first:%d.%m.}",
        last=f"{period.last:%d.%m.}",
        rows=[_row(at, value, colour, decimals) for *_, colour, at, value in drawn],
    )


def _compared(rule: Rule, points: Points) -> Points:
    """The numbers that stand against the limits: the value, its change over the window, or its share of normal."""
    if rule.kind == RuleKind.CHANGE:
        return list(_changes(rule, points))
    if rule.kind == RuleKind.SHARE and rule.baseline:
        return [(at, value * 100 / rule.baseline) for at, value in points]
    return points


def _changes(rule: Rule, points: Points) -> Iterable[tuple[datetime, Decimal]]:
    """The rise from the lowest earlier value of the window; where only falls are judged, the fall from the highest."""
    from_value = max if rule.yellow_high is None else min
    window, start = timedelta(hours=rule.look_back_hours), 0
    for index, (at, value) in enumerate(points):
        while points[start][0] < at - window:
            start += 1
        if start < index:
            yield at, value - from_value(earlier for _, earlier in points[start:index])


def _colour(value: Decimal, rule: Rule) -> Colour:
    breach = below(value, rule) or above(value, rule)
    return breach.colour if breach else Colour.GREEN


def _row(at: datetime, value: Decimal, colour: Colour, decimals: int) -> str:
    word = "" if colour == Colour.GREEN else f" ({colour.word})"
    return f"{at.astimezone(OSLO):%d.%m. kl. %H.%M}: {decimal_comma(value, decimals)}{word}"


def _limit_words(value: Decimal, side: str, decimals: int) -> str:
    return f"{gettext('rød') if side.startswith('red') else gettext('gul')} {text(value, decimals)}"


def _lines(limits: list[tuple[float, str, bool]]) -> list[Line]:
    """From the top down, each label pushed clear of the one over it."""
    lines, lowest = [], 0.0
    for at, label, red in sorted(limits):
        lowest = max(at, lowest + _APART)
        lines.append(Line(f"{at:.1f}", f"{lowest:.1f}", label, red))
    return lines


def _areas(rule: Rule, y: Callable[[Decimal], float]) -> list[Area]:
    areas = []
    for value, edge, upward, red in (
        (rule.yellow_high, rule.red_high, True, False),
        (rule.red_high, None, True, True),
        (rule.yellow_low, rule.red_low, False, False),
        (rule.red_low, None, False, True),
    ):
        if value is None:
            continue
        ends = (
            (0.0 if edge is None else y(edge), y(value))
            if upward
            else (y(value), float(HEIGHT) if edge is None else y(edge))
        )
        areas.append(Area(f"{ends[0]:.1f}", f"{max(ends[1] - ends[0], 0.0):.1f}", red))
    return areas


def _label(rule: Rule, name: str, points: Points, decimals: int, unit: str) -> str:
    values = [value for _, value in points]
    colours = [_colour(value, rule) for value in values]
    numbers = {
        "name": name,
        "n": len(values),
        "first": date_nb(points[0][0]),
        "last": date_nb(points[-1][0]),
        "low": decimal_comma(min(values), decimals),
        "high": decimal_comma(max(values), decimals),
        "unit": unit,
        "yellow": colours.count(Colour.YELLOW),
        "red": colours.count(Colour.RED),
    }
    return (
        gettext(
            "%(name)s: %(n)s verdier fra %(first)s til %(last)s, fra %(low)s til %(high)s %(unit)s. "
            "%(yellow)s i gult og %(red)s i rødt."
        )
        % numbers
    )
