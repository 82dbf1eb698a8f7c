"""The quantities, times and short constructors the scoring tests share."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from careplans.scoring import Answered, Measured, Quantity, Rule, RuleKind, RuleSet

NOW = datetime(2026, 11, 2, 9, 42, tzinfo=UTC)

QUANTITIES = {
    code: Quantity(code, label, unit, decimals, Decimal(low), Decimal(high))
    for code, label, unit, decimals, low, high in (
        ("spo2", "SpO₂", "%", 0, "50", "100"),
        ("pulse", "Puls", "/min", 0, "20", "250"),
        ("systolic", "Overtrykk", "mmHg", 0, "50", "300"),
        ("diastolic", "Undertrykk", "mmHg", 0, "20", "200"),
        ("weight", "Vekt", "kg", 1, "20", "350"),
        ("temperature", "Temperatur", "°C", 1, "30", "45"),
        ("glucose", "Blodsukker", "mmol/L", 1, "0.6", "35"),
        ("respiration_rate", "Pustefrekvens", "/min", 0, "3", "70"),
        ("fev1", "FEV1", "L", 2, "0.2", "8"),
        ("pef", "PEF", "L/min", 0, "50", "900"),
    )
}


def ruleset(*rules: Rule, quantities: Mapping[str, Quantity] = QUANTITIES) -> RuleSet:
    """A plan version with these rules."""
    return RuleSet("version", rules, quantities)


def band(quantity: str = "spo2", **limits: str) -> Rule:
    """A BAND rule with limits as text."""
    return Rule("band", RuleKind.BAND, quantity, **{name: Decimal(limit) for name, limit in limits.items()})


def measured(hours: float = 0, fact: str = "event", **values: str | None) -> Measured:
    """A measurement so many hours after NOW (before it when negative)."""
    numbers = {code: None if value is None else Decimal(value) for code, value in values.items()}
    return Measured(fact, NOW + timedelta(hours=hours), numbers)


def answered(
    hours: float = 0,
    fact: str = "event",
    form: str = "q",
    score: Decimal | None = None,
    hidden: str = "",
    **answers: Any,
) -> Answered:
    """An answered questionnaire so many hours after NOW; `hidden` are the questions not asked, with commas."""
    return Answered(
        fact, NOW + timedelta(hours=hours), form, answers, score, frozenset(filter(None, hidden.split(",")))
    )
