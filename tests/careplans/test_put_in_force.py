"""What the nurse may put in force without the doctor, and what the database refuses whoever asks (P2, ADR 24)."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import InternalError, transaction
from django.test import Client
from django.urls import reverse

from alerts.queries.invariants import find_breaches
from careplans.enums import MeasureKind, VersionStatus
from careplans.models import PlanVersion
from careplans.queries.carried import changed_without_doctor, changes_of
from careplans.queries.changes import differences
from careplans.queries.gp import plan_page
from careplans.queries.in_force import rulesets_by_patient, version_at
from careplans.queries.wording import Names
from careplans.services import (
    NeedsDoctor,
    NotYours,
    PlanProblems,
    WrongStep,
    put_in_force,
    revise,
    save_section,
    send_to_gp,
)
from careplans.services.content import content_of
from careplans.services.sections import stamp_of
from tests.database import see_everything
from tests.factories.accounts import let_in
from tests.factories.careplans import approve as factory_approve
from tests.factories.clock import NOW

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def kari(world):
    return world.actor(world.kari)


@pytest.fixture
def draft(world, kari):
    """Per's version 2, the same as version 1, which Dahl approved."""
    return revise(version=world.per_plan, by=kari, now=NOW)


def save(draft, section, part, by):
    stamp = stamp_of(content_of(draft), section)
    return save_section(version=draft, section=section, part=part, stamp=stamp, by=by, now=NOW)


def in_force(patient, at):
    versions = rulesets_by_patient([patient.pk], since=at - timedelta(days=1), until=at + timedelta(days=1))
    version, ruleset = version_at(versions[patient.pk], at)
    return version.number, {(rule.kind, rule.quantity, rule.yellow_low) for rule in ruleset.rules}


def test_other_edits_take_effect_on_the_approval_that_stands(world, draft, kari):
    before = in_force(world.per, NOW)
    draft = save(draft, "vanlig", {"habitual_state": "Går til postkassen."}, kari)
    version = put_in_force(version=draft, by=kari, now=LATER)
    root = PlanVersion.objects.get(pk=world.per_plan.pk)
    assert (version.status, version.approved_from, version.approved_by, version.valid_until, version.sent_by) == (
        VersionStatus.APPROVED, root, world.dahl, root.valid_until, world.kari,
    )  # fmt: skip
    assert (root.status, root.superseded_at) == (VersionStatus.SUPERSEDED, LATER)
    # The very same limits judge, before and after, without a gap.
    assert before == in_force(world.per, LATER - timedelta(seconds=1))
    assert in_force(world.per, LATER) == (2, before[1])
    assert find_breaches(now=LATER) == []


def test_a_second_edit_carries_the_same_decision(world, draft, kari):
    first = put_in_force(version=draft, by=kari, now=LATER)
    again = save(revise(version=first, by=kari, now=LATER), "vanlig", {"habitual_state": "Ny."}, kari)
    second = put_in_force(version=again, by=kari, now=LATER + timedelta(hours=1))
    assert (second.approved_from, second.number) == (world.per_plan, 3)


def test_a_changed_limit_needs_the_doctor_and_leaves_the_old_in_force(world, draft, kari):
    """AT-30."""
    limits = [dict(row) for row in content_of(draft).thresholds]
    limits[0]["yellow_low"] = Decimal(89)
    draft = save(draft, "grenser", {"thresholds": limits}, kari)
    with pytest.raises(NeedsDoctor):
        put_in_force(version=draft, by=kari, now=LATER)
    send_to_gp(version=draft, by=kari, now=LATER)
    assert in_force(world.per, LATER)[0] == 1


@pytest.mark.parametrize(
    "measure",
    [
        {"kind": MeasureKind.MEDICAL, "category": ""},
        # Called the patient's own, but about medicines: still the doctor's.
        {"kind": MeasureKind.OWN, "category": "MEDICATION"},
    ],
)
def test_a_new_medical_measure_needs_the_doctor(world, draft, kari, measure):
    rows = [row for row in content_of(draft).measures if row["zone"] == "YELLOW"]
    texts = [row for row in content_of(draft).zone_texts if row["zone"] == "YELLOW"]
    new = {"zone": "YELLOW", "position": 9, "text": "Start kur.", **measure}
    draft = save(draft, "gul", {"measures": [*rows, new], "zone_texts": texts}, kari)
    with pytest.raises(NeedsDoctor):
        put_in_force(version=draft, by=kari, now=LATER)


def test_an_approval_that_has_run_out_is_carried_nowhere(world, draft, kari):
    ends = world.per_plan.valid_until
    draft = save(
        draft, "om", {"review_on": (ends + timedelta(days=9)).date(), "initiator": "SERVICE", "anchoring": ""}, kari
    )
    with pytest.raises(NeedsDoctor):
        put_in_force(version=draft, by=kari, now=ends)


def test_it_is_refused_like_any_other_step(world, draft, kari):
    with pytest.raises(NotYours):
        put_in_force(version=draft, by=world.actor(world.ola), now=LATER)
    save(draft, "om", {"review_on": None, "initiator": "SERVICE", "anchoring": ""}, kari)
    with pytest.raises(PlanProblems):
        put_in_force(version=draft, by=kari, now=LATER)
    with pytest.raises(WrongStep):
        put_in_force(version=world.per_plan, by=kari, now=LATER)


