"""docs/hazards.md names the test of each control; a test that is gone leaves the hazard open."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_test_named_in_the_hazards_exists():
    named = set(re.findall(r"`(tests/[\w/.]+)`", (ROOT / "docs" / "hazards.md").read_text()))
    assert len(named) > 15
    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_every_hazard_has_a_control_and_a_test():
    rows = [line.split("|")[1:-1] for line in (ROOT / "docs" / "hazards.md").read_text().splitlines() if "| H" in line]
    assert len(rows) >= 20
    assert [row[0].strip() for row in rows if not (row[2].strip() and "`tests/" in row[3])] == []
