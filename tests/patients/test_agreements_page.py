"""Agreements: the list, one with its history, and what the review promises before anything is saved."""

import re
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import InternalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from organisations.enums import PartnerKind, Shared, Task
from organisations.models import Agreement, Partner
from patients.access import visible_patients
from tests.database import see_everything
from tests.factories.accounts import actor_of, let_in, make_membership, make_user
from tests.factories.clock import NOW
from tests.factories.organisations import make_agreement, make_service

TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def grue(world):
    """A browser where Grue's administrator is signed in: Grue is party to the joint service's agreement."""
    berg = make_user("berg", "Gro", "Berg")
    make_membership(berg, Role.MUNICIPAL_ADMINISTRATOR, authority=world.b)
    browser = Client()
    let_in(browser, berg)
    return browser


@pytest.fixture
def joint_in_grue(world):
    return Agreement.objects.get(service=world.joint, party=world.b)


def changes(page) -> list[str]:
    assert page.status_code == 200, page.text
    return page.context["changes"]


def confirm(browser, address, fields):
    """The review is read, and said yes to."""
    page = browser.post(address, fields)
    return browser.post(address, fields | {"told": changes(page), "confirmed": "on"})


def filled(agreement, **other):
    fields = {"shares": agreement.shares, "tasks": agreement.tasks, "reference": agreement.reference}
    fields["valid_from"] = agreement.valid_from.strftime("%d.%m.%Y")
    fields["valid_until"] = agreement.valid_until.strftime("%d.%m.%Y") if agreement.valid_until else ""
    return fields | other


def without_token(page) -> str:
    return re.sub(r'(csrfmiddlewaretoken" value=)"\w+"', r"\1", page.text)


def errors(page) -> dict[str, list[str]]:
    assert page.status_code == 422
    return {field: list(found) for field, found in page.context["form"].errors.items()}


def test_it_lists_own_agreements_and_those_of_own_services(world, grue):
    page = grue.get(reverse("agreements"))
    assert [each.organisation.name for each, _ in page.context["own"]] == ["DHO Solør–Odal", "Kongsvinger legesenter"]
    assert page.context["others"] == []
    ness = Client()
    let_in(ness, world.ness)
    page = ness.get(reverse("agreements"))
    assert [each.organisation.name for each, _ in page.context["own"]] == ["Kongsvinger legesenter"]
    assert [(each.organisation.name, each.party.name) for each, _ in page.context["others"]] == [
        ("DHO Solør–Odal", "Grue")
    ]


def test_the_list_says_what_kind_of_organisation_it_is(world, grue):
    depot = Partner.objects.create(name="Utstyrslageret", kind=PartnerKind.LOGISTICS)
    make_agreement(None, world.b.pk, partner=depot, shares=[Shared.EQUIPMENT])
    page = grue.get(reverse("agreements"))
    assert [each.kind_text for each, _ in page.context["own"]] == [
        "Felles oppfølgingssenter",
        "Legekontor",
        "Utstyrslager",
    ]
    assert "<td>Utstyrslager</td>" in page.text


def test_it_asks_the_database_equally_often_for_few_and_many(world, grue):
    with CaptureQueriesContext(connection) as few:
        grue.get(reverse("agreements"))
    see_everything()
    for number in range(5):
        make_agreement(make_service(f"Tjeneste {number}", owner=world.c.pk), world.b.pk)
    with CaptureQueriesContext(connection) as many:
        assert len(grue.get(reverse("agreements")).context["own"]) == 7
    assert len(many) == len(few)


def test_the_host_reads_but_does_not_change_the_others_agreement(world, joint_in_grue):
    ness = Client()
    let_in(ness, world.ness)
    page = ness.get(reverse("agreement", args=[joint_in_grue.pk]))
    assert "Grue styrer avtalen og ser historikken." in page.text
    assert "Endre" not in page.text
    assert page.context["history"] == []
    for name in ("agreement-change", "agreement-end"):
        assert ness.post(reverse(name, args=[joint_in_grue.pk]), filled(joint_in_grue)).status_code == 404


