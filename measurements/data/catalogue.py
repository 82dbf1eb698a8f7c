"""The catalogue of measurement types as data (R-068), loaded by migration. Codes: norway.md 4.4; limits: norway.md 3.4.

Impossible limits are those outside which no living person is measured; a value equal to one is still possible. They say
nothing about danger, which is the plan's business. FEV1 and PEF are from general knowledge and not from a source, as
are the MDC codes except 149530 and 150456. The NPU codes of pulse and SpO₂ are the Danish ones; Norway lists none.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final


@dataclass(frozen=True, slots=True)
class UnitFact:
    """An accepted way to write a unit: canonical = (value + pre_offset) * numerator / denominator, exactly."""

    text: str
    pre_offset: Decimal
    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class QuantityFact:
    """One number of a type. ``unit`` is UCUM, ``unit_label`` what people read, ``decimals`` what screens show."""

    code: str
    label: str
    short_label: str
    loinc: str
    snomed: str
    npu: str
    mdc: str
    unit: str
    unit_label: str
    decimals: int
    impossible_low: Decimal
    impossible_high: Decimal


@dataclass(frozen=True, slots=True)
class MeasurementTypeFact:
    """A type: what is measured in one go. The first of ``units`` is the canonical unit of its quantities."""

    code: str
    label: str
    short_label: str
    loinc: str
    snomed: str
    npu: str
    mdc: str
    quantities: tuple[QuantityFact, ...]
    units: tuple[UnitFact, ...]


# The conventional millimetre of mercury: 13 595.1 kg/m³ * 9.80665 m/s² * 1 mm, in pascal.
_PASCAL_PER_MMHG: Final = Fraction("133.322387415")
_KG_PER_POUND: Final = Fraction("0.45359237")
# Glucose C6H12O6, 180.156 g/mol: 1 mg/dL = 10 mg/L = 10/180.156 mmol/L.
_GLUCOSE_MG_PER_MMOL: Final = Fraction("180.156")


def _units(factor: Fraction | int, *texts: str, pre_offset: int = 0) -> tuple[UnitFact, ...]:
    exact = Fraction(factor)
    return tuple(UnitFact(text, Decimal(pre_offset), exact.numerator, exact.denominator) for text in texts)


def _single(quantity: QuantityFact, units: tuple[UnitFact, ...]) -> MeasurementTypeFact:
    """A type with one number carries that number's own code, labels and terminology."""
    return MeasurementTypeFact(
        code=quantity.code,
        label=quantity.label,
        short_label=quantity.short_label,
        loinc=quantity.loinc,
        snomed=quantity.snomed,
        npu=quantity.npu,
        mdc=quantity.mdc,
        quantities=(quantity,),
        units=units,
    )


