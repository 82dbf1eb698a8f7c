"""Opening hours as people write them, and back."""

from datetime import date, time

import pytest

from organisations.hours_text import (
    Unreadable,
    read_days,
    read_early,
    read_spans,
    write_days,
    write_early,
    write_spans,
)
from organisations.queries import week_in_words

DAY = (time(8), time(15, 30))


@pytest.mark.parametrize("text", ["08.00–15.30", "8-15.30", "08:00 - 15:30", " 8.00–15:30 "])
def test_one_span(text):
    assert read_spans(text) == (DAY,)


def test_two_spans_a_night_and_nothing():
    assert read_spans("08.00–11.30, 12.00–15.30") == ((time(8), time(11, 30)), (time(12), time(15, 30)))
    assert read_spans("00.00–07.00 og 22.00–24.00") == ((time(0), time(7)), (time(22), time(0)))
    assert read_spans("  ") == ()


@pytest.mark.parametrize(
    "text", ["hele dagen", "8", "15.30–08.00", "08.00–08.00", "25–26", "08.60–10", "08.00–24.30", "-"]
)
def test_what_is_no_span_is_named(text):
    with pytest.raises(Unreadable) as refused:
        read_spans(f"08.00–09.00, {text}")
    assert refused.value.part == text


def test_days_and_early_closings_line_by_line():
    assert read_days("24.12.2026\n\n 25.12.2026 ") == {date(2026, 12, 24), date(2026, 12, 25)}
    assert read_early("31.12.2026 12.00\n30.12.2026 kl. 13") == {
        date(2026, 12, 31): time(12),
        date(2026, 12, 30): time(13),
    }


@pytest.mark.parametrize("text", ["31.02.2026", "julaften", "24.12"])
def test_a_day_that_does_not_exist(text):
    with pytest.raises(Unreadable):
        read_days(text)
    with pytest.raises(Unreadable):
        read_early(f"{text} 12.00")


def test_what_is_written_is_read_back():
    spans = ((time(0), time(7)), (time(22), time(0)))
    assert read_spans(write_spans(spans)) == spans
    days = frozenset({date(2026, 12, 24), date(2027, 1, 2)})
    assert read_days(write_days(days)) == days
    early = {date(2026, 12, 31): time(12, 30)}
    assert read_early(write_early(early)) == early


def test_the_week_is_told_in_few_words():
    hours = {
        "weekly": {
            "0": [["08:00", "15:30"]],
            "1": [["08:00", "15:30"]],
            "2": [["08:00", "15:30"]],
            "4": [["09:00", "00:00"]],
        },
        "closures": ["2026-12-24"],
        "half_days": {"2026-12-31": "12:00"},
    }
    assert week_in_words(hours) == (
        "mandag–onsdag 08.00–15.30; fredag 09.00–00.00; stengt 24.12.2026; stenger tidlig 31.12.2026 12.00"
    )
