"""People and roles: given and ended by the organisation's own, never by oneself and never above the giver."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Membership, User
from accounts.queries import work_of
from organisations.enums import PartnerKind, Shared
from organisations.models import HealthTrust, Partner
from tests.factories.accounts import let_in, make_membership, make_user
from tests.factories.clock import NOW
from tests.factories.organisations import make_agreement, make_service

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
def as_ness(world):
    """Administrator of Kongsvinger, which owns the joint service."""
    return browser_of(world.ness)


@pytest.fixture
def as_eva(world):
    """Leader of the joint service."""
    return browser_of(world.eva)


@pytest.fixture
def mona(world):
    """A person whom nobody has given a role."""
    return make_user("mona", "Mona", "Krogh", hpr_number="7777777")


@pytest.fixture
def depot(world):
    """A supplier that Kongsvinger has an agreement with."""
    partner = Partner.objects.create(name="Nordlys Teknikk", kind=PartnerKind.SUPPLIER)
    make_agreement(None, world.a.pk, partner=partner, shares=[Shared.EQUIPMENT])
    return partner


def give(browser, user, place, role, valid_from="18.11.2026", valid_until=""):
    fields = {"workplace": place, "role": role, "valid_from": valid_from, "valid_until": valid_until}
    return browser.post(reverse("person", args=[user.pk]), fields)


def errors(page) -> dict[str, list[str]]:
    assert page.status_code == 422
    return {field: list(found) for field, found in page.context["form"].errors.items()}


def at(world, name="joint") -> str:
    return f"service:{getattr(world, name).pk}"


def shown(page) -> list[tuple[str, str]]:
    return [(str(row.user), row.role) for row in page.context["rows"]]


def test_the_administrator_sees_the_people_of_what_belongs_to_the_municipality(as_ness, depot):
    make_membership(make_user("per-erik", "Per-Erik", "Aas"), Role.LOGISTICS, partner=depot)
    assert shown(as_ness.get(reverse("people"))) == [
        ("Nils Ness", "MUNICIPAL_ADMINISTRATOR"),
        ("Vera Vik", "PRIVACY_OFFICER"),
        ("Berit Lunde", "NURSE"),
        ("Kari Nordmann", "NURSE"),
        ("Eva Strand", "SERVICE_LEADER"),
        ("Anne Dahl", "GP"),
        ("Per-Erik Aas", "LOGISTICS"),
    ]


def test_the_leader_sees_the_own_service_only(as_eva):
    assert shown(as_eva.get(reverse("people"))) == [
        ("Berit Lunde", "NURSE"),
        ("Kari Nordmann", "NURSE"),
        ("Eva Strand", "SERVICE_LEADER"),
    ]


def test_it_asks_the_database_equally_often_for_few_and_many(as_ness, world):
    with CaptureQueriesContext(connection) as few:
        as_ness.get(reverse("people"))
    for number in range(30):
        make_membership(make_user(f"n{number}", "Ny", f"Person {number}"), Role.NURSE, service=world.joint)
    with CaptureQueriesContext(connection) as many:
        assert len(as_ness.get(reverse("people")).context["rows"]) == 36
    assert len(many) == len(few)


@pytest.mark.parametrize("text", ["mona", " Mona ", "7777777"])
def test_it_finds_a_person_by_user_name_or_hpr_number(as_eva, mona, text):
    answer = as_eva.post(reverse("people"), {"finn": text})
    assert (answer.status_code, answer.url) == (302, reverse("person", args=[mona.pk]))


@pytest.mark.parametrize("text", ["mon", "777", "Krogh", "%"])
def test_a_part_finds_nobody_and_keeps_the_text(as_eva, mona, text):
    page = as_eva.post(reverse("people"), {"finn": text})
    assert "Vi fant ingen" in page.text
    assert f'value="{text}"' in page.text


def test_a_search_that_can_stand_in_no_name_is_refused_in_words(as_eva):
    page = as_eva.post(reverse("people"), {"finn": "mo\x00na"})
    assert page.status_code == 422
    assert "Søk: teksten har et tegn som ikke kan vises. Skriv den på nytt." in page.text


def test_the_longest_name_that_the_form_takes_opens_every_page_that_logs(as_eva, world):
    name = {"given_name": "Å" * 90, "family_name": "Ø" * 100}
    assert as_eva.post(reverse("person-new"), NEW | name).status_code == 302
    made = User.objects.get(username="mari.lund")
    give(as_eva, made, at(world), "NURSE")
    assert browser_of(made).get(reverse("queue")).status_code == 200
    assert errors(as_eva.post(reverse("person-new"), NEW | {"username": "b", "given_name": "Å" * 91})) == {
        "given_name": ["Fornavn: skriv høyst 90 tegn."]
    }


def test_it_ignores_a_search_in_the_address(as_eva, mona):
    assert as_eva.get(reverse("people"), {"finn": "mona"}).status_code == 200


def test_it_hides_what_the_person_is_elsewhere(as_eva, world):
    page = as_eva.get(reverse("person", args=[world.ola.pk]))
    assert list(page.context["rows"]) == []
    assert "Stavanger" not in page.text


def test_a_leader_gives_a_role_in_the_own_service(as_eva, world, mona):
    assert give(as_eva, mona, at(world), "NURSE", valid_until="31.12.2026").status_code == 302
    given = Membership.objects.get(user=mona)
    assert (given.role, given.service, given.valid_from, given.valid_until, given.given_by) == (
        Role.NURSE,
        world.joint,
        TODAY,
        date(2026, 12, 31),
        world.eva,
    )


def test_the_leader_of_a_hospitals_own_service_gives_roles_there(world, mona):
    """A department has no municipality: its leader, set in by the operator, is the only one who manages it."""
    trust = HealthTrust.objects.get(pk="ahus")
    department = make_service("Lungeavdelingen", owner=None, trust=trust)
    leader = make_user("liv", "Liv", "Aas")
    make_membership(leader, Role.SERVICE_LEADER, service=department)
    assert give(browser_of(leader), mona, f"service:{department.pk}", "SPECIALIST").status_code == 302
    assert Membership.objects.get(user=mona).service == department


@pytest.mark.parametrize("role", ["SERVICE_LEADER", "MUNICIPAL_ADMINISTRATOR", "GP", "ALLMEKTIG"])
def test_a_leader_gives_no_role_above_or_outside_the_service(as_eva, world, mona, role):
    assert errors(give(as_eva, mona, at(world), role)) == {"role": ["Rolle: velg en i listen."]}
    assert not Membership.objects.filter(user=mona).exists()


def test_a_leader_gives_nothing_in_another_service(as_eva, world, mona):
    assert errors(give(as_eva, mona, at(world, "own_c"), "NURSE")) == {"workplace": ["Organisasjon: velg en i listen."]}


@pytest.mark.parametrize(
    ("place", "role"),
    [("joint", "SERVICE_LEADER"), ("a", "MUNICIPAL_ADMINISTRATOR"), ("a", "PRIVACY_OFFICER"), ("practice", "GP")],
)
def test_the_administrator_gives_the_roles_of_what_belongs_to_the_municipality(as_ness, world, mona, place, role):
    practice = world.dahl.memberships.get().practice
    places = {"joint": at(world), "a": f"authority:{world.a.pk}", "practice": f"practice:{practice.pk}"}
    assert give(as_ness, mona, places[place], role).status_code == 302
    assert Membership.objects.get(user=mona).role == role


def test_the_role_must_fit_the_organisation(as_ness, world, mona):
    assert errors(give(as_ness, mona, at(world), "GP")) == {
        "role": ["Rolle: fastlege passer ikke i DHO Solør–Odal. Velg en annen rolle."]
    }


def test_nobody_gives_oneself_a_role(as_ness, world):
    own = {"role": ["Rolle: du kan ikke gi deg selv en rolle. Be en annen administrator."]}
    assert errors(give(as_ness, world.ness, at(world), "NURSE")) == own
    assert "Be en annen administrator." in as_ness.get(reverse("person", args=[world.ness.pk])).text


def test_the_same_role_is_not_given_twice_at_a_time(as_eva, world):
    twice = {"role": ["Rolle: personen er allerede sykepleier i DHO Solør–Odal på samme tid."]}
    assert errors(give(as_eva, world.kari, at(world), "NURSE")) == twice


@pytest.mark.parametrize(
    ("first", "last", "refused"),
    [
        ("17.11.2026", "", {"valid_from": ["Første dag: velg i dag eller en senere dag."]}),
        ("", "", {"valid_from": ["Første dag: skriv datoen."]}),
        ("31.12.9999", "", {"valid_from": ["Første dag: skriv et år fra 1900 til 2199."]}),
        (
            "20.11.2026",
            "19.11.2026",
            {"valid_until": ["Siste dag: velg samme dag som første dag eller en senere dag."]},
        ),
    ],
)
def test_it_names_the_field_and_keeps_what_is_filled_in(as_eva, world, mona, first, last, refused):
    page = give(as_eva, mona, at(world), "NURSE", first, last)
    assert errors(page) == refused
    assert [page.context["form"][name].value() for name in ("workplace", "role")] == [at(world), "NURSE"]


def test_support_from_the_end_of_the_calendar_is_refused_in_words(as_ness, mona, depot):
    page = give(as_ness, mona, f"partner:{depot.pk}", "SUPPORT", "31.12.9999", "31.12.9999")
    assert errors(page) == {
        "valid_from": ["Første dag: skriv et år fra 1900 til 2199."],
        "valid_until": ["Siste dag: skriv et år fra 1900 til 2199."],
    }


@pytest.mark.parametrize("last", ["", "25.11.2026"])
def test_support_is_short(as_ness, mona, depot, last):
    refused = "Siste dag: leverandørstøtte varer høyst sju dager. Velg senest 24.11.2026."
    page = give(as_ness, mona, f"partner:{depot.pk}", "SUPPORT", valid_until=last)
    assert errors(page) == {"valid_until": [refused]}


def test_support_for_seven_days_is_approved_by_the_administrator_and_never_prolonged(as_ness, world, mona, depot):
    assert give(as_ness, mona, f"partner:{depot.pk}", "SUPPORT", valid_until="24.11.2026").status_code == 302
    given = Membership.objects.get(user=mona)
    assert (given.role, given.given_by, given.party) == (Role.SUPPORT, world.ness, world.a)
    page = as_ness.post(reverse("membership-end", args=[given.pk]), {"valid_until": "25.11.2026"})
    assert errors(page) == {"valid_until": ["Siste dag: støtte kan ikke forlenges. Gi en ny rolle i stedet."]}


def test_another_municipalitys_people_at_the_same_partner_are_not_listed_nor_ended(as_ness, world, mona, depot):
    make_agreement(None, world.c.pk, partner=depot, shares=[Shared.EQUIPMENT])
    theirs = make_membership(mona, Role.LOGISTICS, partner=depot, party=world.c)
    assert "Mona Krogh" not in as_ness.get(reverse("people")).text
    assert list(as_ness.get(reverse("person", args=[mona.pk])).context["rows"]) == []
    assert as_ness.post(reverse("membership-end", args=[theirs.pk]), {"at_once": "on"}).status_code == 404
    assert give(as_ness, mona, f"partner:{depot.pk}", "LOGISTICS").status_code == 302
    assert work_of(mona, on=TODAY)[1].municipality_ids == {world.a.pk}


def test_a_partner_without_an_agreement_in_force_is_not_managed(as_ness, mona, depot):
    depot.agreements.update(valid_until="2026-11-17")
    page = give(as_ness, mona, f"partner:{depot.pk}", "SUPPORT", valid_until="20.11.2026")
    assert errors(page)["workplace"] == ["Organisasjon: velg en i listen."]


def test_access_ends_at_once_in_an_open_browser(as_eva, world):
    kari = browser_of(world.kari)
    assert kari.get(reverse("queue")).status_code == 200
    membership = world.kari.memberships.get()
    assert as_eva.post(reverse("membership-end", args=[membership.pk]), {"at_once": "on"}).status_code == 302
    assert kari.get(reverse("queue")).status_code == 403
    assert shown(as_eva.get(reverse("people"))) == [("Berit Lunde", "NURSE"), ("Eva Strand", "SERVICE_LEADER")]


def test_a_role_given_today_by_mistake_ends_at_once(as_eva, world, mona):
    give(as_eva, mona, at(world), "NURSE")
    as_eva.post(reverse("membership-end", args=[Membership.objects.get(user=mona).pk]), {"at_once": "on"})
    assert work_of(mona, on=TODAY) == []


def test_access_lasts_the_last_day_out(as_eva, world):
    as_eva.post(reverse("membership-end", args=[world.kari.memberships.get().pk]), {"valid_until": "18.11.2026"})
    for minute, status in (((22, 59), 200), ((23, 1), 403)):
        with time_machine.travel(datetime(2026, 11, 18, *minute, tzinfo=UTC), tick=False):
            assert browser_of(world.kari).get(reverse("queue")).status_code == status


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Siste dag: skriv datoen."),
        ("31.02.2027", "Siste dag: skriv datoen som dag, måned og år, for eksempel 01.01.2027."),
        ("01.11.2026", "Siste dag: velg 18.11.2026 eller en senere dag."),
    ],
)
def test_ending_names_the_field(as_eva, world, text, said):
    membership = world.kari.memberships.get()
    page = as_eva.post(reverse("membership-end", args=[membership.pk]), {"valid_until": text})
    assert errors(page) == {"valid_until": [said]}
    membership.refresh_from_db()
    assert membership.valid_until is None


def test_nobody_ends_the_own_role_or_one_above(as_ness, as_eva, world):
    own = as_ness.post(reverse("membership-end", args=[world.ness.memberships.get().pk]), {"at_once": "on"})
    refused = "Siste dag: du kan ikke avslutte din egen rolle. Be en annen administrator."
    assert errors(own) == {"valid_until": [refused]}
    leader = reverse("membership-end", args=[world.eva.memberships.get().pk])
    assert as_eva.post(leader, {"at_once": "on"}).status_code == 404


def test_it_hides_another_organisations_memberships(as_eva, as_ness, world):
    for browser, person in ((as_eva, "ness"), (as_eva, "ola"), (as_ness, "ola"), (as_ness, "siri")):
        foreign = reverse("membership-end", args=[getattr(world, person).memberships.get().pk])
        assert browser.get(foreign).status_code == browser.post(foreign, {"at_once": "on"}).status_code == 404
    assert as_eva.get(reverse("membership-end", args=[uuid4()])).status_code == 404
    assert as_eva.get(reverse("person", args=[uuid4()])).status_code == 404


NEW = {"given_name": "Mari", "family_name": "Lund", "username": "mari.lund", "email": "mari@example.org"}


def test_it_registers_a_person_without_password_or_rights(as_eva):
    answer = as_eva.post(reverse("person-new"), NEW | {"hpr_number": "1212121"})
    made = User.objects.get(username="mari.lund")
    assert (answer.status_code, answer.url) == (302, reverse("person", args=[made.pk]))
    assert (made.get_full_name(), made.email, made.hpr_number) == ("Mari Lund", "mari@example.org", "1212121")
    assert (made.has_usable_password(), made.is_staff, made.is_superuser) == (False, False, False)
    assert list(made.memberships.all()) == []


@pytest.mark.parametrize(
    ("other", "refused"),
    [
        (
            {"username": "KARI"},
            {"username": ["Brukernavn: det er i bruk. Finn personen, eller velg et annet brukernavn."]},
        ),
        (
            {"hpr_number": "1234567"},
            {"hpr_number": ["HPR-nummer: personen er registrert. Finn personen med HPR-nummeret."]},
        ),
        ({"hpr_number": "12"}, {"hpr_number": ["HPR-nummer: skriv sju til ni sifre."]}),
        ({"email": "mari"}, {"email": ["E-post: skriv en adresse, for eksempel navn@kommunen.no."]}),
        ({"given_name": " "}, {"given_name": ["Fornavn: fyll inn feltet."]}),
        ({"username": "mari lund"}, {"username": ["Brukernavn: bruk bare bokstaver, tall, punktum og bindestrek."]}),
    ],
)
def test_registering_names_the_field_and_keeps_what_is_filled_in(as_eva, other, refused):
    page = as_eva.post(reverse("person-new"), NEW | other)
    assert errors(page) == refused
    assert page.context["form"]["family_name"].value() == "Lund"
    assert not User.objects.filter(email="mari@example.org").exists()


@pytest.mark.parametrize("person", ["kari", "dahl", "siri"])
def test_it_refuses_those_without_the_right(world, person):
    browser = browser_of(getattr(world, person))
    addresses = [reverse("people"), reverse("person-new"), reverse("person", args=[world.ola.pk])]
    assert [browser.get(address).status_code for address in addresses] == [403, 403, 403]


@pytest.mark.parametrize("name", ["people", "person-new"])
def test_it_refuses_other_methods(as_eva, name):
    assert as_eva.put(reverse(name)).status_code == 405


def test_it_asks_for_login(db, client):
    assert client.get(reverse("people")).url == "/logg-inn/?next=/personer/"
