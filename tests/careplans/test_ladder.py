"""The ladder of a plan that waits for the doctor: when each step falls due, who may take it, and once (ADR 27)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from careplans.enums import ContactWay, DeliveryState, LadderStep, NoticeKind
from careplans.models import DoctorContact, DoctorNotice, PlanOpening
from careplans.queries.ladder import ladder_of, waiting_plans
from careplans.services import AlreadyReminded, NotDue, NotYours, WrongStep, note_opening, record_contact, remind
from dho.lib import rls
from tests.alerts.test_concurrency import at_once
from tests.factories.careplans import approve, make_draft, propose
from tests.factories.clock import NOW
from tests.factories.organisations import WEEKDAYS_8_TO_1530
from tests.factories.patients import end_course, make_enrolment, make_patient

DAY = timedelta(days=1)


@pytest.fixture
def plan(world):
    """Per's version 2, sent on Wednesday 18 November."""
    return propose(make_draft(world.per, world.kari))


def ladder(world, plan, days: float):
    plan = type(plan).objects.get(pk=plan.pk)
    return ladder_of(plan, hours=WEEKDAYS_8_TO_1530, now=NOW + days * DAY)


def step(world, plan, days: float):
    found = ladder(world, plan, days)
    return found.step, found.due_on, found.overdue


def call(world, plan, days, *, reached=True, user=None):
    return record_contact(
        patient=plan.patient,
        version=plan,
        how=ContactWay.PHONE,
        reached=reached,
        outcome="Dr. Dahl ser på planen i morgen.",
        by=world.actor(user or world.kari),
        now=NOW + days * DAY,
    )


class TestWhenTheStepsFallDue:
    def test_a_reminder_after_seven_days_and_overdue_the_day_after(self, world, plan):
        assert step(world, plan, 0) == (LadderStep.WAIT, date(2026, 11, 25), False)
        assert step(world, plan, 6) == (LadderStep.WAIT, date(2026, 11, 25), False)
        assert step(world, plan, 7) == (LadderStep.REMIND, date(2026, 11, 25), False)
        assert step(world, plan, 8) == (LadderStep.REMIND, date(2026, 11, 25), True)

    def test_a_call_seven_days_after_the_reminder(self, world, plan):
        remind(version=plan, by=world.actor(world.kari), now=NOW + 8 * DAY)
        assert step(world, plan, 8) == (LadderStep.WAIT, date(2026, 12, 3), False)
        assert step(world, plan, 15) == (LadderStep.PHONE, date(2026, 12, 3), False)

    def test_a_call_after_fourteen_days_also_when_nobody_reminded(self, world, plan):
        assert step(world, plan, 13) == (LadderStep.REMIND, date(2026, 11, 25), True)
        assert step(world, plan, 14) == (LadderStep.PHONE, date(2026, 12, 2), False)

    def test_a_call_that_reached_the_practice_gives_seven_days_more(self, world, plan):
        call(world, plan, 14)
        assert step(world, plan, 15) == (LadderStep.WAIT, date(2026, 12, 9), False)
        assert step(world, plan, 21) == (LadderStep.PHONE, date(2026, 12, 9), False)

    def test_a_call_that_nobody_answered_is_still_to_be_made(self, world, plan):
        call(world, plan, 14, reached=False)
        assert step(world, plan, 14) == (LadderStep.PHONE, date(2026, 12, 2), False)
        assert step(world, plan, 15) == (LadderStep.PHONE, date(2026, 12, 2), True)

    def test_a_day_on_which_the_service_is_closed_gives_way_to_the_next_open_one(self, world):
        """Sent on Friday 18 December: Friday the 25th is Christmas Day, then a weekend."""
        plan = propose(make_draft(world.per, world.kari), now=NOW + 30 * DAY)
        assert ladder(world, plan, 31).due_on == date(2026, 12, 28)

    def test_a_notice_that_failed_asks_for_a_call_at_once(self, world, plan):
        remind(version=plan, by=world.actor(world.kari), now=NOW + 7 * DAY)
        DoctorNotice.objects.update(state=DeliveryState.FAILED, last_error="no e-mail address")
        found = ladder(world, plan, 7)
        assert (found.step, found.due_on, found.overdue) == (LadderStep.PHONE, date(2026, 11, 25), False)


