"""Person numbers (norway.md 4.6). Every number here is synthetic (+80), or is computed at run time and thrown away."""

import datetime as dt
import logging
from contextlib import suppress
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.no import fodselsnummer

from dho.lib.national_id import InvalidNationalId, Kind, NationalId, check_allowed, make_synthetic, parse

births = st.dates(dt.date(1854, 1, 1), dt.date(2039, 12, 31))
seeds = st.integers(0, 2**32)


def complete(nine: str, *, k1_remainder: int = 0) -> str | None:
    """Put check digits on nine digits by plain arithmetic, or None where no such number exists."""
    k1 = (k1_remainder - sum(w * int(d) for w, d in zip((3, 7, 6, 1, 8, 9, 4, 5, 2), nine, strict=True))) % 11
    if k1 == 10:
        return None
    ten = f"{nine}{k1}"
    k2 = -sum(w * int(d) for w, d in zip((5, 4, 3, 2, 7, 6, 5, 4, 3, 2), ten, strict=True)) % 11
    return None if k2 == 10 else f"{ten}{k2}"


def computed(date_part: str, low: int = 0, high: int = 499, *, k1_remainder: int = 0) -> str:
    """The first number with this date part: exists in no file, only while the test runs."""
    numbers = (complete(f"{date_part}{i:03d}", k1_remainder=k1_remainder) for i in range(low, high + 1))
    return next(number for number in numbers if number)


def refusal(text: str, **options: bool) -> str:
    with pytest.raises(InvalidNationalId) as caught:
        parse(text, **options)
    assert len(text) < 8 or text not in str(caught.value)
    return caught.value.code


@given(births, seeds, st.booleans(), st.sampled_from(["female", "male", None]))
def test_it_reads_back_what_it_made(birth_date, seed, d_number, sex):
    made = make_synthetic(birth_date, Random(seed), d_number=d_number, sex=sex)

    assert parse(made.value) == made
    assert made.kind == (Kind.DNR if d_number else Kind.FNR)
    assert made.birth_date == birth_date
    assert made.synthetic
    assert sex is None or made.sex_hint == sex


@given(births, seeds)
def test_it_makes_the_same_number_from_the_same_seed(birth_date, seed):
    assert make_synthetic(birth_date, Random(seed)) == make_synthetic(birth_date, Random(seed))


@given(births, seeds)
def test_its_check_digits_agree_with_stdnum(birth_date, seed):
    value = make_synthetic(birth_date, Random(seed)).value

    assert value[9] == fodselsnummer.calc_check_digit1(value)
    assert value[10] == fodselsnummer.calc_check_digit2(value)


@given(births, seeds, st.integers(0, 10), st.integers(1, 9))
def test_it_finds_every_single_wrong_digit(birth_date, seed, place, added):
    value = make_synthetic(birth_date, Random(seed)).value
    wrong = value[:place] + str((int(value[place]) + added) % 10) + value[place + 1 :]

    assert refusal(wrong) == "checksum"


@given(births, seeds, st.integers(0, 9))
def test_it_finds_two_neighbouring_digits_that_changed_places(birth_date, seed, place):
    value = make_synthetic(birth_date, Random(seed)).value
    assume(value[place] != value[place + 1])
    wrong = value[:place] + value[place + 1] + value[place] + value[place + 2 :]

    assert refusal(wrong) == "checksum"


@given(st.text(max_size=14))
def test_it_refuses_or_reads_any_text_without_failing(text):
    with suppress(InvalidNationalId):
        assert parse(text).value == "".join(text.split())


def test_it_agrees_with_stdnum_on_every_ordinary_number():
    rng = Random(20261122)
    for _ in range(3000):
        date_part = f"{rng.randint(1, 31):02d}{rng.randint(1, 12):02d}{rng.randint(0, 99):02d}"
        number = complete(f"{date_part}{rng.randint(0, 999):03d}")
        if number is None:
            continue
        try:
            expected: dt.date | None = fodselsnummer.get_birth_date(number)
        except ValueError:
            expected = None
        try:
            read: dt.date | None = parse(number).birth_date
        except InvalidNationalId:
            read = None
        assert read == expected


@pytest.mark.parametrize(
    "text",
    ["", "1", "0181500000", "018150000000", "01815O00000", "018150-00000", "٠١٨١٥٠٠٠٠٠٠", "-1815000000"],
)
def test_it_wants_eleven_ordinary_digits(text):
    assert refusal(text) == "format"


def test_it_takes_spaces_within_the_number():
    value = make_synthetic(dt.date(1950, 1, 1), Random(1)).value

    assert parse(f" {value[:6]}\u00a0{value[6:]} ").value == value


