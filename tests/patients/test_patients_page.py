"""The list of patients: own ones only, and a search that leaves no name in an address."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories.accounts import let_in
from tests.factories.patients import end_course, make_enrolment, make_patient


def browser_of(user) -> Client:
    """A browser where this person is signed in."""
    browser = Client()
    let_in(browser, user)
    return browser


def names(page) -> list[str]:
    """The patients that the page shows, in its order."""
    return [row["patient"].name for row in page.context["rows"]]


@pytest.mark.parametrize(
    ("person", "seen"),
    [
        ("kari", ["Aasen, Per", "Eide, Solveig"]),
        ("siri", ["Eide, Solveig"]),
        ("dahl", ["Aasen, Per", "Eide, Solveig"]),
        ("ola", ["Iversen, Nils"]),
    ],
)
def test_it_shows_the_own_patients_only(world, person, seen):
    page = browser_of(getattr(world, person)).get(reverse("patients"))
    assert names(page) == seen


def test_it_shows_birth_date_municipality_group_and_status(as_kari):
    page = as_kari.get(reverse("patients"))
    for text in ("14.03.1948 (78 år)", "Kongsvinger", "Kols", "I drift", "2 pasienter."):
        assert text in page.text


@pytest.mark.parametrize("text", ["aas", "AASEN", "per", "Aasen, Per", " per  aasen "])
def test_it_finds_by_part_of_a_name(as_kari, text):
    assert names(as_kari.post(reverse("patients"), {"finn": text})) == ["Aasen, Per"]


def test_it_finds_by_the_whole_national_id(as_kari, world):
    number = world.per.national_id
    assert names(as_kari.post(reverse("patients"), {"finn": f"{number[:6]} {number[6:]}"})) == ["Aasen, Per"]


@pytest.mark.parametrize("field", ["national_id", "family_name"])
def test_it_does_not_find_a_patient_of_another_municipality(as_kari, world, field):
    page = as_kari.post(reverse("patients"), {"finn": getattr(world.nils, field)})
    assert names(page) == []
    assert "Vi fant ingen pasienter som passer." in page.text


def test_a_search_that_can_stand_in_no_name_is_refused_in_words(as_kari):
    page = as_kari.post(reverse("patients"), {"finn": "Aa\x00sen"})
    assert page.status_code == 422
    assert "Søk: teksten har et tegn som ikke kan vises. Skriv den på nytt." in page.text


def test_it_ignores_a_search_in_the_address(as_kari):
    assert names(as_kari.get(reverse("patients"), {"finn": "aas"})) == ["Aasen, Per", "Eide, Solveig"]


def test_it_leaves_out_those_whose_course_has_ended(as_kari, world):
    end_course(world.solveig)
    assert names(as_kari.get(reverse("patients"))) == ["Aasen, Per"]


def test_it_says_how_many_more_there_are(as_kari, world):
    for number in range(99):
        make_enrolment(
            make_patient(world.a.pk, "Ny", f"Pasient{number}", birth_date=date(1940, 1, 1) + timedelta(number)),
            world.joint,
        )
    page = as_kari.get(reverse("patients"))
    assert len(names(page)) == 100
    assert "Viser 100 av 101. Søk for å finne flere." in page.text


def test_it_asks_the_database_equally_often_for_few_and_many(as_kari, world):
    with CaptureQueriesContext(connection) as few:
        as_kari.get(reverse("patients"))
    for number in range(3):
        make_enrolment(
            make_patient(world.a.pk, "Ny", f"Pasient{number}", birth_date=date(1940, 1, 1) + timedelta(number)),
            world.joint,
        )
    with CaptureQueriesContext(connection) as many:
        assert len(names(as_kari.get(reverse("patients")))) == 5
    assert len(many) == len(few)


@pytest.mark.parametrize("person", ["ness", "eva"])
def test_it_refuses_roles_without_clinical_content(world, person):
    assert browser_of(getattr(world, person)).get(reverse("patients")).status_code == 403


def test_it_asks_for_login(db, client):
    assert client.get(reverse("patients")).url == "/logg-inn/?next=/pasienter/"
