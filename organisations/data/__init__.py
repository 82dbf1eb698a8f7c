"""Public facts on how Norway's health service is divided, as of 1 January 2026.

Sources: Statistics Norway's classification of municipalities (Klass 131) and city districts, and the catchment areas
of the health trusts published by SKDE (10 April 2026). A helsefellesskap is one such area, Oslo taken as one. Where a
name is Norwegian and Sámi or Kven, the Norwegian stands in ``name`` and the others in ``other_name``.
``99`` is a district not stated; it exists because registers hold it.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class MunicipalityFact:
    """A municipality (``district`` empty) or a district of Oslo, Bergen, Trondheim or Stavanger.

    ``id`` is kommunenummer * 100 + bydel. ``trust_code`` is the local hospital's, and None for Oslo as a whole, whose
    districts are divided between four.
    """

    id: int
    number: str
    district: str
    name: str
    other_name: str
    county_number: str
    county: str
    community_code: int
    trust_code: str | None


@dataclass(frozen=True, slots=True)
class HealthCommunityFact:
    """A helsefellesskap: the municipalities in one trust area, with the regional trust they belong to."""

    code: int
    name: str
    region: str


@dataclass(frozen=True, slots=True)
class HealthTrustFact:
    """A health trust, or a private hospital with a catchment area. A regional trust has no ``community_code``."""

    code: str
    name: str
    region: str
    community_code: int | None


@cache
def municipalities() -> list[MunicipalityFact]:
    """All 357 municipalities and 42 city districts, ordered by id."""
    return [
        MunicipalityFact(
            id=int(row["id"]),
            number=row["number"],
            district=row["district"],
            name=row["name"],
            other_name=row["other_name"],
            county_number=row["county_number"],
            county=row["county"],
            community_code=int(row["community_code"]),
            trust_code=row["trust_code"] or None,
        )
        for row in _rows("municipalities.csv")
    ]


@cache
def health_communities() -> list[HealthCommunityFact]:
    """The 19 helsefellesskap, ordered by code."""
    return [
        HealthCommunityFact(int(row["code"]), row["name"], row["region"]) for row in _rows("health_communities.csv")
    ]


@cache
def health_trusts() -> list[HealthTrustFact]:
    """The four regional trusts, the trusts of the 19 areas, and the two private hospitals of the Oslo area."""
    return [
        HealthTrustFact(
            row["code"], row["name"], row["region"], int(row["community_code"]) if row["community_code"] else None
        )
        for row in _rows("health_trusts.csv")
    ]


def _rows(name: str) -> Iterator[dict[str, str]]:
    yield from csv.DictReader((files(__package__) / name).read_text(encoding="utf-8").splitlines())
