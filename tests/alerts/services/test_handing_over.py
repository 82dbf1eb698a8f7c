"""A handover: nobody lets go before another has taken, and what stands in the queue goes along (R-144, R-162, P1)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.enums import Role
from alerts import services
from alerts.models import Alert, Delivery, QueueEntry
from alerts.queries.invariants import find_breaches
from alerts.queries.queue import entries_of
from organisations.models import Agreement
from patients.access import visible_patients
from patients.enums import HandoverAnswer, Obstacle
from patients.models import Handover
from patients.services import (
    NotPossible,
    NotYours,
    decline_handover,
    propose_handover,
    take_effect,
    withdraw_handover,
)
from tests.database import see_everything
from tests.factories.accounts import actor_of, make_membership, make_user
from tests.factories.care import block, make_handover
from tests.factories.clock import NOW
from tests.factories.measurements import make_reading
from tests.factories.organisations import make_agreement, make_service
from tests.factories.patients import end_course

DAY = timedelta(days=1)
TODAY = NOW.date()


@pytest.fixture
def own(world):
    """B's own unit, which may take Solveig back from the joint service, with its nurse and leader."""
    found = make_service("Egen oppfølging i Grue", owner=world.b.pk, deadline_red=timedelta(hours=1))
    found.nurse, found.leader = make_user("lind", "Liv", "Lind"), make_user("hoel", "Hans", "Hoel")
    make_membership(found.nurse, Role.NURSE, service=found)
    make_membership(found.leader, Role.SERVICE_LEADER, service=found)
    return found


@pytest.fixture
def red(world):
    """Solveig is red, and Kari has taken the case."""
    make_reading(world.solveig_tablet, "spo2", 84, at=NOW)
    services.assess_patient(patient_id=world.solveig.pk, municipality_id=world.b.pk, now=NOW, wait=True)
    services.claim(patient_id=world.solveig.pk, by=actor_of(world.kari), now=NOW)


def propose(world, service, *, on=TODAY, by=None, patient=None):
    return propose_handover(
        patient=patient or world.solveig,
        to_service=service,
        takes_effect_on=on,
        note=" Skrives ut fredag. ",
        by=actor_of(by or world.kari),
        now=NOW,
    )


def accept(handover, user, now=NOW):
    return services.accept_handover(handover_id=handover.pk, note="", by=actor_of(user, on=now), now=now)


def in_queue(user, patient):
    return entries_of(actor_of(user)).filter(patient=patient).exists()


def test_the_giver_keeps_everything_until_the_receiver_has_accepted(world, own, red):
    handover = propose(world, own)
    assert (handover.note, handover.answer, handover.from_service) == ("Skrives ut fredag.", "", world.joint)
    assert services.carry_out_handovers(now=NOW + 5 * DAY) == 0
    see_everything()
    assert (in_queue(world.kari, world.solveig), in_queue(own.nurse, world.solveig)) == (True, False)


def test_accepted_for_today_course_queue_alerts_and_deadline_move_at_once(world, own, red):
    before = Alert.objects.get()
    moved = accept(propose(world, own), own.nurse)
    alert, entry, course = Alert.objects.get(), QueueEntry.objects.get(), world.solveig.enrolments.get()
    assert (moved.answer, moved.moved_at, moved.answered_by) == (HandoverAnswer.ACCEPTED, NOW, own.nurse)
    assert (course.service, alert.service, entry.service) == (own, own, own)
    assert (alert.deadline, entry.deadline) == (NOW + timedelta(hours=1), NOW + timedelta(hours=1))
    assert (alert.waiting_since, alert.level, alert.pk) == (before.waiting_since, before.level, before.pk)
    assert (entry.owner, entry.claimed_at) == (None, None)
    assert (in_queue(world.kari, world.solveig), in_queue(own.nurse, world.solveig)) == (False, True)
    assert not visible_patients(actor_of(world.kari), now=NOW).filter(pk=world.solveig.pk).exists()
    assert find_breaches(now=NOW) == []


def test_the_new_service_is_told_of_what_is_red(world, own, red):
    own.notify_email = "vakt@example.org"
    own.save()
    accept(propose(world, own), own.nurse)
    assert Delivery.objects.values_list("service", "channel", "state").get() == (own.pk, "EMAIL", "QUEUED")


def test_accepted_for_a_later_day_it_moves_in_the_first_round_of_that_day_in_oslo(world, own, red):
    accept(propose(world, own, on=TODAY + 2 * DAY), own.nurse)
    # Friday 20 November begins at 23.00 UTC on Thursday.
    midnight = datetime(2026, 11, 19, 23, 0, tzinfo=UTC)
    assert services.carry_out_handovers(now=midnight - timedelta(seconds=1)) == 0
    see_everything()
    assert in_queue(world.kari, world.solveig)
    assert [services.carry_out_handovers(now=midnight) for _ in range(2)] == [1, 0]
    see_everything()
    assert Handover.objects.get().moved_at == midnight
    assert (in_queue(world.kari, world.solveig), in_queue(own.nurse, world.solveig)) == (False, True)


