"""National id and home address of staff: checked, kept as indexes, never shown, and only by whoever may."""

import json
from datetime import date
from io import StringIO
from random import Random

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import User
from accounts.services import AccountRefused, register_address, register_national_id, register_person
from accounts.services.citizens import user_of_citizen
from dho.lib import rls
from dho.lib.addresses import indexes_of
from dho.lib.encryption import blind_index
from dho.lib.national_id import InvalidNationalId, make_synthetic, parse
from tests import database
from tests.database import see_everything
from tests.factories.accounts import let_in, make_membership, make_user
from tests.factories.clock import NOW
from tests.factories.organisations import make_service


def holds(number: str) -> bool:
    """Whether the digits make a number that looks like a living person's."""
    try:
        return not parse(number).synthetic
    except InvalidNationalId:
        return False


NUMBER = make_synthetic(date(1979, 5, 17), Random(5)).value
# The check digits hold, and nothing marks it as synthetic.
REAL = next(number for last in range(1000) if holds(number := f"17057{last:04d}00"))
PERSON = {"username": "mona", "given_name": "Mona", "family_name": "Vik", "email": "mona@example.org", "hpr_number": ""}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ness(world):
    return let_in(Client(), world.ness)


def last_change_of(user) -> tuple[str, dict, dict]:
    """The change log about staff is no municipality's, and no page shows it: the owner of the tables reads it here."""
    with database.as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_changeentry NO FORCE ROW LEVEL SECURITY")
        cursor.execute(
            "SELECT actor, before, after FROM audit_changeentry WHERE table_name = 'accounts_user' AND row_id = %s "
            "ORDER BY id DESC LIMIT 1",
            [str(user.pk)],
        )
        actor, before, after = cursor.fetchone()
        return actor, json.loads(before), json.loads(after)


def number_of(user) -> str | None:
    see_everything()
    return User.objects.get(pk=user.pk).national_id_index


class TestNationalId:
    def test_it_is_given_to_a_new_person_and_never_shown_again(self, ness):
        answer = ness.post(reverse("person-new"), PERSON | {"national_id": f"{NUMBER[:6]} {NUMBER[6:]}"}, follow=True)
        see_everything()
        mona = User.objects.get(username="mona")
        assert mona.national_id_index == blind_index(NUMBER)
        page = ness.get(reverse("person", args=[mona.pk]))
        assert "Registrert 18.11.2026 av Nils Ness" in page.text
        for text in (answer.text, page.text, ness.get(reverse("person-national-id", args=[mona.pk])).text):
            assert NUMBER[6:] not in text
            assert mona.national_id_index not in text

    def test_who_came_as_a_patient_first_is_one_person_from_then_on(self, world):
        names = ("Kari", "Berg")
        came_first = user_of_citizen(national_id_index=blind_index(NUMBER), names=names)
        assert came_first.pk != world.kari.pk
        register_national_id(user=world.kari, national_id=NUMBER, by=world.actor(world.ness), now=NOW)
        assert user_of_citizen(national_id_index=blind_index(NUMBER), names=names) == world.kari
        assert number_of(came_first) is None

    def test_a_person_can_be_registered_without(self, ness):
        ness.post(reverse("person-new"), PERSON | {"national_id": ""})
        see_everything()
        mona = User.objects.get(username="mona")
        assert (mona.national_id_index, mona.national_id_registered_at) == (None, None)

    def test_the_log_says_who_and_when_and_never_which(self, committed_world):
        kari, ness = committed_world.kari, committed_world.ness
        with transaction.atomic():
            rls.limit_to([committed_world.a.pk], actor=str(ness.pk))
            register_national_id(user=kari, national_id=NUMBER, by=committed_world.actor(ness), now=NOW)
        actor, before, after = last_change_of(kari)
        assert (actor, before["national_id_registered_at"]) == (str(ness.pk), None)
        assert (after["national_id_registered_by_id"], after["national_id_registered_at"]) == (
            str(ness.pk),
            "2026-11-18T09:00:00+00:00",
        )
        assert {name for name in after if "index" in name} == set()
        assert blind_index(NUMBER) not in str(before) + str(after)

    @pytest.mark.parametrize(
        ("number", "told"),
        [
            ("", "Fødselsnummer: fyll inn feltet."),
            ("123", "Fødselsnummer: Personnummeret må ha 11 sifre."),
            (
                f"{NUMBER[:10]}{(int(NUMBER[10]) + 1) % 10}",
                "Fødselsnummer: Kontrollsifrene stemmer ikke. Se over sifrene.",
            ),
            (REAL, "Fødselsnummer: Dette er et testsystem. Bruk bare syntetiske personnumre her."),
        ],
    )
    def test_a_number_that_cannot_be_is_explained_and_kept_in_the_field(self, world, ness, number, told):
        page = ness.post(reverse("person-national-id", args=[world.kari.pk]), {"national_id": number})
        assert (page.status_code, list(page.context["form"].errors["national_id"])) == (422, [told])
        assert f'value="{number}"' in page.text or not number
        assert number_of(world.kari) is None

    def test_production_takes_real_numbers_only(self, world, settings):
        settings.PRODUCTION = True
        by = world.actor(world.ness)
        with pytest.raises(AccountRefused, match="testnummer"):
            register_national_id(user=world.kari, national_id=NUMBER, by=by, now=NOW)
        register_national_id(user=world.kari, national_id=REAL, by=by, now=NOW)
        assert number_of(world.kari) == blind_index(REAL)

    def test_another_persons_number_is_refused_without_telling_whose(self, world, ness):
        User.objects.filter(pk=world.ola.pk).update(national_id_index=blind_index(NUMBER))
        told = "Fødselsnummer: nummeret kan ikke brukes her. Se over tallene."
        for where, fields in (
            (reverse("person-national-id", args=[world.kari.pk]), {}),
            (reverse("person-new"), PERSON),
        ):
            page = ness.post(where, fields | {"national_id": NUMBER})
            assert (page.status_code, list(page.context["form"].errors["national_id"])) == (422, [told])
            assert "Ola" not in page.text
            assert "Berg" not in page.text
        assert number_of(world.kari) is None
        assert not User.objects.filter(username="mona").exists()

    def test_the_database_holds_it_to_one_person_and_never_empty(self, world):
        User.objects.filter(pk=world.ola.pk).update(national_id_index=blind_index(NUMBER))
        for index in (blind_index(NUMBER), ""):
            with pytest.raises(IntegrityError), transaction.atomic():
                User.objects.filter(pk=world.kari.pk).update(national_id_index=index)

    def test_a_new_number_takes_the_place_of_the_old(self, world):
        by = world.actor(world.ness)
        for number in (NUMBER, make_synthetic(date(1980, 1, 1), Random(6)).value):
            register_national_id(user=world.kari, national_id=number, by=by, now=NOW)
            assert number_of(world.kari) == blind_index(number)


