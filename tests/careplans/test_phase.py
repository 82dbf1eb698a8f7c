"""Whose approval counts while the hospital has the phase, and after the handover back (C3, R-143, R-144)."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from alerts import services
from careplans.enums import VersionStatus
from careplans.queries.gp import waiting_for
from careplans.services import NotYours, PlanProblems, approve, send_to_gp
from patients.services import propose_handover
from tests import database
from tests.factories.accounts import actor_of, let_in, make_membership, make_user
from tests.factories.care import block, make_hospital, share
from tests.factories.careplans import make_draft, propose
from tests.factories.clock import NOW
from tests.factories.organisations import make_agreement
from tests.factories.patients import make_enrolment, make_patient

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


def page_of(version, user) -> str:
    """The plan's page as this person reads it."""
    browser = Client()
    let_in(browser, user)
    with time_machine.travel(NOW, tick=False):
        return " ".join(browser.get(reverse("plan-decide", args=[version.pk])).text.split())


@pytest.fixture
def without_gp(world, hospital):
    """A patient whom nobody has given a GP here, in the hospital's phase."""
    patient = make_patient(world.a.pk, "Uten", "Fastlege")
    make_enrolment(patient, hospital)
    return patient


def test_in_the_hospitals_phase_a_plan_is_sent_without_a_gp(hospital, without_gp):
    draft = make_draft(without_gp, hospital.nurse)
    sent = send_to_gp(version=draft, by=actor_of(hospital.nurse), now=NOW, reason="Målt på avdelingen.")
    assert sent.status == VersionStatus.PROPOSED
    assert decides(sent, hospital.doctor)


@pytest.mark.parametrize("lost", ["role", "block"])
def test_without_a_specialist_the_plan_is_not_sent_to_nobody(hospital, without_gp, lost):
    if lost == "role":
        hospital.doctor.memberships.update(valid_until=NOW.date() - timedelta(days=1))
    else:
        block(without_gp, hospital.nurse, user=hospital.doctor)
    with pytest.raises(PlanProblems) as refused:
        send_to_gp(version=make_draft(without_gp, hospital.nurse), by=actor_of(hospital.nurse), now=NOW)
    assert refused.value.problems == [
        "Ingen sykehuslege i tjenesten kan godkjenne planen. Be lederen gi en lege rollen først."
    ]


def test_the_pages_wait_for_the_doctor_who_decides(world, hospital):
    version = propose(make_draft(world.per, world.kari))
    assert "Egenbehandlingsplan versjon 2 venter på fastlegen" in page_of(version, world.kari)
    database.see_everything()
    hand_over(world.per, hospital, world.kari, hospital.nurse)
    text = page_of(version, hospital.nurse)
    assert "Egenbehandlingsplan versjon 2 venter på sykehuslegen" in text
    assert "og venter på sykehuslegen. Ingen målinger vurderes etter det før sykehuslegen har godkjent." in text
    assert "Sykehuslegen godkjenner grenseverdiene" in text
    assert "astlegen" not in text


def test_deciding_a_draft_is_refused_in_words(world, hospital):
    hand_over(world.per, hospital, world.kari, hospital.nurse)
    draft = make_draft(world.per, hospital.nurse)
    browser = Client()
    let_in(browser, hospital.doctor)
    with time_machine.travel(NOW, tick=False):
        page = browser.post(reverse("plan-decide", args=[draft.pk]), {"question": "Hvorfor 86?"})
    text = " ".join(page.text.split())
    assert (page.status_code, "Dette er et utkast som ikke er sendt til sykehuslegen." in text) == (409, True)
    assert "Hvorfor 86?" in text
