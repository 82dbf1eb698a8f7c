"""The catalogue and the questionnaires as data: complete, consistent and in our own words."""

import re
from collections import Counter
from dataclasses import fields
from decimal import Decimal

import pytest

from measurements.data.catalogue import MEASUREMENT_TYPES
from measurements.data.questionnaires import QUESTIONNAIRES
from measurements.enums import ItemKind
from measurements.units import find_unit, to_canonical

QUANTITIES = {quantity.code: quantity for kind in MEASUREMENT_TYPES for quantity in kind.quantities}
FORMS = {form.code: form for form in QUESTIONNAIRES}
ITEMS = [(form.code, item) for form in QUESTIONNAIRES for item in form.items]


def test_it_has_the_nine_types_and_ten_quantities():
    assert [kind.code for kind in MEASUREMENT_TYPES] == [
        "spo2",
        "pulse",
        "blood_pressure",
        "weight",
        "temperature",
        "glucose",
        "respiration_rate",
        "fev1",
        "pef",
    ]
    assert list(QUANTITIES) == [
        "spo2",
        "pulse",
        "systolic",
        "diastolic",
        "weight",
        "temperature",
        "glucose",
        "respiration_rate",
        "fev1",
        "pef",
    ]


def test_codes_units_decimals_and_impossible_limits_are_those_of_the_fact_sheet():
    table = {
        code: (q.loinc, q.snomed, q.npu, q.mdc, q.unit, q.unit_label, q.decimals, q.impossible_low, q.impossible_high)
        for code, q in QUANTITIES.items()
    }

    assert table == {
        "spo2": ("2708-6", "431314004", "NPU03011", "150456", "%", "%", 0, 50, 100),
        "pulse": ("8867-4", "364075005", "NPU21692", "149530", "/min", "slag/min", 0, 20, 250),
        "systolic": ("8480-6", "271649006", "", "150021", "mm[Hg]", "mmHg", 0, 50, 300),
        "diastolic": ("8462-4", "271650006", "", "150022", "mm[Hg]", "mmHg", 0, 20, 200),
        "weight": ("29463-7", "27113001", "", "188736", "kg", "kg", 1, 20, 350),
        "temperature": ("8310-5", "276885007", "", "150364", "Cel", "°C", 1, 30, 45),
        "glucose": ("15074-8", "434912009", "NPU02187", "160184", "mmol/L", "mmol/L", 1, Decimal("0.6"), 35),
        "respiration_rate": ("9279-1", "86290005", "", "151562", "/min", "pust/min", 0, 3, 70),
        "fev1": ("20150-9", "59328004", "", "152585", "L", "L", 2, Decimal("0.2"), 8),
        "pef": ("33452-4", "18491006", "", "152584", "L/min", "L/min", 0, 30, 900),
    }


def test_blood_pressure_is_a_panel_with_its_own_codes():
    panel = next(kind for kind in MEASUREMENT_TYPES if kind.code == "blood_pressure")

    assert (panel.loinc, panel.snomed, panel.mdc) == ("85354-9", "75367002", "150020")
    assert [quantity.code for quantity in panel.quantities] == ["systolic", "diastolic"]


def test_a_type_with_one_number_carries_that_numbers_codes():
    for kind in MEASUREMENT_TYPES:
        if len(kind.quantities) == 1:
            shared = {field.name for field in fields(kind)} & {field.name for field in fields(kind.quantities[0])}
            assert all(getattr(kind, name) == getattr(kind.quantities[0], name) for name in shared)