class TestWhoMay:
    """Who says who a person is, could become the person: so only whoever manages all of the roles."""

    def refused(self, world, browser, by, person):
        for name, fields in (("person-national-id", {"national_id": NUMBER}), ("person-address", {"street": ""})):
            where = reverse(name, args=[person.pk])
            assert [browser.get(where).status_code, browser.post(where, fields).status_code] == [403, 403]
        see_everything()
        with pytest.raises(PermissionDenied):
            register_national_id(user=person, national_id=NUMBER, by=world.actor(by), now=NOW)
        assert number_of(person) is None

    def test_not_of_somebody_who_works_elsewhere_too(self, world, ness):
        make_membership(world.kari, Role.NURSE, service=make_service("Nabosenteret", owner=world.c.pk))
        self.refused(world, ness, world.ness, world.kari)
        page = ness.get(reverse("person", args=[world.kari.pk]))
        assert "registreres av den som styrer alle rollene til personen" in page.text
        assert "Nabosenteret" not in page.text
        assert "Ikke registrert" not in page.text

    def test_not_of_somebody_in_another_municipality(self, world, ness):
        self.refused(world, ness, world.ness, world.ola)

    def test_not_of_oneself(self, world, ness):
        self.refused(world, ness, world.ness, world.ness)

    def test_a_leader_not_of_the_leader_beside(self, world):
        make_membership(make_user("nora", "Nora", "Ås"), Role.SERVICE_LEADER, service=world.joint)
        self.refused(world, let_in(Client(), world.eva), world.eva, User.objects.get(username="nora"))

    def test_not_by_a_nurse_not_even_when_registering(self, world):
        by = world.actor(world.berit)
        with pytest.raises(PermissionDenied):
            register_national_id(user=world.kari, national_id=NUMBER, by=by, now=NOW)
        with pytest.raises(PermissionDenied):
            register_person(**PERSON, national_id=NUMBER, by=by, now=NOW)

    def test_a_person_that_is_not_there(self, world, ness):
        assert ness.get(reverse("person-national-id", args=[world.per.pk])).status_code == 404


