"""The access matrix: who can reach whose patients and why, said by the same functions that open the doors."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.models import User
from accounts.queries import work_of, work_reaching
from dho.lib.numbers import OSLO
from organisations.enums import Shared
from organisations.models import Agreement
from patients.access import visible_patients
from patients.access_matrix import moment_of, permission_in, rows_of
from tests.database import see_everything
from tests.factories.accounts import let_in, make_membership, make_user
from tests.factories.clock import NOW
from tests.factories.organisations import make_agreement, make_service
from tests.factories.patients import make_enrolment, make_patient

TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def browser_of(user) -> Client:
    browser = Client()
    let_in(browser, user)
    return browser


@pytest.fixture
def as_vera(world):
    """Privacy officer of Kongsvinger."""
    return browser_of(world.vera)


@pytest.fixture
def as_privacy_of_grue(world):
    """Privacy officer of Grue, where the joint service is let in by agreement."""
    paal = make_user("paal", "Pål", "Hauge")
    make_membership(paal, Role.PRIVACY_OFFICER, authority=world.b)
    return browser_of(paal)


def shown(page) -> list[tuple[str, str, str, str, int]]:
    assert page.status_code == 200
    return sorted(
        (str(row.actor.user), row.reason, row.sees, row.relation, row.patients) for row in page.context["rows"]
    )


HELD = "Tjenesten har forløpet, eller pasienten er delt med den"
NOBODY = ("Ingen pasienter", "Ingen: rollen ser ikke pasienter", 0)


def test_it_shows_everybody_who_reaches_the_municipality_and_why(as_privacy_of_grue):
    assert shown(as_privacy_of_grue.get(reverse("access-matrix"))) == [
        ("Anne Dahl", "Avtale", "Målinger og plan", "Er pasientens fastlege", 1),
        ("Berit Lunde", "Avtale", "Målinger og plan", HELD, 1),
        ("Eva Strand", "Avtale", *NOBODY),
        ("Kari Nordmann", "Avtale", "Målinger og plan", HELD, 1),
        ("Pål Hauge", "Arbeider i kommunen", *NOBODY),
        ("Siri Moen", "Arbeider i kommunen", "Målinger og plan", "Alle kommunens pasienter", 1),
    ]


def test_the_owner_of_a_service_needs_no_agreement(as_vera):
    found = shown(as_vera.get(reverse("access-matrix")))
    assert ("Kari Nordmann", "Kommunen eier tjenesten", "Målinger og plan", HELD, 1) in found
    assert {name for name, *_ in found} == {
        "Anne Dahl", "Berit Lunde", "Eva Strand", "Kari Nordmann", "Nils Ness", "Vera Vik"
    }  # fmt: skip


def test_the_matrix_says_what_each_persons_doors_say(world):
    """No second truth: for everybody in every municipality, the numbers are those of the person's own pages."""
    hospital = make_service("Lungeavdelingen", owner=world.c.pk)
    make_agreement(hospital, world.a.pk, shares=[Shared.PLAN])
    make_membership(world.ola, Role.NURSE, service=hospital, valid_from=TODAY)
    for municipality in (world.a, world.b, world.c):
        rows = rows_of(work_reaching(municipality.pk, on=TODAY), municipality.pk, at=NOW)
        told = {row.actor.membership_id: (row.permission, row.patients) for row in rows}
        doors = {}
        for user in User.objects.all():
            for by in work_of(user, on=TODAY):
                if municipality.pk not in by.municipality_ids:
                    continue
                permission = permission_in(by, municipality.pk)
                opened = visible_patients(by, now=NOW, permission=permission) if permission else None
                number = opened.filter(municipality_id=municipality.pk).count() if opened is not None else 0
                doors[by.membership_id] = (permission, number)
        assert told == doors


