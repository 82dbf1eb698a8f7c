"""Only the home municipality allocates (R-022, AT-38): in the service, and in the database whoever asks it."""

from datetime import timedelta

import pytest
from django.db import InternalError, transaction
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Membership
from accounts.roles import RIGHTS, Permission
from organisations.enums import ServiceKind
from organisations.models import FollowUpService
from patients.access import visible_patients
from patients.enums import (
    Decider,
    DecisionForm,
    EndReason,
    EnrolmentStatus,
    Obstacle,
    ReferralStatus,
    TextKind,
    Told,
)
from patients.models import Allocation, Enrolment, InformationGiven, IntakeSetting, PathwayStep
from patients.queries.referrals import decides_for
from patients.services import NotPossible, NotYours, allocate, assess, decline, take_step
from tests.factories.accounts import make_membership, make_user
from tests.factories.clock import NOW
from tests.factories.intake import TOLD, actor, answers, assessed, decided, make_candidate, make_handler, make_hospital
from tests.factories.organisations import make_service


@pytest.fixture
def hege(world):
    return make_handler(world.a.pk)


@pytest.fixture
def referral(world, hege):
    """An assessed referral of somebody in A."""
    found = make_candidate(world.a.pk, hege)
    assessed(found, hege)
    return found


def test_no_role_of_a_hospital_enrols():
    """AT-38, in the matrix."""
    hospital = {Role.SPECIALIST, Role.HOSPITAL_NURSE}
    assert {role for role, rights in RIGHTS.items() if Permission.ENROL in rights} == {
        Role.COORDINATOR, Role.CASE_HANDLER
    }  # fmt: skip
    assert all(Permission.REFER in RIGHTS[role] for role in hospital)


def test_the_case_handler_allocates_and_the_course_begins(world, hege, referral):
    gp = world.dahl
    course = allocate(
        referral_id=referral.pk, decided=decided(world.joint, gp=gp, relatives_told=True), by=actor(hege), now=NOW
    )
    referral.refresh_from_db()
    told = (course.status, course.service, course.allocated_on, course.started_on)
    assert told == (EnrolmentStatus.START_UP, world.joint, timezone.localdate(NOW), None)
    assert (referral.status, course.referral) == (ReferralStatus.ALLOCATED, referral)
    assert course.target_groups == ["COPD"]
    assert type(referral.patient).objects.get(pk=referral.patient_id).gp == gp
    steps = PathwayStep.objects.filter(referral=referral).order_by("at", "pk").values_list("to_status", flat=True)
    assert list(steps) == ["RECEIVED", "ASSESSED", "ALLOCATED"]
    found = Allocation.objects.get(referral=referral)
    assert (found.allocated_by, found.role, found.municipality_id) == (hege, "CASE_HANDLER", world.a.pk)
    given = InformationGiven.objects.filter(referral=referral).values_list("information__kind", "given_to")
    assert set(given) == {(kind, told) for kind in TextKind for told in (Told.PATIENT, Told.RELATIVE)}


def outsiders(world):
    """Each who reaches the patient's municipality without being its office."""
    _, line = make_hospital(world.a.pk)
    ravn = make_user("ravn", "Sigrid", "Ravn")
    make_membership(ravn, Role.SPECIALIST, service=line.memberships.get().service)
    return {"hospital": line, "specialist": ravn, "nurse": world.kari, "gp": world.dahl, "other town": world.siri,
            "administrator": world.ness, "leader": world.eva, "officer": world.vera}  # fmt: skip


def test_nobody_else_does_in_the_service(world, hege, referral):
    for user in outsiders(world).values():
        by = actor(user)
        for step in (
            lambda by=by: allocate(referral_id=referral.pk, decided=decided(world.joint), by=by, now=NOW),
            lambda by=by: decline(referral_id=referral.pk, reason=EndReason.OTHER, why="Nei.", by=by, now=NOW, **TOLD),
            lambda by=by: assess(referral_id=referral.pk, answers=answers(), by=by, now=NOW),
        ):
            with pytest.raises(NotYours):
                step()
    assert not Enrolment.objects.filter(patient=referral.patient).exists()


def insert(referral, by, role):
    return Allocation.objects.create(
        municipality_id=referral.municipality_id, patient=referral.patient, referral=referral,
        assessment=referral.assessments.get(), allocated_at=NOW, allocated_by=by, role=role,
        decision=DecisionForm.NONE,
    )  # fmt: skip


@pytest.mark.parametrize("role", [None, "CASE_HANDLER", "COORDINATOR", "NURSE"])
def test_nobody_else_does_in_the_database(world, hege, referral, role):
    """In the own role, and in one that the person pretends to have."""
    for user in outsiders(world).values():
        with pytest.raises(InternalError, match="only the home municipality allocates"), transaction.atomic():
            insert(referral, user, role or user.memberships.get().role)


def test_who_worked_there_once_does_not_either(world, hege, referral):
    Membership.objects.filter(user=hege).update(valid_until=NOW.date() - timedelta(days=1))
    with pytest.raises(InternalError, match="only the home municipality allocates"), transaction.atomic():
        insert(referral, hege, "CASE_HANDLER")


def test_the_step_alone_allocates_nothing(world, referral):
    with pytest.raises(InternalError, match="nobody has allocated"), transaction.atomic():
        take_step(referral, ReferralStatus.ALLOCATED, by=actor(world.kari), now=NOW)


def test_an_allocation_is_never_changed(world, hege, referral):
    allocate(referral_id=referral.pk, decided=decided(world.joint), by=actor(hege), now=NOW)
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        Allocation.objects.filter(referral=referral).update(override_reason="Noe annet.")


