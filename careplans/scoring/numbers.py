"""Exact arithmetic, and numbers as Norwegian text that never says anything untrue."""

from collections.abc import Iterable
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from typing import Final

# More decimals than any column has or a conversion of units gives. The bound keeps arithmetic exact.
MAX_DECIMALS: Final = 40
# A number longer than this is written with a power of ten: it is impossible anyway and must not fill the page.
MAX_DIGITS: Final = 20
# A converted value (°F, lb) has a long tail that says nothing; so many decimals are shown where they tell enough.
SHOWN_DECIMALS: Final = 3
MINUS: Final = "−"
# Rounding is an error here, not a habit: a result that does not fit gives SCORER_ERROR, not a guess.
EXACT: Final = Context(prec=120, traps=[InvalidOperation, DivisionByZero, Overflow, Inexact])
ROUNDING: Final = Context(prec=120, traps=[InvalidOperation, DivisionByZero, Overflow])


def is_number(value: object) -> bool:
    """Whether this is a finite Decimal with at most 40 decimals: nothing else is judged."""
    if not isinstance(value, Decimal):
        return False
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -MAX_DECIMALS


def decimals_of(value: Decimal) -> int:
    """The number of decimals the number needs: 2.50 needs 1."""
    exponent = value.normalize(ROUNDING).as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def text(value: Decimal, decimals: int = 0) -> str:
    """The number in full, with a decimal comma and at least the given decimals."""
    if value and abs(value.adjusted()) > MAX_DIGITS:
        return f"{value:.3E}".replace(".", ",").replace("-", MINUS)
    whole, _, fraction = f"{value.copy_abs() if value else Decimal(0):f}".partition(".")
    fraction = fraction.rstrip("0").ljust(decimals, "0")
    return f"{MINUS if value < 0 else ''}{whole}{',' if fraction else ''}{fraction}"


def with_unit(value: Decimal, decimals: int, unit: str) -> str:
    """Number and unit with a space between, also before the percent sign."""
    return f"{text(value, decimals)} {unit}".rstrip()


def rounded(value: Decimal, places: int, limits: Iterable[Decimal]) -> Decimal:
    """The value with so many decimals, or as many more as it takes to stand on its right side of every limit.

    85.96 against a limit of 86 stays 85.96: "86 % er under 86 %" would be untrue.
    """
    if abs(value.adjusted()) > MAX_DIGITS:
        return value
    limits = tuple(limits)
    shorter = (value.quantize(Decimal(1).scaleb(-many), context=ROUNDING) for many in range(places, 2 * MAX_DECIMALS))
    return next(shown for shown in shorter if all(shown.compare(limit) == value.compare(limit) for limit in limits))


def observed_text(value: Decimal, decimals: int, unit: str, limits: Iterable[Decimal] = ()) -> str:
    """An observed value with its unit, true against the limits it was compared with."""
    places = max(decimals, min(decimals_of(value), SHOWN_DECIMALS))
    return with_unit(rounded(value, places, limits), decimals, unit)
