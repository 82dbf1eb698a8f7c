"""Norwegian person numbers: reading, judging and (synthetic only) making them.

Rules: norway.md 4.6. Eleven digits ``DDMMYY`` + three individual digits + two check digits k1 and k2.

* Fødselsnummer: plain date. D-number: day + 40. FH-number: first digit 8 or 9 and no date in it.
* Month + 80 is Skatteetaten's Tenor/Test-Norge population, always synthetic. It is combined with day + 40 as well.
* Month + 40 has two meanings that the number alone cannot tell apart: an H-number (a helping number given by one
  hospital) and NAV's synthetic Dolly population. Our reading: kind HNR (DNR when the day is + 40 too), and *treated as
  synthetic*. Production refuses it either way, since an H-number identifies nobody outside the place that gave it;
  test mode takes it, since it is the only mark of a Dolly person.
* FH-numbers carry no mark of being synthetic, so they count as real: taken in production, refused in test mode.

From 1 January 2032 k1 may leave a remainder of 0-3 and numbers say nothing about sex. Both rules live side by side,
so the new one is behind ``relaxed_2032``.

Nothing here puts the number into a message, a ``str`` or a ``repr``.
"""

import datetime as dt
import re
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Final, Literal

from django.utils.translation import gettext_lazy as _

Sex = Literal["female", "male"]

_K1_WEIGHTS: Final = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_K2_WEIGHTS: Final = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_D_DAY: Final = 40
_AMBIGUOUS_MONTH: Final = 40
_TENOR_MONTH: Final = 80

_MESSAGES: Final = {
    "format": _("Personnummeret må ha 11 sifre."),
    "date": _("Personnummeret inneholder ikke en gyldig fødselsdato. Se over sifrene."),
    "individual": _("Sifrene etter fødselsdatoen passer ikke med fødselsåret. Se over sifrene."),
    "checksum": _("Kontrollsifrene stemmer ikke. Se over sifrene."),
    "synthetic_in_production": _(
        "Dette er et testnummer eller et lokalt hjelpenummer. Skriv inn personens eget nummer."
    ),
    "real_in_test": _("Dette er et testsystem. Bruk bare syntetiske personnumre her."),
}


class Kind(StrEnum):
    """Which register a number comes from. The values are those of code list 8116."""

    FNR = "FNR"
    DNR = "DNR"
    HNR = "HNR"
    FHN = "FHN"


class InvalidNationalId(ValueError):
    """The text is no usable person number. ``code`` is stable, the message is Norwegian and never holds the number.

    Codes: format, date, individual, checksum, synthetic_in_production, real_in_test.
    """

    def __init__(self, code: str) -> None:
        super().__init__(_MESSAGES[code])
        self.code = code


@dataclass(frozen=True, slots=True)
class NationalId:
    """A number that passed :func:`parse`.

    ``birth_date`` is None for FH-numbers. ``sex_hint`` is None where the number does not tell. Both are hints for a
    form: the safe sex and birth date stand in the Folkeregister's own fields.
    """

    value: str = field(repr=False)
    kind: Kind
    synthetic: bool
    birth_date: dt.date | None = field(repr=False)
    sex_hint: Sex | None = field(repr=False)

    def __str__(self) -> str:
        return f"{self.kind} ***********"


def parse(text: str, *, relaxed_2032: bool = False) -> NationalId:
    """Read a number, with or without spaces, and check everything that the digits themselves can tell.

    ``relaxed_2032`` accepts the k1 remainders 1-3 of 2032 and gives no sex hint, as any number may be gender-neutral.
    Raises :class:`InvalidNationalId`. Whether the number is welcome here is another question: :func:`check_allowed`.
    """
    value = "".join(text.split())
    # isdigit() and \d also take digits of other scripts, which would reach the registers as a different number.
    if not re.fullmatch(r"[0-9]{11}", value):
        raise InvalidNationalId("format")
    if not _check_digits_hold(value, relaxed_2032=relaxed_2032):
        raise InvalidNationalId("checksum")
    if value[0] in "89":
        return NationalId(value, Kind.FHN, synthetic=False, birth_date=None, sex_hint=None)
    d_number, month_added, birth_date = _read_date(value)
    return NationalId(
        value,
        Kind.DNR if d_number else Kind.HNR if month_added == _AMBIGUOUS_MONTH else Kind.FNR,
        synthetic=month_added > 0,
        birth_date=birth_date,
        sex_hint=None if relaxed_2032 else _sex(value),
    )