@pytest.mark.parametrize(
    ("decider", "kind"),
    [(Decider.FOLLOW_UP_SERVICE, ServiceKind.OWN_UNIT), (Decider.RESPONSIBLE_UNIT, ServiceKind.HOME_NURSING)],
)
def test_a_nurse_of_an_own_service_does_where_the_municipality_has_chosen_it(world, hege, referral, decider, kind):
    """R-002. The joint service is A's own; the hospital's nurse still does not, nor Kari for B."""
    FollowUpService.objects.filter(pk=world.joint.pk).update(kind=kind)
    IntakeSetting.objects.create(municipality=world.a, decider=decider)
    assert decides_for(actor(world.kari)) == {world.a.pk}
    assert decides_for(actor(make_hospital(world.a.pk)[1])) == frozenset()
    other = make_candidate(world.b.pk, world.siri)
    assessed(other, world.siri)
    with pytest.raises(NotYours):
        allocate(referral_id=other.pk, decided=decided(world.joint), by=actor(world.kari), now=NOW)
    course = allocate(referral_id=referral.pk, decided=decided(world.joint), by=actor(world.kari), now=NOW)
    assert course.status == EnrolmentStatus.START_UP


@pytest.mark.parametrize(
    ("decider", "kind"),
    [
        (Decider.FOLLOW_UP_SERVICE, ServiceKind.HOME_NURSING),
        (Decider.FOLLOW_UP_SERVICE, ServiceKind.GP_OFFICE),
        (Decider.RESPONSIBLE_UNIT, ServiceKind.OWN_UNIT),
        (Decider.ALLOCATION_OFFICE, ServiceKind.OWN_UNIT),
    ],
)
def test_a_nurse_of_a_service_of_another_kind_does_not(world, hege, referral, decider, kind):
    """Neither reads the referral nor allocates, and the database refuses too."""
    FollowUpService.objects.filter(pk=world.joint.pk).update(kind=kind)
    IntakeSetting.objects.create(municipality=world.a, decider=decider)
    assert decides_for(actor(world.kari)) == frozenset()
    with pytest.raises(NotYours):
        allocate(referral_id=referral.pk, decided=decided(world.joint), by=actor(world.kari), now=NOW)
    with pytest.raises(InternalError, match="only the home municipality allocates"), transaction.atomic():
        insert(referral, world.kari, "NURSE")


def test_services_see_nothing_before_the_allocation(world, hege, referral):
    for user in (world.kari, world.dahl, make_hospital(world.a.pk)[1]):
        assert not visible_patients(actor(user), now=NOW).filter(pk=referral.patient_id).exists()
    allocate(referral_id=referral.pk, decided=decided(world.joint), by=actor(hege), now=NOW)
    assert visible_patients(actor(world.kari), now=NOW).filter(pk=referral.patient_id).exists()
    assert not visible_patients(actor(hege), now=NOW).exists()


@pytest.mark.parametrize(("service", "obstacle"), [("own_c", Obstacle.NO_AGREEMENT), ("empty", Obstacle.NOBODY_THERE)])
def test_only_a_service_that_can_follow_up(world, hege, referral, service, obstacle):
    world.empty = make_service("Ingen hjemme", owner=world.a.pk)
    with pytest.raises(NotPossible) as stopped:
        allocate(referral_id=referral.pk, decided=decided(getattr(world, service)), by=actor(hege), now=NOW)
    assert stopped.value.obstacle == obstacle
    assert not Allocation.objects.filter(referral=referral).exists()


@pytest.mark.parametrize(("column", "obstacle"), [("deceased_on", Obstacle.DEAD), ("moved_on", Obstacle.MOVED)])
def test_who_is_gone_meanwhile_is_given_nothing(world, hege, referral, column, obstacle):
    type(referral.patient).objects.filter(pk=referral.patient_id).update(**{column: NOW.date()})
    with pytest.raises(NotPossible) as stopped:
        allocate(referral_id=referral.pk, decided=decided(world.joint), by=actor(hege), now=NOW)
    assert stopped.value.obstacle == obstacle


def test_not_before_it_is_assessed_and_never_twice(world, hege):
    referral = make_candidate(world.a.pk, hege)
    for _ in range(2):
        with pytest.raises(NotPossible) as stopped:
            allocate(referral_id=referral.pk, decided=decided(world.joint), by=actor(hege), now=NOW)
        assert stopped.value.obstacle == Obstacle.NO_SUCH_STEP
        if referral.status == ReferralStatus.RECEIVED:
            assessed(referral, hege)
            allocate(referral_id=referral.pk, decided=decided(world.joint), by=actor(hege), now=NOW)
    with pytest.raises(NotPossible):
        decline(referral_id=referral.pk, reason=EndReason.OTHER, why="Nei.", by=actor(hege), now=NOW, **TOLD)
    with pytest.raises(NotPossible):
        assess(referral_id=referral.pk, answers=answers(), by=actor(hege), now=NOW)


def test_declined_with_a_reason_and_the_right_to_complain_told(world, hege, referral):
    decline(referral_id=referral.pk, reason=EndReason.CRITERIA, why="Du kan ikke.", by=actor(hege), now=NOW, **TOLD)
    referral.refresh_from_db()
    assert (referral.status, referral.declined_reason) == (ReferralStatus.DECLINED, EndReason.CRITERIA)
    given = InformationGiven.objects.get(referral=referral)
    assert (given.information.kind, given.information.version, given.given_on) == ("COMPLAINT", 1, NOW.date())
    assert not Enrolment.objects.filter(patient=referral.patient).exists()
