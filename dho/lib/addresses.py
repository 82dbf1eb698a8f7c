"""Norwegian home addresses, told apart without being read: one written form, and keyed indexes of it (ADR 22).

«Same address» is the street with its number and letter in a postal code; «neighbourhood» the street in that postal
code. The same street name in another postal code is another street. Nothing here puts an address into a message.
"""

import re
from dataclasses import dataclass
from typing import Final
from unicodedata import normalize

from dho.lib.encryption import blind_index

# House number, its letter with or without a space, and the dwelling behind it (bolignummer, H0201), which is left out.
_HOUSE: Final = re.compile(r"[ ,]+(\d{1,4})\s*([a-zæøå])?(?:[ ,]+[hklu]\d{4})?$")
# The endings that people write in several ways, joined to the name or as a word of its own.
_ENDINGS: Final = (
    (re.compile(r"(?:veien|vegen|vei|veg|vn\.?|(?<= )v\.?)$"), "vei"),
    (re.compile(r"(?:gaten|gata|gate|gt\.?|(?<= )g\.?)$"), "gate"),
    (re.compile(r"(?:plassen|plass|pl\.?)$"), "plass"),
)


@dataclass(frozen=True, slots=True)
class AddressIndexes:
    """What can be compared. Without a house number nobody knows that two live in the same house: `address` is empty."""

    address: str
    neighbourhood: str


NOWHERE: Final = AddressIndexes("", "")


def indexes_of(street: str, postal_code: str) -> AddressIndexes:
    """The indexes of an address; both empty where the street or the postal code is."""
    name, house = _parts(street)
    if not name or not postal_code:
        return NOWHERE
    address = blind_index(f"address|{postal_code}|{name}|{house}") if house else ""
    return AddressIndexes(address, blind_index(f"neighbourhood|{postal_code}|{name}"))


def _parts(street: str) -> tuple[str, str]:
    """The street and the house («12b») in their one written form."""
    text = " ".join(normalize("NFKC", street).casefold().split())
    found = _HOUSE.search(text)
    name = text[: found.start()] if found else text
    for ending, written in _ENDINGS:
        name = ending.sub(written, name, count=1)
    house = f"{int(found[1])}{found[2] or ''}" if found else ""
    return re.sub(r"[^\w]", "", name), house