def test_the_review_says_who_loses_how_many_patients_from_which_day(world, grue, joint_in_grue):
    address = reverse("agreement-end", args=[joint_in_grue.pk])
    page = grue.post(address, {"valid_until": "31.12.2026"})
    lost = "Fra 1. januar 2027 kan 2 personer i DHO Solør–Odal ikke lenger se 1 pasient i Grue."
    assert changes(page) == [lost]
    see_everything()
    joint_in_grue.refresh_from_db()
    assert joint_in_grue.valid_until is None
    answer = confirm(grue, address, {"valid_until": "31.12.2026"})
    assert (answer.status_code, answer.url) == (302, reverse("agreement", args=[joint_in_grue.pk]))
    see_everything()
    last = datetime(2026, 12, 31, 12, tzinfo=UTC)
    assert world.solveig in visible_patients(actor_of(world.kari, on=last), now=last)
    after = last + timedelta(days=1)
    assert world.solveig not in visible_patients(actor_of(world.kari, on=after), now=after)


@pytest.mark.parametrize("told", [[], ["Ingen får eller mister tilgang når du lagrer."]])
def test_nothing_is_saved_unless_what_was_read_is_what_happens(grue, joint_in_grue, told):
    """The review cannot be skipped, nor be older than what somebody else has changed meanwhile."""
    address = reverse("agreement-end", args=[joint_in_grue.pk])
    page = grue.post(address, {"at_once": "on", "told": told, "confirmed": "on"})
    assert page.status_code == 409
    assert "Les det på nytt før du lagrer." in page.text
    assert page.context["changes"] == ["Fra i dag kan 2 personer i DHO Solør–Odal ikke lenger se 1 pasient i Grue."]
    see_everything()
    joint_in_grue.refresh_from_db()
    assert joint_in_grue.valid_until is None


def test_ending_at_once_stops_access_now(world, grue, joint_in_grue):
    page = grue.post(reverse("agreement-end", args=[joint_in_grue.pk]), {"at_once": "on"})
    assert changes(page) == ["Fra i dag kan 2 personer i DHO Solør–Odal ikke lenger se 1 pasient i Grue."]
    assert ("at_once", "on") in page.context["posted"]
    confirm(grue, reverse("agreement-end", args=[joint_in_grue.pk]), {"at_once": "on"})
    see_everything()
    assert set(visible_patients(actor_of(world.kari), now=NOW)) == {world.per}
    page = grue.get(reverse("agreement", args=[joint_in_grue.pk]))
    assert "Avtalen er avsluttet og kan ikke endres." in page.text


def test_a_new_agreement_opens_access_and_tells_whom(world, grue):
    hospital = make_service("Lungeavdelingen", owner=world.c.pk)
    make_membership(make_user("nora", "Nora", "Vik"), Role.NURSE, service=hospital)
    fields = {"organisation": f"service:{hospital.pk}", "shares": ["READINGS", "PLAN"], "valid_from": "01.12.2026"}
    page = grue.post(reverse("agreement-new"), fields | {"tasks": ["TRIAGE"]})
    assert changes(page) == [
        "Fra 1. desember 2026 kan 1 person i Lungeavdelingen se pasienter i Grue. Nå gjelder det ingen."
    ]
    see_everything()
    assert not Agreement.objects.filter(service=hospital).exists()
    confirm(grue, reverse("agreement-new"), fields | {"tasks": ["TRIAGE"]})
    see_everything()
    made = Agreement.objects.get(service=hospital)
    assert (made.party_id, made.controller_id, made.shares, made.tasks, made.valid_from, made.valid_until) == (
        world.b.pk,
        world.b.pk,
        ["READINGS", "PLAN"],
        ["TRIAGE"],
        date(2026, 12, 1),
        None,
    )