@pytest.mark.parametrize(
    ("date_part", "kind", "synthetic", "birth_date"),
    [
        ("050160", Kind.FNR, False, dt.date(1960, 1, 5)),
        ("450160", Kind.DNR, False, dt.date(1960, 1, 5)),
        ("054160", Kind.HNR, True, dt.date(1960, 1, 5)),
        ("454160", Kind.DNR, True, dt.date(1960, 1, 5)),
        ("058160", Kind.FNR, True, dt.date(1960, 1, 5)),
        ("458160", Kind.DNR, True, dt.date(1960, 1, 5)),
        ("719260", Kind.DNR, True, dt.date(1960, 12, 31)),
        ("298260", Kind.FNR, True, dt.date(1960, 2, 29)),
        ("850160", Kind.FHN, False, None),
        ("999999", Kind.FHN, False, None),
    ],
)
def test_it_tells_the_kinds_apart(date_part, kind, synthetic, birth_date):
    value = computed(date_part)
    sex = None if kind is Kind.FHN else "female" if int(value[8]) % 2 == 0 else "male"

    assert parse(value) == NationalId(value, kind, synthetic, birth_date, sex)


@pytest.mark.parametrize(
    "date_part",
    ["008160", "328160", "298261", "318460", "058060", "059360", "055360", "051360", "050060", "408160", "728160"],
)
def test_it_refuses_dates_that_do_not_exist(date_part):
    assert refusal(computed(date_part)) == "date"


@pytest.mark.parametrize(
    ("short_year", "low", "high", "year"),
    [
        ("00", 0, 499, 1900),
        ("99", 0, 499, 1999),
        ("54", 500, 749, 1854),
        ("99", 500, 749, 1899),
        ("00", 500, 749, 2000),
        ("39", 500, 749, 2039),
        ("39", 750, 999, 2039),
        ("40", 900, 999, 1940),
        ("99", 900, 999, 1999),
    ],
)
def test_it_reads_the_century_from_the_individual_number(short_year, low, high, year):
    for edge in (range(low, high + 1), range(high, low - 1, -1)):
        numbers = (complete(f"1588{short_year}{i:03d}") for i in edge)
        assert parse(next(number for number in numbers if number)).birth_date == dt.date(year, 8, 15)


@pytest.mark.parametrize(
    ("short_year", "low", "high"), [("40", 500, 899), ("53", 500, 899), ("54", 750, 899), ("99", 750, 899)]
)
def test_it_refuses_individual_numbers_without_a_century(short_year, low, high):
    for individual in range(low, high + 1):
        number = complete(f"1588{short_year}{individual:03d}")
        assert number is None or refusal(number) == "individual"


@pytest.mark.parametrize("remainder", [1, 2, 3])
def test_it_takes_the_remainders_of_2032_only_when_told(remainder):
    value = computed("158860", k1_remainder=remainder)

    assert refusal(value) == "checksum"
    assert parse(value, relaxed_2032=True) == NationalId(value, Kind.FNR, True, dt.date(1960, 8, 15), None)


@pytest.mark.parametrize("remainder", [4, 5, 6, 7, 8, 9, 10])
def test_it_refuses_other_remainders_also_after_2032(remainder):
    assert refusal(computed("158860", k1_remainder=remainder), relaxed_2032=True) == "checksum"


def test_the_second_check_digit_stays_strict_after_2032():
    value = computed("158860", k1_remainder=2)

    for added in range(1, 10):
        assert refusal(f"{value[:10]}{(int(value[10]) + added) % 10}", relaxed_2032=True) == "checksum"


def test_old_numbers_pass_the_rule_of_2032_but_then_say_nothing_about_sex():
    made = make_synthetic(dt.date(1950, 5, 17), Random(3), sex="female")

    assert parse(made.value, relaxed_2032=True) == NationalId(made.value, Kind.FNR, True, made.birth_date, None)


@pytest.mark.parametrize(
    ("date_part", "production", "code"),
    [
        ("050160", True, None),
        ("450160", True, None),
        ("850160", True, None),
        ("054160", True, "synthetic_in_production"),
        ("454160", True, "synthetic_in_production"),
        ("058160", True, "synthetic_in_production"),
        ("458160", True, "synthetic_in_production"),
        ("050160", False, "real_in_test"),
        ("450160", False, "real_in_test"),
        ("850160", False, "real_in_test"),
        ("054160", False, None),
        ("454160", False, None),
        ("058160", False, None),
        ("458160", False, None),
    ],
)
def test_production_takes_real_numbers_and_test_mode_synthetic_ones(date_part, production, code):
    nid = parse(computed(date_part))
    if code is None:
        check_allowed(nid, production)
        return
    with pytest.raises(InvalidNationalId) as caught:
        check_allowed(nid, production)
    assert caught.value.code == code


@pytest.mark.parametrize("year", [1853, 2040])
def test_it_makes_no_number_for_years_without_individual_numbers(year):
    with pytest.raises(ValueError, match="birth year"):
        make_synthetic(dt.date(year, 1, 1), Random(1))


def test_the_number_and_birth_date_never_show_in_text_or_logs(caplog):
    made = make_synthetic(dt.date(1950, 5, 17), Random(5))
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("dho").info("seen %s %r %s", made, made, [made])

    assert made.value not in caplog.text
    assert "1950" not in caplog.text
    assert str(made) == "FNR ***********"
