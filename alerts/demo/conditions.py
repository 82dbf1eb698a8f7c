"""What each condition is measured by, each patient's usual values, and the limits that follow from them.

The limits are starting values of the kind found in norway.md 3.4, moved to the patient's own usual state.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from random import Random
from typing import Any, Final

from alerts.demo.cast import Condition

DAILY: Final = (0, 1, 2, 3, 4, 5, 6)
THRICE: Final = (0, 2, 4)
MORNING: Final = time(8)
EVENING: Final = time(17)


@dataclass(frozen=True)
class Nature:
    """How a quantity behaves: usual range between people, spread within one, and the swing over the day."""

    low: float
    high: float
    spread: float
    swing: float
    decimals: int


@dataclass(frozen=True)
class Habit:
    """One thing the patient does: a measurement type or a form (`is_form`), on these weekdays at these times."""

    code: str
    weekdays: tuple[int, ...]
    times: tuple[time, ...] = (MORNING,)
    is_form: bool = False


NATURES: Final = {
    "spo2": Nature(91, 95, 0.8, 0.4, 0),
    "pulse": Nature(66, 82, 3.0, 3.0, 0),
    "systolic": Nature(120, 140, 5.0, 4.0, 0),
    "diastolic": Nature(70, 82, 3.5, 2.0, 0),
    "weight": Nature(58, 102, 0.2, 0.1, 1),
    "temperature": Nature(36.4, 36.9, 0.15, 0.2, 1),
    "glucose": Nature(6.8, 9.2, 0.9, 0.6, 1),
    "respiration_rate": Nature(14, 17, 0.9, 0.5, 0),
    "fev1": Nature(1.0, 2.1, 0.04, 0.03, 2),
    "pef": Nature(190, 360, 9, 8, 0),
}
QUANTITIES_OF: Final = {"blood_pressure": ("systolic", "diastolic")}
FORM_OF: Final = {
    Condition.COPD: "symptoms_copd",
    Condition.HEART_FAILURE: "symptoms_heart_failure",
    Condition.DIABETES: "symptoms_diabetes",
    Condition.MIXED: "daily_form",
}
_HABITS: Final = {
    Condition.COPD: (("spo2", "pulse"), ("fev1",)),
    Condition.HEART_FAILURE: (("weight",), ("blood_pressure", "pulse")),
    Condition.DIABETES: (("glucose",), ("weight",)),
    Condition.MIXED: (("weight", "spo2"), ("blood_pressure", "temperature", "respiration_rate")),
}
# Score limits (yellow above, red above) and the answers that speak for themselves.
_FORM_RULES: Final[dict[str, tuple[int, int, str, tuple[str, ...], tuple[str, ...]]]] = {
    "symptoms_copd": (5, 10, "breath", ("much_worse",), ("at_rest",)),
    "symptoms_heart_failure": (4, 8, "breath_lying", ("woke",), ("sat_up",)),
    "symptoms_diabetes": (3, 6, "appetite", ("less",), ("vomiting",)),
    "daily_form": (3, 6, "call_me", ("true",), ()),
}


def quantities_of(type_id: str) -> tuple[str, ...]:
    """The quantities that one measurement of the type gives, in the order they are stored."""
    return QUANTITIES_OF.get(type_id, (type_id,))


def usual_values(rng: Random) -> dict[str, float]:
    """The patient's own usual value of every quantity."""
    return {code: round(rng.uniform(each.low, each.high), each.decimals) for code, each in NATURES.items()}


def habits_of(condition: Condition, rng: Random, *, daily: bool) -> list[Habit]:
    """What the patient is asked for: the main things daily or three times a week, the rest weekly, and a form.

    Weight is always daily where a rule looks three days back: else the rule would lack something to compare with.
    """
    main, weekly = _HABITS[condition]
    often = DAILY if daily or "weight" in main else THRICE
    times = (MORNING, EVENING) if condition == Condition.DIABETES and daily else (MORNING,)
    day = rng.choice(THRICE)
    return [
        *[Habit(code, often, times) for code in main],
        *[Habit(code, (day,)) for code in weekly],
        Habit(FORM_OF[condition], (day,), is_form=True),
    ]


