"""The trend: chart, summary and table say the same, and the chart never says more than the plan of the day."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.template.loader import render_to_string

from alerts.charts import fields, trend_figure, value_range
from alerts.trends import Limits, Point, Stretch, Trend
from dho.lib.numbers import NBSP, OSLO
from measurements.enums import Source, Timing
from measurements.models import MeasurementType, Quantity

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=OSLO)
EVERY_DAY = frozenset(range(7))
SPO2 = MeasurementType(code="spo2", label="Oksygenmetning", short_label="SpO₂", position=1)
SATURATION = Quantity(
    code="spo2", type=SPO2, position=1, label="Oksygenmetning", short_label="SpO₂", unit_label="%", decimals=0,
    impossible_low=Decimal(50), impossible_high=Decimal(100),
)  # fmt: skip
WEIGHT = MeasurementType(code="weight", label="Vekt", short_label="Vekt", position=4)
KILOS = Quantity(
    code="weight", type=WEIGHT, position=1, label="Vekt", short_label="Vekt", unit_label="kg", decimals=1,
    impossible_low=Decimal(20), impossible_high=Decimal(350),
)  # fmt: skip
PRESSURE = MeasurementType(code="blood_pressure", label="Blodtrykk", short_label="BT", position=3)
UPPER, LOWER = (
    Quantity(
        code=code, type=PRESSURE, position=position, label=label, short_label=label, unit_label="mmHg", decimals=0,
        impossible_low=Decimal(20), impossible_high=Decimal(300),
    )
    for position, (code, label) in enumerate([("systolic", "Overtrykk"), ("diastolic", "Undertrykk")], start=1)
)  # fmt: skip


def day(number: int, hour: int = 8) -> datetime:
    """That day of November 2026."""
    return datetime(2026, 11, number, hour, tzinfo=OSLO)


def point(number: int, *values: str | int | None, **fields_) -> Point:
    """A reading on that day of November."""
    fields_.setdefault("source", Source.DEVICE)
    fields_.setdefault("sent", "")
    at = day(number)
    given = tuple(None if value is None else Decimal(value) for value in values)
    return Point(reading_id=UUID(int=number), at=at, taken_at=at, values=given, **fields_)


def stretch(number: int, start: datetime, end: datetime, *, weekdays=EVERY_DAY, type_code="spo2", **limits) -> Stretch:
    """A plan version with one band."""
    rule = Limits(type_code, **{name: Decimal(limit) for name, limit in limits.items()}, words="ordene")
    return Stretch(number, start, end, [rule], {type_code: weekdays})


FIRST = stretch(1, datetime(2026, 8, 1, tzinfo=OSLO), day(15, 12), yellow_low=90, red_low=87)
SECOND = stretch(2, day(15, 12), datetime(2027, 1, 1, tzinfo=OSLO), yellow_low=88, red_low=86)


def trend(points, *, stretches=(FIRST, SECOND), type_=SPO2, quantities=(SATURATION,), days=10) -> Trend:
    """The last ten days: 13 to 22 November."""
    return Trend(type_, quantities, points, stretches, NOW.date() - timedelta(days=days - 1), NOW)


def traces(figure, name: str) -> list[dict]:
    """The traces of that name."""
    return [trace for trace in figure["data"] if trace["name"] == name]


def shapes(figure, name: str) -> list[dict]:
    """The shapes of that name."""
    return [shape for shape in figure["layout"].get("shapes", ()) if shape["name"] == name]


def labels(figure, name: str) -> list[str]:
    """The texts of that kind written in the chart."""
    return [label["text"] for label in figure["layout"].get("annotations", ()) if label["name"] == name]


MEASURED = [point(number, 90 + number % 3) for number in (13, 14, 15, 16, 19, 20, 21)] + [point(22, 84)]


def test_it_leaves_a_gap_and_a_cross_where_a_day_is_missing():
    figure = trend_figure(trend(MEASURED))
    (line,), (missing,) = traces(figure, "Oksygenmetning"), traces(figure, "Ingen måling")
    assert line["connectgaps"] is False
    assert [x[:10] for x, y in zip(line["x"], line["y"], strict=True) if y is None] == ["2026-11-17", "2026-11-18"]
    assert missing["x"] == ["2026-11-17 12:00:00", "2026-11-18 12:00:00"]
    assert missing["marker"]["symbol"] == "x-thin"


def test_it_steps_the_bands_where_the_plan_changed_and_never_applies_new_limits_backwards():
    figure = trend_figure(trend(MEASURED))
    (old,), (new,) = shapes(figure, "red_low v1"), shapes(figure, "red_low v2")
    assert (old["x0"], old["x1"], old["y0"]) == ("2026-11-13 00:00:00", "2026-11-15 12:00:00", 87.0)
    assert (new["x0"], new["x1"], new["y0"]) == ("2026-11-15 12:00:00", "2026-11-23 00:00:00", 86.0)
    assert [shape["y1"] for shape in shapes(figure, "RED v1") + shapes(figure, "RED v2")] == [87.0, 86.0]
    assert labels(figure, "version") == ["Ny plan, versjon 2"]


def test_it_labels_only_the_limits_that_hold_now():
    assert labels(trend_figure(trend(MEASURED)), "limit") == ["Rød 86", "Gul 88"]


def test_it_draws_no_limits_after_the_plan_ended():
    ended = stretch(1, datetime(2026, 8, 1, tzinfo=OSLO), day(18, 12), yellow_low=90, red_low=87)
    figure = trend_figure(trend(MEASURED, stretches=[ended]))
    assert [shape["x1"] for shape in figure["layout"]["shapes"]] == ["2026-11-18 12:00:00"] * 5
    assert labels(figure, "limit") == []


def test_it_draws_no_band_without_a_plan():
    figure = trend_figure(trend(MEASURED, stretches=[]))
    assert "shapes" not in figure["layout"]


def test_it_writes_out_the_latest_value():
    assert labels(trend_figure(trend(MEASURED)), "latest") == [f"84{NBSP}%"]


def test_it_draws_a_typed_in_value_with_an_open_symbol():
    typed = [point(21, 90), point(22, 91, source=Source.MANUAL)]
    (line,) = traces(trend_figure(trend(typed, days=2)), "Oksygenmetning")
    assert line["marker"]["symbol"] == ["circle", "diamond-open"]


def test_it_marks_a_faulty_value_with_a_cross_outside_the_line():
    shown = trend([point(20, 90), point(21, 55, fault="Kalde fingre"), point(22, 91)], days=3)
    figure = trend_figure(shown)
    (line,), (faulty,) = traces(figure, "Oksygenmetning"), traces(figure, "Feilmåling")
    assert line["y"] == [90.0, None, 91.0]
    assert (faulty["y"], faulty["marker"]["symbol"]) == ([55.0], "x")
    assert shown.rows[1].note == "Feilmåling: Kalde fingre"
    assert "1 verdi er ikke regnet med (feil eller umulig)." in shown.summary


@pytest.mark.parametrize("value", ["-20", "351", None])
def test_it_lists_an_impossible_value_and_leaves_it_out_of_the_line(value):
    impossible = point(21, value, sent="-20 kg" if value is None else "")
    shown = trend([point(20, 70), impossible, point(22, "70.5")], type_=WEIGHT, quantities=(KILOS,), stretches=())
    (line,) = traces(trend_figure(shown), "Vekt")
    assert [y for y in line["y"] if y is not None] == [70.0, 70.5]
    expected = {"-20": f"−20,0{NBSP}kg", "351": f"351,0{NBSP}kg", None: "-20 kg"}[value]
    assert [(row.value, row.mark) for row in shown.impossible_rows] == [(expected, "impossible")]
    assert [row.value for row in shown.rows] == [f"70,5{NBSP}kg", expected, f"70,0{NBSP}kg"]


def test_it_reads_blood_pressure_as_one_pair():
    pair = trend(
        [point(21, 140, 90), point(22, 145, 92)], type_=PRESSURE, quantities=(UPPER, LOWER), stretches=(), days=2
    )
    figure = trend_figure(pair)
    assert [trace["name"] for trace in figure["data"]] == ["Par", "Overtrykk", "Undertrykk"]
    assert traces(figure, "Par")[0]["y"] == [140.0, 90.0, None, 145.0, 92.0, None]
    assert labels(figure, "latest") == [f"145/92{NBSP}mmHg"]
    assert [row.value for row in pair.rows] == [f"145/92{NBSP}mmHg", f"140/90{NBSP}mmHg"]


def test_it_names_the_pair_in_its_limits_and_draws_no_band_across_it():
    rules = [
        Limits("systolic", red_high=Decimal(180), yellow_high=Decimal(150)),
        Limits("diastolic", yellow_high=Decimal(95)),
    ]
    plan = Stretch(1, day(1), datetime(2027, 1, 1, tzinfo=OSLO), rules, {})
    figure = trend_figure(trend([point(22, 145, 92)], type_=PRESSURE, quantities=(UPPER, LOWER), stretches=[plan]))
    assert labels(figure, "limit") == ["Gul 95 undertrykk", "Gul 150 overtrykk", "Rød 180 overtrykk"]
    assert [shape["type"] for shape in figure["layout"]["shapes"]] == ["line"] * 3


def test_its_summary_equals_the_data():
    assert trend(MEASURED).summary == (
        f"Siste 10 dager: 8 målinger, 2 dager mangler. Laveste 84{NBSP}% (22.11.2026), "
        f"høyeste 92{NBSP}% (20.11.2026), middel 90{NBSP}%."
    )


def test_its_table_has_the_rows_of_the_chart():
    shown = trend(MEASURED)
    (line,), (missing,) = traces(trend_figure(shown), "Oksygenmetning"), traces(trend_figure(shown), "Ingen måling")
    drawn = [f"{y:.0f}{NBSP}%" for y in line["y"] if y is not None]
    rows = list(reversed(shown.rows))
    assert [row.value for row in rows if not row.mark] == drawn
    assert [row.when for row in rows if row.mark == "missing"] == ["17.11.2026", "18.11.2026"]
    assert len(rows) == len(drawn) + len(missing["x"])


def test_today_is_not_missing_while_it_lasts():
    assert trend([point(number, 90) for number in range(13, 22)]).missing_days == []


def test_a_day_the_plan_does_not_ask_for_is_neither_missing_nor_a_gap():
    mondays = stretch(1, day(1), datetime(2027, 1, 1, tzinfo=OSLO), weekdays=frozenset({0}), yellow_low=90)
    weekly = trend([point(9, 90)], stretches=[mondays], days=14)
    assert (weekly.missing_days, weekly.gap_days) == ([date(2026, 11, 16)], [date(2026, 11, 16)])


def test_without_a_plan_no_day_is_missing_but_the_line_is_still_broken():
    shown = trend([point(20, 90), point(22, 90)], stretches=[], days=3)
    assert (shown.missing_days, shown.gap_days) == ([], [date(2026, 11, 21)])
    assert shown.summary.startswith("Siste 3 dager: 2 målinger. Laveste")


def test_a_value_is_never_rounded_across_a_limit():
    shown = trend([point(22, "85.6")])
    assert shown.rows[0].value == f"85,6{NBSP}%"


def test_a_limit_far_away_does_not_flatten_the_line_but_stands_in_words():
    far = stretch(1, day(1), datetime(2027, 1, 1, tzinfo=OSLO), type_code="weight", yellow_low=40, yellow_high=120)
    shown = trend([point(21, 70), point(22, 71)], type_=WEIGHT, quantities=(KILOS,), stretches=[far], days=2)
    low, high = value_range(shown)
    assert (low > 60, high < 80) == (True, True)
    assert [shape["name"] for shape in trend_figure(shown)["layout"]["shapes"]] == ["GREEN v1"]
    assert shown.limits_text == "Grenser nå (plan versjon 1): ordene."


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"red_low": 86, "yellow_low": 88}, [("RED", 80, 86), ("YELLOW", 86, 88), ("GREEN", 88, 100)]),
        ({"yellow_high": 90}, [("GREEN", 80, 90), ("YELLOW", 90, 100)]),
        (
            {"red_low": 82, "yellow_low": 84, "yellow_high": 90, "red_high": 95},
            [("RED", 80, 82), ("YELLOW", 82, 84), ("GREEN", 84, 90), ("YELLOW", 90, 95), ("RED", 95, 100)],
        ),
        ({"yellow_low": 70}, [("GREEN", 80, 100)]),
        ({}, []),
    ],
)
def test_it_fills_the_axis_with_the_colour_that_each_value_would_get(limits, expected):
    found = fields(
        Limits("spo2", **{name: Decimal(limit) for name, limit in limits.items()}), Decimal(80), Decimal(100)
    )
    assert found == expected


@pytest.mark.parametrize(
    ("days", "first", "last"), [(7, "22.11.", "16.11."), (30, "22.11.", "25.10."), (365, "22.11.2026", "03.02.2026")]
)
def test_it_writes_the_dates_in_norwegian(days, first, last):
    ticks = trend_figure(trend(MEASURED, days=days))["layout"]["xaxis"]["ticktext"]
    assert (ticks[0], ticks[-1]) == (first, last)


def test_it_writes_the_scale_with_decimal_comma_and_unit():
    shown = trend([point(21, "70.2"), point(22, "70.4")], type_=WEIGHT, quantities=(KILOS,), stretches=(), days=2)
    assert trend_figure(shown)["layout"]["yaxis"]["ticktext"] == [f"70,{tenth}{NBSP}kg" for tenth in range(1, 6)]


def test_a_reading_from_the_future_stands_at_the_time_it_was_received():
    ahead = Point(UUID(int=1), NOW, NOW + timedelta(days=3), (Decimal(90),), "", Source.DEVICE, Timing.FUTURE)
    shown = trend([ahead])
    (line,) = traces(trend_figure(shown), "Oksygenmetning")
    assert "2026-11-22 10:00:00" in line["x"]
    assert shown.rows[0].note == "Klokken på enheten går feil (fram i tid)"


def test_the_figure_can_be_written_into_the_page():
    figure = trend_figure(trend(MEASURED))
    assert json.loads(json.dumps(figure)) == figure


def test_a_figure_that_fails_gives_none_and_a_log_line_without_values(caplog):
    assert trend_figure(trend(MEASURED, quantities=())) is None
    assert [record.message for record in caplog.records] == ["trend chart could not be built"]


def test_a_page_with_a_failed_figure_still_has_summary_and_table():
    shown = trend(MEASURED)
    page = render_to_string(
        "alerts/patient_trends.html", {"trends": [{"trend": shown, "drawable": True, "figure": None}], "days": 10}
    )
    assert "Diagrammet kunne ikke lages. Tabellen viser målingene." in page
    assert shown.summary in page
    assert page.count("<tr") == 1 + len(shown.rows)
