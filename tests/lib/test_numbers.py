"""Norwegian numbers, dates and times (ux.md 2.1)."""

import datetime as dt
from contextlib import suppress
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dho.lib.numbers import (
    InvalidNumber,
    date_nb,
    decimal_comma,
    duration_nb,
    long_date_nb,
    parse_decimal,
    since_nb,
    time_nb,
    weekday_nb,
    whole_number,
)

UTC = dt.UTC
numbers = st.decimals(Decimal("-99999999"), Decimal("99999999"), places=4)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        ("37.5", None, "37,5"),
        ("37.500000", None, "37,5"),
        ("98.000000", None, "98"),
        ("100", None, "100"),
        ("1E+2", None, "100"),
        ("0.5", None, "0,5"),
        ("-0", None, "0"),
        ("37.5", 0, "38"),
        ("36.5", 0, "37"),
        ("37.45", 1, "37,5"),
        ("37", 1, "37,0"),
        ("-2", None, "−2"),
        ("-0.04", 1, "0,0"),
        ("1234.5", None, "1\u00a0234,5"),
        ("1234567.891", 2, "1\u00a0234\u00a0567,89"),
        ("NaN", None, "ikke et tall"),
        ("sNaN", 1, "ikke et tall"),
        ("-Infinity", 1, "ikke et tall"),
        ("1e400", 1, "for stort tall"),
        ("0e400", 1, "0,0"),
    ],
)
def test_it_writes_numbers_with_a_decimal_comma(value, decimals, text):
    assert decimal_comma(Decimal(value), decimals) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("37,5", "37.5"),
        ("37.5", "37.5"),
        ("0,50", "0.50"),
        (" 1 234,5", "1234.5"),
        ("1\u00a0234\u202f567", "1234567"),
        ("−2", "-2"),
        ("-2,25", "-2.25"),
        ("–2", "-2"),
        ("\u00a0 98 ", "98"),
    ],
)
def test_it_reads_what_people_type(text, value):
    read = parse_decimal(text)

    assert (read, str(read)) == (Decimal(value), value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "ca 37",
        "37,",
        ",5",
        "37,5,1",
        "1.234,5",
        "1,234.5",
        "37 5",
        "1234 567",
        "12 34",
        "1e3",
        "NaN",
        "inf",
        "٣٧",
        "+2",
        "- 2",
        "1" * 41,
        "0x10",
        "37,5 °C",
        "1_000",
    ],
)
def test_it_refuses_what_is_no_clear_number(text):
    with pytest.raises(InvalidNumber, match="Skriv et tall"):
        parse_decimal(text)


@given(numbers)
def test_it_reads_back_what_it_wrote(value):
    assert parse_decimal(decimal_comma(value)) == value


@given(st.text(max_size=60))
def test_it_reads_or_refuses_any_text(text):
    with suppress(InvalidNumber):
        assert parse_decimal(text).is_finite()


def test_it_writes_dates():
    assert date_nb(dt.date(2026, 11, 2)) == "02.11.2026"
    assert long_date_nb(dt.date(2026, 11, 2)) == "2. november 2026"
    assert weekday_nb(dt.date(2026, 11, 2)) == "mandag"


def test_it_shows_an_instant_as_oslo_sees_it():
    before_midnight_utc = dt.datetime(2026, 12, 31, 23, 5, 9, tzinfo=UTC)

    assert date_nb(before_midnight_utc) == "01.01.2027"
    assert long_date_nb(before_midnight_utc) == "1. januar 2027"
    assert weekday_nb(before_midnight_utc) == "fredag"
    assert time_nb(before_midnight_utc) == "kl. 00.05"
    assert time_nb(before_midnight_utc, seconds=True) == "kl. 00.05.09"
    assert time_nb(dt.datetime(2026, 7, 1, 8, 42, tzinfo=UTC)) == "kl. 10.42"


def test_it_gives_the_date_beside_the_clock_when_it_is_not_today():
    """Today is a day in Oslo: 22.30 UTC is half past eleven of the same evening, an hour later is tomorrow."""
    evening = dt.datetime(2026, 11, 18, 22, 30, tzinfo=dt.UTC)
    assert since_nb(evening, now=evening + dt.timedelta(minutes=29)) == "kl. 23.30"
    assert since_nb(evening, now=evening + dt.timedelta(minutes=30)) == "18.11.2026 kl. 23.30"


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("340100", 340100), ("9" * 18, 10**18 - 1), ("9" * 19, None), ("", None), ("-1", None), ("١", None)],
)
def test_it_reads_an_id_that_a_page_sent_back(text, number):
    assert whole_number(text) == number


def test_it_leaves_a_plain_clock_alone():
    assert time_nb(dt.time(8, 0)) == "kl. 08.00"
    assert time_nb(dt.datetime(2026, 7, 1, 8, 42, tzinfo=ZoneInfo("Europe/Oslo"))) == "kl. 08.42"


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        ({}, "under 1 min"),
        ({"seconds": 59}, "under 1 min"),
        ({"minutes": 4, "seconds": 59}, "4 min"),
        ({"minutes": 59}, "59 min"),
        ({"hours": 1}, "1 t"),
        ({"hours": 1, "minutes": 5}, "1 t 5 min"),
        ({"hours": 23, "minutes": 59}, "23 t 59 min"),
        ({"days": 1, "minutes": 5}, "1 d"),
        ({"days": 2}, "2 d"),
        ({"days": 2, "hours": 3, "minutes": 59}, "2 d 3 t"),
        ({"minutes": -4}, "−4 min"),
    ],
)
def test_it_writes_durations(duration, text):
    # NBSP between a number and its unit, plain space between the two parts.
    with_nbsp = text.replace(" min", "\u00a0min").replace(" t", "\u00a0t").replace(" d", "\u00a0d")

    assert duration_nb(dt.timedelta(**duration)) == with_nbsp.replace("under 1 ", "under 1\u00a0")
