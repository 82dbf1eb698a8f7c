"""Approve with a change: a version in the doctor's name, the proposal closed with a link to it."""

from datetime import timedelta
from decimal import Decimal

import pgtrigger
import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse

from careplans.enums import Decision, MeasureKind, VersionStatus, Zone
from careplans.models import Approval, Goal, Measure, PlanVersion, Threshold
from careplans.queries.changes import Difference, differences
from careplans.queries.differences import changed_from, seen_before
from careplans.services import (
    AlreadyDecided,
    DoctorsChanges,
    NotYours,
    PlanProblems,
    approve,
    approve_with_changes,
    return_with_question,
    revise,
    withdraw,
)
from careplans.services.proof import content_hash, untrue
from tests.database import see_everything
from tests.factories.careplans import add_schedule, make_draft, propose
from tests.factories.clock import NOW
from tests.factories.patients import make_enrolment, make_patient

UNTIL, LATER = NOW + timedelta(days=180), NOW + timedelta(hours=1)
PREDNISOLON = "Start prednisolon 20 mg i 5 dager"
SPO2_DIFFERS = Difference(
    "Grenseverdier",
    ["Oksygenmetning: gul under 89 · rød under 86 %"],
    ["Oksygenmetning: gul under 88 · rød under 86 %"],
)


@pytest.fixture
def dahl(world):
    return world.actor(world.dahl)


@pytest.fixture
def proposal(world) -> PlanVersion:
    """Per's version 2 with a stricter SpO₂ and a medical measure, sent to GP Dahl; version 1 is in force."""
    draft = make_draft(world.per, world.kari)
    add_schedule(draft)
    draft.thresholds.filter(quantity="spo2").update(yellow_low=89)
    Measure.objects.create(
        version=draft, municipality_id=draft.municipality_id, zone=Zone.YELLOW, kind=MeasureKind.MEDICAL, position=8,
        text=PREDNISOLON, start_alone=False,
    )  # fmt: skip
    return propose(draft)


def spo2(version) -> Threshold:
    return version.thresholds.get(quantity="spo2")


def changing(version, **limits) -> DoctorsChanges:
    return DoctorsChanges(limits={spo2(version).pk: limits})


def decide(version, changes, by, *, message="Kulde gir lave verdier.", now=LATER) -> PlanVersion:
    answer = approve_with_changes(version=version, changes=changes, message=message, valid_until=UNTIL, by=by, now=now)
    return answer.version


class TestApproveWithChanges:
    def test_the_doctors_limits_are_a_new_version_that_judges_from_now(self, world, dahl, proposal):
        made = decide(proposal, changing(proposal, yellow_low=Decimal(88)), dahl)
        assert (made.number, made.status, made.created_by, made.sent_by, made.approved_by, made.approved_at) == (
            3, VersionStatus.APPROVED, world.dahl, world.dahl, world.dahl, LATER,
        )  # fmt: skip
        assert (spo2(made).yellow_low, spo2(made).red_low) == (88, 86)
        assert made.schedules.count() == proposal.schedules.count() == 1
        assert made.measures.filter(text=PREDNISOLON).exists()
        statuses = dict(PlanVersion.objects.filter(patient=world.per).values_list("number", "status"))
        assert statuses == {1: "SUPERSEDED", 2: "CHANGED", 3: "APPROVED"}

    def test_the_proposal_says_who_changed_it_and_leads_to_the_new_one(self, dahl, proposal):
        made = decide(proposal, changing(proposal, yellow_low=Decimal(88)), dahl)
        proposal.refresh_from_db()
        answer = proposal.decision
        assert (answer.decision, answer.question, answer.hpr_number, answer.decided_at) == (
            Decision.CHANGED, "Kulde gir lave verdier.", "1234567", LATER,
        )  # fmt: skip
        assert (proposal.changed_to, made.changed_from) == (made, proposal)

    def test_the_nurse_reads_the_differences_in_words(self, dahl, proposal):
        measure = proposal.measures.get(text=PREDNISOLON)
        changes = DoctorsChanges(limits={spo2(proposal).pk: {"yellow_low": Decimal(88)}}, struck=[measure.pk])
        made = decide(proposal, changes, dahl)
        gone = f"{PREDNISOLON} (medisinsk tiltak, startes bare sammen med helsepersonell)"
        assert changed_from(made).differences == [
            Difference("Gul – begynnende forverring: tiltak", [gone], []),
            SPO2_DIFFERS,
        ]
        assert changed_from(proposal) is None

    def test_only_medical_measures_can_be_struck(self, dahl, proposal):
        own = proposal.measures.filter(kind=MeasureKind.OWN).first()
        made = decide(proposal, DoctorsChanges(limits={spo2(proposal).pk: {"red_low": None}}, struck=[own.pk]), dahl)
        assert made.measures.filter(text=own.text).exists()
        assert spo2(made).red_low is None

    def test_an_impossible_order_changes_nothing(self, world, dahl, proposal):
        with pytest.raises(PlanProblems) as refusal:
            decide(proposal, changing(proposal, yellow_low=Decimal(80)), dahl)
        assert refusal.value.problems == ["Oksygenmetning: Gul nedre grense må være høyere enn rød nedre grense."]
        proposal.refresh_from_db()
        assert (proposal.status, Approval.objects.filter(version=proposal).count()) == ("PROPOSED", 0)
        assert PlanVersion.objects.filter(patient=world.per).count() == 2

    def test_a_review_day_that_came_while_it_waited_stops_nobody(self, world, dahl):
        """The doctor's page has no such field (R-040)."""
        review_on = (NOW + timedelta(days=10)).date()
        waiting = propose(make_draft(world.per, world.kari, review_on=review_on))
        made = decide(waiting, changing(waiting, yellow_low=Decimal(87)), dahl, now=NOW + timedelta(days=10))
        assert (made.status, made.review_on) == (VersionStatus.APPROVED, review_on)

    def test_the_doctors_message_is_not_the_nurses_reason(self, world, dahl):
        """A first plan, whose trial holds too little when the doctor changes it."""
        for reason in ("", "Cellegift i morgen."):
            patient = make_patient(world.a.pk, "Ny", "Pasient", gp=world.dahl)
            make_enrolment(patient, world.joint)
            first = propose(make_draft(patient, world.kari, little_data_reason=reason))
            assert decide(first, changing(first, yellow_low=Decimal(87)), dahl).little_data_reason == reason

    def test_another_patients_doctor_is_refused(self, world, proposal):
        with pytest.raises(NotYours):
            decide(proposal, changing(proposal, yellow_low=Decimal(88)), world.actor(world.nils.gp))

    def test_what_the_nurse_withdrew_meanwhile_is_not_decided(self, world, dahl, proposal):
        withdraw(version=proposal, by=world.actor(world.kari), now=NOW)
        with pytest.raises(AlreadyDecided):
            decide(proposal, changing(proposal, yellow_low=Decimal(88)), dahl)

    def test_without_a_change_it_is_refused(self, dahl, proposal):
        with pytest.raises(ValueError, match="ordinary approval"):
            decide(proposal, DoctorsChanges(), dahl)