def test_every_loinc_code_has_a_right_check_digit():
    for code in {item.loinc for item in [*MEASUREMENT_TYPES, *QUANTITIES.values()]}:
        digits, check = code.split("-")
        doubled = [int(d) * (2 if place % 2 == 0 else 1) for place, d in enumerate(reversed(digits))]
        assert (-sum(n // 10 + n % 10 for n in doubled)) % 10 == int(check)


@pytest.mark.parametrize("kind", MEASUREMENT_TYPES, ids=lambda kind: kind.code)
def test_the_first_unit_is_canonical_and_no_text_is_listed_twice(kind):
    texts = [unit.text for unit in kind.units]

    assert len(set(texts)) == len(texts)
    assert all(len(text) <= 20 for text in texts)
    for quantity in kind.quantities:
        assert texts[0] == quantity.unit
        assert quantity.unit_label in texts
        assert to_canonical(Decimal("36.6"), find_unit(quantity.unit, kind.units)) == Decimal("36.6")
        assert quantity.impossible_low < quantity.impossible_high


def test_it_has_the_five_forms_in_their_first_version():
    assert {form.code: (form.version, form.score_min, form.score_max) for form in QUESTIONNAIRES} == {
        "symptoms_copd": (1, 0, 14),
        "symptoms_heart_failure": (1, 0, 13),
        "symptoms_diabetes": (1, 0, 12),
        "daily_form": (1, 0, 8),
        "news2_observation": (1, 0, 5),
    }


def test_the_copd_form_asks_what_copd_patients_are_asked_daily():
    assert [item.code for item in FORMS["symptoms_copd"].items] == [
        "breath",
        "cough",
        "sputum_amount",
        "sputum_colour",
        "sleep",
        "day_form",
        "comment",
    ]


def test_the_news2_observation_gives_the_points_of_news2():
    consciousness, oxygen = FORMS["news2_observation"].items

    assert {o.value: o.points for o in consciousness.options} == {"A": 0, "C": 3, "V": 3, "P": 3, "U": 3}
    assert {o.value: o.points for o in oxygen.options} == {True: 2, False: 0}


def test_all_four_kinds_of_item_are_used():
    assert {item.kind for _, item in ITEMS} == set(ItemKind)


@pytest.mark.parametrize(("form", "item"), ITEMS, ids=lambda part: getattr(part, "code", part))
def test_each_item_has_what_its_kind_needs_and_nothing_else(form, item):
    values = [option.value for option in item.options]

    assert len(set(values)) == len(values)
    if item.kind == ItemKind.CHOICE:
        assert len(values) >= 2
        assert all(isinstance(value, str) and re.fullmatch(r"[A-Za-z_]{1,40}", value) for value in values)
    elif item.kind == ItemKind.BOOLEAN:
        assert values == [True, False]
    else:
        assert values == []
    assert (item.minimum is not None and item.maximum is not None) is (item.kind == ItemKind.NUMBER)
    assert item.minimum is None or item.minimum < item.maximum
    # The usual state always gives no points, so that a quiet day scores zero.
    assert not item.options or min(option.points for option in item.options) == 0


def test_codes_are_unique_within_a_form_and_texts_fit_their_columns():
    for form in QUESTIONNAIRES:
        assert max(Counter(item.code for item in form.items).values()) == 1
        assert len(form.title) <= 120
    for _, item in ITEMS:
        assert (len(item.code) <= 40, len(item.text) <= 300, len(item.help_text) <= 300) == (True, True, True)


def test_the_same_option_value_means_the_same_words_wherever_an_item_is_shared():
    wordings = {(item.code, item.text): item.options for _, item in ITEMS if item.code in {"day_form", "sleep"}}

    assert len(wordings) == 2


def test_the_comment_field_says_whom_to_call_and_when_it_is_read():
    comments = [item for _, item in ITEMS if item.code == "comment"]

    assert len(comments) == 4
    assert all("åpningstiden" in c.help_text and "113" in c.help_text and "116 117" in c.help_text for c in comments)
    assert not any(c.required for c in comments)


def test_the_words_are_plain_norwegian():
    texts = [text for _, item in ITEMS for text in (item.text, item.help_text, *(o.label for o in item.options))]

    assert not [text for text in texts if re.search(r"vennligst|obligatorisk|\*", text, re.IGNORECASE)]


def test_options_are_stored_as_plain_json():
    worried = next(item for item in FORMS["daily_form"].items if item.code == "worried")

    assert worried.options_json() == [
        {"value": True, "label": "Ja", "points": 1},
        {"value": False, "label": "Nei", "points": 0},
    ]
