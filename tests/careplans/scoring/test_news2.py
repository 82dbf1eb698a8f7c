"""NEWS2 against the table of norway.md 3.5 written a second time, as a clinician would read it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careplans.scoring import Cause, Colour, Rule, RuleKind, score
from tests.careplans.scoring.catalogue import answered, measured, ruleset


def respiration(value: Decimal) -> int:
    if value <= 8:
        return 3
    if value <= 11:
        return 1
    if value <= 20:
        return 0
    return 2 if value <= 24 else 3


def saturation(value: Decimal, scale: int, oxygen: bool) -> int:
    if scale == 1:
        return 3 if value <= 91 else 2 if value <= 93 else 1 if value <= 95 else 0
    if value <= 83:
        return 3
    if value <= 85:
        return 2
    if value <= 87:
        return 1
    if value <= 92 or not oxygen:
        return 0
    return 1 if value <= 94 else 2 if value <= 96 else 3


def systolic(value: Decimal) -> int:
    if value <= 90:
        return 3
    if value <= 100:
        return 2
    if value <= 110:
        return 1
    return 0 if value <= 219 else 3


def pulse(value: Decimal) -> int:
    if value <= 40:
        return 3
    if value <= 50:
        return 1
    if value <= 90:
        return 0
    if value <= 110:
        return 1
    return 2 if value <= 130 else 3


def temperature(value: Decimal) -> int:
    if value <= Decimal("35.0"):
        return 3
    if value <= Decimal("36.0"):
        return 1
    if value <= Decimal("38.0"):
        return 0
    return 1 if value <= Decimal("39.0") else 2


def rule(scale: int = 1) -> Rule:
    return Rule("news", RuleKind.NEWS2, scale=scale, window_hours=4)


HEALTHY = {"respiration_rate": "16", "spo2": "97", "systolic": "120", "pulse": "70", "temperature": "37.0"}


@given(
    scale=st.sampled_from([1, 2]),
    breaths=st.integers(3, 70),
    spo2=st.integers(50, 100),
    oxygen=st.booleans(),
    pressure=st.integers(50, 300),
    beats=st.integers(20, 250),
    mind=st.sampled_from("ACVPU"),
    degrees=st.decimals(min_value=30, max_value=45, places=1),
)
def test_it_totals_like_the_table(
    scale: int, breaths: int, spo2: int, oxygen: bool, pressure: int, beats: int, mind: str, degrees: Decimal
) -> None:
    points = [
        respiration(Decimal(breaths)),
        saturation(Decimal(spo2), scale, oxygen),
        2 if oxygen else 0,
        systolic(Decimal(pressure)),
        pulse(Decimal(beats)),
        0 if mind == "A" else 3,
        temperature(degrees),
    ]
    event = measured(
        respiration_rate=str(breaths),
        spo2=str(spo2),
        systolic=str(pressure),
        pulse=str(beats),
        temperature=str(degrees),
    )
    part = score(event, ruleset(rule(scale)), [answered(-1, "form", consciousness=mind, oxygen=oxygen)]).parts[0]
    total = sum(points)
    yellow = total >= 5 or 3 in points
    assert 0 <= total <= 20
    assert part.observed == f"{total} poeng"
    assert part.colour == (Colour.RED if total >= 7 else Colour.YELLOW if yellow else Colour.GREEN)


def test_it_reaches_both_ends_of_the_scale() -> None:
    sickest = measured(respiration_rate="40", spo2="70", systolic="60", pulse="180", temperature="33.0")
    worst_form = answered(-1, "form", consciousness="U", oxygen=True)
    best_form = answered(-1, "form", consciousness="A", oxygen=False)
    assert score(sickest, ruleset(rule()), [worst_form]).parts[0].observed == "20 poeng"
    assert score(measured(**HEALTHY), ruleset(rule()), [best_form]).parts[0].observed == "0 poeng"


@pytest.mark.parametrize(
    ("values", "points"),
    [
        ({"spo2": "91.5"}, 3),
        ({"spo2": "93.001"}, 2),
        ({"temperature": "35.05"}, 3),
        ({"temperature": "36.05"}, 1),
        ({"temperature": "38.05"}, 1),
        ({"respiration_rate": "20.5"}, 2),
        ({"systolic": "219.5"}, 3),
        ({"pulse": "90.1"}, 1),
    ],
)
def test_it_takes_the_worse_row_between_two_rows(values: dict[str, str], points: int) -> None:
    form = answered(-1, "form", consciousness="A", oxygen=False)
    part = score(measured(**HEALTHY | values), ruleset(rule()), [form]).parts[0]
    assert part.observed == f"{points} poeng"


def test_it_takes_the_newest_value_of_each_parameter_and_names_its_source() -> None:
    history = [
        measured(-3, "old", pulse="140", temperature="37.0"),
        measured(-2, "new", pulse="80", systolic="120"),
        measured(-2.5, "impossible", temperature="99"),
        answered(-1, "form", consciousness="A", oxygen=False),
        answered(-0.5, "unclear", consciousness="X", oxygen="maybe"),
    ]
    part = score(measured(spo2="97", respiration_rate="16"), ruleset(rule()), history).parts[0]
    assert (part.colour, part.observed, part.used) == (Colour.GREEN, "0 poeng", ("new", "old", "form"))


@pytest.mark.parametrize("own", [{"consciousness": "X"}, {"consciousness": None}])
def test_it_does_not_replace_an_unusable_answer_of_the_form_itself(own: dict[str, str | None]) -> None:
    history = [measured(-1, "vitals", **HEALTHY), answered(-2, "form", consciousness="A", oxygen=False)]
    outcome = score(answered(**own), ruleset(rule()), history)
    assert (outcome.colour, outcome.cause) == (Colour.NOT_ASSESSED, Cause.MISSING_PART)
    assert outcome.parts[0].sentence == "NEWS2 kan ikke regnes ut: mangler bevissthet. Foreløpig 0 poeng"


def test_it_does_not_replace_an_impossible_value_of_the_reading_itself() -> None:
    history = [measured(-1, "vitals", **HEALTHY), answered(-2, "form", consciousness="A", oxygen=False)]
    outcome = score(measured(spo2="12"), ruleset(rule()), history)
    assert [(part.kind, part.cause) for part in outcome.parts] == [
        (None, Cause.IMPOSSIBLE_VALUE),
        (RuleKind.NEWS2, Cause.MISSING_PART),
    ]


def test_it_leaves_facts_without_a_parameter_alone() -> None:
    assert score(measured(weight="80"), ruleset(rule()), []).cause == Cause.NO_RULE
    assert score(answered(cough="more"), ruleset(rule()), []).cause == Cause.NO_RULE
