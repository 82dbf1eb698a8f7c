"""Writing, sending, withdrawing and deciding a plan version: who may, when, and what stays in force."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from decimal import Decimal
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from accounts.enums import Role
from careplans.enums import Decision, MeasureKind, VersionStatus, Zone
from careplans.models import Approval, Plan, PlanVersion, Threshold
from careplans.queries.in_force import rulesets_by_patient, version_at
from careplans.services import (
    AlreadyDecided,
    NotYours,
    PlanContent,
    PlanProblems,
    VersionIsOpen,
    WrongStep,
    approve,
    content_of,
    create_draft,
    problems_of,
    return_with_question,
    revise,
    send_to_gp,
    withdraw,
)
from dho.lib import rls
from tests.factories.accounts import actor_of, make_membership, make_user
from tests.factories.care import block, share
from tests.factories.careplans import approve as factory_approve
from tests.factories.careplans import make_draft, propose
from tests.factories.clock import NOW
from tests.factories.organisations import make_agreement, make_service
from tests.factories.patients import make_enrolment, make_patient

UNTIL = NOW + timedelta(days=180)
LATER = NOW + timedelta(hours=1)
MEASURES = [{"zone": zone, "kind": MeasureKind.OWN, "position": 0, "text": "Hvil."} for zone in Zone]
SPO2 = {"kind": "BAND", "quantity": "spo2", "red_low": Decimal(84), "yellow_low": Decimal(87)}
CONTENT = PlanContent(
    what_matters="  Å kunne passe barnebarna. ",
    habitual_state="Tung i pusten i motbakke.",
    thresholds=[SPO2],
    schedules=[{"type_id": "spo2", "weekdays": [0, 2, 4], "times": [time(8)], "grace_minutes": 90}],
    measures=MEASURES,
    zone_texts=[{"zone": zone, "signs": "Tung pust.", "contact": "Ring tjenesten."} for zone in Zone],
    review_on=(NOW + timedelta(days=90)).date(),
)


@pytest.fixture
def kari(world):
    return world.actor(world.kari)


@pytest.fixture
def dahl(world):
    return world.actor(world.dahl)


@pytest.fixture
def proposal(world, kari):
    """Per's version 2, sent to GP Dahl; version 1 is in force."""
    return send_to_gp(version=create_draft(patient=world.per, content=CONTENT, by=kari, now=NOW), by=kari, now=NOW)


def statuses(patient) -> dict[int, str]:
    """Version number and status of every version of the patient's plan."""
    return dict(PlanVersion.objects.filter(patient=patient).order_by("number").values_list("number", "status"))


def number_in_force(patient, at: datetime) -> int | None:
    """The number of the version that judges a reading of that moment."""
    versions = rulesets_by_patient([patient.pk], since=at - timedelta(days=1), until=at + timedelta(days=1))
    version, _ = version_at(versions.get(patient.pk, []), at)
    return version.number if version else None


