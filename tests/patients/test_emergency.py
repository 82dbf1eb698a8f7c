"""Emergency access: reading only, four hours, with a reason, in the log, and reviewed by somebody else."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, transaction

from accounts.enums import Role
from accounts.roles import Permission
from audit.models import AccessEntry
from audit.services import Refused
from patients.access import emergency_of, get_patient, visible_patients
from patients.enums import Obstacle
from patients.models import EmergencyAccess
from patients.queries import find_for_emergency
from patients.services import NotPossible, NotYours, open_emergency_access, review_emergency_access
from tests.factories.accounts import actor_of, make_membership, make_user
from tests.factories.care import block, open_in_emergency
from tests.factories.clock import NOW
from tests.factories.organisations import make_agreement, make_service

REASON = "Bevisstløs på legevakten, ingen pårørende."


@pytest.fixture
def lind(world):
    """A nurse of another service in Per's municipality: Per is no business of hers, until it is an emergency."""
    clinic = make_service("Legevakten i Kongsvinger", owner=world.a.pk)
    user = make_user("lind", "Liv", "Lind")
    make_membership(user, Role.NURSE, service=clinic)
    return user


@pytest.fixture
def officer(world):
    """The privacy officer of Per's municipality."""
    user = make_user("ruud", "Rolf", "Ruud")
    make_membership(user, Role.PRIVACY_OFFICER, authority=world.a)
    return user


def may(user, patient, permission, at=NOW):
    return visible_patients(actor_of(user), now=at, permission=permission).filter(pk=patient.pk).exists()


def ask(world, user, patient=None, reason=REASON):
    return open_emergency_access(patient=patient or world.per, reason=reason, by=actor_of(user), now=NOW)


def test_it_opens_reading_for_four_hours_and_nothing_else(world, lind):
    opened = ask(world, lind)
    reads = {p for p in Permission if may(lind, world.per, p)}
    assert reads == {Permission.SEE_PATIENT, Permission.SEE_PLAN}
    assert (opened.role, opened.organisation, opened.reason) == ("NURSE", "Legevakten i Kongsvinger", REASON)
    just_before, over = NOW + timedelta(hours=4, seconds=-1), NOW + timedelta(hours=4)
    assert [may(lind, world.per, Permission.SEE_PATIENT, at) for at in (just_before, over)] == [True, False]
    assert not may(lind, world.solveig, Permission.SEE_PATIENT)


def test_the_log_says_so_and_each_look_says_that_only_this_opened_it(world, lind):
    opened = ask(world, lind)
    get_patient(world.per.pk, by=actor_of(lind), now=NOW)
    get_patient(world.per.pk, by=actor_of(world.kari), now=NOW)
    entries = AccessEntry.objects.order_by("pk").values_list("action", "purpose", "object_id", "patient_id")
    assert list(entries) == [
        ("EMERGENCY_ACCESS", "Nødtilgang", str(opened.pk), world.per.pk),
        ("OPEN_PATIENT", "Nødtilgang", "", world.per.pk),
        ("OPEN_PATIENT", "", "", world.per.pk),
    ]


def test_it_goes_past_a_block_and_the_log_says_that(world):
    block(world.per, world.kari, user=world.berit)
    ask(world, world.berit)
    get_patient(world.per.pk, by=actor_of(world.berit), now=NOW)
    assert AccessEntry.objects.latest("pk").purpose == "Nødtilgang, selv om pasienten har sperret for innsyn"
    with pytest.raises(Refused):
        get_patient(world.per.pk, by=actor_of(world.berit), now=NOW, permission=Permission.TRIAGE)


def test_it_is_not_an_emergency_for_whoever_is_let_in_anyway(world, lind):
    open_in_emergency(world.per, world.kari)
    opened = open_in_emergency(world.per, lind)
    found = [emergency_of(world.per, by=actor_of(user), now=NOW) for user in (world.kari, lind, world.ness)]
    assert found == [None, opened, None]


@pytest.mark.parametrize("person", ["ola", "siri", "ness", "eva"])
def test_who_does_not_reach_or_may_not_is_refused(world, person):
    with pytest.raises(NotYours):
        ask(world, getattr(world, person))
    assert not EmergencyAccess.objects.exists()


def test_it_needs_the_agreement(world):
    """A nurse of the joint service in B, whose agreement with B shares the plan only."""
    world.b.agreements.filter(service=world.joint).update(shares=["PLAN"])
    with pytest.raises(NotYours):
        ask(world, world.kari, world.solveig)


