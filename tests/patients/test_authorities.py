"""Fullmakt: given and withdrawn by the patient or registered by staff, and what the database refuses whoever asks."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import AccessEntry, ChangeEntry
from dho.lib.encryption import blind_index
from dho.lib.national_id import parse
from patients.citizens import Citizen
from patients.enums import Consent, Obstacle, Scope
from patients.models import RelativeAuthority
from patients.queries.export import everything_about
from patients.services import NewAuthority, NotPossible, NotYours, give_authority, withdraw_authority
from tests.database import see_everything
from tests.factories import citizens
from tests.factories.accounts import let_in
from tests.factories.citizens import own_citizen, relative_citizen
from tests.factories.clock import NOW
from tests.factories.patients import make_patient

TODAY = NOW.date()
SEES_AND_SENDS = [Scope.SEE, Scope.SUBMIT]


@pytest.fixture
def tone(world):
    """A real synthetic number, of somebody who is no patient of Per's municipality."""
    return parse(make_patient(world.c.pk, "Tone", "Aasen").national_id)


def new(national_id, **fields):
    asked = {"name": "Tone Aasen", "relation": "datter", "scopes": SEES_AND_SENDS, "last_day": TODAY}
    return NewAuthority(national_id=national_id, **asked | fields)


def test_the_patient_gives_and_withdraws(world, tone):
    per = own_citizen(world.per)
    given = give_authority(patient=world.per, new=new(tone), by=per, now=NOW)
    assert given.national_id_index == blind_index(tone.value)
    assert (given.scopes, given.valid_from, given.consent, given.given_by) == (
        ["SEE", "SUBMIT"], TODAY, Consent.OWN, per.user,
    )  # fmt: skip
    withdraw_authority(authority=given, by=per, now=NOW)
    given.refresh_from_db()
    assert (given.withdrawn_at, given.withdrawn_by) == (NOW, per.user)


def test_staff_register_it_and_say_how_the_patient_agreed(world, tone):
    kari = world.actor(world.kari)
    given = give_authority(patient=world.per, new=new(tone), by=kari, now=NOW, consent=Consent.WRITTEN)
    assert (given.given_by, given.consent) == (world.kari, Consent.WRITTEN)


def test_the_national_id_is_kept_nowhere(world, tone):
    give_authority(patient=world.per, new=new(tone), by=own_citizen(world.per), now=NOW)
    kept = [
        *RelativeAuthority.objects.values(),
        *ChangeEntry.objects.filter(table_name="patients_relativeauthority").values(),
    ]
    assert tone.value not in str(kept)
    assert blind_index(tone.value) not in str(kept[1:])


@pytest.mark.parametrize("who", ["relative", "tablet", "other patient", "dahl", "ola", "eva"])
def test_nobody_else_gives_or_withdraws(world, tone, who):
    held = citizens.give_authority(world.per)
    by = {
        "relative": lambda: relative_citizen(held),
        "tablet": lambda: Citizen(world.per, device=world.per_tablet),
        "other patient": lambda: own_citizen(world.solveig),
    }.get(who, lambda: world.actor(getattr(world, who)))()
    consent = Consent.OWN if isinstance(by, Citizen) else Consent.SPOKEN
    with pytest.raises(NotYours):
        give_authority(patient=world.per, new=new(tone), by=by, now=NOW, consent=consent)
    with pytest.raises(NotYours):
        withdraw_authority(authority=held, by=by, now=NOW)


@pytest.mark.parametrize(("actor", "consent"), [(True, Consent.OWN), (False, Consent.SPOKEN)])
def test_who_agreed_how_cannot_be_mixed_up(world, tone, actor, consent):
    by = world.actor(world.kari) if actor else own_citizen(world.per)
    with pytest.raises(NotYours):
        give_authority(patient=world.per, new=new(tone), by=by, now=NOW, consent=consent)


def test_what_makes_no_sense_is_refused_with_a_reason(world, tone):
    per, kari = own_citizen(world.per), world.actor(world.kari)

    def stopped(by=per, consent=Consent.OWN, **fields):
        asked = new(fields.pop("national_id", tone), **fields)
        with pytest.raises(NotPossible) as caught:
            give_authority(patient=world.per, new=asked, by=by, now=NOW, consent=consent)
        return caught.value.obstacle

    assert stopped(national_id=parse(world.per.national_id)) == Obstacle.OWN_AUTHORITY
    assert stopped(last_day=TODAY + timedelta(days=366)) == Obstacle.AUTHORITY_TOO_LONG
    assert stopped(last_day=TODAY - timedelta(days=1)) == Obstacle.AUTHORITY_TOO_LONG
    User.objects.filter(pk=world.kari.pk).update(national_id_index=blind_index(tone.value))
    assert stopped(world.actor(User.objects.get(pk=world.kari.pk)), Consent.SPOKEN) == Obstacle.AUTHORITY_TO_ONESELF
    give_authority(patient=world.per, new=new(tone), by=per, now=NOW)
    assert stopped() == Obstacle.HAS_AUTHORITY
    world.per.moved_on = TODAY
    world.per.save()
    assert stopped(kari, Consent.SPOKEN) == Obstacle.NOT_HERE