class TestCreateDraft:
    def test_it_opens_the_plan_and_writes_exactly_the_content(self, world, kari):
        patient = make_patient(world.a.pk, "Ny", "Pasient", gp=world.dahl)
        make_enrolment(patient, world.joint)
        version = create_draft(patient=patient, content=CONTENT, by=kari, now=NOW)
        assert (version.number, version.status, version.created_at, version.created_by) == (
            1,
            VersionStatus.DRAFT,
            NOW,
            world.kari,
        )
        assert Plan.objects.get(patient=patient) == version.plan
        content = content_of(PlanVersion.objects.get(pk=version.pk))
        assert (content.what_matters, content.habitual_state) == (
            "Å kunne passe barnebarna.",
            "Tung i pusten i motbakke.",
        )
        assert [(row["quantity"], row["red_low"], row["yellow_low"]) for row in content.thresholds] == [
            ("spo2", Decimal(84), Decimal(87))
        ]
        assert [(row["type_id"], row["weekdays"], row["times"], row["grace_minutes"]) for row in content.schedules] == [
            ("spo2", [0, 2, 4], [time(8)], 90)
        ]
        assert [row["zone"] for row in content.measures] == ["GREEN", "YELLOW", "RED"]

    def test_it_copies_nothing_from_the_version_in_force(self, world, kari):
        version = create_draft(patient=world.per, content=PlanContent(what_matters="Gå tur."), by=kari, now=NOW)
        assert (version.number, version.thresholds.count(), version.measures.count(), version.schedules.count()) == (
            2,
            0,
            0,
            0,
        )

    @pytest.mark.parametrize("status", [VersionStatus.DRAFT, VersionStatus.PROPOSED])
    def test_it_refuses_a_second_open_version(self, world, kari, status):
        open_one = make_draft(world.per, world.kari)
        if status == VersionStatus.PROPOSED:
            propose(open_one)
        with pytest.raises(VersionIsOpen) as refusal:
            create_draft(patient=world.per, content=CONTENT, by=kari, now=NOW)
        assert (refusal.value.number, refusal.value.status) == (2, status)

    def test_it_refuses_inverted_limits_in_words(self, world, kari):
        inverted = SPO2 | {"red_low": Decimal(90)}
        content = PlanContent(what_matters="Gå tur.", thresholds=[inverted], measures=MEASURES)
        with pytest.raises(PlanProblems) as refusal:
            create_draft(patient=world.per, content=content, by=kari, now=NOW)
        assert refusal.value.problems == ["Oksygenmetning: Gul nedre grense må være høyere enn rød nedre grense."]
        assert statuses(world.per) == {1: "APPROVED"}

    def test_it_refuses_overlapping_rules(self, world, kari):
        content = PlanContent(what_matters="Gå tur.", thresholds=[SPO2, SPO2 | {"yellow_low": Decimal(92)}])
        with pytest.raises(PlanProblems) as refusal:
            create_draft(patient=world.per, content=content, by=kari, now=NOW)
        assert set(refusal.value.problems) == {
            "Oksygenmetning: To regler av samme type gjelder det samme. Slå dem sammen til én."
        }

    def test_it_refuses_a_plan_that_does_not_say_what_matters(self, world, kari):
        with pytest.raises(PlanProblems) as refusal:
            create_draft(patient=world.per, content=PlanContent(what_matters="  "), by=kari, now=NOW)
        assert refusal.value.problems == ["Skriv hva som er viktig for pasienten."]

    @pytest.mark.parametrize("person", ["ola", "siri", "ness", "eva"])
    def test_it_refuses_another_municipality_and_other_roles(self, world, person):
        with pytest.raises(NotYours):
            create_draft(patient=world.solveig, content=CONTENT, by=world.actor(getattr(world, person)), now=NOW)
        assert statuses(world.solveig) == {1: "APPROVED"}


class TestRevise:
    def test_it_copies_the_approved_version_and_leaves_it_in_force(self, world, kari):
        draft = revise(version=world.per_plan, by=kari, now=NOW)
        old, new = content_of(world.per_plan), content_of(draft)
        assert (new.what_matters, new.thresholds, new.schedules, new.measures) == (
            old.what_matters,
            old.thresholds,
            old.schedules,
            old.measures,
        )
        assert not set(draft.thresholds.values_list("pk")) & set(world.per_plan.thresholds.values_list("pk"))
        assert statuses(world.per) == {1: "APPROVED", 2: "DRAFT"}
        assert number_in_force(world.per, LATER) == 1

    def test_it_continues_from_a_returned_version(self, kari, dahl, proposal):
        return_with_question(version=proposal, question="Hvorfor 84?", by=dahl, now=NOW)
        draft = revise(version=proposal, by=kari, now=LATER)
        assert (draft.number, content_of(draft).thresholds[0]["red_low"]) == (3, Decimal(84))


