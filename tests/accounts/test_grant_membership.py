"""manage.py grant_membership: the operator sets in an organisation's first person."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from accounts.enums import Role
from accounts.models import Membership
from organisations.enums import PartnerKind
from organisations.models import Partner
from tests.factories.accounts import make_user


@pytest.fixture
def mona(world):
    """A person whom nobody has given a role."""
    return make_user("mona", "Mona", "Krogh")


@pytest.mark.parametrize("organisation", ["341700", "Grue"])
def test_it_makes_the_first_administrator(world, mona, organisation, capsys):
    call_command("grant_membership", "mona", "MUNICIPAL_ADMINISTRATOR", organisation, "--from", "2026-12-01")
    given = Membership.objects.get(user=mona)
    assert (given.role, given.authority, given.valid_from, given.valid_until, given.given_by) == (
        Role.MUNICIPAL_ADMINISTRATOR,
        world.b,
        date(2026, 12, 1),
        None,
        None,
    )
    assert capsys.readouterr().out == "mona is MUNICIPAL_ADMINISTRATOR at Grue from 2026-12-01.\n"


def test_it_makes_the_first_leader_until_a_day(world, mona):
    call_command("grant_membership", "mona", "SERVICE_LEADER", str(world.joint.pk), "--until", "2099-12-31")
    given = Membership.objects.get(user=mona)
    assert (given.service, given.valid_until) == (world.joint, date(2099, 12, 31))


def test_a_partners_person_works_for_the_municipality_that_is_named(world, mona):
    Partner.objects.create(name="Nordlys", kind=PartnerKind.LOGISTICS)
    call_command("grant_membership", "mona", "LOGISTICS", "Nordlys", "--party", str(world.a.pk))
    assert Membership.objects.get(user=mona).party == world.a


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ingen", "NURSE", "DHO Solør–Odal"], "There is no user ingen"),
        (["mona", "NURSE", "Grue"], "There are 0 organisations «Grue» for this role"),
        (["mona", "KING", "Grue"], "invalid choice"),
        (["mona", "SUPPORT", "Nordlys", "--party", "340100"], "membership_support_is_short"),
        (["mona", "LOGISTICS", "Nordlys"], "Give --party"),
        (["mona", "NURSE", "DHO Solør–Odal", "--party", "340100"], "Give --party"),
    ],
)
def test_it_says_what_is_wrong(mona, arguments, said):
    Partner.objects.create(name="Nordlys", kind=PartnerKind.SUPPLIER)
    with pytest.raises(CommandError, match=said):
        call_command("grant_membership", *arguments)
    assert not Membership.objects.filter(user=mona).exists()
