"""Plotly figures of trends, as plain data for the page's JSON block.

Everything Norwegian is written out here (ticks, labels, hover), so the browser formats nothing. Red, yellow and green
bands stand behind one dark line; each limit is also a line with its word, so that the chart reads in grey (ux.md 2.2).
"""

import logging
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from django.utils.html import escape

from alerts.trends import Limits, Point, Stretch, Trend, number
from dho.lib.numbers import NBSP, OSLO, date_nb, time_nb
from measurements.enums import Source

log = logging.getLogger(__name__)

BANDS: Final = {"GREEN": "#edf6ee", "YELLOW": "#fff1c4", "RED": "#fadcdc"}
LINES: Final = {"yellow": {"color": "#7a4f00", "dash": "dash"}, "red": {"color": "#a3121b", "dash": "solid"}}
INK: Final = "#1e2b3c"
GREY: Final = "#5c6670"
FONT: Final = {"family": "Inter, sans-serif", "size": 13, "color": INK}
# Days between the dates under the chart: few enough to be read at 320 px.
TICK_DAYS: Final = {7: 1, 30: 7, 90: 21, 365: 73}
MEASURED_SYMBOL, TYPED_SYMBOL, FAULTY_SYMBOL, MISSING_SYMBOL = "circle", "diamond-open", "x", "x-thin"


def trend_figure(trend: Trend) -> dict[str, Any] | None:
    """The figure as JSON-ready values, or None when it could not be built: one chart never takes the page down."""
    try:
        return _figure(trend)
    except Exception:
        log.exception("trend chart could not be built")
        return None


def _figure(trend: Trend) -> dict[str, Any]:
    # Imported here: plotly takes a quarter of a second to load, and most processes never draw.
    import plotly.graph_objects as go  # noqa: PLC0415

    low, high = value_range(trend)
    stretches = [s for s in trend.stretches if s.end > _start(trend) and s.start < trend.now]
    figure = go.Figure(
        data=[*_stems(trend), *_lines(trend), *_faulty(trend), *_missing(trend, low)],
        layout={
            "template": None,
            "shapes": [
                *_bands(trend, stretches, low, high),
                *_limit_lines(trend, stretches, low, high),
                *_changes(trend),
            ],
            "annotations": [*_limit_labels(trend, low, high), *_change_labels(trend), *_latest(trend, low, high)],
            "xaxis": _dates(trend),
            "yaxis": _values(trend, low, high),
            "showlegend": False,
            "dragmode": False,
            "hovermode": "closest",
            "separators": f",{NBSP}",
            "margin": {"l": 24, "r": 128 if len(trend.quantities) > 1 else 72, "t": 24, "b": 36},
            "height": 320,
            "font": FONT,
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
        },
    )
    found: dict[str, Any] = figure.to_plotly_json()
    return found


def value_range(trend: Trend) -> tuple[Decimal, Decimal]:
    """Lowest and highest value of the axis: everything drawn, and the limits near enough not to flatten the line."""
    values = [value for point in [*trend.good, *trend.faulty] for value in point.values if value is not None]
    limits = [
        limit
        for stretch in trend.stretches
        for quantity in trend.quantities
        for limit in (stretch.band(quantity.code) or Limits(quantity.code)).given.values()
    ]
    if not values:
        values = limits or [trend.quantities[0].impossible_low, trend.quantities[0].impossible_high]
    lowest, highest = min(values), max(values)
    # A weight of 70 kg with limits at 40 and 120 would show two kilos as nothing; such limits are told in words only.
    reach = max(3 * (highest - lowest), abs(highest) * Decimal("0.15"))
    near = [limit for limit in limits if lowest - reach <= limit <= highest + reach]
    lowest, highest = min([lowest, *near]), max([highest, *near])
    step = Decimal(1).scaleb(-trend.quantities[0].decimals)
    room = max((highest - lowest) * Decimal("0.12"), step)
    return (
        max(lowest - room, min(q.impossible_low for q in trend.quantities)),
        min(highest + room, max(q.impossible_high for q in trend.quantities)),
    )


def _start(trend: Trend) -> datetime:
    return datetime.combine(trend.first_day, time(0), OSLO)


def _clock(at: datetime) -> str:
    """Plotly knows no time zones: the clock on the wall in Oslo."""
    return at.astimezone(OSLO).strftime("%Y-%m-%d %H:%M:%S")


def _noon(day: date) -> str:
    return f"{day.isoformat()} 12:00:00"


def _dates(trend: Trend) -> dict[str, Any]:
    step = TICK_DAYS.get(trend.days, 7)
    days = [trend.today - timedelta(days=back) for back in range(0, trend.days, step)]
    texts = [date_nb(day) if trend.days > 90 else f"{day:%d.%m.}" for day in days]
    return {
        "type": "date",
        "range": [_clock(_start(trend)), _clock(max(trend.now, _start(trend) + timedelta(days=trend.days)))],
        "tickvals": [_noon(day) for day in days],
        "ticktext": texts,
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
    }