def test_sharing_less_tells_what_is_lost_and_the_history_says_it_in_words(grue, joint_in_grue):
    address = reverse("agreement-change", args=[joint_in_grue.pk])
    fields = filled(joint_in_grue, shares=["READINGS", "PLAN"], tasks=[Task.TRIAGE])
    lost = "Fra i dag kan 2 personer i DHO Solør–Odal ikke lenger styre utstyret til 1 pasient i Grue."
    assert changes(grue.post(address, fields)) == [lost]
    confirm(grue, address, fields)
    page = grue.get(reverse("agreement", args=[joint_in_grue.pk]))
    change, name = page.context["history"][0]
    assert (name, change.fields) == (
        "Gro Berg",
        [
            (
                "Deler",
                "Målinger, varsler og det som er gjort, Egenbehandlingsplan, Utstyr og leveringsadresse",
                "Målinger, varsler og det som er gjort, Egenbehandlingsplan",
            ),
            ("Oppgaver", "ingen", "Følge opp målinger og varsler"),
        ],
    )
    # Made before anybody was signed in, by the operator of the installation.
    assert [(found.made, who) for found, who in page.context["history"][1:]] == [(True, "Systemet")]


def test_it_says_when_nothing_changes(grue, joint_in_grue):
    page = grue.post(reverse("agreement-change", args=[joint_in_grue.pk]), filled(joint_in_grue, reference="Sak 1"))
    assert changes(page) == ["Ingen får eller mister tilgang når du lagrer."]


def test_an_agreement_that_has_begun_keeps_its_first_day(grue, joint_in_grue):
    fields = filled(joint_in_grue, valid_from="01.01.2019")
    page = grue.post(reverse("agreement-change", args=[joint_in_grue.pk]), fields | {"confirmed": "on"})
    assert errors(page) == {"valid_from": ["Første dag: avtalen begynte 01.01.2020, og det kan ikke endres."]}


@pytest.mark.parametrize("first_day", ["2019-01-01", "2090-01-01"])
def test_the_database_keeps_the_first_day_too(joint_in_grue, first_day):
    with pytest.raises(InternalError, match="what has begun stands"), transaction.atomic():
        Agreement.objects.filter(pk=joint_in_grue.pk).update(valid_from=first_day)


def test_one_that_has_not_begun_can_move_and_be_withdrawn(world, grue):
    clinic = make_service("Klinikken", owner=world.c.pk)
    later = make_agreement(clinic, world.b.pk, valid_from=date(2090, 3, 1))
    confirm(grue, reverse("agreement-change", args=[later.pk]), filled(later, valid_from="01.02.2090"))
    see_everything()
    later.refresh_from_db()
    assert later.valid_from == date(2090, 2, 1)
    confirm(grue, reverse("agreement-end", args=[later.pk]), {"at_once": "on"})
    see_everything()
    later.refresh_from_db()
    assert later.valid_until == date(2090, 1, 31)
    assert "Trukket tilbake" in grue.get(reverse("agreements")).text
    # The place is free for another on the same days.
    make_agreement(clinic, world.b.pk, valid_from=date(2090, 1, 1))


