"""CSV for spreadsheets: what looks like a formula stays text."""

import pytest

from dho.lib.spreadsheet import csv_of


@pytest.mark.parametrize("cell", ["=1+1", "+47 62", "-1", "@SUM(A1)", "\t=1"])
def test_it_disarms_what_a_spreadsheet_takes_for_a_formula(cell):
    assert csv_of(["A"], [[cell]]).decode("utf-8-sig").splitlines()[1].strip('"') == f"'{cell}"


def test_it_keeps_everything_else():
    file = csv_of(["Navn", "Antall"], [["Máret; «Čálii»", 3], ['Ola "Ola" Berg', 0]])
    assert file.startswith(b"\xef\xbb\xbf")
    assert file.decode("utf-8-sig").splitlines() == [
        "Navn;Antall",
        '"Máret; «Čálii»";3',
        '"Ola ""Ola"" Berg";0',
    ]