class TestSendToGp:
    def test_it_freezes_the_draft_and_says_who_sent_it_when(self, world, kari):
        draft = create_draft(patient=world.per, content=CONTENT, by=kari, now=NOW)
        sent = send_to_gp(version=draft, by=kari, now=LATER)
        assert (sent.status, sent.sent_at, sent.sent_by) == (VersionStatus.PROPOSED, LATER, world.kari)
        assert number_in_force(world.per, LATER) == 1  # AT-29: a proposal never judges

    def test_it_lists_everything_that_is_missing(self, world, kari):
        patient = make_patient(world.a.pk, "Uten", "Fastlege")
        make_enrolment(patient, world.joint)
        only_green = [{"zone": Zone.GREEN, "kind": MeasureKind.OWN, "position": 0, "text": "Hvil."}]
        content = PlanContent(what_matters="Gå tur.", measures=only_green)
        draft = create_draft(patient=patient, content=content, by=kari, now=NOW)
        expected = [
            "Planen har ingen grenseverdier.",
            "Skriv minst ett tiltak for «Gul – begynnende forverring».",
            "Skriv minst ett tiltak for «Rød – akutt forverring».",
            "Skriv hvem pasienten kontakter i «Grønn – som vanlig».",
            "Skriv hvem pasienten kontakter i «Gul – begynnende forverring».",
            "Skriv hvordan pasienten kjenner igjen «Gul – begynnende forverring».",
            "Skriv hvem pasienten kontakter i «Rød – akutt forverring».",
            "Skriv hvordan pasienten kjenner igjen «Rød – akutt forverring».",
            "Skriv når planen skal gjennomgås.",
            "Pasienten har ingen fastlege her. Registrer fastlegen først.",
        ]
        assert problems_of(draft, now=NOW) == expected
        with pytest.raises(PlanProblems) as refusal:
            send_to_gp(version=draft, by=kari, now=NOW)
        assert refusal.value.problems == expected
        assert statuses(patient) == {1: "DRAFT"}

    def test_it_refuses_limits_that_got_into_the_draft_some_other_way(self, world, kari):
        draft = create_draft(patient=world.per, content=CONTENT, by=kari, now=NOW)
        Threshold.objects.create(
            version=draft,
            municipality_id=draft.municipality_id,
            kind="CHANGE",
            quantity="weight",
            yellow_high=Decimal(2),
        )
        with pytest.raises(PlanProblems) as refusal:
            send_to_gp(version=draft, by=kari, now=NOW)
        assert refusal.value.problems == ["Vekt: Oppgi hvor mange timer tilbake regelen ser."]

    def test_it_refuses_what_is_already_sent(self, kari, proposal):
        with pytest.raises(WrongStep) as refusal:
            send_to_gp(version=proposal, by=kari, now=LATER)
        assert refusal.value.status == VersionStatus.PROPOSED

    def test_it_refuses_another_municipality(self, world, kari):
        draft = create_draft(patient=world.per, content=CONTENT, by=kari, now=NOW)
        with pytest.raises(NotYours):
            send_to_gp(version=draft, by=world.actor(world.ola), now=NOW)


class TestWithdraw:
    def test_it_makes_room_for_a_new_version(self, world, kari, proposal):
        assert withdraw(version=proposal, by=kari, now=NOW).status == VersionStatus.WITHDRAWN
        create_draft(patient=world.per, content=CONTENT, by=kari, now=LATER)
        assert statuses(world.per) == {1: "APPROVED", 2: "WITHDRAWN", 3: "DRAFT"}

    def test_it_refuses_what_the_doctor_has_decided(self, kari, dahl, proposal):
        approve(version=proposal, valid_until=UNTIL, by=dahl, now=NOW)
        with pytest.raises(WrongStep):
            withdraw(version=proposal, by=kari, now=NOW)

    def test_it_refuses_another_municipality(self, world, proposal):
        with pytest.raises(NotYours):
            withdraw(version=proposal, by=world.actor(world.ola), now=NOW)


