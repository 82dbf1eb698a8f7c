"""Red-zone meetings: whom the queue puts on the agenda, who decides, and what comes of it (R-052, R-141)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from accounts.enums import Role
from alerts.enums import AgendaReason, HandlingAction, Level, MeetingDecision
from alerts.models import AgendaDecision, AgendaItem, Handling, HospitalActivity, RedZoneMeeting
from alerts.queries.meetings import visible_items
from alerts.services import meetings
from alerts.services.meetings import add_by_hand, decide, fill_agenda, hold, make_draft, plan_meeting
from alerts.services.refusals import NotNow, NotYours
from careplans.enums import Initiator, VersionStatus
from careplans.models import PlanVersion
from careplans.services import send_to_gp
from careplans.services.content import content_of
from dho.lib import rls
from organisations.models import Agreement
from patients.models import CareRelation
from tests.factories.accounts import actor_of, make_membership, make_user
from tests.factories.care import block
from tests.factories.careplans import make_draft as draft_of
from tests.factories.clock import NOW
from tests.factories.hospital import judged, make_cooperation, make_item, make_meeting
from tests.factories.organisations import make_service

DAY = timedelta(days=1)
TODAY = NOW.date()


@pytest.fixture
def hospital(world):
    return make_cooperation(world)


@pytest.fixture
def kari(world):
    return actor_of(world.kari)


def agenda(world, hospital, by):
    """The agenda of a meeting planned now: patient, why, reds and yellows."""
    meeting = plan_meeting(department=hospital.department, planned_on=TODAY, by=by, now=NOW)
    return [(item.patient, item.why, item.reds, item.yellows) for item in meeting.items.all()]


def handled_yellow(world, *, at):
    Handling.objects.create(
        municipality_id=world.a.pk, patient=world.per, action=HandlingAction.DONE, level=Level.YELLOW, alert_ids=[],
        outcomes=["CALLED"], note="Ringte.", at=at, by=world.kari, role="NURSE",
    )  # fmt: skip


def minutes(meeting, by, **fields):
    said = {"held_on": TODAY, "participants": "Kari Nordmann, Sigrid Ravn", "minutes": 30, "note": ""} | fields
    return hold(meeting_id=meeting.pk, by=by, now=NOW, **said)


def decided(item, by, decision=MeetingDecision.PLAN_CHANGE):
    return decide(item=item, decision=decision, text="Senk grensen for SpO₂.", responsible="Kari", by=by, now=NOW)


# Whom it puts on the agenda


def test_who_has_been_red_since_the_meeting_before_is_on_the_agenda(world, hospital, kari):
    judged(world, world.per_tablet, "RED", at=NOW - 2 * DAY)
    judged(world, world.per_tablet, "YELLOW", at=NOW - DAY)
    assert agenda(world, hospital, kari) == [(world.per, AgendaReason.RED, 1, 1)]


def held_before(world, hospital, *, filled_at=None):
    """A meeting planned eight days ago and held yesterday."""
    before = make_meeting(world.joint, hospital.department, world.kari, now=NOW - 8 * DAY, filled_at=filled_at)
    held = {"held_on": TODAY - DAY, "participants": "Vi", "duration_minutes": 20, "closed_by": world.kari}
    RedZoneMeeting.objects.filter(pk=before.pk).update(closed_at=NOW - DAY, **held)
    return before


def test_what_was_before_the_last_agenda_was_filled_is_not_taken_up_again(world, hospital, kari):
    judged(world, world.per_tablet, "RED", at=NOW - 3 * DAY)
    held_before(world, hospital, filled_at=NOW - 2 * DAY)
    assert agenda(world, hospital, kari) == []


@pytest.mark.parametrize("filled", [NOW - 3 * DAY, None])
def test_who_turned_red_between_the_agenda_and_the_minutes_comes_on_the_next(world, hospital, kari, filled):
    """Also after a meeting from before the fill was remembered: then since it was planned (P1, R-141)."""
    judged(world, world.per_tablet, "RED", at=NOW - 2 * DAY)
    held_before(world, hospital, filled_at=filled)
    assert agenda(world, hospital, kari) == [(world.per, AgendaReason.RED, 1, 0)]


def test_planning_and_the_button_remember_when_the_agenda_was_filled(world, hospital, kari):
    agenda(world, hospital, kari)
    meeting = RedZoneMeeting.objects.get()
    fill_agenda(meeting_id=meeting.pk, by=kari, now=NOW + DAY)
    assert (meeting.filled_at, RedZoneMeeting.objects.get().filled_at) == (NOW, NOW + DAY)


@pytest.mark.parametrize("decision", [None, MeetingDecision.NONE])
def test_who_was_not_reached_stands_on_the_next_agenda_with_the_same_reason(world, hospital, kari, decision):
    meeting = make_meeting(world.joint, hospital.department, world.kari)
    item = add_by_hand(meeting_id=meeting.pk, patient_id=world.per.pk, reason="Uro.", by=kari, now=NOW)
    if decision:
        decided(item, kari, decision)
    minutes(meeting, kari)
    planned = plan_meeting(department=hospital.department, planned_on=TODAY, by=kari, now=NOW + DAY)
    found = [(each.patient, each.why, each.reason, each.since) for each in planned.items.all()]
    assert found == ([] if decision else [(world.per, AgendaReason.BY_HAND, "Uro.", item.since)])


def test_yellow_again_though_measures_were_taken_is_on_the_agenda(world, hospital, kari):
    judged(world, world.per_tablet, "YELLOW", at=NOW - 3 * DAY)
    handled_yellow(world, at=NOW - 2 * DAY)
    judged(world, world.per_tablet, "YELLOW", at=NOW - DAY)
    assert agenda(world, hospital, kari) == [(world.per, AgendaReason.YELLOW_AGAIN, 0, 2)]


def test_a_yellow_that_measures_have_helped_is_not(world, hospital, kari):
    judged(world, world.per_tablet, "YELLOW", at=NOW - 3 * DAY)
    handled_yellow(world, at=NOW - 2 * DAY)
    assert agenda(world, hospital, kari) == []


@pytest.mark.parametrize("out_of_reach", ["blocked", "unshared", "no agreement", "dead", "another patient"])
def test_blocked_and_unshared_patients_are_never_on_the_agenda(world, hospital, kari, out_of_reach):
    judged(world, world.per_tablet, "RED", at=NOW - DAY)
    judged(world, world.solveig_tablet, "RED", at=NOW - DAY)
    if out_of_reach == "blocked":
        block(world.per, world.kari, service=hospital.department)
    if out_of_reach == "unshared":
        CareRelation.objects.filter(patient=world.per).update(ended_at=NOW, ended_by=world.kari)
    if out_of_reach == "no agreement":
        # One patient of B is shared, but B has no agreement with the department.
        Agreement.objects.filter(service=hospital.department).update(shares=["PLAN"])
        with pytest.raises(NotYours):
            agenda(world, hospital, kari)
        return
    if out_of_reach == "dead":
        type(world.per).objects.filter(pk=world.per.pk).update(deceased_on=TODAY)
    found = agenda(world, hospital, kari)
    assert [row[0] for row in found] == ([world.per] if out_of_reach == "another patient" else [])
    meeting = RedZoneMeeting.objects.get()
    with pytest.raises((NotYours, NotNow)):
        add_by_hand(meeting_id=meeting.pk, patient_id=world.per.pk, reason="Uro.", by=kari, now=NOW)


def test_a_nurse_whom_the_patient_has_blocked_neither_adds_nor_sees_him(world, hospital, kari):
    judged(world, world.per_tablet, "RED", at=NOW - DAY)
    block(world.per, world.berit, user=world.kari)
    assert agenda(world, hospital, kari) == []
    meeting = RedZoneMeeting.objects.get()
    fill_agenda(meeting_id=meeting.pk, by=actor_of(world.berit), now=NOW)
    assert [len(visible_items(meeting, by=actor_of(user), now=NOW)) for user in (world.berit, world.kari)] == [1, 0]


def test_the_nurse_adds_a_shared_patient_with_a_reason_once(world, hospital, kari):
    meeting = make_meeting(world.joint, hospital.department, world.kari)
    item = add_by_hand(meeting_id=meeting.pk, patient_id=world.per.pk, reason="Datteren er urolig.", by=kari, now=NOW)
    assert (item.why, item.reason, item.reds) == (AgendaReason.BY_HAND, "Datteren er urolig.", 0)
    with pytest.raises(NotNow, match="allerede på agendaen"):
        add_by_hand(meeting_id=meeting.pk, patient_id=world.per.pk, reason="Igjen.", by=kari, now=NOW)


def test_one_meeting_is_planned_at_a_time_and_filling_it_twice_adds_nobody_twice(world, hospital, kari):
    judged(world, world.per_tablet, "RED", at=NOW - DAY)
    agenda(world, hospital, kari)
    assert fill_agenda(meeting_id=RedZoneMeeting.objects.get().pk, by=kari, now=NOW) == []
    with pytest.raises(NotNow, match="allerede planlagt"):
        agenda(world, hospital, kari)


@pytest.mark.parametrize("person", ["ola", "dahl", "siri", "eva"])
def test_only_the_services_own_staff_plan_a_meeting(world, hospital, person):
    with pytest.raises(NotYours):
        agenda(world, hospital, actor_of(getattr(world, person)))


# Deciding


@pytest.fixture
def item(world, hospital):
    return make_item(make_meeting(world.joint, hospital.department, world.kari), world.per, world.kari)


def test_what_the_nurse_writes_down_becomes_a_draft_begun_by_the_hospital(world, item, kari):
    made = decided(item, kari)
    draft = made.draft
    assert (draft.status, draft.initiator, draft.number) == (VersionStatus.DRAFT, Initiator.HOSPITAL, 2)
    assert draft.anchoring.startswith("Rødsonemøte med Lungeavdelingen")
    assert draft.anchoring.endswith("18.11.2026: Senk grensen for SpO₂.")
    assert draft.thresholds.count() == world.per_plan.thresholds.count()


def test_what_the_specialist_decides_is_drafted_by_the_nurse_and_waits_for_the_gp(world, hospital, item, kari):
    """R-052, R-040: a decision of the meeting is a proposal like any other."""
    made = decided(item, actor_of(hospital.ravn))
    assert made.draft is None
    with pytest.raises(NotYours):
        make_draft(decision_id=made.pk, by=actor_of(hospital.ravn), now=NOW)
    draft = make_draft(decision_id=made.pk, by=kari, now=NOW)
    send_to_gp(version=draft, by=kari, now=NOW)
    assert PlanVersion.objects.get(pk=draft.pk).status == VersionStatus.PROPOSED
    world.per_plan.refresh_from_db()
    assert world.per_plan.status == VersionStatus.APPROVED
    with pytest.raises(NotNow, match="allerede laget"):
        make_draft(decision_id=made.pk, by=kari, now=NOW)


def test_where_a_version_is_open_the_decision_stands_and_says_why_no_draft_was_made(world, item, kari):
    draft_of(world.per, world.kari)
    made = decided(item, kari)
    assert made.draft is None
    with pytest.raises(NotNow, match="Versjon 2 er åpen"):
        make_draft(decision_id=made.pk, by=kari, now=NOW)


def test_where_the_rules_of_today_refuse_the_old_plan_the_decision_stands_and_says_why(item, kari, monkeypatch):
    """The database keeps a version of today from being so: what an older one said is put in its place."""
    monkeypatch.setattr(meetings, "content_of", lambda version: replace(content_of(version), what_matters=""))
    made = decided(item, kari)
    assert (made.draft, AgendaDecision.objects.count()) == (None, 1)
    with pytest.raises(NotNow, match=r"Skriv hva som er viktig for pasienten\."):
        make_draft(decision_id=made.pk, by=kari, now=NOW)


@pytest.mark.parametrize("who", ["another department", "ended agreement", "unshared", "blocked", "ola", "dahl"])
def test_who_does_not_see_the_patient_in_the_meeting_decides_nothing(world, hospital, item, who):
    person = {"ola": world.ola, "dahl": world.dahl}.get(who, hospital.ravn)
    if who == "another department":
        hospital.ravn.memberships.update(service=world.own_c)
    if who == "ended agreement":
        Agreement.objects.filter(service=hospital.department).update(valid_until=TODAY - DAY)
    if who == "unshared":
        CareRelation.objects.filter(patient=world.per).update(ended_at=NOW, ended_by=world.kari)
    if who == "blocked":
        block(world.per, world.kari, user=hospital.ravn)
    with pytest.raises(NotYours):
        decided(item, actor_of(person), MeetingDecision.OTHER)
    assert not AgendaDecision.objects.exists()


# The minutes


def test_the_minutes_freeze_the_agenda_and_leave_one_activity_for_each_patient_discussed(world, item, kari):
    judged(world, world.per_tablet, "RED", at=NOW - DAY)
    decided(item, kari, MeetingDecision.MEDICATION)
    minutes(item.meeting, kari)
    found = HospitalActivity.objects.get()
    assert (found.patient, found.kind, found.minutes, found.on) == (world.per, "MEETING", 30, TODAY)
    with pytest.raises(NotNow, match="Møtet er holdt"):
        minutes(item.meeting, kari)
    with pytest.raises(NotNow, match="Møtet er holdt"):
        fill_agenda(meeting_id=item.meeting_id, by=kari, now=NOW)
    # A decision is put right afterwards by a new one.
    decided(item, kari, MeetingDecision.OTHER)
    assert AgendaDecision.objects.count() == 2


def test_who_was_not_discussed_leaves_no_activity(item, kari):
    minutes(item.meeting, kari)
    assert not HospitalActivity.objects.exists()


def test_only_the_services_own_staff_write_the_minutes(world, hospital, item):
    for person in (world.ola, hospital.ravn, hospital.line, world.dahl):
        with pytest.raises(NotYours):
            minutes(item.meeting, actor_of(person))


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE alerts_redzonemeeting SET participants = 'Andre'", "Cannot update"),
        ("UPDATE alerts_redzonemeeting SET closed_at = NULL", "Cannot update"),
        ("DELETE FROM alerts_redzonemeeting", "Cannot delete"),
        ("UPDATE alerts_agendaitem SET reds = 0", "Cannot update"),
        ("UPDATE alerts_agendadecision SET text = 'Noe annet'", "Cannot update"),
        ("DELETE FROM alerts_agendadecision", "Cannot delete"),
    ],
)
def test_the_database_keeps_a_held_meeting_as_it_was(item, kari, sql, said):
    decided(item, kari, MeetingDecision.OTHER)
    minutes(item.meeting, kari)
    with pytest.raises(InternalError, match=said), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_database_adds_nobody_to_a_held_meeting(world, item, kari):
    minutes(item.meeting, kari)
    with pytest.raises(InternalError, match="has been held"), transaction.atomic():
        make_item(item.meeting, world.solveig, world.kari)


def test_the_database_refuses_an_agenda_row_in_another_municipality(world, item):
    with pytest.raises(IntegrityError), transaction.atomic():
        AgendaItem.objects.create(
            municipality_id=world.b.pk, meeting=item.meeting, patient=world.nils, why="RED", reds=1, yellows=0,
            since=NOW, added_at=NOW, added_by=world.kari,
        )  # fmt: skip


def test_two_nurses_who_plan_the_same_meeting_get_one(committed_world):
    world = committed_world
    with transaction.atomic():
        rls.limit_to([world.a.pk, world.b.pk], actor="test")
        hospital = make_cooperation(world)
    both = Barrier(2)

    def plan(user):
        try:
            with transaction.atomic():
                rls.limit_to([world.a.pk, world.b.pk], actor="test")
                by = actor_of(user)
                both.wait()
                plan_meeting(department=hospital.department, planned_on=TODAY, by=by, now=NOW)
        except NotNow:
            return "refused"
        finally:
            connection.close()
        return "planned"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(plan, [world.kari, world.berit])) == ["planned", "refused"]


def test_after_a_handover_the_agenda_is_the_new_services(world, hospital, item, kari):
    """R-144: whoever follows the patient up now takes her up, and the service before sees nothing of it."""
    judged(world, world.per_tablet, "RED", at=NOW - DAY)
    new = make_service("Ny oppfølging", owner=world.a.pk)
    nurse = make_user("ny", "Nina", "Ny")
    make_membership(nurse, Role.NURSE, service=new)
    world.per.enrolments.update(service=new)
    assert agenda(world, hospital, actor_of(nurse)) == [(world.per, AgendaReason.RED, 1, 0)]
    assert visible_items(item.meeting, by=kari, now=NOW) == []
    assert fill_agenda(meeting_id=item.meeting_id, by=kari, now=NOW) == []
