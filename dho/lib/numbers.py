"""Numbers, dates and times as Norwegian text (ux.md 2.1), and numbers read back from what people type.

A number and its unit, and the groups of thousands, are held together by an ordinary no-break space (NBSP): the font has
no narrow one. Dates and "kl. 10.42" use plain spaces.
"""

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

NBSP: Final = "\u00a0"
MINUS: Final = "\u2212"
OSLO: Final = ZoneInfo("Europe/Oslo")

# In the language of the reader, which for what is stored is bokmål (ADR 21).
WEEKDAYS: Final = (_("mandag"), _("tirsdag"), _("onsdag"), _("torsdag"), _("fredag"), _("lørdag"), _("søndag"))
_MONTHS: Final = (
    _("januar"),
    _("februar"),
    _("mars"),
    _("april"),
    _("mai"),
    _("juni"),
    _("juli"),
    _("august"),
    _("september"),
    _("oktober"),
    _("november"),
    _("desember"),
)

# Spaces that people, spreadsheets and phones put between thousands: space, NBSP, thin and narrow no-break.
_NUMBER: Final = re.compile(r"([-\u2212\u2013]?)([0-9]+|[0-9]{1,3}(?:[ \u00a0\u2009\u202f][0-9]{3})+)(?:[.,]([0-9]+))?")
_LONGEST_WHOLE: Final = 18
_LONGEST_NUMBER: Final = 40


class InvalidNumber(ValueError):
    """What was typed is no number; the message tells the person what to write."""

    def __init__(self) -> None:
        super().__init__(gettext("Skriv et tall, for eksempel 37,5."))


def decimal_comma(value: Decimal, decimals: int | None = None) -> str:
    """Decimal comma, NBSP between thousands and a real minus sign, rounded half up to ``decimals``.

    With ``decimals=None`` every digit is kept and trailing zeros go: 37.500000 is "37,5".
    What is not finite is "ikke et tall", and 1e400 "for stort tall": a page must open although a device sent nonsense.
    """
    if not value.is_finite():
        return gettext("ikke et tall")
    if value and value.adjusted() > 20:
        return gettext("for stort tall")
    with localcontext(prec=100):
        if decimals is not None:
            value = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        whole, _, fraction = f"{abs(value):,f}".partition(".")
    if decimals is None:
        fraction = fraction.rstrip("0")
    point = "." if _in_english() else ","
    text = whole.replace(",", NBSP) + (f"{point}{fraction}" if fraction else "")
    return f"{MINUS}{text}" if value < 0 else text


def parse_decimal(text: str) -> Decimal:
    """Read "37,5", "37.5", "1 234,5" or "−2". Raises InvalidNumber for anything else, also "1.234,5" and "1e3"."""
    found = _NUMBER.fullmatch(text.strip()) if len(text) <= _LONGEST_NUMBER else None
    if found is None:
        raise InvalidNumber
    sign, whole, fraction = found.groups()
    digits = re.sub(r"[^0-9]", "", whole) + (f".{fraction}" if fraction else "")
    return Decimal(digits).copy_negate() if sign else Decimal(digits)


def whole_number(text: str) -> int | None:
    """The id or counter that a page sent back, at most 18 digits (a bigint holds them); None for anything else."""
    return int(text) if len(text) <= _LONGEST_WHOLE and text.isascii() and text.isdecimal() else None


def date_nb(value: dt.date) -> str:
    """02.11.2026, for tables. An aware datetime is shown as the day it is in Oslo."""
    return _local(value).strftime("%d.%m.%Y")


def long_date_nb(value: dt.date) -> str:
    """2. november 2026, for running text; 2 November 2026 in English."""
    day = _local(value)
    return f"{day.day}{'' if _in_english() else '.'} {_MONTHS[day.month - 1]} {day.year}"


def weekday_nb(value: dt.date) -> str:
    """mandag, tirsdag …"""
    return str(WEEKDAYS[_local(value).weekday()])


def time_nb(value: dt.datetime | dt.time, *, seconds: bool = False) -> str:
    """kl. 10.42, or kl. 10.42.05; 10:42 in English. An aware datetime is shown as the clock in Oslo."""
    clock = value.astimezone(OSLO) if isinstance(value, dt.datetime) and value.tzinfo is not None else value
    if _in_english():
        return clock.strftime("%H:%M:%S" if seconds else "%H:%M")
    return clock.strftime("kl. %H.%M.%S" if seconds else "kl. %H.%M")


def since_nb(value: dt.datetime, *, now: dt.datetime) -> str:
    """kl. 10.42 of today in Oslo, else 17.11.2026 kl. 10.42: a clock alone always reads as today's."""
    return time_nb(value) if date_nb(value) == date_nb(now) else f"{date_nb(value)} {time_nb(value)}"


def duration_nb(value: dt.timedelta) -> str:
    """4 min, 1 t 5 min, 2 d 3 t: whole units rounded down, never more than two. Under a minute is said in words."""
    minutes = abs(value) // dt.timedelta(minutes=1)
    if minutes == 0:
        return f"under 1{NBSP}min"
    days, hours = divmod(minutes // 60, 24)
    parts = [(days, "d"), (hours, "t")] if days else [(hours, "t"), (minutes % 60, "min")]
    text = " ".join(f"{number}{NBSP}{unit}" for number, unit in parts if number)
    return f"{MINUS}{text}" if value < dt.timedelta(0) else text


def _in_english() -> bool:
    """Some of the patient's pages are (ADR 28); what is stored and what machines read never is."""
    return get_language() == "en"


def _local(value: dt.date) -> dt.date:
    return value.astimezone(OSLO) if isinstance(value, dt.datetime) and value.tzinfo is not None else value