MEASUREMENT_TYPES: Final = (
    _single(
        QuantityFact(
            code="spo2",
            label="Oksygenmetning",
            short_label="SpO₂",
            loinc="2708-6",
            snomed="431314004",
            npu="NPU03011",
            mdc="150456",
            unit="%",
            unit_label="%",
            decimals=0,
            impossible_low=Decimal("50"),
            impossible_high=Decimal("100"),
        ),
        # No fraction ("1"): 1 could mean 100 % or 1 %.
        _units(1, "%"),
    ),
    _single(
        QuantityFact(
            code="pulse",
            label="Puls",
            short_label="Puls",
            loinc="8867-4",
            snomed="364075005",
            npu="NPU21692",
            mdc="149530",
            unit="/min",
            unit_label="slag/min",
            decimals=0,
            impossible_low=Decimal("20"),
            impossible_high=Decimal("250"),
        ),
        _units(1, "/min", "1/min", "{beats}/min", "beats/min", "bpm", "slag/min"),
    ),
    MeasurementTypeFact(
        code="blood_pressure",
        label="Blodtrykk",
        short_label="BT",
        loinc="85354-9",
        snomed="75367002",
        npu="",
        mdc="150020",
        quantities=(
            QuantityFact(
                code="systolic",
                label="Overtrykk (systolisk)",
                short_label="Overtrykk",
                loinc="8480-6",
                snomed="271649006",
                npu="",
                mdc="150021",
                unit="mm[Hg]",
                unit_label="mmHg",
                decimals=0,
                impossible_low=Decimal("50"),
                impossible_high=Decimal("300"),
            ),
            QuantityFact(
                code="diastolic",
                label="Undertrykk (diastolisk)",
                short_label="Undertrykk",
                loinc="8462-4",
                snomed="271650006",
                npu="",
                mdc="150022",
                unit="mm[Hg]",
                unit_label="mmHg",
                decimals=0,
                impossible_low=Decimal("20"),
                impossible_high=Decimal("200"),
            ),
        ),
        units=_units(1, "mm[Hg]", "mmHg") + _units(1000 / _PASCAL_PER_MMHG, "kPa"),
    ),
    _single(
        QuantityFact(
            code="weight",
            label="Vekt",
            short_label="Vekt",
            loinc="29463-7",
            snomed="27113001",
            npu="",
            mdc="188736",
            unit="kg",
            unit_label="kg",
            decimals=1,
            impossible_low=Decimal("20"),
            impossible_high=Decimal("350"),
        ),
        _units(1, "kg") + _units(Fraction(1, 1000), "g") + _units(_KG_PER_POUND, "[lb_av]", "lb", "lbs"),
    ),
    _single(
        QuantityFact(
            code="temperature",
            label="Temperatur",
            short_label="Temp.",
            loinc="8310-5",
            snomed="276885007",
            npu="",
            mdc="150364",
            unit="Cel",
            unit_label="°C",
            decimals=1,
            impossible_low=Decimal("30"),
            impossible_high=Decimal("45"),
        ),
        _units(1, "Cel", "°C", "C", "℃") + _units(Fraction(5, 9), "[degF]", "°F", "F", "℉", pre_offset=-32),
    ),
    _single(
        QuantityFact(
            code="glucose",
            label="Blodsukker",
            short_label="Blodsukker",
            loinc="15074-8",
            snomed="434912009",
            npu="NPU02187",
            mdc="160184",
            unit="mmol/L",
            unit_label="mmol/L",
            decimals=1,
            impossible_low=Decimal("0.6"),
            impossible_high=Decimal("35"),
        ),
        _units(1, "mmol/L", "mmol/l") + _units(10 / _GLUCOSE_MG_PER_MMOL, "mg/dL", "mg/dl"),
    ),
    _single(
        QuantityFact(
            code="respiration_rate",
            label="Pustefrekvens",
            short_label="Pust",
            loinc="9279-1",
            snomed="86290005",
            npu="",
            mdc="151562",
            unit="/min",
            unit_label="pust/min",
            decimals=0,
            impossible_low=Decimal("3"),
            impossible_high=Decimal("70"),
        ),
        _units(1, "/min", "1/min", "{breaths}/min", "breaths/min", "pust/min"),
    ),
    _single(
        QuantityFact(
            code="fev1",
            label="Pustet ut på ett sekund (FEV1)",
            short_label="FEV1",
            loinc="20150-9",
            snomed="59328004",
            npu="",
            mdc="152585",
            unit="L",
            unit_label="L",
            decimals=2,
            impossible_low=Decimal("0.2"),
            impossible_high=Decimal("8"),
        ),
        _units(1, "L", "l") + _units(Fraction(1, 1000), "mL", "ml"),
    ),
    _single(
        QuantityFact(
            code="pef",
            label="Største utpust (PEF)",
            short_label="PEF",
            loinc="33452-4",
            snomed="18491006",
            npu="",
            mdc="152584",
            unit="L/min",
            unit_label="L/min",
            decimals=0,
            impossible_low=Decimal("30"),
            impossible_high=Decimal("900"),
        ),
        _units(1, "L/min", "l/min") + _units(60, "L/s", "l/s"),
    ),
)
