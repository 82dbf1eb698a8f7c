"""CSV files that open in a spreadsheet as text, never as formulas."""

import csv
import io
from collections.abc import Iterable, Sequence

# What Excel and its kin take for the beginning of a formula; a name or label that begins so is only text here.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_of(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Semicolons and a byte order mark, as Norwegian Excel expects; formulas are disarmed with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(heads)
    writer.writerows([_disarmed(str(cell)) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _disarmed(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