def check_allowed(nid: NationalId, production: bool) -> None:
    """Refuse synthetic numbers in production, and numbers that may be real anywhere else.

    Raises :class:`InvalidNationalId`, code synthetic_in_production or real_in_test. H and FH: see the top of the file.
    """
    if production and nid.synthetic:
        raise InvalidNationalId("synthetic_in_production")
    if not production and not nid.synthetic:
        raise InvalidNationalId("real_in_test")


def make_synthetic(birth_date: dt.date, rng: Random, *, d_number: bool = False, sex: Sex | None = None) -> NationalId:
    """A valid Tenor number (month + 80) for demo data and tests; the same ``rng`` state gives the same number.

    Raises ValueError for births outside 1854-2039, which have no individual numbers.
    """
    low, high = _individual_range(birth_date.year)
    day = birth_date.day + (_D_DAY if d_number else 0)
    date_part = f"{day:02d}{birth_date.month + _TENOR_MONTH:02d}{birth_date.year % 100:02d}"
    while True:
        nine = f"{date_part}{rng.randint(low, high):03d}"
        if sex is not None and _sex(nine) != sex:
            continue
        k1 = -_weighted(nine, _K1_WEIGHTS) % 11
        k2 = -_weighted(f"{nine}{k1}", _K2_WEIGHTS) % 11
        # About one in six individual numbers has a check "digit" of 10 and is never issued.
        if k1 < 10 and k2 < 10:
            return parse(f"{nine}{k1}{k2}")


def _check_digits_hold(value: str, *, relaxed_2032: bool) -> bool:
    k1_remainder = _weighted(value, _K1_WEIGHTS) % 11
    return k1_remainder <= (3 if relaxed_2032 else 0) and _weighted(value, _K2_WEIGHTS) % 11 == 0


def _weighted(digits: str, weights: tuple[int, ...]) -> int:
    return sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=False))


def _read_date(value: str) -> tuple[bool, int, dt.date]:
    """Take the additions off: (is a D-number, what was added to the month, birth date)."""
    day, month, short_year, individual = int(value[:2]), int(value[2:4]), int(value[4:6]), int(value[6:9])
    d_number = day > _D_DAY
    month_added = _TENOR_MONTH if month > _TENOR_MONTH else _AMBIGUOUS_MONTH if month > _AMBIGUOUS_MONTH else 0
    year = _full_year(short_year, individual)
    try:
        birth_date = dt.date(year, month - month_added, day - (_D_DAY if d_number else 0))
    except ValueError:
        raise InvalidNationalId("date") from None
    return d_number, month_added, birth_date


def _full_year(short_year: int, individual: int) -> int:
    if individual <= 499:
        return 1900 + short_year
    if short_year <= 39:
        return 2000 + short_year
    if individual <= 749 and short_year >= 54:
        return 1800 + short_year
    if individual >= 900:
        return 1900 + short_year
    raise InvalidNationalId("individual")


def _individual_range(year: int) -> tuple[int, int]:
    if 1900 <= year <= 1999:
        return 0, 499
    if 2000 <= year <= 2039:
        return 500, 999
    if 1854 <= year <= 1899:
        return 500, 749
    raise ValueError("no individual numbers exist for that birth year")


def _sex(value: str) -> Sex:
    return "female" if int(value[8]) % 2 == 0 else "male"