def test_moving_twice_moves_once(world, own):
    handover = accept(propose(world, own), own.nurse)
    assert take_effect(handover=handover, now=NOW + DAY) is False
    handover.refresh_from_db()
    assert handover.moved_at == NOW


def test_what_comes_afterwards_goes_to_the_new_service(world, own):
    accept(propose(world, own), own.nurse)
    make_reading(world.solveig_tablet, "spo2", 84, at=NOW)
    services.assess_patient(patient_id=world.solveig.pk, municipality_id=world.b.pk, now=NOW, wait=True)
    assert (Alert.objects.get().service, QueueEntry.objects.get().service) == (own, own)


def test_history_follows_and_it_can_go_back(world, own, red):
    """AT-54: readings and handlings before and after stand in one history."""
    accept(propose(world, own), own.nurse)
    back = propose_handover(
        patient=world.solveig, to_service=world.joint, takes_effect_on=TODAY, note="", by=actor_of(own.nurse), now=NOW
    )
    accept(back, world.berit)
    assert in_queue(world.kari, world.solveig)
    assert world.solveig.handlings.count() == 1
    assert world.solveig.enrolments.get().service == world.joint


def test_the_leaders_propose_and_accept_too(world, own):
    assert accept(propose(world, own, by=world.eva), own.leader).moved_at == NOW


@pytest.mark.parametrize("lost", ["block", "membership", "role", "account"])
def test_a_case_is_free_again_when_its_owner_can_no_longer_open_it(world, red, lost):
    """Else the colleagues see a red case that nobody can take."""
    assert services.free_lost_claims(now=NOW) == 0
    see_everything()
    if lost == "block":
        block(world.solveig, world.berit, user=world.kari)
    elif lost == "account":
        world.kari.is_active = False
        world.kari.save()
    else:
        world.kari.memberships.update(valid_until=TODAY - DAY)
    if lost == "role":
        # Still at the service, but a leader opens no case.
        make_membership(world.kari, Role.SERVICE_LEADER, service=world.joint)
    assert [breach.name for breach in find_breaches(now=NOW)] == ["P1 a case is held by somebody who cannot handle it"]
    assert [services.free_lost_claims(now=NOW) for _ in range(2)] == [1, 0]
    see_everything()
    entry = QueueEntry.objects.get()
    assert (entry.owner, entry.claimed_at, entry.level) == (None, None, Alert.objects.get().level)
    assert services.claim(patient_id=world.solveig.pk, by=actor_of(world.berit), now=NOW).owner == world.berit


@pytest.mark.parametrize("person", ["kari", "ola", "dahl", "siri", "ness", "eva"])
def test_only_the_receiver_answers(world, own, person):
    handover = propose(world, own)
    by = actor_of(getattr(world, person))
    for answer in (services.accept_handover, decline_handover):
        with pytest.raises(NotYours):
            answer(handover_id=handover.pk, note="", by=by, now=NOW)
    handover.refresh_from_db()
    assert handover.answer == ""


def test_a_health_worker_of_the_receiver_does_not_answer(world, own):
    user = make_user("moe", "Mari", "Moe")
    make_membership(user, Role.HEALTH_WORKER, service=own)
    with pytest.raises(NotYours):
        accept(propose(world, own), user)


@pytest.mark.parametrize("person", ["ola", "dahl", "siri", "ness"])
def test_only_the_holder_proposes_and_withdraws(world, own, person):
    with pytest.raises(NotYours):
        propose(world, own, by=getattr(world, person))
    with pytest.raises(NotYours):
        withdraw_handover(
            handover=make_handover(world.solveig, own, world.kari), by=actor_of(getattr(world, person)), now=NOW
        )


def test_declined_it_stays_and_another_can_be_proposed(world, own, red):
    declined = decline_handover(handover_id=propose(world, own).pk, note=" Fullt. ", by=actor_of(own.nurse), now=NOW)
    assert (declined.answer, declined.answer_note) == (HandoverAnswer.DECLINED, "Fullt.")
    assert in_queue(world.kari, world.solveig)
    with pytest.raises(NotPossible) as refused:
        accept(declined, own.nurse)
    assert refused.value.obstacle == Obstacle.ANSWERED
    propose(world, own)


def test_the_giver_may_withdraw_until_it_has_moved(world, own):
    later = accept(propose(world, own, on=TODAY + DAY), own.nurse)
    withdraw_handover(handover=later, by=actor_of(world.berit), now=NOW)
    assert services.carry_out_handovers(now=NOW + 2 * DAY) == 0
    see_everything()
    assert world.solveig.enrolments.get().service == world.joint
    with pytest.raises(NotPossible) as refused:
        withdraw_handover(handover=later, by=actor_of(world.berit), now=NOW)
    assert refused.value.obstacle == Obstacle.ANSWERED