class TestReminding:
    def test_it_orders_one_notice(self, world, plan):
        remind(version=plan, by=world.actor(world.kari), now=NOW + 7 * DAY)
        row = DoctorNotice.objects.get()
        assert (row.kind, row.version, row.patient, row.on, row.created_by, row.state) == (
            NoticeKind.REMINDER, plan, world.per, date(2026, 11, 25), world.kari, DeliveryState.QUEUED,
        )  # fmt: skip

    def test_too_early(self, world, plan):
        with pytest.raises(NotDue) as early:
            remind(version=plan, by=world.actor(world.kari), now=NOW + 6 * DAY)
        assert early.value.on == date(2026, 11, 25)

    def test_not_again_the_same_day_nor_before_seven_more(self, world, plan):
        remind(version=plan, by=world.actor(world.kari), now=NOW + 7 * DAY)
        with pytest.raises(AlreadyReminded) as done:
            remind(version=plan, by=world.actor(world.berit), now=NOW + 7 * DAY)
        assert done.value.notice.created_by == world.kari
        with pytest.raises(NotDue):
            remind(version=plan, by=world.actor(world.berit), now=NOW + 13 * DAY)
        remind(version=plan, by=world.actor(world.berit), now=NOW + 14 * DAY)

    def test_nothing_that_no_longer_waits(self, world, plan):
        approve(plan, world.dahl)
        with pytest.raises(WrongStep):
            remind(version=plan, by=world.actor(world.kari), now=NOW + 7 * DAY)

    @pytest.mark.parametrize("name", ["ola", "siri", "dahl", "eva"])
    def test_only_by_the_service_with_the_case(self, world, plan, name):
        with pytest.raises(NotYours):
            remind(version=plan, by=world.actor(getattr(world, name)), now=NOW + 7 * DAY)

    def test_two_nurses_in_the_same_second_send_one(self, committed_world):
        world = committed_world
        with rls.acting_for([world.a.pk, world.b.pk]):
            plan = propose(make_draft(world.per, world.kari))

        def reminding(user):
            with rls.acting_for([world.a.pk, world.b.pk]):
                return remind(version=plan, by=world.actor(user), now=NOW + 7 * DAY)

        done = at_once(lambda: reminding(world.kari), lambda: reminding(world.berit))
        assert sorted(type(each).__name__ for each in done) == ["AlreadyReminded", "DoctorNotice"]
        with rls.acting_for([world.a.pk]):
            assert DoctorNotice.objects.count() == 1

    def test_the_database_refuses_a_second_one_on_the_same_day(self, world, plan):
        first = remind(version=plan, by=world.actor(world.kari), now=NOW + 7 * DAY)
        first.pk = None
        with pytest.raises(IntegrityError, match="doctor_notice_once_a_day"), transaction.atomic():
            DoctorNotice.objects.create(
                municipality_id=world.a.pk, patient=world.per, kind=NoticeKind.REMINDER, version=plan, on=first.on,
                created_at=NOW, created_by=world.kari, next_try_at=NOW,
            )  # fmt: skip


class TestOpening:
    def test_the_first_time_of_a_doctor_who_decides(self, world, plan):
        for hours in (1, 2):
            note_opening(version=plan, by=world.actor(world.dahl), now=NOW + timedelta(hours=hours))
        row = PlanOpening.objects.get()
        assert (row.version, row.by, row.at) == (plan, world.dahl, NOW + timedelta(hours=1))

    @pytest.mark.parametrize("name", ["kari", "ola", "siri"])
    def test_others_leave_no_row(self, world, plan, name):
        note_opening(version=plan, by=world.actor(getattr(world, name)), now=NOW)
        assert not PlanOpening.objects.exists()

    def test_another_patients_doctor_leaves_no_row(self, world, plan):
        note_opening(version=plan, by=world.actor(world.nils.gp), now=NOW)
        assert not PlanOpening.objects.exists()

    def test_a_decided_plan_is_no_longer_opened(self, world, plan):
        note_opening(version=approve(plan, world.dahl), by=world.actor(world.dahl), now=NOW)
        assert not PlanOpening.objects.exists()

    @pytest.mark.parametrize("model", [PlanOpening, DoctorContact])
    def test_what_happened_is_never_changed(self, world, plan, model):
        note_opening(version=plan, by=world.actor(world.dahl), now=NOW)
        call(world, plan, 1)
        with pytest.raises(InternalError, match="Cannot"), transaction.atomic():
            model.objects.update(at=NOW + DAY)


class TestCalling:
    @pytest.mark.parametrize("outcome", ["", "   "])
    def test_without_an_outcome_it_is_refused(self, world, plan, outcome):
        with pytest.raises(ValueError, match="outcome"):
            record_contact(
                patient=world.per, version=plan, how=ContactWay.PHONE, reached=True, outcome=outcome,
                by=world.actor(world.kari), now=NOW,
            )  # fmt: skip

    def test_about_another_patients_plan_it_is_refused(self, world, plan):
        with pytest.raises(ValueError, match="another patient"):
            record_contact(
                patient=world.solveig, version=plan, how=ContactWay.PHONE, reached=True, outcome="Ja.",
                by=world.actor(world.kari), now=NOW,
            )  # fmt: skip

    @pytest.mark.parametrize("name", ["ola", "dahl", "siri"])
    def test_by_others_it_is_refused(self, world, plan, name):
        with pytest.raises(NotYours):
            call(world, plan, 1, user=getattr(world, name))


class TestTheList:
    def test_what_is_due_longest_stands_first(self, world, plan):
        older = propose(make_draft(world.solveig, world.kari), now=NOW - 20 * DAY)
        found = waiting_plans(world.actor(world.berit), now=NOW)
        assert [(each.version, each.step) for each in found] == [(older, LadderStep.PHONE), (plan, LadderStep.WAIT)]

    def test_it_leaves_out_what_is_decided_ended_or_somebody_elses(self, world, plan):
        propose(make_draft(world.nils, world.ola))
        approve(propose(make_draft(world.solveig, world.kari)), world.dahl)
        ended = make_patient(world.a.pk, "Ole", "Sluttet", gp=world.dahl)
        make_enrolment(ended, world.joint)
        propose(make_draft(ended, world.kari))
        end_course(ended)
        assert [each.version for each in waiting_plans(world.actor(world.kari), now=NOW)] == [plan]

    def test_it_asks_equally_often_for_one_and_five(self, world, plan):
        with CaptureQueriesContext(connection) as one:
            waiting_plans(world.actor(world.kari), now=NOW)
        for number in range(4):
            patient = make_patient(world.a.pk, "Anne", f"Nummer {number}", gp=world.dahl)
            make_enrolment(patient, world.joint)
            propose(make_draft(patient, world.kari))
        with CaptureQueriesContext(connection) as five:
            assert len(waiting_plans(world.actor(world.kari), now=NOW)) == 5
        assert len(one) == len(five)
