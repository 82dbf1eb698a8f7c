"""Roles at the service and in the database: the rules hold for whoever calls, not only for the page."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.enums import Role
from accounts.models import Membership, User
from accounts.queries import Workplace
from accounts.services import AccountRefused, end_membership, give_membership, register_person
from organisations.enums import PartnerKind
from organisations.models import Partner
from tests.factories.accounts import make_membership, make_user
from tests.factories.clock import NOW
from tests.factories.organisations import make_agreement

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
        ({"role": Role.SUPPORT, "partner": True, "days": 7}, "membership_support_is_short"),
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


def test_a_role_is_not_prolonged_over_the_next_of_the_same_kind(world, mona):
    day = timedelta(days=1)
    first = make_membership(mona, Role.NURSE, service=world.joint, valid_from=TODAY, valid_until=TODAY + day)
    make_membership(mona, Role.NURSE, service=world.joint, valid_from=TODAY + 3 * day)
    with pytest.raises(AccountRefused, match="allerede sykepleier i DHO Solør–Odal på samme tid"):
        end_membership(membership=first, last_day=TODAY + 3 * day, by=world.actor(world.eva), now=NOW)
    end_membership(membership=first, last_day=TODAY + 2 * day, by=world.actor(world.eva), now=NOW)
    first.refresh_from_db()
    assert first.valid_until == TODAY + 2 * day


def test_support_pauses_begins_soon_and_is_counted_for_each_municipality(world, mona):
    partner = Partner.objects.create(name="Nordlys", kind=PartnerKind.SUPPLIER)
    for party in (world.a, world.c):
        make_agreement(None, party.pk, partner=partner, shares=["EQUIPMENT"])
    place = Workplace("partner", partner.pk, partner.name, world.a.pk)

    def support(start, last):
        day = timedelta(days=1)
        return give_membership(
            user=mona, role=Role.SUPPORT, workplace=place, valid_from=TODAY + start * day,
            valid_until=TODAY + last * day, by=world.actor(world.ness), now=NOW,
        )  # fmt: skip

    with pytest.raises(AccountRefused, match=r"høyst sju dager fram\. Velg senest 24\.11\.2026"):
        support(7, 8)
    given = support(0, 2)
    assert (given.party, given.partner) == (world.a, partner)
    for start, why in ((1, "på samme tid"), (3, "minst én dag mellom")):
        with pytest.raises(AccountRefused, match=why):
            support(start, start + 1)
    support(4, 5)
    make_membership(
        mona, Role.SUPPORT, partner=partner, party=world.c, valid_from=TODAY, valid_until=TODAY, given_by=world.ness
    )


def test_who_is_registered_by_another_meanwhile_is_to_be_found_not_made_twice(world, monkeypatch):
    """The look beforehand sees nothing of what the other has not committed; here it looks at nobody at all."""
    fields = {"given_name": "X", "family_name": "Y", "email": "x@example.org"}
    nobody = User.objects.none()
    monkeypatch.setattr(User.objects, "filter", lambda **_: nobody)
    for name, number in (("DAHL", ""), ("x", "1234567")):
        with pytest.raises(AccountRefused, match="nettopp registrert av en annen") as refused:
            register_person(username=name, hpr_number=number, **fields, by=world.actor(world.eva), now=NOW)
        assert refused.value.field == ("hpr_number" if number else "username")