@pytest.mark.parametrize(
    ("other", "refused"),
    [
        ({"valid_from": "17.11.2026"}, {"valid_from": ["Første dag: velg i dag eller en senere dag."]}),
        ({"valid_from": ""}, {"valid_from": ["Første dag: skriv datoen."]}),
        (
            {"valid_from": "i morgen"},
            {"valid_from": ["Første dag: skriv datoen som dag, måned og år, for eksempel 01.01.2027."]},
        ),
        ({"valid_until": "31.12.9999"}, {"valid_until": ["Siste dag: skriv et år fra 1900 til 2199."]}),
        ({"valid_from": "01.01.1899"}, {"valid_from": ["Første dag: skriv et år fra 1900 til 2199."]}),
        (
            {"valid_until": "01.12.2026"},
            {"valid_until": ["Siste dag: velg samme dag som første dag eller en senere dag."]},
        ),
        ({"shares": []}, {"shares": ["Deler: velg minst én ting som avtalen deler."]}),
        ({"organisation": ""}, {"organisation": ["Organisasjon: velg en."]}),
        ({"organisation": f"service:{uuid4()}"}, {"organisation": ["Organisasjon: velg en i listen."]}),
        ({"reference": "x" * 121}, {"reference": ["Referanse: skriv høyst 120 tegn."]}),
    ],
)
@pytest.mark.parametrize("step", [{}, {"confirmed": "on"}])
def test_it_names_the_field_and_keeps_what_is_filled_in(world, grue, other, refused, step):
    service = make_service("Klinikken", owner=world.c.pk)
    fields = {"organisation": f"service:{service.pk}", "shares": ["PLAN"], "valid_from": "02.01.2027"}
    page = grue.post(reverse("agreement-new"), fields | {"reference": "Sak 26/17"} | other | step)
    assert errors(page) == refused
    assert page.context["form"]["reference"].value() == (fields | {"reference": "Sak 26/17"} | other)["reference"]
    see_everything()
    assert not Agreement.objects.filter(service=service).exists()


def test_it_refuses_a_second_agreement_on_the_same_days(grue, joint_in_grue):
    fields = {"organisation": f"service:{joint_in_grue.service_id}", "shares": ["PLAN"], "valid_from": "01.01.2027"}
    assert errors(grue.post(reverse("agreement-new"), fields)) == {
        "valid_from": ["Første dag: kommunen har allerede en avtale med denne organisasjonen på samme tid."]
    }


def test_it_never_shares_health_data_with_a_partner(grue):
    depot = Partner.objects.create(name="Utstyrslageret", kind=PartnerKind.LOGISTICS)
    fields = {"organisation": f"partner:{depot.pk}", "shares": [Shared.READINGS], "valid_from": "01.01.2027"}
    assert errors(grue.post(reverse("agreement-new"), fields)) == {
        "shares": ["Deler: en partner arbeider uten helseopplysninger. Du kan bare dele utstyr og leveringsadresse."]
    }


def test_going_back_from_the_review_keeps_what_is_filled_in(grue, joint_in_grue):
    page = grue.post(
        reverse("agreement-change", args=[joint_in_grue.pk]), filled(joint_in_grue, reference="Sak 9", back="on")
    )
    assert page.status_code == 200
    assert page.context["form"]["reference"].value() == "Sak 9"


@pytest.mark.parametrize("name", ["agreement", "agreement-change", "agreement-end"])
def test_it_hides_another_municipalitys_agreement(world, grue, name):
    foreign = Agreement.objects.get(party=world.c)
    answer = grue.get(reverse(name, args=[foreign.pk]))
    missing = grue.get(reverse(name, args=[uuid4()]))
    assert (answer.status_code, missing.status_code) == (404, 404)
    assert without_token(answer) == without_token(missing)


@pytest.mark.parametrize("person", ["kari", "dahl", "siri", "eva"])
def test_it_refuses_those_without_the_right(world, person):
    browser = Client()
    let_in(browser, getattr(world, person))
    for name in ("agreements", "agreement-new"):
        assert browser.get(reverse(name)).status_code == 403


@pytest.mark.parametrize("name", ["agreements", "agreement-new"])
def test_it_refuses_other_methods(grue, name):
    assert grue.delete(reverse(name)).status_code == 405


def test_the_database_refuses_an_end_long_before_the_start(world):
    with pytest.raises(Exception, match="agreement_ends_after_start"), transaction.atomic():
        make_agreement(world.own_c, world.a.pk, valid_from=date(2027, 1, 3), valid_until=date(2027, 1, 1))
    assert connection.in_atomic_block
