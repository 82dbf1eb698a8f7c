"""Whose approval counts while the hospital has the phase, and after the handover back (C3, R-143, R-144)."""

from datetime import timedelta

import pytest

from accounts.enums import Role
from alerts import services
from careplans.enums import VersionStatus
from careplans.queries.gp import waiting_for
from careplans.services import NotYours, approve
from patients.services import propose_handover
from tests.factories.accounts import actor_of, make_membership, make_user
from tests.factories.care import make_hospital, share
from tests.factories.careplans import make_draft, propose
from tests.factories.clock import NOW
from tests.factories.organisations import make_agreement

YEAR = NOW + timedelta(days=365)


@pytest.fixture
def hospital(world):
    """The department that gets Per for the first weeks, with its nurse and doctor."""
    found = make_hospital()
    make_agreement(found, world.a.pk)
    found.nurse, found.doctor = make_user("lind", "Liv", "Lind"), make_user("moe", "Mari", "Moe", hpr_number="1111111")
    make_membership(found.nurse, Role.HOSPITAL_NURSE, service=found)
    make_membership(found.doctor, Role.SPECIALIST, service=found)
    return found


def hand_over(patient, to_service, giver, taker):
    handover = propose_handover(
        patient=patient, to_service=to_service, takes_effect_on=NOW.date(), note="", by=actor_of(giver), now=NOW
    )
    services.accept_handover(handover_id=handover.pk, note="", by=actor_of(taker), now=NOW)


def decides(version, doctor):
    """Whether the doctor has the proposal on the list and is allowed to approve it."""
    listed = [each.pk for each in waiting_for(actor_of(doctor), now=NOW)]
    try:
        approve(version=version, valid_until=YEAR, by=actor_of(doctor), now=NOW)
    except NotYours:
        assert version.pk not in listed
        return False
    assert version.pk in listed
    return True


def test_the_specialist_decides_in_the_hospitals_phase_and_the_gp_before_and_after(world, hospital):
    first = propose(make_draft(world.per, world.kari))
    assert [decides(first, doctor) for doctor in (hospital.doctor, world.dahl)] == [False, True]

    hand_over(world.per, hospital, world.kari, hospital.nurse)
    second = propose(make_draft(world.per, hospital.nurse))
    assert [decides(second, doctor) for doctor in (world.dahl, hospital.doctor)] == [False, True]

    hand_over(world.per, world.joint, hospital.nurse, world.berit)
    third = propose(make_draft(world.per, world.kari))
    assert [decides(third, doctor) for doctor in (hospital.doctor, world.dahl)] == [False, True]
    statuses = world.per.plan.versions.order_by("number").values_list("status", flat=True)
    assert list(statuses)[-3:] == [VersionStatus.SUPERSEDED, VersionStatus.SUPERSEDED, VersionStatus.APPROVED]


def test_a_specialist_with_whom_the_patient_is_only_shared_does_not_decide(world, hospital):
    share(world.per, hospital, world.kari)
    assert not decides(propose(make_draft(world.per, world.kari)), hospital.doctor)
