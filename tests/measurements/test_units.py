"""Unit conversion is exact and never guesses (R-068)."""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurements.data.catalogue import MEASUREMENT_TYPES, UnitFact
from measurements.units import NotRepresentable, UnknownUnit, find_unit, to_canonical

UNITS = {kind.code: kind.units for kind in MEASUREMENT_TYPES}
ALL_UNITS = [(kind.code, unit) for kind in MEASUREMENT_TYPES for unit in kind.units]


def converted(code: str, value: str, unit: str) -> Decimal:
    return to_canonical(Decimal(value), find_unit(unit, UNITS[code]))


@pytest.mark.parametrize(
    ("code", "value", "unit", "canonical"),
    [
        ("temperature", "212", "[degF]", "100.000000"),
        ("temperature", "32", "°F", "0.000000"),
        ("temperature", "-40", "F", "-40.000000"),
        ("temperature", "98.6", "℉", "37.000000"),
        ("temperature", "100.4", "[degF]", "38.000000"),
        ("temperature", "100", "[degF]", "37.777778"),
        ("temperature", "37.5", "Cel", "37.500000"),
        ("temperature", "37.5", "C", "37.500000"),
        ("blood_pressure", "1", "kPa", "7.500616"),
        ("blood_pressure", "16", "kPa", "120.009852"),
        ("blood_pressure", "120", "mmHg", "120.000000"),
        ("weight", "1", "lb", "0.453592"),
        ("weight", "100000", "[lb_av]", "45359.237000"),
        ("weight", "165", "lbs", "74.842741"),
        ("weight", "74800", "g", "74.800000"),
        ("glucose", "180.156", "mg/dL", "10.000000"),
        ("glucose", "100", "mg/dl", "5.550745"),
        ("glucose", "5.5", "mmol/l", "5.500000"),
        ("fev1", "1850", "mL", "1.850000"),
        ("pef", "7.5", "L/s", "450.000000"),
        ("spo2", "97", "%", "97.000000"),
        ("pulse", "72", "bpm", "72.000000"),
        ("pulse", "72", "{beats}/min", "72.000000"),
        ("respiration_rate", "16", "/min", "16.000000"),
        ("weight", "0.0000005", "kg", "0.000000"),
        ("weight", "0.0000015", "kg", "0.000002"),
        ("weight", "-0", "kg", "0.000000"),
        ("weight", "1E-999999", "kg", "0.000000"),
        ("weight", "999999.999999", "kg", "999999.999999"),
    ],
)
def test_it_converts_exactly_and_rounds_to_six_decimals(code, value, unit, canonical):
    assert str(converted(code, value, unit)) == canonical


def test_the_factors_are_the_exact_definitions():
    factor = {
        (code, unit.text): (unit.pre_offset, Fraction(unit.numerator, unit.denominator)) for code, unit in ALL_UNITS
    }

    assert factor["weight", "lb"] == (0, Fraction("0.45359237"))
    assert factor["weight", "g"] == (0, Fraction(1, 1000))
    assert factor["blood_pressure", "kPa"] == (0, 1000 / Fraction("133.322387415"))
    assert factor["glucose", "mg/dL"] == (0, 10 / Fraction("180.156"))
    assert factor["temperature", "[degF]"] == (-32, Fraction(5, 9))
    assert factor["fev1", "mL"] == (0, Fraction(1, 1000))
    assert factor["pef", "L/s"] == (0, 60)
    assert round(float(factor["blood_pressure", "kPa"][1]), 5) == 7.50062


def test_the_molar_mass_of_glucose_is_the_sum_of_its_atoms():
    # Standard atomic weights: C 12.011, H 1.008, O 15.999.
    assert 6 * Decimal("12.011") + 12 * Decimal("1.008") + 6 * Decimal("15.999") == Decimal("180.156")


@pytest.mark.parametrize(
    ("code", "unit"),
    [
        ("spo2", "1"),
        ("spo2", ""),
        ("spo2", "kPa"),
        ("glucose", "kg"),
        ("glucose", "MMOL/L"),
        ("glucose", "mg/L"),
        ("weight", "KG"),
        ("weight", "kg kg"),
        ("temperature", "K"),
        ("pulse", "Hz"),
        ("blood_pressure", "cm[H2O]"),
    ],
)
def test_it_refuses_a_unit_it_does_not_know_and_lists_those_it_does(code, unit):
    with pytest.raises(UnknownUnit) as caught:
        find_unit(unit, UNITS[code])

    assert caught.value.accepted == tuple(rule.text for rule in UNITS[code])
    assert str(caught.value) == "The unit must be one of: " + ", ".join(caught.value.accepted)


def test_it_overlooks_spaces_around_a_unit():
    assert find_unit(" mmHg ", UNITS["blood_pressure"]).text == "mmHg"


@pytest.mark.parametrize(
    "value",
    ["NaN", "-NaN", "sNaN", "Infinity", "-Infinity", "1e400", "-1e999999", "0e999999", "1000000", "999999.9999999"],
)
def test_it_says_so_when_a_value_cannot_be_represented(value):
    with pytest.raises(NotRepresentable):
        to_canonical(Decimal(value), find_unit("kg", UNITS["weight"]))


def test_a_conversion_can_make_a_value_too_large():
    with pytest.raises(NotRepresentable):
        converted("pef", "20000", "L/s")
    assert converted("weight", "20000000", "g") == 20000


def test_the_decimal_context_of_the_caller_changes_nothing():
    with localcontext(prec=3):
        assert str(converted("weight", "123456.789123", "kg")) == "123456.789123"


@dataclass
class Row:
    """What a database row looks like to the conversion."""

    text: str
    pre_offset: Decimal
    numerator: int
    denominator: int


def test_it_takes_any_row_with_the_four_values():
    assert to_canonical(Decimal("212"), Row("[degF]", Decimal("-32.000000"), 5, 9)) == 100


readings = st.decimals(Decimal("0"), Decimal("9999"), places=3)
rules = st.sampled_from([unit for _, unit in ALL_UNITS])


@given(readings, rules)
def test_it_is_within_half_a_millionth_of_the_true_value(value, unit: UnitFact):
    true = (Fraction(value) + Fraction(unit.pre_offset)) * Fraction(unit.numerator, unit.denominator)

    assert abs(Fraction(to_canonical(value, unit)) - true) <= Fraction(1, 2_000_000)


@given(readings, readings, rules)
def test_a_larger_value_never_becomes_smaller(one, other, unit):
    low, high = sorted([one, other])

    assert to_canonical(low, unit) <= to_canonical(high, unit)


@given(st.decimals(), rules)
def test_every_decimal_gives_a_value_that_can_be_stored_or_a_refusal(value, unit):
    try:
        stored = to_canonical(value, unit)
    except NotRepresentable:
        return
    assert stored.as_tuple().exponent == -6
    assert abs(stored) < 10**6
