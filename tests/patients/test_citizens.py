"""Who a citizen can be, and whom a device or a person may act for."""

import pytest
import time_machine
from django.db import transaction

from dho.lib import rls
from measurements.models import Reading
from measurements.services import TypedReading, store_typed
from patients.citizens import Citizen
from patients.queries.citizens import citizen_for, citizen_with, citizens_for
from tests.alerts.test_concurrency import at_once
from tests.database import see_everything
from tests.factories.citizens import give_authority, own_citizen, own_user, relative_citizen
from tests.factories.clock import NOW


def test_a_citizen_is_one_of_three_and_of_this_patient(world):
    authority = give_authority(world.per)
    relative, per = relative_citizen(authority).user, own_user(world.per)
    wrong = [
        {},
        {"user": per, "device": world.per_tablet},
        {"device": world.per_tablet, "authority": authority},
        # Somebody else's: another patient's tablet, a relative without the authority, an authority for another patient.
        {"device": world.nils_tablet},
        {"user": relative},
        {"user": relative, "authority": give_authority(world.solveig)},
    ]
    for fields in wrong:
        with pytest.raises(ValueError, match=r"A citizen is|Somebody else's"):
            Citizen(world.per, **fields)


def test_a_tablet_acts_until_it_is_revoked_or_the_patient_is_dead(world):
    assert citizen_with(world.per_tablet, now=NOW) == Citizen(world.per, device=world.per_tablet)
    type(world.per).objects.filter(pk=world.per.pk).update(deceased_on=NOW.date())
    assert citizen_with(world.per_tablet, now=NOW) is None
    world.nils_tablet.revoked_at = NOW
    assert citizen_with(world.nils_tablet, now=NOW) is None


def test_who_has_moved_reads_the_old_record_and_relatives_do_not(world):
    relative, per = relative_citizen(give_authority(world.per)).user, own_user(world.per)
    type(world.per).objects.filter(pk=world.per.pk).update(moved_on=NOW.date())
    assert [each.patient for each in citizens_for(per, now=NOW)] == [world.per]
    assert citizens_for(relative, now=NOW) == []


def test_a_person_without_a_national_id_is_nobodys_relative(world):
    """Staff who are known by HPR number only have no index, and an empty one must not match anything."""
    assert world.kari.national_id_index is None
    assert citizens_for(world.kari, now=NOW) == []
    assert citizen_for(world.kari, patient_id=world.per.pk, authority_id=None, now=NOW) is None


def test_two_clicks_at_the_same_moment_store_one_reading(committed_world):
    world = committed_world
    with transaction.atomic():
        see_everything()
        per = own_citizen(world.per)
    typed = TypedReading(world.per.pk, "pulse", ["71"])

    def click():
        with transaction.atomic():
            rls.limit_to([world.a.pk])
            return store_typed(patient=world.per, typed=typed, by=per, now=NOW)

    with time_machine.travel(NOW):
        answers = at_once(click, click)
    assert sorted(each.created for each in answers) == [False, True]
    with transaction.atomic():
        see_everything()
        assert Reading.objects.filter(patient=world.per).count() == 1
