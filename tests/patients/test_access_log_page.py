"""The privacy officer's log: shows the own municipality's looks, finds, pages, and hides everything else."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from audit.enums import Action, Basis
from audit.models import AccessEntry
from audit.queries.log import LogSearch, log_page
from dho.lib import rls
from tests import database
from tests.audit.entries import look_at
from tests.database import see_everything
from tests.factories.accounts import let_in, make_membership, make_user
from tests.factories.clock import NOW
from tests.factories.patients import make_patient
from tests.factories.world import A

PAGE = reverse("access-log")
PERIOD = {"since": "11.11.2026", "until": "18.11.2026"}


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def as_vera(world) -> Client:
    """A browser where the privacy officer of municipality A is signed in."""
    browser = Client()
    let_in(browser, world.vera)
    return browser


def find(browser, **asked):
    return browser.post(PAGE, PERIOD | asked)


def names_in(answer) -> list[str]:
    """Who looked, row by row, without the officer's own looks at the log."""
    return [row.entry.actor_name for row in answer.context["rows"] if row.entry.action != Action.READ_LOG]


def test_it_shows_who_whom_what_why_when_and_where_from(as_vera, world):
    look_at(world.per, world.dahl, role="GP", hpr_number="1234567", address="192.0.2.7", request_id="ab12")
    text = " ".join(as_vera.get(PAGE).text.split())
    for part in ("Anne Dahl", "fastlege", "HPR 1234567", "Aasen, Per", "Åpnet pasient", "Helsehjelp", "192.0.2.7"):
        assert part in text
    assert "18.11.2026 kl. 10.00.00" in text.replace("\u00a0", " ")


def test_it_hides_looks_at_other_municipalities_patients(as_vera, world):
    look_at(world.per, world.kari)
    look_at(world.solveig, world.berit)
    look_at(world.nils, world.ola)
    assert names_in(as_vera.get(PAGE)) == ["Kari Nordmann"]


def test_it_shows_what_the_own_people_were_refused_without_naming_the_foreign_patient(as_vera, world):
    look_at(world.nils, world.ness, municipality_id=A, allowed=False)
    text = as_vera.get(PAGE).text
    assert "(avvist)" in text
    assert "Ikke kommunens pasient" in text
    assert "Iversen" not in text


def test_a_refusal_about_nobody_in_particular_is_not_about_many(as_vera, world):
    """An unknown national id, handover or version names no patient."""
    row = {"municipality_id": A, "patient_id": None, "actor_name": "Kari Nordmann", "role": "NURSE"}
    row |= {"action": Action.EMERGENCY_ACCESS, "basis": Basis.EMERGENCY, "allowed": False}
    AccessEntry(at=NOW, **row).save(force_insert=True)
    text = as_vera.get(PAGE).text
    # Only the officer's own look at the list is about several.
    assert (text.count("Ikke oppgitt"), text.count("Flere pasienter")) == (1, 1)


def test_it_finds_by_national_id_and_keeps_it_out_of_the_address(as_vera, world):
    other = make_patient(A, "Oda", "Vang")
    look_at(other, world.berit)
    look_at(world.per, world.kari)
    see_everything()
    answer = find(as_vera, national_id=f"{other.national_id[:6]} {other.national_id[6:]}")
    assert names_in(answer) == ["Berit Lunde"]
    assert answer.request["QUERY_STRING"] == ""


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"person": "kari nordmann"}, ["Kari Nordmann"]),
        ({"action": "OPEN_PLAN"}, ["Berit Lunde"]),
        ({"until": "17.11.2026"}, ["Berit Lunde"]),
        ({"since": "18.11.2026"}, ["Kari Nordmann"]),
        ({}, ["Kari Nordmann", "Berit Lunde"]),
    ],
)
def test_it_finds_by_person_action_and_day(as_vera, world, asked, found):
    look_at(world.per, world.kari)
    look_at(world.per, world.berit, at=NOW - timedelta(days=1), action=Action.OPEN_PLAN)
    assert names_in(find(as_vera, **asked)) == found


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        (
            {"national_id": "12345678901"},
            "Fødselsnummer: kommunen har ingen pasient med dette nummeret. Sjekk sifrene.",
        ),
        (
            {"person": "Ingen Slik"},
            "Navnet: ingen med dette navnet står i loggen i perioden. Sjekk skrivemåten og dagene.",
        ),
        ({"since": ""}, "Fra og med: skriv datoen."),
        ({"since": "31.12.9999", "until": "31.12.9999"}, "Fra og med: skriv et år fra 1900 til 2199."),
        ({"until": "31.12.9999"}, "Til og med: skriv et år fra 1900 til 2199."),
        ({"until": "i går"}, "Til og med: skriv datoen som dag, måned og år, for eksempel 01.01.2027."),
        ({"until": "01.11.2026"}, "Til og med: velg en dag etter «Fra og med», og høyst ett år etter."),
        ({"action": "X"}, "Handling: velg en fra listen."),
        ({"after": "x"}, "Siden i loggen finnes ikke. Søk på nytt."),
        ({"patient": "x"}, "Lenken til pasienten er feil. Søk på fødselsnummer i stedet."),
    ],
)
def test_it_says_what_is_wrong_and_keeps_what_was_written(as_vera, asked, problem):
    answer = find(as_vera, **asked)
    assert answer.status_code == 422
    assert problem in answer.text
    assert all(str(value) in answer.text for value in asked.values())