class TestWhoWrites:
    """Only those who treat the patient: by the course, the GP's own list, and not past the patient's block."""

    @pytest.fixture(params=["another GP", "blocked", "reads along"])
    def outsider(self, world, request):
        if request.param == "another GP":
            lie = world.nils.gp
            make_agreement(None, world.a.pk, practice=lie.memberships.get().practice)
            return world.actor(lie)
        if request.param == "blocked":
            block(world.per, world.kari, user=world.berit)
            return world.actor(world.berit)
        home, nurse = make_service("Hjemmesykepleien", owner=world.a.pk), make_user("lind", "Liv", "Lind")
        make_membership(nurse, Role.NURSE, service=home)
        share(world.per, home, world.kari)
        return world.actor(nurse)

    def test_nobody_else_writes_revises_or_sends(self, world, kari, outsider):
        with pytest.raises(NotYours):
            create_draft(patient=world.per, content=CONTENT, by=outsider, now=NOW)
        with pytest.raises(NotYours):
            revise(version=world.per_plan, by=outsider, now=NOW)
        draft = revise(version=world.per_plan, by=kari, now=NOW)
        with pytest.raises(NotYours):
            send_to_gp(version=draft, by=outsider, now=NOW)
        assert statuses(world.per) == {1: "APPROVED", 2: "DRAFT"}

    def test_nobody_else_withdraws(self, world, proposal, outsider):
        with pytest.raises(NotYours):
            withdraw(version=proposal, by=outsider, now=NOW)
        assert statuses(world.per) == {1: "APPROVED", 2: "PROPOSED"}

    def test_the_patients_own_gp_writes_too(self, world, dahl):
        assert create_draft(patient=world.per, content=CONTENT, by=dahl, now=NOW).created_by == world.dahl


