"""The list of a logistics partner: where equipment is, by agreement, and nothing at all about health (R-180, R-309)."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import RevokedWhy, Role
from accounts.models import DeviceCredential
from audit.models import AccessEntry
from organisations.enums import PartnerKind, Shared
from organisations.models import Agreement, Partner
from patients.access_matrix import count_patients
from patients.queries.deliveries import plain_name
from tests.alerts.rows import put_in_queue
from tests.database import see_everything
from tests.factories.accounts import actor_of, let_in, make_device, make_membership, make_user
from tests.factories.care import block
from tests.factories.clock import NOW
from tests.factories.organisations import make_agreement
from tests.factories.patients import make_home, make_patient

# All that the page may ask for: who signs in and what they may, who lives where, and which device is with whom.
ALLOWED = {
    "accounts_devicecredential", "accounts_membership", "accounts_user", "audit_accessentry", "django_session",
    "organisations_agreement", "organisations_followupservice", "organisations_gppractice",
    "organisations_healthcommunity", "organisations_municipality", "organisations_partner",
    "patients_accessblock", "patients_homeaddress", "patients_patient", "usersessions_usersession",
}  # fmt: skip
ABOUT_HEALTH = (
    "COPD",
    "KOLS",
    "hjerte",
    "plan",
    "måling",
    "varsel",
    "rød",
    "gul",
    "CAVE",
    "penicillin",
    "DHO Solør",
    "lege",
)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def depot(world):
    """A depot that Kongsvinger shares its equipment with."""
    partner = Partner.objects.create(name="Utstyrslageret", kind=PartnerKind.LOGISTICS)
    make_agreement(None, world.a.pk, partner=partner, shares=[Shared.EQUIPMENT])
    return partner


@pytest.fixture
def arne(world, depot):
    user = make_user("arne", "Arne", "Moe")
    make_membership(user, Role.LOGISTICS, partner=depot)
    return user


@pytest.fixture
def browser(arne):
    return let_in(Client(), arne)


def rows(browser):
    return browser.get(reverse("deliveries")).context["rows"]


def revoke(device, by, *, days: int, why=RevokedWhy.STAFF) -> None:
    at = NOW - timedelta(days=days)
    DeviceCredential.objects.filter(pk=device.pk).update(revoked_at=at, revoked_by=by, revoked_why=why)


def test_it_shows_device_address_and_telephone(world, browser):
    make_home(world.per)
    page = browser.get(reverse("deliveries"))
    [row] = page.context["rows"]
    assert (row.name, row.municipality, row.phone) == ("Aasen, Per", "Kongsvinger", "99 00 00 01")
    assert row.address == ["Storgata 12 B", "2211 Kongsvinger"]
    assert [(each.name, each.fetch_since) for each in row.equipment] == [("Nettbrett", None)]
    assert "ute siden 19.09.2026" in page.text


def test_signing_in_leads_there(browser):
    assert browser.get(reverse("home")).url == reverse("deliveries")


def test_only_the_municipality_that_let_the_person_in_and_while_it_shares_equipment(world, browser, depot, arne):
    make_agreement(None, world.b.pk, partner=depot, shares=[Shared.EQUIPMENT])
    assert [row.name for row in rows(browser)] == ["Aasen, Per"]
    see_everything()
    for_b = make_membership(arne, Role.LOGISTICS, partner=depot, party_id=world.b.pk)
    browser.post(reverse("choose-role"), {"membership": for_b.pk})
    assert [row.name for row in rows(browser)] == ["Eide, Solveig"]
    see_everything()
    Agreement.objects.filter(partner=depot, party=world.b).update(valid_until=NOW.date() - timedelta(days=1))
    assert "Ingen kommune deler utstyr med dere nå." in browser.get(reverse("deliveries")).text


def test_what_is_to_be_fetched_comes_first_and_is_gone_after_ninety_days(world, browser):
    for name, days in (("Berg", 1), ("Dal", 89), ("Eng", 90)):
        revoke(make_device(make_patient(world.a.pk, "Arne", name), world.kari), world.kari, days=days)
    page = browser.get(reverse("deliveries"))
    assert [row.name for row in page.context["rows"]] == ["Berg, Arne", "Dal, Arne", "Aasen, Per"]
    assert "<strong>skal hentes</strong>, ikke i bruk siden 17.11.2026" in page.text


@pytest.mark.parametrize("why", [RevokedWhy.LOST, RevokedWhy.RETURNED])
def test_nobody_is_sent_for_what_is_lost_or_was_handed_back(world, browser, why):
    revoke(world.per_tablet, world.kari, days=1, why=why)
    assert rows(browser) == []


def test_a_device_that_got_access_again_stands_there_once(world, browser):
    revoke(world.per_tablet, world.kari, days=1)
    make_device(world.per, world.kari, secret="ny")
    assert [[(each.name, each.fetch_since) for each in row.equipment] for row in rows(browser)] == [
        [("Nettbrett", None)]
    ]


def test_nobody_without_equipment_and_nobody_who_has_blocked_the_person(world, browser, arne):
    make_patient(world.a.pk, "Uten", "Utstyr")
    block(world.per, world.kari, user=arne)
    page = browser.get(reverse("deliveries"))
    assert page.context["rows"] == []
    assert "Ingen pasienter har utstyr ute nå." in page.text


def test_nothing_clinical_is_read_or_shown(world, browser):
    """Per has a plan, a red case and an allergy; none of it is even asked for."""
    put_in_queue(world.per)
    make_home(world.per)
    with CaptureQueriesContext(connection) as asked:
        page = browser.get(reverse("deliveries"))
    read = {
        name
        for query in asked.captured_queries
        for name in re.findall(r'(?:FROM|JOIN|INTO)\s+"?(\w+_\w+)', query["sql"])
    }
    assert read - ALLOWED == set()
    assert {"patients_patient", "patients_homeaddress", "accounts_devicecredential"} <= read
    columns = " ".join(query["sql"] for query in asked.captured_queries if '"patients_patient"' in query["sql"])
    for column in ("cave", "national_id", "birth_date", "communication", "gp_id"):
        assert f'"{column}"' not in re.sub(r"WHERE.*", "", columns), column
    main = page.text.split("<main", 1)[1]
    assert "Aasen, Per" in main
    assert [word for word in ABOUT_HEALTH if word.lower() in main.lower()] == []


@pytest.mark.parametrize("label", ["Nettbrett", "Nettbrett 14", "nettbrett nr. 3", "Koffert 007", "Gateway"])
def test_a_label_that_is_a_thing_and_its_number_is_shown(label):
    assert plain_name(DeviceCredential(label=label)) == label


@pytest.mark.parametrize(
    "label", ["KOLS-nettbrett", "Nettbrett Per Aasen", "Hjertevekt 2", "Nettbrett 14 KOLS", "Pulsoksymeter"]
)
def test_a_label_that_could_say_more_is_not(label):
    device = DeviceCredential(label=label)
    assert plain_name(device) == f"Enhet {device.pk.hex[-6:]}"


def test_each_listing_stands_in_the_log_of_the_municipality(world, browser, arne):
    browser.get(reverse("deliveries"))
    see_everything()
    found = AccessEntry.objects.filter(actor_id=arne.pk)
    assert [(each.action, each.basis, each.municipality_id, each.role, each.allowed) for each in found] == [
        ("LIST_DELIVERIES", "ADMINISTRATION", world.a.pk, "LOGISTICS", True)
    ]


def test_the_access_matrix_counts_the_same_patients(world, arne):
    by = actor_of(arne)
    assert count_patients([by], world.a.pk, at=NOW) == {by.membership_id: 1}


def test_other_partners_and_staff_are_kept_out(world, depot):
    for role, fields in ((Role.ANALYST, {"partner": depot}), (Role.GP_OFFICE_NURSE, None)):
        if fields:
            user = make_user("annen", "Anna", "Nes")
            make_membership(user, role, **fields)
            assert let_in(Client(), user).get(reverse("deliveries")).status_code == 403
    assert let_in(Client(), world.kari).get(reverse("deliveries")).status_code == 403
    assert let_in(Client(), world.ness).post(reverse("deliveries")).status_code == 405


def test_fifty_are_shown_at_a_time_with_as_many_questions(world, browser):
    with CaptureQueriesContext(connection) as few:
        browser.get(reverse("deliveries"))
    see_everything()
    for number in range(51):
        patient = make_patient(world.a.pk, "Oda", f"Vang {number:02d}")
        make_device(patient, world.kari)
        make_home(patient, f"Storgata {number + 1}")
    with CaptureQueriesContext(connection) as many:
        page = browser.get(reverse("deliveries"))
    assert (len(page.context["rows"]), len(many)) == (50, len(few))
    assert "Side 1 av 2" in page.text
    assert len(browser.get(reverse("deliveries"), {"side": "2"}).context["rows"]) == 2
