"""The limits of one quantity as a coloured bar: geometry only, drawn as SVG by the template."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from careplans.scoring import Rule, RuleKind
from careplans.scoring.numbers import text

WIDTH: Final = 300


@dataclass(frozen=True, slots=True)
class Area:
    """A stretch of one colour."""

    zone: str
    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A line between two colours, and the number that stands under it."""

    x: str
    label: str


@dataclass(frozen=True, slots=True)
class Band:
    """Positions are text with a decimal point: SVG reads no decimal comma."""

    areas: list[Area]
    limits: list[Limit]
    marker: str


def band_of(rule: Rule, *, decimals: int, seen: tuple[Decimal, Decimal, Decimal] | None) -> Band | None:
    """The bar of a BAND rule, wide enough for the limits and for the lowest, middle and highest value seen."""
    steps = (
        (rule.red_low, "yellow"),
        (rule.yellow_low, "green"),
        (rule.yellow_high, "yellow"),
        (rule.red_high, "red"),
    )
    limits = [(value, above) for value, above in steps if value is not None]
    if rule.kind != RuleKind.BAND or not limits:
        return None
    everything = [value for value, _ in limits] + list(seen or ())
    low, high = min(everything), max(everything)
    margin = max((high - low) / 4, Decimal(1))
    low, span = low - margin, high - low + 2 * margin

    def at(value: Decimal) -> Decimal:
        return (value - low) / span * WIDTH

    first = "red" if rule.red_low is not None else "yellow" if rule.yellow_low is not None else "green"
    edges = [(first, Decimal(0)), *((above, at(value)) for value, above in limits)]
    ends = [x for _, x in edges[1:]] + [Decimal(WIDTH)]
    return Band(
        areas=[Area(zone, f"{x:.1f}", f"{end - x:.1f}") for (zone, x), end in zip(edges, ends, strict=True)],
        limits=[Limit(f"{at(value):.1f}", text(value, decimals)) for value, _ in limits],
        marker=f"{at(seen[1]):.1f}" if seen else "",
    )
