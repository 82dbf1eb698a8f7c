"""The board: who stands where, what comes next, what is late; and the same number of questions however many."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from careplans.queries.board import Step, Wanted, board_of
from patients.enums import Decider, ReferralOrigin
from patients.models import IntakeSetting, Referral
from patients.services import begin
from tests.database import see_everything
from tests.factories.accounts import actor_of, let_in, make_membership, make_user
from tests.factories.careplans import make_draft, propose
from tests.factories.clock import NOW
from tests.factories.courses import TODAY, active, allocated, in_trial, task
from tests.factories.intake import assessed
from tests.factories.patients import end_course, make_patient, pause

DAY = timedelta(days=1)


@pytest.fixture
def lise(world):
    """Coordinator of municipality A."""
    found = make_user("lise", "Lise", "Dal")
    make_membership(found, "COORDINATOR", authority=world.a)
    return found


def refer(world, family="Lund"):
    patient = make_patient(world.a.pk, "Ove", family)
    found = Referral.objects.create(
        municipality_id=world.a.pk, patient=patient, origin=ReferralOrigin.GP, received_on=TODAY - 3 * DAY,
        reason="Kols.", registered_at=NOW, registered_by=world.kari,
    )  # fmt: skip
    begin(found, by=actor_of(world.kari), now=NOW)
    return found


def board(user, *, now=NOW, **wanted):
    columns = board_of(actor_of(user), Wanted(**wanted), now=now).columns
    return {column.step: column for column in columns}


def names(columns):
    return {step.name: [row.patient.family_name for row in column.rows] for step, column in columns.items()}


def test_every_course_stands_in_its_column(world, lise):
    refer(world)
    allocated(make_patient(world.a.pk, "Tor", "Berg"), world.joint, world.kari)
    in_trial(world)
    shown = names(board(lise))
    assert shown == {
        "RECEIVED": ["Lund"], "ASSESSED": [], "START_UP": ["Berg"], "TRIAL": ["Vik"], "PLAN_SENT": [],
        "ACTIVE": ["Aasen"], "EVALUATION": [], "ENDED": [],
    }  # fmt: skip


def test_a_plan_that_waits_for_the_doctor_and_an_evaluation_that_is_near_move_the_course(world, lise):
    waiting = in_trial(world)
    propose(make_draft(waiting.patient, world.kari))
    assert names(board(lise))["PLAN_SENT"] == ["Vik"]
    end_course(waiting.patient)
    assert names(board(lise))["ENDED"] == ["Vik"]
    assert names(board(lise, now=NOW + 31 * DAY))["ENDED"] == []


def test_a_service_has_no_column_for_the_ended_whom_it_no_longer_sees(world):
    ended = in_trial(world)
    end_course(ended.patient)
    allocated(ended.patient, world.joint, world.kari, allocated_on=TODAY)
    shown = names(board(world.kari))
    assert "ENDED" not in shown
    assert shown["START_UP"] == ["Vik"]
    page = let_in(Client(), world.kari).get(reverse("courses"), {"steg": "avsluttet"})
    assert page.context["wanted"].step is None


def test_an_evaluation_is_prepared_two_weeks_ahead_and_late_the_day_after(world, lise):
    course = active(world)
    due = course.next_evaluation_on - TODAY
    assert names(board(lise, now=NOW + due - 15 * DAY))["EVALUATION"] == []
    near = board(lise, now=NOW + due)[Step.EVALUATION].rows[0]
    assert (near.patient.family_name, near.late) == ("Vik", False)
    assert board(lise, now=NOW + due + DAY)[Step.EVALUATION].rows[0].late


def test_a_trial_without_a_decision_is_late_from_the_day_after_its_last(world, lise):
    in_trial(world)
    last = board(lise, now=NOW + 21 * DAY)[Step.TRIAL]
    assert (last.late, last.rows[0].late, last.rows[0].place) == (0, False, "dag 22 av 22")
    over = board(lise, now=NOW + 22 * DAY)[Step.TRIAL]
    assert (over.late, over.rows[0].late, over.rows[0].days, over.rows[0].place) == (1, True, 22, "")
    assert over.rows[0].action == "Prøveperioden er over. Avgjør om pasienten skal fortsette"


def test_the_next_action_is_the_task_that_is_due_first_and_late_ones_stand_first(world, lise):
    first, second = in_trial(world), allocated(make_patient(world.a.pk, "Tor", "Berg"), world.joint, world.kari)
    other = allocated(make_patient(world.a.pk, "Tor", "Alm"), world.joint, world.kari)
    task(first, world.kari, due_on=TODAY + 2 * DAY, responsible=world.kari)
    task(second, world.kari, due_on=TODAY - DAY, role="COORDINATOR")
    columns = board(lise)
    row = columns[Step.TRIAL].rows[0]
    assert (row.action, row.who, row.late) == ("Ringe datteren innen 20.11.2026", "Kari Nordmann", False)
    start_up = columns[Step.START_UP]
    assert [(each.patient.family_name, each.who, each.late) for each in start_up.rows] == [
        ("Berg", "koordinator", True),
        ("Alm", "", False),
    ]
    assert other.pk == start_up.rows[1].id


def test_a_pause_is_shown(world, lise):
    course = in_trial(world)
    pause(course.patient, TODAY, TODAY + 5 * DAY)
    assert board(lise)[Step.TRIAL].rows[0].paused_until == TODAY + 5 * DAY


def test_a_nurse_sees_the_courses_of_the_own_service_and_no_referrals(world):
    refer(world)
    in_trial(world)
    shown = names(board(world.kari))
    assert (shown["RECEIVED"], shown["TRIAL"], sorted(shown["ACTIVE"])) == ([], ["Vik"], ["Aasen", "Eide"])
    assert names(board(world.ola))["ACTIVE"] == ["Iversen"]
    assert names(board(world.siri))["ACTIVE"] == ["Eide"]


def test_the_coordinators_six_tasks_are_counted_and_nobody_elses(world, lise):
    refer(world)
    course = in_trial(world)
    task(course, world.kari, kind="GP_DIALOGUE", title="", due_on=TODAY - DAY)
    task(course, world.kari, kind="DOCUMENT", title="")
    task(world.nils.enrolments.get(), world.ola, kind="REPORT", title="")
    duties = board_of(actor_of(lise), Wanted(), now=NOW).duties
    assert [(each.count, each.late) for each in duties] == [(1, 0), (1, 1), (0, 0), (0, 0), (1, 0), (0, 0)]
    assert board_of(actor_of(world.kari), Wanted(), now=NOW).duties == []


def test_it_is_narrowed_by_service_step_and_whose_it_is(world, lise):
    course = in_trial(world)
    task(course, world.kari, role="COORDINATOR")
    refer(world)
    assert sum(column.count for column in board(lise, service_id=world.own_c.pk).values()) == 0
    assert sum(column.count for column in board(lise, mine=True).values()) == 2
    assert {step.name for step, column in board(lise, step=Step.TRIAL).items() if column.rows} == {"TRIAL"}


def test_one_step_is_shown_fifty_at_a_time(world, lise):
    for number in range(12):
        allocated(make_patient(world.a.pk, "Tor", f"Berg{number}"), world.joint, world.kari)
    whole = board(lise)[Step.START_UP]
    assert (whole.count, len(whole.rows)) == (12, 10)
    alone = board(lise, step=Step.START_UP)[Step.START_UP]
    assert (alone.count, len(alone.rows)) == (12, 12)
    assert board(lise, step=Step.START_UP, page=2)[Step.START_UP].rows == []


def questions(user):
    with CaptureQueriesContext(
        connection,
    ) as caught:
        board(user)
    return len(caught)


def test_the_number_of_questions_is_the_same_however_many_there_are(world, lise):
    in_trial(world)
    few = questions(lise)
    for number in range(15):
        task(allocated(make_patient(world.a.pk, "Tor", f"Berg{number}"), world.joint, world.kari), world.kari)
        refer(world, f"Lund{number}")
    assert questions(lise) == few <= 10


def test_the_page_shows_the_rows_and_marks_what_is_late_with_a_word(world, lise):
    browser = let_in(Client(), lise)
    in_trial(world)
    with time_machine.travel(NOW + 22 * DAY, tick=False):
        browser = let_in(Client(), lise)
        page = browser.get(reverse("courses"))
        one = browser.get(
            reverse("courses"), {"steg": "prove", "tjeneste": str(world.joint.pk), "ansvar": "", "side": "1"}
        )
    see_everything()
    assert page.status_code == one.status_code == 200
    assert "Vik" in page.text
    assert "over tiden" in page.text


@pytest.mark.parametrize(
    "asked", [{"steg": "tull"}, {"side": "-1"}, {"side": "९"}, {"tjeneste": "tull"}, {"side": "0"}]
)
def test_what_nobody_understands_in_the_address_narrows_nothing(world, as_kari, asked):
    assert as_kari.get(reverse("courses"), asked).status_code == 200


@pytest.mark.parametrize("person", ["dahl", "ness", "eva", "vera"])
def test_others_have_no_board(world, person):
    assert let_in(Client(), getattr(world, person)).get(reverse("courses")).status_code == 403


def test_a_referral_is_opened_from_the_board(world, lise):
    found = refer(world)
    with time_machine.travel(NOW, tick=False):
        shown = let_in(Client(), lise).get(reverse("courses")).text
    assert reverse("referral", args=[found.pk]) in shown


def test_the_case_handler_has_the_referrals_and_no_courses(world):
    hans = make_user("hans", "Hans", "Foss")
    make_membership(hans, "CASE_HANDLER", authority=world.a)
    refer(world)
    in_trial(world)
    found = board_of(actor_of(hans), Wanted(), now=NOW)
    assert ({each.step: each.count for each in found.columns if each.count}, found.duties) == ({Step.RECEIVED: 1}, [])
    with time_machine.travel(NOW, tick=False):
        answer = let_in(Client(), hans).get(reverse("courses"))
    assert (answer.status_code, reverse("routines") in answer.text) == (200, False)


def test_the_nurse_has_the_referrals_where_the_municipality_lets_her_service_decide(world):
    refer(world)
    assert board(world.kari)[Step.RECEIVED].count == 0
    IntakeSetting.objects.create(municipality=world.a, decider=Decider.FOLLOW_UP_SERVICE)
    assert board(world.kari)[Step.RECEIVED].count == 1
    assert board(world.ola)[Step.RECEIVED].count == 0


def test_mine_are_the_referrals_nobody_has_assessed_and_those_one_has_assessed(world, lise):
    other = make_user("iver", "Iver", "Nes")
    make_membership(other, "COORDINATOR", authority=world.a)
    refer(world)
    assessed(refer(world, "Moe"), other)
    assert [each.count for each in board(lise, mine=True).values()][:2] == [1, 0]
    assert [each.count for each in board(other, mine=True).values()][:2] == [1, 1]