def force_past_the_service(draft, root, **fields):
    PlanVersion.objects.filter(plan_id=draft.plan_id, status="APPROVED").update(status="SUPERSEDED", superseded_at=NOW)
    said = {
        "status": "APPROVED", "approved_from": root, "approved_at": NOW, "approved_by": root.approved_by,
        "valid_until": root.valid_until, "sent_at": NOW, "sent_by": draft.created_by,
    } | fields  # fmt: skip
    with transaction.atomic():
        PlanVersion.objects.filter(pk=draft.pk).update(**said)


class TestTheDatabase:
    def test_refuses_another_limit(self, world, draft):
        draft.thresholds.filter(quantity="spo2").update(yellow_low=89)
        with pytest.raises(InternalError, match="differ from what the doctor approved"):
            force_past_the_service(draft, world.per_plan)

    def test_refuses_a_limit_that_is_gone(self, world, draft):
        draft.thresholds.filter(quantity="spo2").delete()
        with pytest.raises(InternalError, match="differ from what the doctor approved"):
            force_past_the_service(draft, world.per_plan)

    def test_refuses_a_medical_measure(self, world, draft):
        draft.measures.filter(zone="RED", position=0).update(kind="MEDICAL")
        with pytest.raises(InternalError, match="differ from what the doctor approved"):
            force_past_the_service(draft, world.per_plan)

    @pytest.mark.parametrize("what", ["valid_until", "approved_by"])
    def test_refuses_another_validity_or_doctor(self, world, draft, what):
        other = {"valid_until": NOW + timedelta(days=9999), "approved_by": world.kari}
        with pytest.raises(InternalError, match="no such approval"):
            force_past_the_service(draft, world.per_plan, **{what: other[what]})

    def test_refuses_another_patients_approval(self, world, draft):
        solveigs = PlanVersion.objects.get(patient=world.solveig)
        with pytest.raises(InternalError, match="no such approval"):
            force_past_the_service(draft, solveigs)

    def test_refuses_an_approval_that_the_doctor_has_since_replaced(self, world, draft, kari):
        put = put_in_force(version=draft, by=kari, now=LATER)
        see_everything()
        third = revise(version=put, by=kari, now=LATER)
        third.thresholds.filter(quantity="spo2").update(yellow_low=90)
        factory_approve(third, world.dahl, now=LATER)
        fourth = revise(version=world.per_plan, by=kari, now=LATER)
        with pytest.raises(InternalError, match="decided again"):
            force_past_the_service(fourth, world.per_plan)

    def test_refuses_a_draft_without_any_approval(self, world, draft):
        with pytest.raises(InternalError, match="no step from DRAFT to APPROVED"):
            force_past_the_service(draft, world.per_plan, approved_from=None)


def test_the_doctor_sees_what_was_changed(world, draft, kari):
    draft = save(draft, "vanlig", {"habitual_state": "Går til postkassen."}, kari)
    version = put_in_force(version=draft, by=kari, now=LATER)
    dahl = world.actor(world.dahl)
    assert [(each.pk, changes_of(each, Names.current())) for each in changed_without_doctor(dahl, now=LATER)] == [
        (version.pk, ["Vanlig tilstand"])
    ]
    assert changed_without_doctor(world.actor(world.nils.gp), now=LATER) == []
    assert plan_page(version, now=LATER).decision.name == "Anne Dahl"


def test_the_list_names_the_doctor_who_approved(world, draft, kari):
    """Whoever reads may be another than who decided, after the hospital's phase."""
    put_in_force(version=save(draft, "vanlig", {"habitual_state": "Går."}, kari), by=kari, now=NOW)
    with time_machine.travel(NOW, tick=False):
        text = " ".join(let_in(Client(), world.dahl).get(reverse("plans")).text.split())
    assert "Vanlig tilstand. Grensene er godkjent av Anne Dahl." in text
    assert "som du har godkjent" not in text


def test_the_list_reads_the_texts_of_all_versions_at_once(world, draft, kari, django_assert_max_num_queries):
    """Two rows or twenty, nothing is asked anew for each."""
    first = put_in_force(version=draft, by=kari, now=NOW)
    put_in_force(version=revise(version=first, by=kari, now=LATER), by=kari, now=LATER)
    names, rows = Names.current(), changed_without_doctor(world.actor(world.dahl), now=LATER)
    with django_assert_max_num_queries(0):
        assert [changes_of(each, names) for each in rows] == [[], []]


def test_the_difference_is_told_in_words(world, draft, kari):
    limits = [dict(row) for row in content_of(draft).thresholds]
    limits[0]["yellow_low"] = Decimal(89)
    draft = save(draft, "grenser", {"thresholds": limits}, kari)
    draft = save(draft, "viktig", {"what_matters": "Synge.", "goals": [{"position": 0, "text": "Kor."}]}, kari)
    told = [(each.heading, each.gone, each.added) for each in differences(world.per_plan, draft)]
    assert told == [
        ("Hva er viktig for pasienten?", ["Å kunne gå tur med hunden hver dag."], ["Synge."]),
        ("Mål", [], ["Kor."]),
        (
            "Grenseverdier",
            ["Oksygenmetning: gul under 88 · rød under 86 %"],
            ["Oksygenmetning: gul under 89 · rød under 86 %"],
        ),
    ]
    assert differences(draft, draft) == []
