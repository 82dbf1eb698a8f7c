"""How to reach a patient: who sees and keeps it right, what stays in the form, and what the logs may say."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from audit.models import ChangeEntry
from dho.lib.addresses import indexes_of
from dho.lib.encryption import decrypt
from patients.models import HomeAddress, Patient
from patients.services import Contact, NotYours, save_contact
from tests.database import see_everything
from tests.factories.accounts import let_in, make_membership, make_user
from tests.factories.clock import NOW
from tests.factories.patients import make_home

FIELDS = {
    "phone": "99 00 00 09", "street": "Storgata 12 B", "postal_code": "2211", "place": "Kongsvinger",
    "language": "norsk", "communication": "hører dårlig",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def where(patient) -> str:
    return reverse("contact", args=[patient.pk])


def test_a_nurse_registers_how_to_reach_a_patient(as_kari, world):
    answer = as_kari.post(where(world.per), FIELDS, follow=True)
    assert "Kontaktopplysningene er lagret." in answer.text
    see_everything()
    per = Patient.objects.select_related("home").get(pk=world.per.pk)
    assert (per.phone, per.language, per.communication) == ("99 00 00 09", "norsk", "hører dårlig")
    assert per.home.lines == ["Storgata 12 B", "2211 Kongsvinger"]
    expected = indexes_of("storgata 12b", "2211")
    assert (per.home.address_index, per.home.neighbourhood_index) == (expected.address, expected.neighbourhood)
    assert (per.home.registered_at, per.home.registered_by) == (NOW, world.kari)
    form = as_kari.get(where(world.per)).context["form"]
    assert {name: form[name].value() for name in FIELDS} == FIELDS


def test_the_patients_page_leads_there(as_kari, world):
    assert where(world.per) in as_kari.get(reverse("patient", args=[world.per.pk])).text


def test_the_address_stands_encrypted_and_never_in_the_change_log(as_kari, world):
    as_kari.post(where(world.per), FIELDS)
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        as_kari.post(where(world.per), FIELDS | {"street": "Lillegata 3", "phone": "99 00 00 10"})
    see_everything()
    with connection.cursor() as cursor:
        cursor.execute("SELECT street, postal_code, place FROM patients_homeaddress")
        kept = cursor.fetchone()
    assert [decrypt(each).decode() for each in kept] == ["Lillegata 3", "2211", "Kongsvinger"]
    assert "Lillegata" not in str(kept)
    entries = ChangeEntry.objects.filter(row_id__in=[world.per.pk, world.per.home.pk]).order_by("pk")
    written = " ".join(str(entry.before) + str(entry.after) for entry in entries)
    for secret in ("Storgata", "Lillegata", indexes_of("Lillegata 3", "2211").address):
        assert secret not in written
    change = entries.filter(table_name="patients_homeaddress").last()
    assert (change.operation, change.actor, change.after["registered_at"]) == (
        "UPDATE",
        str(world.kari.pk),
        "2026-11-18T09:01:00+00:00",
    )
    phones = entries.filter(table_name="patients_patient").last()
    assert (phones.before["phone"], phones.after["phone"]) == ("99 00 00 09", "99 00 00 10")


def test_an_address_that_is_the_same_is_no_change(as_kari, world):
    home = make_home(world.per)
    before = ChangeEntry.objects.filter(row_id=str(home.pk)).count()
    as_kari.post(where(world.per), FIELDS)
    see_everything()
    assert ChangeEntry.objects.filter(row_id=str(home.pk)).count() == before


def test_an_address_is_taken_away(as_kari, world):
    make_home(world.per)
    as_kari.post(where(world.per), FIELDS | {"street": "", "postal_code": "", "place": ""})
    see_everything()
    home = HomeAddress.objects.get(patient=world.per)
    assert (home.lines, home.address_index, home.neighbourhood_index) == ([], "", "")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"phone": "ring"}, {"phone": ["Telefon: skriv bare tall, for eksempel 99 00 00 01."]}),
        ({"language": ""}, {"language": ["Språk: fyll inn feltet."]}),
        ({"postal_code": "22"}, {"postal_code": ["Postnummer: skriv fire sifre."]}),
        ({"place": ""}, {"place": ["Poststed: fyll inn poststedet til adressen."]}),
        (
            {"street": "", "postal_code": ""},
            {"street": ["Gateadresse: fyll inn gateadressen, eller fjern poststedet."]},
        ),
        ({"communication": "a" * 121}, {"communication": ["Tilrettelegging: skriv høyst 120 tegn."]}),
    ],
)
def test_what_is_wrong_is_explained_and_what_was_written_stays(as_kari, world, change, expected):
    page = as_kari.post(where(world.per), FIELDS | change)
    assert page.status_code == 422
    form = page.context["form"]
    assert {name: list(errors) for name, errors in form.errors.items()} == expected
    assert {name: form[name].value() for name in FIELDS} == FIELDS | change
    see_everything()
    assert Patient.objects.get(pk=world.per.pk).phone == world.per.phone
    assert not HomeAddress.objects.exists()


def test_a_case_handler_reaches_it_without_anything_about_health(world):
    lund = make_user("lund", "Liv", "Lund")
    make_membership(lund, Role.CASE_HANDLER, authority=world.a)
    browser = let_in(Client(), lund)
    page = browser.get(where(world.per))
    assert page.status_code == 200
    assert reverse("patient", args=[world.per.pk]) not in page.text
    for word in ("penicillin", "KOLS", "SpO₂"):
        assert word not in page.text
    assert browser.post(where(world.per), FIELDS).status_code == 302
    assert browser.get(where(world.solveig)).status_code == 404


@pytest.mark.parametrize("person", ["ola", "dahl", "ness", "vera", "eva"])
def test_nobody_else_sees_or_changes_it(world, person):
    browser = let_in(Client(), getattr(world, person))
    assert [browser.get(where(world.per)).status_code, browser.post(where(world.per), FIELDS).status_code] == [404, 404]
    see_everything()
    with pytest.raises(NotYours):
        save_contact(patient=world.per, contact=Contact(**FIELDS), by=world.actor(getattr(world, person)), now=NOW)
    assert not HomeAddress.objects.exists()
