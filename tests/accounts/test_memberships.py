"""What the database itself refuses of memberships (C2, R-309), and what each kind of membership reaches (R-156)."""

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from accounts.enums import AT_AUTHORITY, AT_COMMUNITY, AT_PARTNER, AT_PRACTICE, AT_SERVICE, Role
from accounts.models import Membership
from accounts.queries import _REACHING, work_of, work_reaching
from accounts.roles import NEEDS, RIGHTS, Permission
from organisations.enums import PartnerKind, Shared
from organisations.models import GpPractice, Partner
from tests.factories.accounts import make_membership, make_user
from tests.factories.clock import NOW
from tests.factories.organisations import make_agreement
from tests.factories.world import A, B, C

TODAY = NOW.date()
SHORT = {"valid_from": TODAY, "valid_until": TODAY + timedelta(days=6)}
EVERYTHING = frozenset(Shared)


@pytest.fixture
def person(world):
    return make_user("nina", "Nina", "Dal")


@pytest.fixture
def places(world) -> dict[str, object]:
    """One organisation of each kind."""
    partner = Partner.objects.create(name="Hjelpemiddellageret", kind=PartnerKind.LOGISTICS)
    return {
        "service": world.joint,
        "practice": GpPractice.objects.get(name="Kongsvinger legesenter"),
        "authority": world.a,
        "community": world.a.community,
        "partner": partner,
    }


FITS = {"service": AT_SERVICE, "practice": AT_PRACTICE, "authority": AT_AUTHORITY, "community": AT_COMMUNITY,
        "partner": AT_PARTNER}  # fmt: skip


def test_every_role_has_its_rights_and_exactly_one_kind_of_organisation():
    assert sorted(role for roles in FITS.values() for role in roles) == sorted(Role)
    assert set(RIGHTS) == set(Role)
    assert set(NEEDS) <= set(Permission)


@pytest.mark.parametrize("kind", FITS)
def test_a_role_fits_its_kind_of_organisation_and_no_other(world, person, places, kind):
    for role in Role:
        given = SHORT | {"given_by": world.ness} if role == Role.SUPPORT else {}
        if role in FITS[kind]:
            make_membership(person, role, **{kind: places[kind]}, **given)
        else:
            with pytest.raises(IntegrityError, match="membership_role_fits_organisation"), transaction.atomic():
                make_membership(person, role, **{kind: places[kind]}, **given)


def test_nobody_gives_a_membership_to_oneself(world):
    with pytest.raises(IntegrityError, match="membership_not_given_to_oneself"), transaction.atomic():
        make_membership(world.ness, Role.COORDINATOR, authority=world.a, given_by=world.ness)


@pytest.mark.parametrize(
    "fields",
    [
        {"valid_from": TODAY},
        {"valid_from": TODAY, "valid_until": TODAY + timedelta(days=7)},
        {"valid_from": TODAY, "valid_until": TODAY + timedelta(days=1), "given_by": None},
    ],
)
def test_support_is_short_and_approved_by_somebody(world, person, places, fields):
    fields = {"given_by": world.ness} | fields
    with pytest.raises(IntegrityError, match="membership_support_is_short"), transaction.atomic():
        make_membership(person, Role.SUPPORT, partner=places["partner"], **fields)


@pytest.mark.parametrize(
    ("kind", "role", "reach"),
    [
        ("service", Role.NURSE, {A: EVERYTHING, B: EVERYTHING}),
        ("practice", Role.GP, {A: EVERYTHING, B: EVERYTHING}),
        ("authority", Role.COORDINATOR, {A: EVERYTHING}),
        ("community", Role.COMMUNITY_COORDINATOR, {}),
        ("partner", Role.LOGISTICS, {A: frozenset({Shared.EQUIPMENT})}),
    ],
)
def test_a_membership_reaches_what_ownership_and_agreements_say(world, person, places, kind, role, reach):
    make_agreement(None, A, partner=places["partner"], shares=[Shared.EQUIPMENT])
    make_membership(person, role, **{kind: places[kind]})
    (actor,) = work_of(person, on=TODAY)
    assert (actor.role, dict(actor.reach), actor.municipality_ids) == (role, reach, frozenset(reach))


def test_what_is_not_shared_stays_closed(world, person):
    make_agreement(world.own_c, A, shares=[Shared.PLAN])
    make_membership(person, Role.NURSE, service=world.own_c)
    (actor,) = work_of(person, on=TODAY)
    assert actor.municipality_ids == {A, C}
    assert {
        name: actor.reaches(Permission[name]) for name in ("SEE_PLAN", "SEE_PATIENT", "TRIAGE", "APPROVE_PLAN")
    } == {
        "SEE_PLAN": {A, C},
        "SEE_PATIENT": {C},
        "TRIAGE": {C},
        "APPROVE_PLAN": frozenset(),
    }


def test_a_partners_person_reaches_the_municipality_that_gave_the_role_and_no_other(world, person, places):
    for party in (A, B):
        make_agreement(None, party, partner=places["partner"], shares=[Shared.EQUIPMENT])
    make_membership(person, Role.LOGISTICS, partner=places["partner"], party=world.a)
    (actor,) = work_of(person, on=TODAY)
    assert dict(actor.reach) == {A: frozenset({Shared.EQUIPMENT})}
    assert [each.user for each in work_reaching(A, on=TODAY) if each.partner_id] == [person]
    assert [each.user for each in work_reaching(B, on=TODAY) if each.partner_id] == []


