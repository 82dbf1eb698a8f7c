"""NEWS2, the composite score that municipality and hospital share (R-091): table as data, and the rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from careplans.scoring.colours import Cause, Colour
from careplans.scoring.facts import Answered, Fact, Measured
from careplans.scoring.history import Timeline, is_possible
from careplans.scoring.numbers import text
from careplans.scoring.outcomes import Part, not_assessed
from careplans.scoring.rules import Quantity, Rule

TABLE_VERSION: Final = "Royal College of Physicians 2017"
# Strict, like every limit: yellow from 5 points, red from 7.
YELLOW_HIGH: Final = Decimal(4)
RED_HIGH: Final = Decimal(6)
# One parameter alone at 3 points is at least yellow, whatever the total.
ALONE: Final = 3
# The id of the fact that states a parameter, and what it states.
Known = tuple[str, Decimal | str | bool]


@dataclass(frozen=True, slots=True)
class Points:
    """Points of one parameter, worst first: (edge, points) for a value under an edge, or over one; else 0.

    The printed table has whole numbers (temperature: tenths). A value between two of its rows takes the worse row,
    which is why low edges are the milder row's first value.
    """

    under: tuple[tuple[Decimal, int], ...] = ()
    over: tuple[tuple[Decimal, int], ...] = ()

    def of(self, value: Decimal) -> int:
        """The points of a value."""
        low = next((points for edge, points in self.under if value < edge), 0)
        return low or next((points for edge, points in self.over if value > edge), 0)


def _edges(*pairs: tuple[str, int]) -> tuple[tuple[Decimal, int], ...]:
    return tuple((Decimal(edge), points) for edge, points in pairs)


SPO2_SCALE_1: Final = Points(_edges(("92", 3), ("94", 2), ("96", 1)))
SPO2_SCALE_2_AIR: Final = Points(_edges(("84", 3), ("86", 2), ("88", 1)))
SPO2_SCALE_2_OXYGEN: Final = Points(SPO2_SCALE_2_AIR.under, _edges(("96", 3), ("94", 2), ("92", 1)))
VITAL_SIGNS: Final = {
    "respiration_rate": Points(_edges(("9", 3), ("12", 1)), _edges(("24", 3), ("20", 2))),
    "systolic": Points(_edges(("91", 3), ("101", 2), ("111", 1)), _edges(("219", 3))),
    "pulse": Points(_edges(("41", 3), ("51", 1)), _edges(("130", 3), ("110", 2), ("90", 1))),
    "temperature": Points(_edges(("35.1", 3), ("36.1", 1)), _edges(("39.0", 2), ("38.0", 1))),
}
CONSCIOUSNESS: Final = {"A": 0, "C": 3, "V": 3, "P": 3, "U": 3}
OXYGEN: Final = {True: 2, False: 0}

QUANTITIES: Final = ("respiration_rate", "spo2", "systolic", "pulse", "temperature")
ITEMS: Final = ("oxygen", "consciousness")
_NAMES: Final = {
    "respiration_rate": "respirasjon",
    "spo2": "SpO₂",
    "oxygen": "oksygentilførsel",
    "systolic": "systolisk blodtrykk",
    "pulse": "puls",
    "consciousness": "bevissthet",
    "temperature": "temperatur",
}


def concerns(event: Fact) -> bool:
    """Whether the fact holds one of the seven parameters."""
    if isinstance(event, Measured):
        return any(code in event.values for code in QUANTITIES)
    return any(item in event.answers for item in ITEMS)


def judge_composite(rule: Rule, event: Fact, quantities: Mapping[str, Quantity], past: Timeline) -> Part:
    """The total of the newest parameters of the window.

    No total is given when a parameter is missing, but what is there can only grow: if it is red already, it is red.
    """
    found, used = _newest(rule, event, quantities, past)
    points = _points(found, rule.scale)
    missing = [name for code, name in _NAMES.items() if code not in found]
    total = sum(points.values())
    yellow = YELLOW_HIGH if rule.yellow_high is None else rule.yellow_high
    red = RED_HIGH if rule.red_high is None else rule.red_high
    scored = ", ".join(f"{_NAMES[code]} {score}" for code, score in points.items() if score)
    details = f" ({scored})" if scored else ""
    if missing and not total > red:
        sentence = f"NEWS2 kan ikke regnes ut: mangler {', '.join(missing)}. Foreløpig {total} poeng{details}"
        return not_assessed(
            Cause.MISSING_PART, sentence, rule=rule, observed=f"{total} poeng", limit=_limits(yellow, red), used=used
        )
    alone = [_NAMES[code] for code, score in points.items() if score == ALONE]
    if total > red:
        colour, comparison, limit = Colour.RED, ">", f"{text(red)} poeng"
        words = f"over rød grense {limit}{details}"
    elif total > yellow:
        colour, comparison, limit = Colour.YELLOW, ">", f"{text(yellow)} poeng"
        words = f"over gul grense {limit}{details}"
    elif alone:
        colour, comparison, limit = Colour.YELLOW, "=", f"{ALONE} poeng for én verdi"
        words = f"og {' og '.join(alone)} gir alene {ALONE} poeng"
    else:
        colour, comparison, limit = Colour.GREEN, "innenfor", _limits(yellow, red)
        words = f"innenfor grensene ({limit}){details}"
    known = f"minst {total} poeng (mangler {', '.join(missing)})" if missing else f"{total} poeng"
    return Part(
        rule_id=rule.id,
        kind=rule.kind,
        colour=colour,
        quantity=rule.quantity,
        observed=f"{total} poeng",
        limit=limit,
        comparison=comparison,
        sentence=f"NEWS2 er {known}, {words}",
        used=used,
    )


def _limits(yellow: Decimal, red: Decimal) -> str:
    return f"gul over {text(yellow)} poeng, rød over {text(red)} poeng"


def _newest(
    rule: Rule, event: Fact, quantities: Mapping[str, Quantity], past: Timeline
) -> tuple[dict[str, Decimal | str | bool], tuple[str, ...]]:
    """The newest usable value of each parameter, and the ids of the earlier facts they come from.

    What the judged fact itself says about a parameter is never replaced by an older value, also when it is unusable.
    """
    found: dict[str, Decimal | str | bool] = {}
    used: dict[str, None] = {}
    newest: dict[str, Known | None] = {
        code: _newest_value(quantities[code], event, past, rule.look_back_hours) for code in QUANTITIES
    }
    newest |= {item: _newest_answer(item, event, past, rule.look_back_hours) for item in ITEMS}
    for code, pair in newest.items():
        if pair is not None:
            found[code] = pair[1]
            if pair[0] != event.id:
                used[pair[0]] = None
    return found, tuple(used)


def _newest_value(quantity: Quantity, event: Fact, past: Timeline, hours: int) -> Known | None:
    if isinstance(event, Measured) and quantity.code in event.values:
        value = event.values[quantity.code]
        return (event.id, value) if value is not None and is_possible(value, quantity) else None
    return next(past.values(quantity, hours), None)


def _newest_answer(item: str, event: Fact, past: Timeline, hours: int) -> Known | None:
    if isinstance(event, Answered) and item in event.answers:
        answer = event.answers[item]
        return (event.id, answer) if answer is not None and _is_known(item, answer) else None
    return next(((fact_id, answer) for fact_id, answer in past.answers(item, hours) if _is_known(item, answer)), None)


def _is_known(item: str, answer: object) -> bool:
    if item == "oxygen":
        return isinstance(answer, bool)
    return isinstance(answer, str) and answer in CONSCIOUSNESS


def _points(found: Mapping[str, Decimal | str | bool], scale: int | None) -> dict[str, int]:
    points: dict[str, int] = {}
    for code in _NAMES:
        value = found.get(code)
        if isinstance(value, bool):
            points[code] = OXYGEN[value]
        elif isinstance(value, str):
            points[code] = CONSCIOUSNESS[value]
        elif value is not None:
            table = _spo2_table(scale, oxygen=found.get("oxygen") is True) if code == "spo2" else VITAL_SIGNS[code]
            points[code] = table.of(value)
    return points


def _spo2_table(scale: int | None, *, oxygen: bool) -> Points:
    """Scale 2 (target 88–92 %, doctor's order only) counts high saturation against a patient on oxygen."""
    if scale == 1:
        return SPO2_SCALE_1
    return SPO2_SCALE_2_OXYGEN if oxygen else SPO2_SCALE_2_AIR