def obstacle_to(world, obstacle, own):
    """Arrange for it, and give service, patient and day."""
    service, patient, on = own, world.solveig, TODAY
    if obstacle == Obstacle.PAST_DAY:
        on = TODAY - DAY
    elif obstacle == Obstacle.HOLDS_COURSE:
        service = world.joint
    elif obstacle == Obstacle.NO_COURSE:
        patient.enrolments.update(status="ENDED", ended_on=TODAY, end_reason="OTHER")
    elif obstacle == Obstacle.HANDOVER_OPEN:
        make_handover(patient, own, world.kari)
    elif obstacle == Obstacle.BLOCKED:
        block(patient, world.kari, service=own)
    elif obstacle == Obstacle.NOBODY_THERE:
        own.memberships.filter(role=Role.NURSE).update(valid_until=TODAY + DAY)
        on = TODAY + 2 * DAY
    else:
        service = world.own_c
        make_agreement(service, world.b.pk, valid_until=TODAY)
        on = TODAY + DAY
    return service, patient, on


@pytest.mark.parametrize(
    "obstacle", ["PAST_DAY", "HOLDS_COURSE", "HANDOVER_OPEN", "BLOCKED", "NOBODY_THERE", "NO_AGREEMENT"]
)
def test_what_cannot_be_proposed_says_why(world, own, obstacle):
    service, patient, on = obstacle_to(world, Obstacle(obstacle), own)
    with pytest.raises(NotPossible) as refused:
        propose(world, service, patient=patient, on=on)
    assert refused.value.obstacle == obstacle


def test_an_agreement_without_readings_is_not_enough(world):
    make_agreement(world.own_c, world.b.pk, shares=["PLAN", "EQUIPMENT"])
    with pytest.raises(NotPossible) as refused:
        propose(world, world.own_c)
    assert refused.value.obstacle == Obstacle.NO_AGREEMENT


def test_an_agreement_that_starts_that_day_is_enough_for_the_proposal(world):
    make_agreement(world.own_c, world.b.pk, valid_from=TODAY + DAY)
    later = propose(world, world.own_c, on=TODAY + DAY)
    with pytest.raises(NotYours):
        accept(later, world.ola)
    accept(later, world.ola, now=NOW + DAY)
    assert in_queue_on(world.ola, NOW + DAY) == {world.solveig.pk}


def in_queue_on(user, now):
    """Whom the person follows up that day."""
    found = visible_patients(actor_of(user, on=now), now=now).filter(enrolments__service__name__contains="Stavanger")
    return set(found.exclude(municipality__name="Stavanger").values_list("pk", flat=True))


@pytest.mark.parametrize("change", ["block", "nurse", "course"])
def test_it_is_not_accepted_when_things_have_changed(world, own, change):
    handover = propose(world, own)
    if change == "block":
        block(world.solveig, world.kari, service=own)
    elif change == "nurse":
        own.memberships.filter(role=Role.NURSE).update(valid_until=TODAY - DAY)
    else:
        end_course(world.solveig)
    with pytest.raises(NotPossible) as refused:
        accept(handover, own.leader)
    expected = {"block": Obstacle.BLOCKED, "nurse": Obstacle.NOBODY_THERE, "course": Obstacle.COURSE_CHANGED}
    assert refused.value.obstacle == expected[change]


def test_where_the_receiver_has_lost_its_agreement_the_giver_keeps_the_case(world, red):
    agreement = make_agreement(world.own_c, world.b.pk)
    accept(propose(world, world.own_c, on=TODAY + DAY), world.ola)
    Agreement.objects.filter(pk=agreement.pk).update(valid_until=TODAY)
    assert services.carry_out_handovers(now=NOW + DAY) == 0
    see_everything()
    assert (Handover.objects.get().moved_at, in_queue(world.kari, world.solveig)) == (None, True)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"to_service": "joint"}, "handover_to_another_service"),
        ({"answer": "ACCEPTED"}, "handover_answered_completely"),
        ({"moved_at": NOW}, "handover_moves_when_accepted"),
    ],
)
def test_the_database_refuses_what_is_no_handover(world, own, fields, constraint):
    given = {name: getattr(world, value) if name == "to_service" else value for name, value in fields.items()}
    to_service = given.pop("to_service", own)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make_handover(world.solveig, to_service, world.kari, **given)


def test_the_database_refuses_two_open_ones(world, own):
    make_handover(world.solveig, own, world.kari)
    with pytest.raises(IntegrityError, match="handover_one_open_per_enrolment"), transaction.atomic():
        make_handover(world.solveig, own, world.kari)