@pytest.mark.parametrize("wrong", [{"partner": True, "party_id": None}, {"service": True, "party_id": A}])
def test_the_party_is_named_for_a_partners_person_and_for_nobody_else(world, person, places, wrong):
    kind = "partner" if "partner" in wrong else "service"
    role = Role.LOGISTICS if kind == "partner" else Role.NURSE
    with pytest.raises(IntegrityError, match="membership_partner_names_party"), transaction.atomic():
        make_membership(person, role, **{kind: places[kind]}, party_id=wrong["party_id"])


def test_memberships_from_before_get_the_municipality_whose_administrator_gave_them(world, person, places):
    for party, since in ((B, date(2019, 1, 1)), (A, date(2020, 1, 1))):
        make_agreement(None, party, partner=places["partner"], shares=[Shared.EQUIPMENT], valid_from=since)
    given = make_membership(person, Role.LOGISTICS, partner=places["partner"], given_by=world.ness, party=world.c)
    first = make_membership(person, Role.ANALYST, partner=places["partner"], party=world.c)
    sql = import_module("accounts.migrations.0009_partners_and_people").PARTY
    with connection.cursor() as cursor:
        cursor.execute(sql)
    assert [Membership.objects.get(pk=each.pk).party_id for each in (given, first)] == [A, B]


@pytest.mark.parametrize(
    ("first", "again"), [(0, 0), (0, 6), (0, 7), (7, 0)], ids=["the same days", "last day", "next day", "day before"]
)
def test_the_database_refuses_standing_support_in_pieces(world, person, places, first, again):
    def support(start):
        day = TODAY + timedelta(days=start)
        until = day + timedelta(days=6)
        return make_membership(
            person, Role.SUPPORT, partner=places["partner"], valid_from=day, valid_until=until, given_by=world.ness
        )

    support(first)
    with pytest.raises(InternalError, match="pauses for a day"), transaction.atomic():
        support(again)
    support(first + 8)


@pytest.mark.parametrize("kind", FITS)
def test_the_database_refuses_the_same_role_twice_at_a_time(world, person, places, kind):
    role = next(role for role in FITS[kind] if role != Role.SUPPORT)
    day = timedelta(days=1)
    make_membership(person, role, **{kind: places[kind]}, valid_from=TODAY, valid_until=TODAY + day)
    with pytest.raises(IntegrityError, match=f"membership_{kind}_once_at_a_time"), transaction.atomic():
        make_membership(person, role, **{kind: places[kind]}, valid_from=TODAY + day)
    make_membership(person, role, **{kind: places[kind]}, valid_from=TODAY + 2 * day)
    # What was withdrawn was never valid, and stands in the way of nothing.
    make_membership(person, role, **{kind: places[kind]}, valid_from=TODAY + day, valid_until=TODAY)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"username": "NINA"}, "user_name_once_in_any_case"),
        ({"username": "b", "hpr_number": "7777777"}, "user_hpr_number_once"),
        ({"username": "b", "given": "a" * 100, "family": "b" * 100}, "user_name_fits_the_log"),
    ],
)
def test_the_database_holds_that_a_person_is_found_and_fits_the_log(db, fields, constraint):
    make_user("nina", "Nina", "Dal", hpr_number="7777777")
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make_user(**{"given": "Nora", "family": "Dal"} | fields)
    make_user("no-number", "N" * 99, "D" * 100)
    make_user("no-number-either", "Nora", "Dal")


@pytest.mark.parametrize(("day", "reached"), [(-1, False), (0, True), (5, True), (6, False)])
def test_an_agreement_counts_from_its_first_to_its_last_day(world, person, day, reached):
    make_agreement(world.own_c, A, valid_from=TODAY, valid_until=TODAY + timedelta(days=5))
    make_membership(person, Role.NURSE, service=world.own_c)
    (actor,) = work_of(person, on=TODAY + timedelta(days=day))
    assert (A in actor.municipality_ids) == reached


def test_a_membership_counts_from_its_first_to_its_last_day(world, person):
    make_membership(person, Role.NURSE, service=world.joint, **SHORT)
    days = [-1, 0, 6, 7]
    assert [len(work_of(person, on=TODAY + timedelta(days=day))) for day in days] == [0, 1, 1, 0]
    assert Membership.objects.filter(user=person).count() == 1


def test_health_data_are_never_shared_with_a_partner(world, places):
    with pytest.raises(IntegrityError, match="agreement_partner_without_health_data"), transaction.atomic():
        make_agreement(None, A, partner=places["partner"])


def test_an_agreement_lets_in_one_organisation_once_at_a_time(world):
    with pytest.raises(IntegrityError, match="agreement_service_one_at_a_time"), transaction.atomic():
        make_agreement(world.joint, B)
    with pytest.raises(IntegrityError, match="agreement_with_one_organisation"), transaction.atomic():
        make_agreement(None, B)


def test_whom_a_municipality_lets_in_is_found_by_indexes(world):
    """The other way round each page would read every membership of the installation."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + _REACHING, {"municipality": A, "on": TODAY})
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Seq Scan on accounts_membership" not in plan, plan