def _values(trend: Trend, low: Decimal, high: Decimal) -> dict[str, Any]:
    quantity = trend.quantities[0]
    smallest = Decimal(1).scaleb(-quantity.decimals)
    step = next(
        (
            s
            for power in range(-quantity.decimals, 5)
            for n in (1, 2, 5)
            if (high - low) / (s := n * Decimal(1).scaleb(power)) <= 7
        ),
        smallest,
    )
    first = (low / step).to_integral_value(rounding="ROUND_CEILING") * step
    ticks = [first + step * n for n in range(int((high - first) / step) + 1)]
    return {
        "range": [float(low), float(high)],
        "tickvals": [float(tick) for tick in ticks],
        "ticktext": [f"{number(tick, quantity)}{NBSP}{quantity.unit_label}" for tick in ticks],
        "automargin": True,
        "gridcolor": "#d9dee3",
        "zeroline": False,
        "fixedrange": True,
    }


def _with_gaps(trend: Trend, index: int) -> list[tuple[str, float | None, str, str]]:
    """Date, value, symbol and hover text of each point, and an empty value where a day is missing."""
    rows: list[tuple[datetime, float | None, str, str]] = [
        (
            point.at,
            float(point.values[index] or 0),
            TYPED_SYMBOL if point.source != Source.DEVICE else MEASURED_SYMBOL,
            _hover(trend, point),
        )
        for point in trend.good
    ]
    if rows:
        rows += [(datetime.combine(day, time(12), OSLO), None, MEASURED_SYMBOL, "") for day in trend.gap_days]
    return [(_clock(at), *rest) for at, *rest in sorted(rows, key=lambda row: row[0])]  # type: ignore[misc]


def _hover(trend: Trend, point: Point) -> str:
    return f"{date_nb(point.taken_at)} {time_nb(point.taken_at)}: {trend.shown(point)}<br>{escape(point.how)}"


def _lines(trend: Trend) -> list[dict[str, Any]]:
    size = 8 if trend.days <= 30 else 6 if trend.days <= 90 else 4
    lines = []
    for index, quantity in enumerate(trend.quantities):
        rows = _with_gaps(trend, index)
        lines.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": quantity.label,
                "x": [row[0] for row in rows],
                "y": [row[1] for row in rows],
                "connectgaps": False,
                "cliponaxis": False,
                "line": {"color": INK, "width": 2},
                "marker": {"color": INK, "size": size, "symbol": [row[2] for row in rows], "line": {"width": 1.5}},
                "text": [row[3] for row in rows],
                "hovertemplate": "%{text}<extra></extra>",
            }
        )
    return lines


def _stems(trend: Trend) -> list[dict[str, Any]]:
    """A pair is read as one: upper and lower value of each blood pressure are joined."""
    if len(trend.quantities) == 1:
        return []
    ends = [(_clock(point.at), [float(value or 0) for value in point.values]) for point in trend.good]
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "Par",
            "x": [x for at, _ in ends for x in (at, at, None)],
            "y": [y for _, values in ends for y in (*values, None)],
            "connectgaps": False,
            "line": {"color": GREY, "width": 1},
            "hoverinfo": "skip",
        }
    ]


def _faulty(trend: Trend) -> list[dict[str, Any]]:
    marks = [(point, float(value)) for point in trend.faulty for value in point.values if value is not None]
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": "Feilmåling",
            "x": [_clock(point.at) for point, _ in marks],
            "y": [value for _, value in marks],
            "marker": {"color": GREY, "size": 9, "symbol": FAULTY_SYMBOL},
            "text": [f"{_hover(trend, point)}<br>Feilmåling" for point, _ in marks],
            "hovertemplate": "%{text}<extra></extra>",
        }
    ] * bool(marks)


def _missing(trend: Trend, low: Decimal) -> list[dict[str, Any]]:
    days = trend.missing_days
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": "Ingen måling",
            "x": [_noon(day) for day in days],
            "y": [float(low)] * len(days),
            "cliponaxis": False,
            "marker": {"color": GREY, "size": 8, "symbol": MISSING_SYMBOL, "line": {"width": 2, "color": GREY}},
            "text": [f"{date_nb(day)}: ingen måling" for day in days],
            "hovertemplate": "%{text}<extra></extra>",
        }
    ] * bool(days)


def _span(trend: Trend, stretch: Stretch) -> dict[str, Any]:
    """From when to when the version's limits are drawn: never before it was approved, never after it ended."""
    end = _start(trend) + timedelta(days=trend.days)
    return {
        "x0": _clock(max(stretch.start, _start(trend))),
        "x1": _clock(end if stretch.end > trend.now else stretch.end),
    }