def test_it_shows_how_it_will_be_on_a_day_to_come(as_privacy_of_grue, world):
    Agreement.objects.filter(service=world.joint, party=world.b).update(valid_until=date(2026, 12, 31))
    for day, there in (("31.12.2026", True), ("01.01.2027", False)):
        page = as_privacy_of_grue.get(reverse("access-matrix"), {"day": day})
        assert ("Kari Nordmann" in [name for name, *_ in shown(page)]) is there
    assert "Slik blir det 1. januar 2027" in page.text


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"role": "GP"}, ["Anne Dahl"]),
        ({"organisation": "Grue"}, ["Pål Hauge", "Siri Moen"]),
        ({"organisation": "Grue", "role": "GP"}, []),
        ({"organisation": "Finnes ikke"}, []),
    ],
)
def test_it_filters_by_organisation_and_role(as_privacy_of_grue, asked, names):
    page = as_privacy_of_grue.get(reverse("access-matrix"), asked)
    assert [name for name, *_ in shown(page)] == names


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("17.11.2026", "Dato: velg 18.11.2026 eller en senere dag."),
        ("31.12.9999", "Dato: skriv et år fra 1900 til 2199."),
        ("snart", "Dato: skriv datoen som dag, måned og år, for eksempel 01.01.2027."),
    ],
)
@pytest.mark.parametrize("name", ["access-matrix", "access-matrix-csv"])
def test_it_names_a_day_that_cannot_be(as_vera, name, day, said):
    page = as_vera.get(reverse(name), {"day": day})
    assert page.status_code == 422
    assert page.context["form"].errors == {"day": [said]}
    assert f'value="{day}"' in page.text


def test_it_asks_the_database_equally_often_for_one_and_thirty(as_vera, world):
    with CaptureQueriesContext(connection) as few:
        before = len(as_vera.get(reverse("access-matrix")).context["rows"])
    see_everything()
    for number in range(30):
        make_membership(make_user(f"n{number}", "Ny", f"Person {number}"), Role.NURSE, service=world.joint)
        birth = date(1940, 1, 1) + timedelta(number)
        make_enrolment(make_patient(world.a.pk, "Ny", f"Pasient {number}", birth_date=birth), world.joint)
    with CaptureQueriesContext(connection) as many:
        rows = as_vera.get(reverse("access-matrix")).context["rows"]
    assert (len(rows), {row.patients for row in rows if row.actor.role == Role.NURSE}) == (before + 30, {31})
    assert len(many) == len(few)


def test_the_file_holds_the_same_rows_and_no_formula(as_vera, world):
    User.objects.filter(pk=world.kari.pk).update(first_name="=HYPERLINK(1)", last_name="Nordmann")
    answer = as_vera.get(reverse("access-matrix-csv"), {"role": "NURSE"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="tilganger-2026-11-18.csv"'
    shares = "Målinger, varsler og det som er gjort, Egenbehandlingsplan, Utstyr og leveringsadresse"
    rest = f";;sykepleier;DHO Solør–Odal;Kommunen eier tjenesten;{shares};Målinger og plan;{HELD};1;01.01.2020;"
    head, *rows = answer.content.decode("utf-8-sig").splitlines()
    assert head == "Person;HPR-nummer;Rolle;Organisasjon;Hvorfor;Deler;Ser;Krever;Pasienter;Fra;Til"
    assert sorted(row.replace('"', "") for row in rows) == [f"'=HYPERLINK(1) Nordmann{rest}", f"Berit Lunde{rest}"]


def test_it_says_what_each_role_may_in_words(as_vera):
    rights = dict(as_vera.get(reverse("access-matrix")).context["rights"])
    assert rights["personvernombud"] == ["Se tilgangsmatrisen", "Lese tilgangsloggen"]
    assert list(rights) == [role.label for role in Role]


@pytest.mark.parametrize("person", ["kari", "dahl", "siri", "eva"])
@pytest.mark.parametrize("name", ["access-matrix", "access-matrix-csv"])
def test_it_refuses_those_without_the_right(world, person, name):
    assert browser_of(getattr(world, person)).get(reverse(name)).status_code == 403


def test_it_hides_another_municipality(as_vera, world):
    page = as_vera.get(reverse("access-matrix"))
    for foreign in ("Ola Berg", "Stavanger", "Siri Moen", "Grue"):
        assert foreign not in page.text


@pytest.mark.parametrize("name", ["access-matrix", "access-matrix-csv"])
def test_it_refuses_other_methods(as_vera, name):
    assert as_vera.post(reverse(name)).status_code == 405


def test_the_moment_of_a_later_day_is_its_beginning():
    later = moment_of(date(2027, 1, 1), now=NOW)
    assert (moment_of(TODAY, now=NOW), later) == (NOW, datetime(2027, 1, 1, tzinfo=OSLO))
