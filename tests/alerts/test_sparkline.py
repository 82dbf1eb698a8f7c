"""The small chart: what it draws, and that it says the same in words."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from alerts.sparkline import Point, in_words, sparkline

UNTIL = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


def series(*pairs: tuple[float, str]) -> list[Point]:
    """Points so many days before the end, oldest first."""
    return [Point(UNTIL - timedelta(days=days), Decimal(value)) for days, value in pairs]


def test_it_draws_one_line_the_limit_and_the_latest_value():
    chart = sparkline(series((2, "92"), (1, "90"), (0, "84")), limit=Decimal(86), until=UNTIL)
    assert chart == (
        '<svg class="spark" viewBox="0 0 120 32" role="img" '
        'aria-label="Siste 7 dager: laveste 84, høyeste 92, siste 84. Grense 86.">'
        '<path class="spark__limit" d="M0 22H120"/>'
        '<polyline points="84,4 84,4 100,10 116,28"/>'
        '<circle cx="116" cy="28" r="3"/></svg>'
    )


def test_it_breaks_the_line_where_a_whole_day_is_missing():
    chart = sparkline(series((6, "92"), (5, "91"), (2, "90"), (1, "89")), limit=None, until=UNTIL)
    assert chart.count("<polyline") == 2


def test_it_keeps_the_line_over_a_night_with_more_than_24_hours_between():
    chart = sparkline(series((2.3, "92"), (1, "91")), limit=None, until=UNTIL)
    assert chart.count("<polyline") == 1


def test_it_draws_a_single_value_in_the_middle():
    assert '<circle cx="100" cy="16" r="3"/>' in sparkline(series((1, "37.5")), limit=None, until=UNTIL)


def test_it_is_empty_without_values():
    assert sparkline([], limit=Decimal(86), until=UNTIL) == ""


def test_it_draws_no_limit_that_is_not_given():
    assert "spark__limit" not in sparkline(series((1, "90")), limit=None, until=UNTIL)


def test_it_keeps_values_outside_the_week_on_the_edge():
    chart = sparkline(series((9, "90"), (8.5, "91")), limit=None, until=UNTIL)
    assert 'points="4,28 4,28 4,4"' in chart


def test_it_has_no_inline_style():
    assert "style" not in sparkline(series((1, "90"), (0, "92")), limit=Decimal(86), until=UNTIL)


def test_it_says_numbers_with_decimal_comma():
    said = in_words(series((1, "81.2"), (0, "84.3")), limit=Decimal("82.5"))
    assert said == "Siste 7 dager: laveste 81,2, høyeste 84,3, siste 84,3. Grense 82,5."