def _bands(trend: Trend, stretches: Sequence[Stretch], low: Decimal, high: Decimal) -> list[dict[str, Any]]:
    """Coloured fields behind a single quantity. A pair has none: one quantity's red would lie on the other's normal."""
    if len(trend.quantities) > 1:
        return []
    return [
        {
            "type": "rect", **_span(trend, stretch), "y0": float(bottom), "y1": float(top),
            "fillcolor": BANDS[colour], "line": {"width": 0}, "layer": "below", "name": f"{colour} v{stretch.number}",
        }
        for stretch in stretches
        if (limits := stretch.band(trend.quantities[0].code))
        for colour, bottom, top in fields(limits, low, high)
    ]  # fmt: skip


def fields(limits: Limits, low: Decimal, high: Decimal) -> list[tuple[str, Decimal, Decimal]]:
    """Colour, bottom and top of each band between the ends of the axis, lowest first."""
    if not limits.given:
        return []
    edges = [
        ("RED", limits.red_low),
        ("YELLOW", limits.yellow_low),
        ("GREEN", limits.yellow_high),
        ("YELLOW", limits.red_high),
    ]
    colours = [(colour, edge) for colour, edge in edges if edge is not None]
    # Above the last given limit lies the next colour outwards: green over low limits, yellow or red over high ones.
    last = "RED" if limits.red_high is not None else "YELLOW" if limits.yellow_high is not None else "GREEN"
    cuts = [low, *(min(max(edge, low), high) for _, edge in colours), high]
    names = [*(colour for colour, _ in colours), last]
    return [(name, bottom, top) for name, (bottom, top) in zip(names, pairwise(cuts), strict=True) if top > bottom]


def _limit_lines(trend: Trend, stretches: Sequence[Stretch], low: Decimal, high: Decimal) -> list[dict[str, Any]]:
    return [
        {
            "type": "line", **_span(trend, stretch), "y0": float(limit), "y1": float(limit),
            "line": {"width": 1.5, **LINES[name.split("_")[0]]}, "layer": "below", "name": f"{name} v{stretch.number}",
        }
        for stretch in stretches
        for quantity in trend.quantities
        for name, limit in (stretch.band(quantity.code) or Limits(quantity.code)).given.items()
        if low <= limit <= high
    ]  # fmt: skip


def _limit_labels(trend: Trend, low: Decimal, high: Decimal) -> list[dict[str, Any]]:
    """Gul 88, Rød 86 to the right of the lines that hold now, moved apart where they would cover each other."""
    stretch = trend.stretch_at(trend.now)
    if stretch is None:
        return []
    pair = len(trend.quantities) > 1
    labels = sorted(
        (
            limit,
            f"{'Rød' if name.startswith('red') else 'Gul'} {number(limit, quantity)}",
            f" {quantity.short_label.lower()}" if pair else "",
        )
        for quantity in trend.quantities
        for name, limit in (stretch.band(quantity.code) or Limits(quantity.code)).given.items()
        if low <= limit <= high
    )
    placed: list[dict[str, Any]] = []
    height = low - (high - low)
    for limit, text, whose in labels:
        height = max(limit, height + (high - low) * Decimal("0.07"))
        placed.append(
            {
                "text": text + whose, "x": 1.01, "xref": "paper", "xanchor": "left", "y": float(height),
                "showarrow": False, "font": {**FONT, "size": 12}, "name": "limit",
            }
        )  # fmt: skip
    return placed


def _changes(trend: Trend) -> list[dict[str, Any]]:
    return [
        {
            "type": "line", "x0": _clock(stretch.start), "x1": _clock(stretch.start), "y0": 0, "y1": 1, "yref": "paper",
            "line": {"color": INK, "width": 1, "dash": "dot"}, "name": f"version {stretch.number}",
        }
        for stretch in _new_versions(trend)
    ]  # fmt: skip


def _change_labels(trend: Trend) -> list[dict[str, Any]]:
    return [
        {
            "text": f"Ny plan, versjon {stretch.number}", "x": _clock(stretch.start), "y": 1, "yref": "paper",
            # Written towards the middle, so that it never leaves the chart.
            "xanchor": "left" if stretch.start < _start(trend) + timedelta(days=trend.days) / 2 else "right",
            "yanchor": "bottom", "showarrow": False, "font": {**FONT, "size": 12}, "name": "version",
        }
        for stretch in _new_versions(trend)
    ]  # fmt: skip


def _new_versions(trend: Trend) -> list[Stretch]:
    return [stretch for stretch in trend.stretches if _start(trend) < stretch.start < trend.now]


def _latest(trend: Trend, low: Decimal, high: Decimal) -> list[dict[str, Any]]:
    """The newest value, written out beside its point."""
    if not trend.good:
        return []
    point = trend.good[-1]
    top = max(value for value in point.values if value is not None)
    above = len(trend.quantities) > 1 or top - low < (high - low) / 4
    return [
        {
            "text": trend.shown(point), "x": _clock(point.at), "y": float(top), "showarrow": False,
            "yshift": 16 if above else -16, "xanchor": "right" if point.day > trend.first_day else "left",
            "font": {**FONT, "size": 14, "weight": 600}, "bgcolor": "rgba(255,255,255,0.7)", "name": "latest",
        }
    ]  # fmt: skip
