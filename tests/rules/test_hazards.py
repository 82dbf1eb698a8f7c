"""The pages of hazards and threats name the test of each control; a test that is gone leaves the hazard open."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


PAGES = [("hazards.md", "H", 20), ("threat-model.md", "T", 20)]


def rows_of(page: str, letter: str) -> list[list[str]]:
    lines = (ROOT / "docs" / page).read_text().splitlines()
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if re.match(rf"\| {letter}\d", line)]


@pytest.mark.parametrize(("page", "letter", "at_least"), PAGES)
def test_every_test_named_exists(page, letter, at_least):
    named = set(re.findall(r"`(tests/[\w/.]+)`", (ROOT / "docs" / page).read_text()))
    assert len(named) > 15
    assert {name for name in named if not (ROOT / name).exists()} == set()


@pytest.mark.parametrize(("page", "letter", "at_least"), PAGES)
def test_every_row_has_a_control_and_a_test(page, letter, at_least):
    rows = rows_of(page, letter)
    assert len(rows) >= at_least
    assert [row[0] for row in rows if not row[-2] or "`tests/" not in row[-1]] == []
