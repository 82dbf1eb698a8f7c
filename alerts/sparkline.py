"""The small chart of a queue row, drawn on the server: no script, no inline style, printable, readable in greyscale.

A missing day is a gap, the limit is a dashed line, the latest value is marked. The same in words stands in the label.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from dho.lib.numbers import OSLO, decimal_comma

DAYS = 7
WIDTH, HEIGHT, MARGIN = 120, 32, 4


@dataclass(frozen=True, slots=True)
class Point:
    """One value at the time it was taken."""

    at: datetime
    value: Decimal


def sparkline(points: Sequence[Point], *, limit: Decimal | None, until: datetime) -> SafeString:
    """The last seven days as SVG, oldest point first; empty when there is nothing to draw.

    `limit` is in the same unit as the values. Lines use currentColor, so the chart follows its text.
    """
    if not points:
        return SafeString("")
    low, high = _range(points, limit)
    lines = format_html_join("", '<polyline points="{}"/>', _lines(points, until, low, high))
    dashed = SafeString("")
    if limit is not None:
        dashed = format_html('<path class="spark__limit" d="M0 {0}H{1}"/>', _y(limit, low, high), WIDTH)
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}<circle cx="{}" cy="{}" r="3"/></svg>',
        WIDTH,
        HEIGHT,
        in_words(points, limit=limit),
        dashed,
        lines,
        _x(points[-1].at, until),
        _y(points[-1].value, low, high),
    )


def in_words(points: Sequence[Point], *, limit: Decimal | None) -> str:
    """What the chart shows, for those who cannot see it."""
    values = [point.value for point in points]
    said = gettext("Siste %(days)s dager: laveste %(low)s, høyeste %(high)s, siste %(last)s.") % {
        "days": DAYS,
        "low": decimal_comma(min(values)),
        "high": decimal_comma(max(values)),
        "last": decimal_comma(values[-1]),
    }
    return said if limit is None else f"{said} {gettext('Grense')} {decimal_comma(limit)}."


def _range(points: Sequence[Point], limit: Decimal | None) -> tuple[Decimal, Decimal]:
    """The lowest and highest number to show. A flat line is given room, so that it lies in the middle."""
    values = [point.value for point in points] + ([] if limit is None else [limit])
    low, high = min(values), max(values)
    return (low, high) if low < high else (low - 1, high + 1)


def _lines(points: Sequence[Point], until: datetime, low: Decimal, high: Decimal) -> Iterator[tuple[str]]:
    """The unbroken stretches. A whole day in Oslo without a value breaks the line."""
    stretch: list[str] = []
    before = points[0].at.astimezone(OSLO).date()
    for point in points:
        day = point.at.astimezone(OSLO).date()
        if day - before > timedelta(days=1):
            yield (" ".join(stretch),)
            stretch = []
        # A stretch of one value is drawn as a dot: the round line cap of a line without length.
        here = f"{_x(point.at, until)},{_y(point.value, low, high)}"
        stretch.extend([here] if stretch else [here, here])
        before = day
    yield (" ".join(stretch),)


def _x(at: datetime, until: datetime) -> int:
    share = 1 - (until - at) / timedelta(days=DAYS)
    return MARGIN + round(min(max(share, 0.0), 1.0) * (WIDTH - 2 * MARGIN))


def _y(value: Decimal, low: Decimal, high: Decimal) -> int:
    share = (value - low) / (high - low)
    return HEIGHT - MARGIN - round(share * (HEIGHT - 2 * MARGIN))