class TestSinceTheDoctorLastDecided:
    def test_a_returned_proposal_is_compared_with_the_next(self, world, dahl, proposal):
        return_with_question(version=proposal, question="Hvorfor 89?", by=dahl, now=NOW)
        third = propose(make_draft(world.per, world.kari), now=LATER)
        found = seen_before(third, by=dahl, present=world.per_plan)
        assert (found.version, found.decision.question) == (proposal, "Hvorfor 89?")
        assert SPO2_DIFFERS in found.differences

    def test_a_change_of_contact_and_goals_is_not_called_nothing(self, world, dahl, proposal, as_dahl):
        return_with_question(version=proposal, question="Hvem ringer pasienten?", by=dahl, now=NOW)
        third = revise(version=proposal, by=world.actor(world.kari), now=LATER)
        third.zone_texts.filter(zone="RED").update(contact="Ring 113 straks.")
        Goal.objects.create(version=third, municipality_id=third.municipality_id, position=9, text="Synge i kor.")
        found = seen_before(propose(third, now=LATER), by=dahl, present=world.per_plan).differences
        assert [(each.heading, each.added) for each in found] == [
            ("Mål", ["Synge i kor."]),
            ("Rød – akutt forverring: hvem pasienten kontakter", ["Ring 113 straks."]),
        ]
        with time_machine.travel(LATER, tick=False):
            text = " ".join(as_dahl.get(reverse("plan-decide", args=[third.pk])).text.split())
        assert "Ingenting i planen er endret." not in text
        # Once since the doctor's question, once since the version in force.
        assert text.count("<mark>Ring 113 straks.</mark>") == 2

    def test_the_version_in_force_is_on_the_page_already(self, world, dahl, proposal):
        assert seen_before(proposal, by=dahl, present=world.per_plan) is None

    def test_two_alike_have_no_differences(self, world):
        assert differences(world.per_plan, world.per_plan) == []


class TestTheHash:
    """It stands with the decision, and anybody can compute it again (R-041, P4)."""

    def test_it_is_stored_with_each_decision_and_still_true(self, dahl, proposal):
        answer = approve(version=proposal, valid_until=UNTIL, by=dahl, now=LATER)
        assert len(answer.content_sha256) == 64
        assert answer.content_sha256 == content_hash(PlanVersion.objects.get(pk=proposal.pk))
        assert not untrue(Approval.objects.get(pk=answer.pk))

    @pytest.mark.parametrize("table", ["thresholds", "schedules", "measures"])
    def test_everything_the_version_says_is_in_it(self, world, proposal, table):
        before = content_hash(proposal)
        draft = make_draft(world.solveig, world.kari)
        add_schedule(draft)
        whole = content_hash(draft)
        getattr(draft, table).first().delete()
        assert content_hash(draft) != whole
        draft.what_matters = "Noe annet."
        assert content_hash(draft) != whole
        assert content_hash(proposal) == before

    def test_what_happens_to_the_version_later_is_not(self, dahl, proposal):
        before = content_hash(proposal)
        approve(version=proposal, valid_until=UNTIL, by=dahl, now=LATER)
        assert content_hash(PlanVersion.objects.get(pk=proposal.pk)) == before

    def test_the_command_names_the_version_whose_content_was_changed_behind_the_triggers(
        self, world, dahl, proposal, capsys
    ):
        approve(version=proposal, valid_until=UNTIL, by=dahl, now=LATER)
        call_command("verify_decisions")
        assert capsys.readouterr().out == "4 decisions checked, 0 of them older than the hash.\n"
        see_everything()
        with pgtrigger.ignore("careplans.Threshold:frozen_with_version"):
            proposal.thresholds.filter(quantity="spo2").update(yellow_low=87)
        with pytest.raises(CommandError, match=str(proposal.pk)):
            call_command("verify_decisions")
