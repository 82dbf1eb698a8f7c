"""What no ring has reached is found again, likely red first; and the red bar tells when it takes too long."""

from datetime import timedelta

from alerts import services, tasks
from alerts.management.commands import watch
from alerts.models import Assessment, Heartbeat, QueueEntry
from alerts.queries import work
from alerts.queries.queue_state import queue_state
from alerts.queries.work import still_waiting, waiting_patients
from alerts.services import sweeping
from dho.lib import rls
from measurements.models import Reading
from tests.database import see_everything
from tests.factories.clock import NOW
from tests.factories.measurements import make_reading, make_response

SECOND = timedelta(seconds=1)


def test_it_finds_what_has_waited_more_than_three_seconds(world):
    make_reading(world.per_tablet, "spo2", 84, at=NOW - 4 * SECOND)
    make_reading(world.nils_tablet, "spo2", 84, at=NOW - 2 * SECOND)
    assert services.sweep(now=NOW) == 1
    assert Assessment.objects.get().patient == world.per
    assert services.sweep(now=NOW) == 0


def test_of_many_the_likely_red_go_first_then_the_longest_wait(world, monkeypatch):
    """It is only an order: what the colour is, the scorer says."""
    monkeypatch.setattr(work, "_WORTH_ORDERING", 2)
    make_reading(world.per_tablet, "spo2", 95, at=NOW - 9 * SECOND)
    make_response(world.solveig_tablet, "symptoms_copd", {}, score=12, at=NOW - 8 * SECOND)
    make_reading(world.nils_tablet, "blood_pressure", 140, value2=112, at=NOW - 7 * SECOND)
    make_reading(world.nils_tablet, "pulse", 70, at=NOW - 7 * SECOND)
    found = waiting_patients(10, before=NOW)
    assert [(each.patient_id, each.likely_red) for each in found] == [
        (world.solveig.pk, True),
        (world.nils.pk, True),
        (world.per.pk, False),
    ]
    assert [each.municipality_id for each in found] == [world.b.pk, world.c.pk, world.a.pk]
    assert len(waiting_patients(1, before=NOW)) == 1


def test_of_few_the_longest_wait_goes_first(world):
    make_reading(world.per_tablet, "spo2", 84, at=NOW - 5 * SECOND)
    make_reading(world.nils_tablet, "spo2", 95, at=NOW - 6 * SECOND)
    make_response(world.nils_tablet, "symptoms_copd", {}, score=1, at=NOW - 4 * SECOND)
    found = waiting_patients(10, before=NOW)
    assert [(each.patient_id, each.facts) for each in found] == [(world.nils.pk, 2), (world.per.pk, 1)]


def test_a_patient_without_a_plan_is_found_too(world):
    make_reading(world.per_tablet, "fev1", "2.1", at=NOW - 9 * SECOND)
    assert [(each.facts, each.likely_red) for each in waiting_patients(10, before=NOW)] == [(1, False)]


def test_it_hands_out_pieces_of_a_bounded_size(world, monkeypatch):
    monkeypatch.setattr(sweeping, "PIECE_FACTS", 2)
    for tablet in (world.per_tablet, world.solveig_tablet, world.nils_tablet):
        make_reading(tablet, "pulse", 70, at=NOW - 5 * SECOND)
    pieces = []
    assert services.sweep(now=NOW, hand_out=pieces.append) == 3
    assert [len(piece) for piece in pieces] == [2, 1]
    assert Reading.objects.filter(assessed_at__isnull=True).count() == 3


def test_a_ring_assesses_exactly_the_patients_it_names(world):
    make_reading(world.per_tablet, "spo2", 84, at=NOW)
    make_reading(world.nils_tablet, "spo2", 84, at=NOW)
    tasks.assess([f"{world.a.pk}:{world.per.pk}"])
    assert QueueEntry.objects.get().patient == world.per


def test_a_ring_for_a_patient_of_another_municipality_finds_nobody(world):
    make_reading(world.nils_tablet, "spo2", 84, at=NOW)
    assert services.assess_fresh([(world.a.pk, world.nils.pk)], now=NOW) == 0
    see_everything()
    assert still_waiting([(world.c.pk, world.nils.pk)]) == [(world.c.pk, world.nils.pk)]


def test_the_heartbeats_tell_that_the_rounds_are_going(world):
    tasks.assess_backlog([f"{world.a.pk}:{world.per.pk}"])
    watch.send_due()
    watch.follow_schedules()
    tasks.check_invariants()
    assert set(Heartbeat.objects.values_list("name", flat=True)) == {"assess", "dispatch", "expectations", "invariants"}


def test_the_red_bar_tells_what_has_waited_more_than_a_minute(world):
    make_reading(world.per_tablet, "spo2", 84, at=NOW - 61 * SECOND)
    Heartbeat.beat("assess", now=NOW - SECOND)
    found = queue_state(world.actor(world.kari), now=NOW)
    assert (found.unassessed, found.undelivered, found.last_assessed_at) == (True, False, NOW - SECOND)
    services.sweep(now=NOW)
    assert queue_state(world.actor(world.kari), now=NOW).unassessed is False


def test_the_red_bar_tells_of_notices_that_have_not_arrived(world):
    world.joint.notify_email = "vakt@example.org"
    world.joint.save()
    make_reading(world.per_tablet, "spo2", 84, at=NOW)
    services.assess_patient(patient_id=world.per.pk, municipality_id=world.a.pk, now=NOW, wait=True)
    assert queue_state(world.actor(world.kari), now=NOW + 60 * SECOND).undelivered is False
    assert queue_state(world.actor(world.kari), now=NOW + 61 * SECOND).undelivered is True


def test_a_nurse_of_another_service_sees_nothing_of_it(world):
    make_reading(world.per_tablet, "spo2", 84, at=NOW - 61 * SECOND)
    rls.limit_to([world.c.pk])
    assert queue_state(world.actor(world.ola), now=NOW).unassessed is False