def test_what_is_over_cannot_be_withdrawn_again(world):
    per = own_citizen(world.per)
    held = citizens.give_authority(world.per)
    withdraw_authority(authority=held, by=per, now=NOW)
    past = citizens.give_authority(
        world.per, national_id="x", valid_from=TODAY - timedelta(days=9), valid_until=TODAY - timedelta(days=1)
    )
    for each in (held, past):
        with pytest.raises(NotPossible):
            withdraw_authority(authority=each, by=per, now=NOW)


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("authority_within_a_year", {"valid_from": TODAY, "valid_until": TODAY + timedelta(days=366)}),
        ("authority_within_a_year", {"valid_from": TODAY, "valid_until": TODAY - timedelta(days=1)}),
        ("authority_says_what", {"scopes": []}),
        ("authority_says_what", {"scopes": [Scope.SEE, Scope.GIVE_ACCESS]}),
        ("authority_names_the_relative", {"name": ""}),
        ("authority_names_the_relative", {"relation": ""}),
        ("authority_consent_known", {"consent": "HEARSAY"}),
        ("authority_withdrawn_pair", {"withdrawn_at": NOW}),
    ],
)
def test_the_database_refuses_what_is_not_whole(world, constraint, fields):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        citizens.give_authority(world.per, **fields)


def test_the_database_holds_one_at_a_time_and_lets_a_new_one_follow(world):
    first = citizens.give_authority(world.per)
    with pytest.raises(IntegrityError, match="authority_one_at_a_time"), transaction.atomic():
        citizens.give_authority(world.per)
    RelativeAuthority.objects.filter(pk=first.pk).update(withdrawn_at=NOW, withdrawn_by=first.given_by)
    citizens.give_authority(world.per)


@pytest.mark.parametrize(
    "change", [{"scopes": ["SEE"]}, {"valid_until": TODAY + timedelta(days=300)}, {"name": "Annen"}]
)
def test_what_was_given_never_changes(world, change):
    held = citizens.give_authority(world.per)
    with pytest.raises(InternalError, match="pgtrigger"), transaction.atomic():
        RelativeAuthority.objects.filter(pk=held.pk).update(**change)


def test_a_withdrawal_is_final_and_no_row_disappears(world):
    held = citizens.give_authority(world.per)
    rows = RelativeAuthority.objects.filter(pk=held.pk)
    rows.update(withdrawn_at=NOW, withdrawn_by=held.given_by)
    with pytest.raises(InternalError), transaction.atomic():
        rows.update(withdrawn_at=None, withdrawn_by=None)
    with pytest.raises(InternalError), transaction.atomic():
        rows.delete()


def test_the_export_holds_the_authorities_without_the_index(world):
    citizens.give_authority(world.per)
    [table] = [each for each in everything_about(world.per) if each.name == "patients_relativeauthority"]
    assert [row["name"] for row in table.rows] == ["Tone Aasen"]
    assert "national_id_index" not in table.rows[0]


# The «Tilgang» page.


@pytest.fixture
def as_kari(world):
    with time_machine.travel(NOW, tick=False):
        yield let_in(Client(), world.kari)


def filled(tone, **fields):
    asked = {
        "name": "Tone Aasen", "relation": "datter", "national_id": tone.value, "scopes": ["SEE", "SUBMIT"],
        "lasts": "91", "consent": "SPOKEN",
    }  # fmt: skip
    return asked | fields


def test_the_nurse_registers_and_withdraws_on_the_access_page(as_kari, world, tone):
    answer = as_kari.post(reverse("authority-give", args=[world.per.pk]), filled(tone))
    assert answer.url == reverse("access", args=[world.per.pk])
    page = as_kari.get(answer.url)
    assert "Tone Aasen, datter: se målinger og plan, sende målinger." in " ".join(page.text.split())
    assert "Fullmakten er registrert og gjelder fra nå." in page.text
    see_everything()
    held = RelativeAuthority.objects.get(patient=world.per)
    assert held.valid_until == TODAY + timedelta(days=91)
    as_kari.post(reverse("authority-withdraw", args=[world.per.pk, held.pk]))
    assert "Trukket tilbake 18.11.2026" in " ".join(as_kari.get(answer.url).text.split())


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": ""}, "Navn: skriv fornavn og etternavn."),
        ({"national_id": "123"}, "Fødselsnummer: Personnummeret må ha 11 sifre."),
        ({"national_id": "01010112345"}, "Fødselsnummer: Kontrollsifrene stemmer ikke. Se over sifrene."),
        ({"scopes": []}, "Hva får personen gjøre: velg minst én ting."),
        ({"scopes": ["GIVE_ACCESS"]}, "Hva får personen gjøre: velg i listen."),
        ({"lasts": "9999"}, "Hvor lenge: velg i listen."),
        ({"consent": ""}, "Samtykke: velg hvordan pasienten har sagt ja."),
        ({"consent": "OWN"}, "Samtykke: velg i listen."),
    ],
)
def test_what_is_filled_in_wrong_is_told_with_the_field(as_kari, world, tone, wrong, told):
    page = as_kari.post(reverse("authority-give", args=[world.per.pk]), filled(tone, **wrong))
    assert (page.status_code, told in page.text) == (422, True)
    see_everything()
    assert RelativeAuthority.objects.count() == 0


def test_another_patients_authority_cannot_be_withdrawn_through_ones_own(as_kari, world):
    held = citizens.give_authority(world.solveig)
    assert as_kari.post(reverse("authority-withdraw", args=[world.per.pk, held.pk])).status_code == 404
    see_everything()
    assert AccessEntry.objects.filter(allowed=False, object_id=str(held.pk)).count() == 1
    held.refresh_from_db()
    assert held.withdrawn_at is None
