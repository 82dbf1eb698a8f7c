"""The built front-end files fit a content security policy of 'self' and a storage with hashed names."""

import re
from pathlib import Path

import pytest

from dho.embedded.static_files import FONTS, LICENCES, TEXT_FILES, VENDOR

STYLES = [VENDOR / name for name in TEXT_FILES.values() if name.endswith(".css")] + [
    VENDOR.parent / "css" / "inter.css"
]


def test_it_brings_every_file_and_licence():
    wanted = {*TEXT_FILES.values(), *LICENCES.values(), *(f"inter/{name}" for name in FONTS)}
    there = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()}
    assert {name for name in there if "/icon-" not in name} == wanted


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_a_style_sheet_refers_only_to_files_that_are_there(style: Path):
    addresses = re.findall(r"""url\(\s*["']?([^"')]+)""", style.read_text(encoding="utf-8"))
    assert [address for address in addresses if not (style.parent / address).is_file()] == []


@pytest.mark.parametrize("name", TEXT_FILES.values())
def test_a_file_names_no_source_map(name: str):
    assert "sourceMappingURL" not in (VENDOR / name).read_text(encoding="utf-8")
