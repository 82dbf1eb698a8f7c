"""The facts on municipalities, districts, helsefellesskap and trusts (norway.md 4.7)."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from organisations.data import HealthTrustFact, MunicipalityFact, health_communities, health_trusts, municipalities

SHARED = Path(__file__).resolve().parents[3] / "shared" / "domain"
# The trust is called Sørlandet, its helsefellesskap Agder.
RENAMED = {"Sørlandet": "Agder"}
HOSPITALS = {
    "OUS": "ous",
    "Lovisenberg": "lovisenberg",
    "Diakonhjemmet": "diakonhjemmet",
    "Akershus": "ahus",
    "Stavanger": "stavanger",
    "Bergen": "bergen",
    "St. Olav": "st-olav",
}
MUNICIPALITIES_PER_AREA = {
    "Finnmark": 18,
    "UNN": 24,
    "Nordland": 20,
    "Helgeland": 18,
    "Nord-Trøndelag": 19,
    "St. Olav": 19,
    "Møre og Romsdal": 27,
    "Førde": 17,
    "Bergen": 18,
    "Fonna": 16,
    "Stavanger": 15,
    "Agder": 25,
    "Telemark": 17,
    "Vestfold": 6,
    "Vestre Viken": 21,
    "Østfold": 13,
    "Akershus": 21,
    "Innlandet": 42,
    "Oslo": 1,
}


def whole() -> list[MunicipalityFact]:
    return [fact for fact in municipalities() if not fact.district]


def districts() -> list[MunicipalityFact]:
    return [fact for fact in municipalities() if fact.district]


def rows(name: str) -> list[dict[str, str]]:
    if not (SHARED / name).exists():
        pytest.skip("the published lists are not on this machine")
    with (SHARED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_it_has_every_municipality_and_city_district():
    assert len(whole()) == 357
    assert Counter(fact.number for fact in districts()) == {"0301": 18, "1103": 10, "4601": 9, "5001": 5}
    assert len(districts()) == 42
    assert len({fact.number for fact in whole()}) == 357


def test_ids_are_built_from_the_two_numbers_and_unique():
    assert all(fact.id == int(fact.number) * 100 + int(fact.district or 0) for fact in municipalities())
    assert [fact.id for fact in municipalities()] == sorted({fact.id for fact in municipalities()})


def test_whole_rows_are_read_as_they_should_be():
    by_id = {fact.id: fact for fact in municipalities()}

    assert by_id[30100] == MunicipalityFact(30100, "0301", "", "Oslo", "Oslove", "03", "Oslo", 30, None)
    assert by_id[30101] == MunicipalityFact(30101, "0301", "01", "Gamle Oslo", "", "03", "Oslo", 30, "lovisenberg")
    assert by_id[30110] == MunicipalityFact(30110, "0301", "10", "Grorud", "", "03", "Oslo", 30, "ahus")
    assert by_id[340100] == MunicipalityFact(340100, "3401", "", "Kongsvinger", "", "34", "Innlandet", 15, "ahus")
    assert by_id[554000] == MunicipalityFact(
        554000, "5540", "", "Kåfjord", "Gáivuotna - Kaivuono", "55", "Troms", 2, "unn"
    )


def test_names_are_norwegian_and_tell_namesakes_apart():
    names = [fact.name for fact in whole()]

    assert len(set(names)) == 357
    assert not any(" - " in name or name != name.strip() for name in names)
    assert not set(names) & {"Aarborte", "Hábmer", "Snåase", "Raarvihke", "Gáivuotna", "Guovdageaidnu", "Deatnu"}
    assert {"Hattfjelldal", "Hamarøy", "Snåsa", "Røyrvik", "Kåfjord", "Kautokeino", "Tana", "Nesseby"} < set(names)
    assert {"Våler (Østfold)", "Våler (Innlandet)"} < set(names)


def test_there_are_nineteen_helsefellesskap_with_the_published_number_of_municipalities():
    names = {community.code: community.name for community in health_communities()}

    assert len(names) == 19
    assert Counter(names[fact.community_code] for fact in whole()) == MUNICIPALITIES_PER_AREA


def test_districts_belong_to_their_towns_county_and_helsefellesskap():
    town = {fact.number: fact for fact in whole()}

    for fact in districts():
        parent = town[fact.number]
        assert (fact.county_number, fact.county, fact.community_code) == (
            parent.county_number,
            parent.county,
            parent.community_code,
        )


def test_every_area_has_its_trust_and_oslo_its_three_hospitals():
    areas = Counter(trust.community_code for trust in health_trusts())

    assert areas.pop(None) == 4
    assert areas == {community.code: 3 if community.name == "Oslo" else 1 for community in health_communities()}
    assert {trust.code for trust in health_trusts() if trust.community_code == 30} == {
        "ous",
        "lovisenberg",
        "diakonhjemmet",
    }


def test_trusts_lie_in_their_helsefellesskaps_region():
    regions = {trust.region for trust in health_trusts() if trust.community_code is None}
    by_code = {community.code: community.region for community in health_communities()}

    assert regions == {"Helse Nord RHF", "Helse Midt-Norge RHF", "Helse Vest RHF", "Helse Sør-Øst RHF"}
    assert all(by_code[t.community_code] == t.region for t in health_trusts() if t.community_code is not None)
    assert HealthTrustFact("ahus", "Akershus universitetssykehus HF", "Helse Sør-Øst RHF", 15) in health_trusts()


def test_every_municipality_names_a_trust_that_exists_except_oslo():
    codes = {trust.code for trust in health_trusts()}

    assert {fact.id for fact in municipalities() if fact.trust_code is None} == {30100}
    assert {fact.trust_code for fact in municipalities()} - {None} <= codes


def test_municipalities_agree_with_the_published_list():
    published = {
        row["kommunenummer"]: (
            {part.strip() for part in row["navn"].split(" - ")},
            row["fylkesnummer"],
            row["fylke"],
            int(row["bohf"]),
            RENAMED.get(row["bohf_navn"], row["bohf_navn"]),
            row["borhf_navn"],
        )
        for row in rows("kommuner_2026.csv")
    }
    communities = {community.code: community for community in health_communities()}

    assert {
        fact.number: (
            {fact.name, *filter(None, fact.other_name.split(" - "))},
            fact.county_number,
            fact.county,
            fact.community_code,
            communities[fact.community_code].name,
            communities[fact.community_code].region,
        )
        for fact in whole()
    } == published


def test_districts_agree_with_the_published_list():
    published = [
        (row["kommunenummer"], row["bydel2"], row["navn"], HOSPITALS[row["bohf_navn"]])
        for row in rows("bydeler_2026.csv")
    ]

    assert [(fact.number, fact.district, fact.name, fact.trust_code) for fact in districts()] == published