def test_the_own_person_is_found_among_many_of_the_same_name_elsewhere(as_vera, world):
    for number in range(51):
        make_user(f"kari{number}", "Kari", "Nordmann", id=UUID(int=number))
    look_at(world.per, world.kari)
    assert names_in(find(as_vera, person="kari nordmann")) == ["Kari Nordmann"]


def test_more_of_one_name_than_can_be_looked_for_are_not_left_out_unseen(as_vera, world):
    for number in range(51):
        make_membership(made := make_user(f"kari{number}", "Kari", "Vik"), Role.NURSE, service=world.joint)
        look_at(world.per, made)
    answer = find(as_vera, person="kari vik")
    assert answer.status_code == 422
    assert "Navnet: for mange har dette navnet. Skriv også fornavn eller etternavn." in answer.text


def test_it_finds_no_patient_of_another_municipality_by_number_or_id(as_vera, world):
    assert find(as_vera, national_id=world.nils.national_id).status_code == 422
    foreign = as_vera.get(PAGE, {"pasient": world.nils.pk})
    missing = as_vera.get(PAGE, {"pasient": world.joint.pk})
    assert (foreign.status_code, missing.status_code) == (404, 404)


def test_it_pages_through_everything_once_while_new_rows_come_in(as_vera, world):
    for minute in range(120):
        look_at(world.per, world.kari, at=NOW - timedelta(minutes=minute // 2))
    seen, after = [], ""
    while True:
        answer = find(as_vera, after=after, action="OPEN_PATIENT")
        seen += [row.entry.pk for row in answer.context["rows"]]
        look_at(world.per, world.berit)
        if not (after := answer.context["after"]):
            break
        assert "Vis eldre" in answer.text
    assert len(seen) == len(set(seen)) == 120


def test_it_says_so_when_nobody_has_looked(as_vera):
    assert "Ingen har sett noe som passer med søket i denne perioden." in find(as_vera, action="EXPORT").text


def test_its_own_opening_is_logged_with_the_patient_it_was_about(as_vera, world):
    as_vera.get(PAGE)
    as_vera.get(PAGE, {"pasient": world.per.pk})
    see_everything()
    rows = AccessEntry.objects.order_by("id").values_list("action", "patient_id", "municipality_id", "basis")
    assert list(rows) == [("READ_LOG", None, A, "CONTROL"), ("READ_LOG", world.per.pk, A, "CONTROL")]


def test_it_asks_the_database_equally_often_for_few_and_many(as_vera, world):
    def count():
        with CaptureQueriesContext(connection) as seen:
            as_vera.get(PAGE)
        return len(seen)

    look_at(world.per, world.kari)
    few = count()
    see_everything()
    for number in range(30):
        look_at(make_patient(A, "Oda", f"Vang {number}"), world.kari)
    assert count() == few


def test_it_has_no_clinical_content(as_vera, world):
    look_at(world.per, world.kari)
    text = as_vera.get(PAGE).text
    assert world.per.cave not in text
    assert "Kols" not in text


def test_each_search_of_a_long_log_reads_an_index(committed_world):
    people, patients = [[uuid4() for _ in range(60)] for _ in range(2)]
    row = {"role": "NURSE", "action": "OPEN_PATIENT", "basis": "HEALTH_CARE", "allowed": True}
    AccessEntry.objects.bulk_create(
        AccessEntry(
            at=NOW - timedelta(hours=n),
            actor_id=people[n % 60],
            patient_id=patients[n * 7 % 60],
            municipality_id=A if n % 3 else committed_world.c.pk,
            **row,
        )
        for n in range(6000)
    )
    with database.as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE audit_accessentry")
    year = {"municipality_ids": frozenset({A}), "since": NOW - timedelta(days=300), "until": NOW}
    assert index_read_for(LogSearch(**year)) == "access_by_municipality"
    assert index_read_for(LogSearch(**year, patient_id=patients[1])) == "access_by_patient"
    assert index_read_for(LogSearch(**year, actor_ids=[people[1]])) == "access_by_person"


def index_read_for(search: LogSearch) -> str:
    """The one index in the plan of the page's query."""
    with rls.acting_for([A]), CaptureQueriesContext(connection) as seen:
        log_page(search)
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN " + seen.captured_queries[-1]["sql"])
            plan = "\n".join(row[0] for row in cursor.fetchall())
    found = set(re.findall(r"access_by_\w+", plan))
    assert len(found) == 1, plan
    return found.pop()


def test_it_refuses_other_methods(as_vera):
    assert as_vera.put(PAGE).status_code == 405