class TestTheOperator:
    """For the person whom nobody manages alone; the number comes on standard input."""

    def test_it_is_registered_as_the_systems(self, world, ness, monkeypatch, capsys):
        monkeypatch.setattr("sys.stdin", StringIO(f"{NUMBER}\n"))
        call_command("register_national_id", "kari")
        assert number_of(world.kari) == blind_index(NUMBER)
        assert NUMBER not in capsys.readouterr().out
        page = ness.get(reverse("person", args=[world.kari.pk]))
        assert "Registrert 18.11.2026 av systemet" in page.text

    @pytest.mark.parametrize(
        ("username", "number", "told"), [("finnes-ikke", NUMBER, "Nobody is called"), ("kari", "123", "11 sifre")]
    )
    def test_it_says_what_cannot_be(self, world, monkeypatch, username, number, told):
        monkeypatch.setattr("sys.stdin", StringIO(f"{number}\n"))
        with pytest.raises(CommandError, match=told):
            call_command("register_national_id", username)
        assert number_of(world.kari) is None


class TestAddress:
    HOME = {"street": "Bjerkelia 7", "postal_code": "2211"}

    def test_a_person_registers_the_own_and_nobody_can_read_it(self, world):
        kari = let_in(Client(), world.kari)
        page = kari.get(reverse("own-address"))
        assert "Vi lagrer ikke selve adressen" in page.text
        assert "Det er frivillig å registrere den." in page.text
        answer = kari.post(reverse("own-address"), self.HOME, follow=True)
        assert "Adressen er registrert." in answer.text
        see_everything()
        kept = User.objects.get(pk=world.kari.pk)
        expected = indexes_of("bjerkelia 7", "2211")
        assert (kept.address_index, kept.neighbourhood_index) == (expected.address, expected.neighbourhood)
        assert "Bjerkelia" not in str(User.objects.filter(pk=world.kari.pk).values().get())
        assert "Bjerkelia" not in kari.get(reverse("own-address")).text

    def test_the_log_says_that_it_changed_and_never_to_what(self, committed_world):
        kari = committed_world.kari
        with transaction.atomic():
            rls.limit_to([committed_world.a.pk], actor=str(kari.pk))
            register_address(user=kari, **self.HOME, by=committed_world.actor(kari), now=NOW)
        actor, before, after = last_change_of(kari)
        assert (actor, before["address_registered_at"], after["address_registered_at"]) == (
            str(kari.pk),
            None,
            "2026-11-18T09:00:00+00:00",
        )
        assert {name for name in after if "index" in name} == set()

    def test_it_is_taken_away_again(self, world):
        kari = let_in(Client(), world.kari)
        kari.post(reverse("own-address"), self.HOME)
        answer = kari.post(reverse("own-address"), {"street": "", "postal_code": ""}, follow=True)
        assert "Ingen adresse er registrert." in answer.text
        see_everything()
        kept = User.objects.get(pk=world.kari.pk)
        assert (kept.address_index, kept.neighbourhood_index, kept.address_registered_at) == ("", "", None)

    def test_the_administrator_registers_it_for_the_person(self, world, ness):
        answer = ness.post(reverse("person-address", args=[world.kari.pk]), self.HOME)
        assert answer.url == reverse("person", args=[world.kari.pk])
        see_everything()
        assert User.objects.get(pk=world.kari.pk).address_registered_at == NOW
        with pytest.raises(PermissionDenied):
            register_address(user=world.kari, **self.HOME, by=world.actor(world.berit), now=NOW)

    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            (
                {"street": "Storgata 1", "postal_code": ""},
                {"postal_code": ["Postnummer: fyll inn postnummeret til adressen."]},
            ),
            (
                {"street": "", "postal_code": "2211"},
                {"street": ["Gateadresse: fyll inn gateadressen, eller fjern postnummeret."]},
            ),
            ({"street": "Storgata 1", "postal_code": "221"}, {"postal_code": ["Postnummer: skriv fire sifre."]}),
            (
                {"street": "Postboks 12", "postal_code": "2211"},
                {"street": ["Gateadresse: skriv gaten der personen bor, ikke en postboks."]},
            ),
            ({"street": "12", "postal_code": "2211"}, {"street": ["Gateadresse: skriv navnet på gaten eller stedet."]}),
            ({"street": "a" * 121, "postal_code": "2211"}, {"street": ["Gateadresse: skriv høyst 120 tegn."]}),
        ],
    )
    def test_what_is_no_address_is_explained_and_kept_in_the_field(self, world, fields, expected):
        page = let_in(Client(), world.kari).post(reverse("own-address"), fields)
        assert page.status_code == 422
        assert {name: list(errors) for name, errors in page.context["form"].errors.items()} == expected
        assert [page.context["form"][name].value() for name in fields] == list(fields.values())
        see_everything()
        assert User.objects.get(pk=world.kari.pk).address_registered_at is None