@pytest.mark.parametrize(
    ("person", "reason", "obstacle"),
    [
        ("lind", "x" * 19, Obstacle.SHORT_REASON),
        ("lind", "  kort       " + " " * 20, Obstacle.SHORT_REASON),
        ("kari", REASON, Obstacle.ALREADY_OPEN),
    ],
)
def test_it_says_why_not(world, lind, person, reason, obstacle):
    with pytest.raises(NotPossible) as refused:
        ask(world, lind if person == "lind" else world.kari, reason=reason)
    assert refused.value.obstacle == obstacle


def test_it_is_not_prolonged_by_asking_again(world, lind):
    ask(world, lind)
    with pytest.raises(NotPossible):
        ask(world, lind)
    assert EmergencyAccess.objects.count() == 1


def test_the_person_is_found_by_number_within_reach_only(world, lind):
    number = f"{world.per.national_id[:6]} {world.per.national_id[6:]}"
    assert find_for_emergency(actor_of(lind), number) == world.per
    found = [find_for_emergency(actor_of(user), world.per.national_id) for user in (world.ola, world.siri)]
    assert [*found, find_for_emergency(actor_of(lind), "01010112345")] == [None, None, None]


def test_the_privacy_officer_reviews_it_once(world, lind, officer):
    opened = ask(world, lind)
    review_emergency_access(emergency=opened, review=" I orden. ", by=actor_of(officer), now=NOW)
    opened.refresh_from_db()
    assert (opened.review, opened.reviewed_by, opened.reviewed_at) == ("I orden.", officer, NOW)
    with pytest.raises(NotPossible) as refused:
        review_emergency_access(emergency=opened, review="Om igjen", by=actor_of(officer), now=NOW)
    assert refused.value.obstacle == Obstacle.ALREADY_REVIEWED


def test_a_review_says_something_and_is_never_ones_own(world, lind, officer):
    opened = ask(world, lind)
    with pytest.raises(NotPossible) as refused:
        review_emergency_access(emergency=opened, review="  ", by=actor_of(officer), now=NOW)
    assert refused.value.obstacle == Obstacle.NO_REVIEW
    own = open_in_emergency(world.per, officer)
    with pytest.raises(NotPossible) as refused:
        review_emergency_access(emergency=own, review="I orden", by=actor_of(officer), now=NOW)
    assert refused.value.obstacle == Obstacle.OWN_EMERGENCY


@pytest.mark.parametrize("person", ["kari", "ola", "dahl", "siri", "ness", "eva"])
def test_nobody_else_reviews(world, lind, person):
    with pytest.raises(NotYours):
        review_emergency_access(
            emergency=ask(world, lind), review="I orden", by=actor_of(getattr(world, person)), now=NOW
        )


def test_a_privacy_officer_of_another_municipality_does_not_review(world, lind):
    other = make_user("skog", "Siv", "Skog")
    make_membership(other, Role.PRIVACY_OFFICER, authority=world.c)
    with pytest.raises(NotYours):
        review_emergency_access(emergency=ask(world, lind), review="I orden", by=actor_of(other), now=NOW)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"reason": "for kort"}, "emergency_has_reason"),
        ({"reason": " " * 30}, "emergency_has_reason"),
        ({"review": "I orden"}, "emergency_reviewed_completely"),
    ],
)
def test_the_database_refuses_half_of_it(world, lind, fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        open_in_emergency(world.per, lind, **fields)


def test_the_database_refuses_long_access_and_a_review_of_oneself(world, lind):
    with pytest.raises(IntegrityError, match="emergency_not_reviewed_by_oneself"), transaction.atomic():
        open_in_emergency(world.per, lind, reviewed_at=NOW, reviewed_by=lind, review="I orden")
    opened = open_in_emergency(world.per, lind)
    for change in ({"ends_at": NOW + timedelta(days=1)}, {"reason": "Noe annet enn det som ble skrevet"}):
        with pytest.raises(InternalError, match="Cannot update row"), transaction.atomic():
            EmergencyAccess.objects.filter(pk=opened.pk).update(**change)
    with pytest.raises(IntegrityError, match="emergency_is_short"), transaction.atomic():
        EmergencyAccess.objects.create(
            municipality=world.a,
            patient=world.per,
            user=lind,
            role=Role.NURSE,
            organisation="Legevakten",
            reason=REASON,
            began_at=NOW,
            ends_at=NOW + timedelta(hours=5),
        )


def test_an_agreement_gives_a_hospital_emergency_access_too(world):
    clinic = make_service("Nabokommunens legevakt", owner=world.c.pk)
    user = make_user("vang", "Vidar", "Vang")
    make_membership(user, Role.NURSE, service=clinic)
    with pytest.raises(NotYours):
        ask(world, user)
    make_agreement(clinic, world.a.pk)
    ask(world, user)
    assert may(user, world.per, Permission.SEE_PATIENT)
