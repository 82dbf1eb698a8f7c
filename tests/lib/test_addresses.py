"""Addresses in one written form: what is the same house, the same street, and what is not."""

import pytest

from dho.lib.addresses import NOWHERE, indexes_of
from dho.lib.encryption import blind_index

STORGATA = indexes_of("Storgata 12 B", "2211")


@pytest.mark.parametrize(
    "street",
    [
        "storgata 12b", "STORGATA 12 B", "  Storgata   12 b ", "Storgaten 12B", "Storgate 12B", "Storgt. 12 B",
        "Storgata, 12 B", "Storgata 12 B, H0201", "Storgata 012B", "Stor gata 12B", "Stor-gata 12B",
    ],
)  # fmt: skip
def test_the_same_house_written_in_another_way(street):
    assert indexes_of(street, "2211") == STORGATA


@pytest.mark.parametrize(
    "street", ["Kirkeveien 3", "Kirkevegen 3", "Kirkevei 3", "Kirkeveg 3", "Kirkevn. 3", "Kirke v. 3"]
)
def test_every_way_to_write_a_road(street):
    assert indexes_of(street, "4014") == indexes_of("kirke vei 3", "4014")


@pytest.mark.parametrize("street", ["Storgata 12", "Storgata 12 C", "Storgata 14 B"])
def test_another_house_in_the_street_is_a_neighbour(street):
    found = indexes_of(street, "2211")
    assert found.address != STORGATA.address
    assert found.neighbourhood == STORGATA.neighbourhood


@pytest.mark.parametrize(
    ("street", "code"), [("Storgata 12 B", "2212"), ("Storveien 12 B", "2211"), ("Lillegata 12 B", "2211")]
)
def test_another_street_or_postal_code_is_neither(street, code):
    found = indexes_of(street, code)
    assert found.address != STORGATA.address
    assert found.neighbourhood != STORGATA.neighbourhood


def test_without_a_number_nobody_lives_in_the_same_house():
    found = indexes_of("Storgata", "2211")
    assert (found.address, found.neighbourhood) == ("", STORGATA.neighbourhood)


@pytest.mark.parametrize(("street", "code"), [("", "2211"), ("Storgata 1", ""), ("", "")])
def test_an_address_that_is_none(street, code):
    assert indexes_of(street, code) == NOWHERE


def test_an_index_is_keyed_and_says_what_it_is_of(settings):
    assert STORGATA.address != STORGATA.neighbourhood
    assert len(STORGATA.address) == 64
    assert STORGATA.address != blind_index("storgate12b2211")
    settings.BLIND_INDEX_KEY = "another"
    assert indexes_of("Storgata 12 B", "2211") != STORGATA