def limits_of(condition: Condition, usual: dict[str, float], *, shift: int = 0) -> list[dict[str, Any]]:
    """The rules of the plan, for everything the patient is asked for. `shift` makes one version differ from another."""
    main, weekly = _HABITS[condition]
    rules = [rule for code in (*main, *weekly) for rule in _RULES[code](usual, shift)]
    if condition in {Condition.HEART_FAILURE, Condition.MIXED}:
        rules.append(
            {
                "kind": "CHANGE",
                "quantity": "weight",
                "window_hours": 72,
                "yellow_high": Decimal(2),
                "red_high": Decimal(3),
            }
        )
    return [*rules, *_form_rules(FORM_OF[condition])]


def lowest_oxygen(usual: dict[str, float], shift: int) -> int:
    """The lowest SpO₂ that is still green."""
    return int(usual["spo2"]) - 3 + shift


def _form_rules(form: str) -> Iterator[dict[str, Any]]:
    yellow, red, item, yellow_answers, red_answers = _FORM_RULES[form]
    yield {"kind": "SCORE", "quantity": form, "yellow_high": Decimal(yellow), "red_high": Decimal(red)}
    yield {
        "kind": "ANSWER",
        "quantity": form,
        "item": item,
        "yellow_answers": list(yellow_answers),
        "red_answers": list(red_answers),
    }


def _band(quantity: str, **limits: float) -> dict[str, Any]:
    return {"kind": "BAND", "quantity": quantity} | {name: Decimal(str(limit)) for name, limit in limits.items()}


def _spo2(usual: dict[str, float], shift: int) -> list[dict[str, Any]]:
    yellow = lowest_oxygen(usual, shift)
    return [_band("spo2", red_low=yellow - 2, yellow_low=yellow)]


def _pulse(usual: dict[str, float], shift: int) -> list[dict[str, Any]]:
    return [_band("pulse", red_low=40, yellow_low=50, yellow_high=100 + 5 * shift, red_high=120)]


def _blood_pressure(usual: dict[str, float], shift: int) -> list[dict[str, Any]]:
    return [
        _band("systolic", red_low=90, yellow_low=100, yellow_high=160 - 5 * shift, red_high=180),
        _band("diastolic", yellow_high=95, red_high=110),
        # Four of the last five somewhat high: worth a look although none of them is high alone.
        {"kind": "REPEATED", "quantity": "systolic", "n": 4, "m": 5, "yellow_high": Decimal(150)},
    ]


def _weight(usual: dict[str, float], shift: int) -> list[dict[str, Any]]:
    return [_band("weight", yellow_low=round(usual["weight"] - 6), yellow_high=round(usual["weight"] + 8))]


def _glucose(usual: dict[str, float], shift: int) -> list[dict[str, Any]]:
    return [_band("glucose", red_low=3, yellow_low=4, yellow_high=13 + shift, red_high=20)]


def _temperature(usual: dict[str, float], shift: int) -> list[dict[str, Any]]:
    return [_band("temperature", yellow_high=38, red_high=39)]


def _respiration(usual: dict[str, float], shift: int) -> list[dict[str, Any]]:
    return [_band("respiration_rate", yellow_high=20, red_high=24)]


def _fev1(usual: dict[str, float], shift: int) -> list[dict[str, Any]]:
    baseline = Decimal(str(usual["fev1"]))
    return [
        {"kind": "SHARE", "quantity": "fev1", "baseline": baseline, "yellow_low": Decimal(85), "red_low": Decimal(70)}
    ]


_RULES: Final = {
    "spo2": _spo2,
    "pulse": _pulse,
    "blood_pressure": _blood_pressure,
    "weight": _weight,
    "glucose": _glucose,
    "temperature": _temperature,
    "respiration_rate": _respiration,
    "fev1": _fev1,
}