class TestApprove:
    def test_it_takes_over_from_the_old_version_at_the_same_instant(self, world, dahl, proposal):
        approve(version=proposal, valid_until=UNTIL, by=dahl, now=LATER)
        old, new = PlanVersion.objects.filter(patient=world.per).order_by("number")
        assert (old.status, old.superseded_at) == (VersionStatus.SUPERSEDED, LATER)
        assert (new.status, new.approved_at, new.approved_by, new.valid_until) == (
            VersionStatus.APPROVED,
            LATER,
            world.dahl,
            UNTIL,
        )
        just_before = LATER - timedelta(microseconds=1)
        assert [number_in_force(world.per, at) for at in (just_before, LATER, UNTIL)] == [1, 2, None]

    def test_it_keeps_who_when_and_the_hpr_number(self, world, dahl, proposal):
        approve(version=proposal, valid_until=UNTIL, by=dahl, now=LATER)
        kept = Approval.objects.get(version=proposal)
        assert (kept.decision, kept.decided_at, kept.decided_by, kept.name, kept.hpr_number, kept.question) == (
            Decision.APPROVED,
            LATER,
            world.dahl,
            "Anne Dahl",
            "1234567",
            "",
        )

    def test_it_leaves_other_patients_plans_alone(self, world, dahl, proposal):
        approve(version=proposal, valid_until=UNTIL, by=dahl, now=NOW)
        assert (statuses(world.solveig), statuses(world.nils)) == ({1: "APPROVED"}, {1: "APPROVED"})

    @pytest.mark.parametrize("person", ["kari", "ola", "siri", "ness", "eva"])
    def test_it_refuses_everyone_who_is_not_a_doctor(self, world, proposal, person):
        with pytest.raises(NotYours):
            approve(version=proposal, valid_until=UNTIL, by=world.actor(getattr(world, person)), now=NOW)
        assert statuses(world.per) == {1: "APPROVED", 2: "PROPOSED"}

    def test_it_refuses_a_colleague_of_the_patients_doctor(self, world, proposal):
        colleague = make_user("vik", "Ada", "Vik", hpr_number="1112223")
        make_membership(colleague, Role.GP, practice=world.dahl.memberships.get().practice)
        with pytest.raises(NotYours):
            approve(version=proposal, valid_until=UNTIL, by=actor_of(colleague), now=NOW)

    def test_it_refuses_the_doctor_the_patient_has_left(self, world, dahl, proposal):
        world.per.gp = None
        world.per.save()
        with pytest.raises(NotYours):
            approve(version=proposal, valid_until=UNTIL, by=dahl, now=NOW)

    @pytest.mark.parametrize("hpr_number", ["", "12345A"])
    def test_it_refuses_a_doctor_without_an_hpr_number(self, world, proposal, hpr_number):
        world.dahl.hpr_number = hpr_number
        world.dahl.save()
        with pytest.raises(NotYours):
            approve(version=proposal, valid_until=UNTIL, by=world.actor(world.dahl), now=NOW)

    def test_it_refuses_a_validity_that_is_already_over(self, dahl, proposal):
        with pytest.raises(ValueError, match="valid for some time"):
            approve(version=proposal, valid_until=NOW, by=dahl, now=NOW)

    def test_it_refuses_a_draft(self, world, dahl):
        with pytest.raises(WrongStep):
            approve(version=make_draft(world.per, world.kari), valid_until=UNTIL, by=dahl, now=NOW)

    def test_it_says_who_decided_already(self, dahl, proposal):
        approve(version=proposal, valid_until=UNTIL, by=dahl, now=NOW)
        with pytest.raises(AlreadyDecided) as refusal:
            approve(version=proposal, valid_until=UNTIL, by=dahl, now=LATER)
        assert (refusal.value.status, refusal.value.by, refusal.value.at) == (VersionStatus.APPROVED, "Anne Dahl", NOW)

    def test_it_refuses_a_proposal_that_the_nurse_withdrew(self, world, kari, dahl, proposal):
        withdraw(version=proposal, by=kari, now=NOW)
        with pytest.raises(AlreadyDecided) as refusal:
            approve(version=proposal, valid_until=UNTIL, by=dahl, now=LATER)
        assert (refusal.value.status, refusal.value.by, refusal.value.at) == (VersionStatus.WITHDRAWN, "", None)
        assert statuses(world.per) == {1: "APPROVED", 2: "WITHDRAWN"}


class TestReturnWithQuestion:
    def test_it_keeps_the_question_and_the_old_limits(self, world, dahl, proposal):
        return_with_question(version=proposal, question=" Hvorfor 84? ", by=dahl, now=LATER)
        kept = Approval.objects.get(version=proposal)
        assert (kept.decision, kept.question, kept.decided_at) == (Decision.RETURNED, "Hvorfor 84?", LATER)
        assert statuses(world.per) == {1: "APPROVED", 2: "RETURNED"}
        assert number_in_force(world.per, LATER) == 1

    def test_it_refuses_without_a_question(self, world, dahl, proposal):
        with pytest.raises(ValueError, match="needs a question"):
            return_with_question(version=proposal, question="  ", by=dahl, now=NOW)
        assert statuses(world.per) == {1: "APPROVED", 2: "PROPOSED"}

    def test_it_refuses_a_nurse(self, kari, proposal):
        with pytest.raises(NotYours):
            return_with_question(version=proposal, question="Hvorfor?", by=kari, now=NOW)


def test_a_changed_limit_waits_for_the_doctor_while_the_old_one_judges(world, kari, dahl):
    """AT-30, and the whole way of a change."""
    draft = revise(version=world.per_plan, by=kari, now=NOW)
    Threshold.objects.filter(version=draft, quantity="spo2").update(yellow_low=Decimal(90))
    sent = send_to_gp(version=draft, by=kari, now=NOW)
    assert number_in_force(world.per, LATER) == 1
    approve(version=sent, valid_until=UNTIL, by=dahl, now=LATER)
    assert (number_in_force(world.per, NOW), number_in_force(world.per, LATER)) == (1, 2)


