"""Exact conversion of what a device sent into the canonical unit of its measurement type.

A mix-up of mg/dL and mmol/L or of lb and kg is a known way to hurt someone, so a unit is never guessed: its text must
be one that the catalogue lists for the type, letter by letter, and the arithmetic is done in whole fractions.
"""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Final, Protocol, TypeVar

DECIMALS: Final = 6
_MICRO: Final = 10**DECIMALS
# What a reading's column holds: six digits before the comma. No vital sign comes near it.
_TOO_LARGE: Final = 10**6
# 1e-400 is zero and 1e999999999 would fill the memory as a fraction: neither is worth exact arithmetic.
_SMALLEST_EXPONENT: Final = -100


class UnitRule(Protocol):
    """An accepted way to write a unit: canonical = (value + pre_offset) * numerator / denominator."""

    @property
    def text(self) -> str: ...
    @property
    def pre_offset(self) -> Decimal: ...
    @property
    def numerator(self) -> int: ...
    @property
    def denominator(self) -> int: ...


Unit = TypeVar("Unit", bound=UnitRule)


class UnknownUnit(ValueError):
    """The unit is not one of the type's. ``accepted`` lists the texts that are, for the message to the sender."""

    def __init__(self, accepted: Iterable[str]) -> None:
        self.accepted = tuple(accepted)
        super().__init__("The unit must be one of: " + ", ".join(self.accepted))


class NotRepresentable(ValueError):
    """NaN, infinity, or a number too large to store: it is kept as it was sent, and cannot be judged."""

    def __init__(self) -> None:
        super().__init__("The value cannot be represented in the canonical unit.")


def find_unit(text: str, units: Iterable[Unit]) -> Unit:
    """The rule with exactly this text, spaces aside (in UCUM upper and lower case differ). Raises UnknownUnit."""
    known = {unit.text: unit for unit in units}
    try:
        return known[text.strip()]
    except KeyError:
        raise UnknownUnit(known) from None


def to_canonical(value: Decimal, unit: UnitRule) -> Decimal:
    """The value in the canonical unit: computed exactly, then rounded half to even to six decimals.

    Raises NotRepresentable when the value is not a finite number or its result is a million or more either way.
    """
    if not value.is_finite() or value.adjusted() > 2 * DECIMALS:
        raise NotRepresentable
    if value.adjusted() < _SMALLEST_EXPONENT:
        value = Decimal(0)
    canonical = (Fraction(value) + Fraction(unit.pre_offset)) * Fraction(unit.numerator, unit.denominator)
    micro_units = round(canonical * _MICRO)
    if abs(micro_units) >= _TOO_LARGE * _MICRO:
        raise NotRepresentable
    # Built from its digits, since arithmetic on Decimal rounds to whatever the current context says.
    return Decimal((int(micro_units < 0), tuple(map(int, str(abs(micro_units)))), -DECIMALS))
