"""Agreements at the service itself: tenant re-asserted, and the start kept by the database."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from organisations.models import Agreement, last_day_at_once
from organisations.services import AgreementRefused, save_agreement
from tests.factories.clock import NOW

TODAY = NOW.date()


@pytest.fixture
def joint_in_grue(world):
    return Agreement.objects.get(service=world.joint, party=world.b)


def test_another_municipalitys_agreement_is_refused(world, joint_in_grue):
    joint_in_grue.reference = "Sak 1"
    with pytest.raises(PermissionDenied):
        save_agreement(agreement=joint_in_grue, by=world.actor(world.ness), now=NOW)


def test_an_agreement_is_not_moved_to_the_own_municipality(world, joint_in_grue):
    joint_in_grue.party = world.a
    with pytest.raises(PermissionDenied):
        save_agreement(agreement=joint_in_grue, by=world.actor(world.ness), now=NOW)


def test_the_party_stays_the_controller(world, joint_in_grue):
    joint_in_grue.controller = world.c
    saved = save_agreement(agreement=joint_in_grue, by=world.actor(world.siri), now=NOW)
    assert Agreement.objects.get(pk=saved.pk).controller == world.b


def test_what_has_ended_is_not_reopened(world, joint_in_grue):
    Agreement.objects.filter(pk=joint_in_grue.pk).update(valid_until=TODAY - timedelta(days=1))
    with pytest.raises(AgreementRefused, match="Lag en ny avtale"):
        save_agreement(agreement=joint_in_grue, by=world.actor(world.siri), now=NOW)


@pytest.mark.parametrize(
    ("valid_from", "last_day"),
    [(date(2020, 1, 1), date(2026, 11, 17)), (TODAY, date(2026, 11, 17)), (date(2027, 3, 1), date(2027, 2, 28))],
)
def test_at_once_is_yesterday_or_before_it_began(valid_from, last_day):
    assert last_day_at_once(valid_from, TODAY) == last_day