def test_a_plan_without_any_approved_version_judges_nothing(world, kari):
    patient = make_patient(world.a.pk, "Ny", "Pasient", gp=world.dahl)
    make_enrolment(patient, world.joint)
    draft = create_draft(patient=patient, content=CONTENT, by=kari, now=NOW)
    send_to_gp(version=draft, by=kari, now=NOW, reason="Pasienten har målt hjemme lenge.")
    assert number_in_force(patient, LATER) is None


def test_an_expired_approval_can_be_replaced(world, kari, dahl, proposal):
    short = NOW + timedelta(days=1)
    approve(version=proposal, valid_until=short, by=dahl, now=NOW)
    again = send_to_gp(version=revise(version=proposal, by=kari, now=short), by=kari, now=short)
    approve(version=again, valid_until=UNTIL, by=dahl, now=short + timedelta(days=2))
    gap = short + timedelta(days=1)
    assert [number_in_force(world.per, at) for at in (NOW, gap, gap + timedelta(days=2))] == [2, None, 3]


def test_of_two_decisions_at_once_exactly_one_stands(committed_world):
    """The doctor approves in one window and the nurse withdraws in another, at the same instant."""
    world = committed_world
    with rls.acting_for([world.a.pk]):
        proposal = propose(make_draft(world.per, world.kari))
    doctor, nurse, start = world.actor(world.dahl), world.actor(world.kari), Barrier(2)

    def run(step, **arguments) -> str:
        try:
            with rls.acting_for([world.a.pk]):
                start.wait()
                step(version=proposal, **arguments)
        except (AlreadyDecided, WrongStep) as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        approved = pool.submit(run, approve, valid_until=UNTIL, by=doctor, now=NOW)
        withdrawn = pool.submit(run, withdraw, by=nurse, now=NOW)
        outcomes = (approved.result(), withdrawn.result())
    with rls.acting_for([world.a.pk]):
        after = statuses(world.per)
    assert (outcomes, after) in [
        (("done", "WrongStep"), {1: "SUPERSEDED", 2: "APPROVED"}),
        (("AlreadyDecided", "done"), {1: "APPROVED", 2: "WITHDRAWN"}),
    ]


def test_two_nurses_cannot_open_two_drafts_at_once(committed_world):
    world, start = committed_world, Barrier(2)

    def write(person) -> str:
        try:
            with rls.acting_for([world.a.pk]):
                actor = world.actor(person)
                start.wait()
                create_draft(patient=world.per, content=CONTENT, by=actor, now=NOW)
        except VersionIsOpen:
            return "refused"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(write, (world.kari, world.berit))) == ["done", "refused"]


def test_the_factory_and_the_service_agree_on_what_approval_means(world, kari, dahl):
    """The factories write row by row; the page and the scorer must not see the difference."""
    by_factory = factory_approve(make_draft(world.solveig, world.kari), world.dahl, now=NOW)
    by_service = send_to_gp(version=revise(version=world.per_plan, by=kari, now=NOW), by=kari, now=NOW)
    approve(version=by_service, valid_until=by_factory.valid_until, by=dahl, now=NOW)
    fields = ("status", "number", "sent_at", "approved_at", "approved_by_id", "valid_until", "superseded_at")
    rows = PlanVersion.objects.filter(pk__in=[by_factory.pk, by_service.pk]).values_list(*fields)
    assert rows[0] == rows[1]


OSLO = ZoneInfo("Europe/Oslo")


def test_last_day_is_the_day_before_the_midnight_that_ends_it(world, dahl, proposal):
    approve(version=proposal, valid_until=datetime(2027, 5, 21, tzinfo=OSLO), by=dahl, now=NOW)
    assert str(PlanVersion.objects.get(pk=proposal.pk).last_day) == "2027-05-20"
