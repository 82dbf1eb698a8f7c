"""Taking, letting go, finishing and taking back (R-100, R-101, AT-32)."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.enums import Role
from alerts import services
from alerts.enums import AlertKind, AlertState, CloseReason, HandlingAction, Level
from alerts.models import Alert, Handling, QueueEntry
from alerts.services.desk import Desk
from careplans.models import Measure
from patients.models import Enrolment
from tests.factories.clock import NOW
from tests.factories.measurements import make_reading
from tests.factories.organisations import make_service

SECOND = timedelta(seconds=1)
NOTE = "Ringte. Puster lettere etter hvile."


@pytest.fixture
def red(world):
    """Per has one red alert in the queue."""
    return measure(world, 84)


def measure(world, value, *, at=NOW, type_id="spo2"):
    make_reading(world.per_tablet, type_id, value, at=at)
    services.assess_patient(patient_id=world.per.pk, municipality_id=world.per.municipality_id, now=at, wait=True)
    return QueueEntry.objects.get(patient=world.per)


def miss(world, subject="weight"):
    """Per also has something missing, which needs no note."""
    desk = Desk({world.per.pk: world.per.municipality_id}, now=NOW)
    desk.open(
        world.per.pk, AlertKind.MISSING, subject, level=Level.MISSING, headline="Vekt ikke målt", detail="Frist i dag",
        waiting_since=NOW, deadline=NOW,
    )  # fmt: skip
    desk.save()
    return QueueEntry.objects.get(patient=world.per)


def finish(world, seen, *, by=None, now=NOW, **done):
    done = {"outcomes": ["CALLED"], "measure_ids": [], "note": NOTE} | done
    return services.finish(patient_id=world.per.pk, seen=seen, by=by or world.actor(world.kari), now=now, **done)


def take(world, user, *, now=NOW):
    return services.claim(patient_id=world.per.pk, by=world.actor(user), now=now)


def undo(world, user, *, now):
    return services.undo(patient_id=world.per.pk, by=world.actor(user), now=now)


def test_a_claim_gives_the_case_an_owner_and_leaves_an_account(world, red):
    entry = take(world, world.kari)
    assert (entry.owner, entry.claimed_at) == (world.kari, NOW)
    assert entry.change > red.change
    handling = Handling.objects.get()
    assert (handling.action, handling.level, handling.by, handling.role) == (
        HandlingAction.CLAIM, Level.RED, world.kari, Role.NURSE,
    )  # fmt: skip
    assert (handling.alert_ids, handling.at, handling.patient) == ([red.alert_id], NOW, world.per)


def test_taking_one_s_own_again_changes_nothing(world, red):
    first = take(world, world.kari)
    again = take(world, world.kari, now=NOW + SECOND)
    assert (again.claimed_at, again.change) == (NOW, first.change)
    assert Handling.objects.count() == 1


def test_a_colleague_is_told_who_has_it_and_since_when(world, red):
    take(world, world.kari)
    with pytest.raises(services.AlreadyClaimed) as lost:
        take(world, world.berit, now=NOW + SECOND)
    assert (lost.value.owner, lost.value.since) == (world.kari, NOW)


def test_nobody_can_take_a_case_that_is_closed(world):
    with pytest.raises(services.StaleCase) as gone:
        take(world, world.kari)
    assert gone.value.entry is None


@pytest.mark.parametrize("step", ["claim", "release"])
def test_another_service_s_nurse_is_refused(world, red, step):
    with pytest.raises(services.NotYours):
        getattr(services, step)(patient_id=world.per.pk, by=world.actor(world.ola), now=NOW)
    with pytest.raises(services.NotYours):
        finish(world, red.change, by=world.actor(world.ola))
    assert (QueueEntry.objects.get().owner, Alert.objects.get().state) == (None, AlertState.OPEN)


def test_what_is_let_go_is_free_for_anyone(world, red):
    take(world, world.kari)
    services.release(patient_id=world.per.pk, by=world.actor(world.kari), now=NOW)
    assert take(world, world.berit).owner == world.berit


def test_only_the_owner_lets_go(world, red):
    take(world, world.kari)
    with pytest.raises(services.NotYours):
        services.release(patient_id=world.per.pk, by=world.actor(world.berit), now=NOW)


def test_finishing_closes_all_that_was_seen_with_the_account(world, red):
    entry = miss(world)
    measure_id = Measure.objects.filter(version=world.per_plan, zone="RED").first().pk
    take(world, world.kari)
    seen = QueueEntry.objects.get().change
    handling = finish(world, seen, measure_ids=[measure_id], outcomes=["CALLED", "REMEASURE"], note=f"  {NOTE} ")
    assert (handling.outcomes, handling.measure_ids, handling.note) == (["CALLED", "REMEASURE"], [measure_id], NOTE)
    assert (handling.action, handling.level, len(handling.alert_ids)) == (HandlingAction.DONE, Level.RED, 2)
    for alert in Alert.objects.all():
        assert (alert.state, alert.close_reason, alert.closed_at) == (AlertState.CLOSED, CloseReason.HANDLED, NOW)
        assert alert.handling == handling
    assert not QueueEntry.objects.filter(pk=entry.pk).exists()


def test_an_unowned_case_is_taken_and_finished_in_one(world, red):
    assert finish(world, red.change).by == world.kari


def test_a_case_that_has_changed_since_it_was_seen_is_not_closed(world, red):
    now_open = measure(world, 83, at=NOW + SECOND)
    with pytest.raises(services.StaleCase) as stale:
        finish(world, red.change)
    assert stale.value.entry.change == now_open.change
    assert Alert.objects.get().state == AlertState.OPEN


def test_a_colleague_s_case_is_not_closed(world, red):
    entry = take(world, world.kari)
    with pytest.raises(services.NotYours):
        finish(world, entry.change, by=world.actor(world.berit))


@pytest.mark.parametrize(
    ("done", "fields"),
    [
        ({"outcomes": []}, ["outcomes"]),
        ({"note": "  "}, ["note"]),
        ({"outcomes": [], "note": ""}, ["outcomes", "note"]),
        ({"outcomes": ["SLEPT"]}, ["outcomes"]),
        ({"measure_ids": [uuid4()]}, ["measure_ids"]),
    ],
)
@pytest.mark.parametrize("value", [84, 87, -1])
def test_red_yellow_and_not_assessed_are_never_closed_undocumented(world, value, done, fields):
    """AT-32."""
    entry = measure(world, value)
    with pytest.raises(services.NotDocumented) as missing:
        finish(world, entry.change, **done)
    assert missing.value.fields == fields
    assert Alert.objects.get().state == AlertState.OPEN


def test_what_is_missing_needs_an_outcome_but_no_note(world):
    entry = miss(world)
    with pytest.raises(services.NotDocumented):
        finish(world, entry.change, outcomes=[], note="")
    assert finish(world, entry.change, note="").level == Level.MISSING


def test_a_measure_of_another_patient_s_plan_is_refused(world, red):
    foreign = Measure.objects.filter(version__patient=world.nils).first().pk
    with pytest.raises(services.NotDocumented) as missing:
        finish(world, red.change, measure_ids=[foreign])
    assert missing.value.fields == ["measure_ids"]


def test_only_the_nurse_role_closes_red(world, red):
    physiotherapist = replace(world.actor(world.kari), role=Role.HEALTH_WORKER)
    with pytest.raises(services.OnlyNurseClosesRed):
        finish(world, red.change, by=physiotherapist)


def test_a_leader_without_a_part_in_triage_closes_nothing(world, red):
    with pytest.raises(services.NotYours):
        finish(world, red.change, by=world.actor(world.eva))


def test_finishing_can_be_taken_back_within_thirty_seconds(world, red):
    take(world, world.kari)
    finish(world, QueueEntry.objects.get().change)
    undone = undo(world, world.kari, now=NOW + 30 * SECOND)
    assert (undone.action, undone.alert_ids) == (HandlingAction.UNDO, [red.alert_id])
    alert, entry = Alert.objects.get(), QueueEntry.objects.get()
    assert (alert.state, alert.close_reason, alert.closed_at, alert.handling) == (AlertState.OPEN, "", None, None)
    assert (entry.owner, entry.level, entry.waiting_since) == (world.kari, Level.RED, NOW)
    # It is hers to finish again.
    assert finish(world, entry.change, now=NOW + 31 * SECOND).action == HandlingAction.DONE


def test_taking_can_be_taken_back(world, red):
    take(world, world.kari)
    undo(world, world.kari, now=NOW + SECOND)
    assert QueueEntry.objects.get().owner is None


@pytest.mark.parametrize(("who", "seconds"), [("kari", 31), ("berit", 1), ("kari", -1)])
def test_after_that_or_by_another_it_is_too_late(world, red, who, seconds):
    finish(world, red.change)
    with pytest.raises(services.TooLate):
        undo(world, getattr(world, who), now=NOW + seconds * SECOND)


@pytest.mark.parametrize("act", [take, lambda world, user: finish(world, QueueEntry.objects.get().change)])
def test_what_has_gone_to_another_service_is_not_taken_back(world, red, act):
    act(world, world.kari)
    other = make_service("Ny tjeneste", owner=world.a.pk)
    Enrolment.objects.filter(patient=world.per).update(service=other)
    with pytest.raises(services.NotYours):
        undo(world, world.kari, now=NOW + SECOND)


def test_nothing_is_taken_back_where_the_actor_no_longer_reaches(world, red):
    finish(world, red.change)
    elsewhere = replace(world.actor(world.kari), reach={})
    with pytest.raises(services.NotYours):
        services.undo(patient_id=world.per.pk, by=elsewhere, now=NOW + SECOND)


def test_an_undoing_is_not_undone(world, red):
    take(world, world.kari)
    undo(world, world.kari, now=NOW + SECOND)
    with pytest.raises(services.TooLate):
        undo(world, world.kari, now=NOW + 2 * SECOND)


def test_what_came_meanwhile_and_what_was_undone_become_one_alert(world, red):
    """Red was finished, a yellow of the same kind came, and then the nurse took the finishing back."""
    finish(world, red.change)
    yellow = measure(world, 87, at=NOW + SECOND)
    undo(world, world.kari, now=NOW + 2 * SECOND)
    merged = Alert.objects.get(state=AlertState.OPEN)
    assert (merged.pk, merged.level, merged.headline) == (yellow.alert_id, Level.RED, "SpO₂ 84 %")
    assert (merged.count, merged.waiting_since) == (2, NOW)
    assert QueueEntry.objects.get().owner == world.kari
    # The machine does not lower it afterwards, although only the yellow reading points at it.
    services.release(patient_id=world.per.pk, by=world.actor(world.kari), now=NOW + 3 * SECOND)
    measure(world, 87, at=NOW + 4 * SECOND)
    assert Alert.objects.get(state=AlertState.OPEN).level == Level.RED


def test_a_colleague_who_took_what_came_meanwhile_keeps_it(world, red):
    finish(world, red.change)
    measure(world, 87, at=NOW + SECOND)
    take(world, world.berit, now=NOW + SECOND)
    with pytest.raises(services.TooLate):
        undo(world, world.kari, now=NOW + 2 * SECOND)
    assert QueueEntry.objects.get().owner == world.berit
