"""Sharing a patient with a service that reads along (R-140, R-303)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.enums import Role
from organisations.models import Agreement
from patients.access import visible_patients
from patients.enums import Obstacle
from patients.models import CareRelation
from patients.services import NotPossible, NotYours, end_sharing, share_patient
from tests.factories.accounts import actor_of, make_membership, make_user
from tests.factories.care import block, make_hospital, share
from tests.factories.clock import NOW
from tests.factories.organisations import make_agreement, make_service

DAY = timedelta(days=1)
TODAY = NOW.date()


@pytest.fixture
def hospital(world):
    """A department with an agreement with Per's municipality, and its doctor."""
    found = make_hospital()
    make_agreement(found, world.a.pk)
    found.doctor = make_user("moe", "Mari", "Moe", hpr_number="1111111")
    make_membership(found.doctor, Role.SPECIALIST, service=found)
    return found


def sees(user, patient, at=NOW):
    return visible_patients(actor_of(user, on=at), now=at).filter(pk=patient.pk).exists()


def give(world, service, *, by=None, patient=None, last_day=None, now=NOW):
    by = actor_of(by or world.kari)
    return share_patient(patient=patient or world.per, service=service, last_day=last_day, by=by, now=now)


def test_the_department_sees_the_shared_patient_from_now_to_the_last_day(world, hospital):
    assert not sees(hospital.doctor, world.per)
    relation = give(world, hospital, last_day=TODAY + DAY)
    assert (relation.valid_from, relation.valid_until, relation.given_by) == (TODAY, TODAY + DAY, world.kari)
    assert [sees(hospital.doctor, world.per, NOW + days * DAY) for days in (0, 1, 2)] == [True, True, False]


def test_ending_it_closes_the_record_at_once_and_it_can_be_shared_again_the_same_day(world, hospital):
    relation = give(world, hospital)
    end_sharing(relation=relation, by=actor_of(world.kari), now=NOW)
    assert not sees(hospital.doctor, world.per)
    assert (relation.ended_at, relation.ended_by) == (NOW, world.kari)
    give(world, hospital)
    assert sees(hospital.doctor, world.per)


def test_it_is_ended_once(world, hospital):
    relation = give(world, hospital)
    end_sharing(relation=relation, by=actor_of(world.kari), now=NOW)
    with pytest.raises(NotPossible) as refused:
        end_sharing(relation=relation, by=actor_of(world.berit), now=NOW)
    assert refused.value.obstacle == Obstacle.ALREADY_ENDED
    relation.refresh_from_db()
    assert relation.ended_by == world.kari


def test_the_coordinator_shares_within_the_own_municipality(world, hospital):
    make_agreement(hospital, world.b.pk)
    give(world, hospital, by=world.siri, patient=world.solveig)
    assert sees(hospital.doctor, world.solveig)
    with pytest.raises(NotYours):
        give(world, hospital, by=world.siri, patient=world.per)


@pytest.mark.parametrize("person", ["ola", "dahl", "ness", "eva"])
def test_nobody_else_shares_or_ends(world, hospital, person):
    relation = share(world.per, hospital, world.kari)
    with pytest.raises(NotYours):
        give(world, hospital, by=getattr(world, person))
    with pytest.raises(NotYours):
        end_sharing(relation=relation, by=actor_of(getattr(world, person)), now=NOW)


def test_one_who_reads_along_shares_no_further(world):
    other = make_service("Hjemmesykepleien i Kongsvinger", owner=world.a.pk)
    nurse = make_user("lind", "Liv", "Lind")
    make_membership(nurse, Role.NURSE, service=other)
    share(world.per, other, world.kari)
    assert sees(nurse, world.per)
    with pytest.raises(NotYours):
        give(world, other, by=nurse)


@pytest.mark.parametrize(
    "obstacle", ["NO_AGREEMENT", "ENDED", "ONLY_EQUIPMENT", "HOLDS_COURSE", "BLOCKED", "ALREADY_SHARED", "PAST_DAY"]
)
def test_what_cannot_be_shared_says_why(world, hospital, obstacle):
    service, last_day = hospital, None
    if obstacle == "NO_AGREEMENT":
        service = make_hospital("Hjerteavdelingen")
    elif obstacle == "ENDED":
        Agreement.objects.filter(service=hospital).update(valid_until=TODAY - DAY)
    elif obstacle == "ONLY_EQUIPMENT":
        Agreement.objects.filter(service=hospital).update(shares=["EQUIPMENT"])
    elif obstacle == "HOLDS_COURSE":
        service = world.joint
    elif obstacle == "BLOCKED":
        block(world.per, world.kari, service=hospital)
    elif obstacle == "ALREADY_SHARED":
        share(world.per, hospital, world.kari)
    else:
        last_day = TODAY - DAY
    before = CareRelation.objects.count()
    with pytest.raises(NotPossible) as refused:
        give(world, service, last_day=last_day)
    assert refused.value.obstacle == ("NO_AGREEMENT" if obstacle in ("ENDED", "ONLY_EQUIPMENT") else obstacle)
    assert CareRelation.objects.count() == before


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"valid_until": TODAY - 100 * DAY}, "relation_ends_after_start"),
        ({"ended_at": NOW}, "relation_ended_pair"),
    ],
)
def test_the_database_refuses_half_an_ending(world, hospital, change, constraint):
    relation = share(world.per, hospital, world.kari)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        CareRelation.objects.filter(pk=relation.pk).update(**change)


def test_the_database_refuses_two_at_a_time(world, hospital):
    share(world.per, hospital, world.kari)
    with pytest.raises(IntegrityError, match="relation_one_at_a_time"), transaction.atomic():
        share(world.per, hospital, world.kari)
