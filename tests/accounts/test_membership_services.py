"""Roles at the service and in the database: the rules hold for whoever calls, not only for the page."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.enums import Role
from accounts.models import Membership
from accounts.queries import Workplace
from accounts.services import AccountRefused, end_membership, give_membership, register_person
from organisations.enums import PartnerKind
from organisations.models import Partner
from tests.factories.accounts import make_membership, make_user
from tests.factories.clock import NOW

TODAY = NOW.date()


@pytest.fixture
def mona(world):
    """A person whom nobody has given a role."""
    return make_user("mona", "Mona", "Krogh")


def joint(world) -> Workplace:
    return Workplace("service", world.joint.pk, world.joint.name)


def give(world, by, user, role=Role.NURSE, place=None):
    return give_membership(
        user=user,
        role=role,
        workplace=place or joint(world),
        valid_from=TODAY,
        valid_until=None,
        by=world.actor(by),
        now=NOW,
    )


@pytest.mark.parametrize("person", ["kari", "ola", "siri", "dahl", "vera"])
def test_only_those_who_manage_people_give_end_and_register(world, mona, person):
    by = getattr(world, person)
    with pytest.raises(PermissionDenied):
        give(world, by, mona)
    with pytest.raises(PermissionDenied):
        end_membership(membership=world.berit.memberships.get(), last_day=TODAY, by=world.actor(by), now=NOW)
    with pytest.raises(PermissionDenied):
        register_person(
            username="x", given_name="X", family_name="Y", email="x@example.org", hpr_number="",
            by=world.actor(by), now=NOW,
        )  # fmt: skip


def test_a_leader_gives_nothing_elsewhere_and_nothing_above(world, mona):
    with pytest.raises(PermissionDenied):
        give(world, world.eva, mona, place=Workplace("service", world.own_c.pk, world.own_c.name))
    with pytest.raises(AccountRefused, match="Be administratoren"):
        give(world, world.eva, mona, role=Role.SERVICE_LEADER)
    with pytest.raises(PermissionDenied):
        end_membership(membership=world.ola.memberships.get(), last_day=TODAY, by=world.actor(world.eva), now=NOW)
    with pytest.raises(PermissionDenied):
        end_membership(membership=world.eva.memberships.get(), last_day=TODAY, by=world.actor(world.eva), now=NOW)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"role": Role.NURSE, "own": True}, "membership_not_given_to_oneself"),
        ({"role": Role.GP}, "membership_role_fits_organisation"),
        ({"role": Role.NURSE, "days": -2}, "membership_ends_after_start"),
        ({"role": Role.SUPPORT, "partner": True, "days": 8}, "membership_support_is_short"),
        ({"role": Role.SUPPORT, "partner": True}, "membership_support_is_short"),
    ],
)
def test_the_database_refuses_too(world, mona, fields, constraint):
    days = fields.get("days")
    partner = Partner.objects.create(name="Nordlys", kind=PartnerKind.SUPPLIER)
    where = {"partner": partner} if "partner" in fields else {"service": world.joint}
    until = TODAY + timedelta(days=days) if days else None
    giver = mona if "own" in fields else world.eva
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make_membership(mona, fields["role"], valid_from=TODAY, valid_until=until, given_by=giver, **where)


def test_a_withdrawn_role_was_never_valid(world, mona):
    make_membership(mona, Role.NURSE, service=world.joint, valid_from=TODAY, valid_until=TODAY - timedelta(days=1))
    nearby = [TODAY + timedelta(days=days) for days in (-1, 0, 1)]
    assert [Membership.objects.in_force(day).filter(user=mona).exists() for day in nearby] == [False, False, False]
