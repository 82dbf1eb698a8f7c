"""Refused submissions become an equipment matter in the queue."""

from datetime import timedelta

from alerts import services
from alerts.enums import AlertKind, AlertState, Level
from alerts.models import Alert, QueueEntry
from measurements.models import RefusedSubmission
from tests.factories.clock import NOW

HOUR = timedelta(hours=1)


def refuse(world, *hours_ago, device=None):
    for hours in hours_ago:
        RefusedSubmission.objects.create(
            municipality_id=world.per.municipality_id, patient=world.per, device=device or world.per_tablet,
            received_at=NOW - hours * HOUR, endpoint="/api/v1/readings/", codes=["unknown_unit"], body="{}",
        )  # fmt: skip


def test_three_refusals_in_a_day_stand_in_the_queue(world):
    refuse(world, 1, 2, 23)
    assert services.watch_refusals(now=NOW) == 1
    alert = Alert.objects.get()
    assert (alert.kind, alert.subject, alert.level) == (AlertKind.EQUIPMENT, str(world.per_tablet.pk), Level.EQUIPMENT)
    assert (alert.headline, alert.detail, alert.count) == ("Nettbrett", "3 sendinger avvist siste døgn", 3)
    assert alert.waiting_since == NOW - 23 * HOUR
    assert QueueEntry.objects.get().alert == alert


def test_two_do_not_nor_older_ones(world):
    refuse(world, 1, 2, 24, 30)
    assert services.watch_refusals(now=NOW) == 0
    assert not Alert.objects.exists()


def test_more_refusals_raise_the_number_and_nothing_else_changes_the_row(world):
    refuse(world, 1, 2, 3)
    services.watch_refusals(now=NOW)
    change = QueueEntry.objects.get().change
    assert services.watch_refusals(now=NOW) == 0
    assert QueueEntry.objects.get().change == change
    refuse(world, 0)
    assert services.watch_refusals(now=NOW) == 1
    assert Alert.objects.get().detail == "4 sendinger avvist siste døgn"


def test_what_a_nurse_has_handled_does_not_come_back_by_itself(world):
    refuse(world, 1, 2, 3)
    services.watch_refusals(now=NOW)
    services.finish(
        patient_id=world.per.pk, seen=QueueEntry.objects.get().change, outcomes=["CALLED"], measure_ids=[], note="",
        by=world.actor(world.kari), now=NOW,
    )  # fmt: skip
    assert services.watch_refusals(now=NOW + HOUR) == 0
    refuse(world, -1, -2, -3)
    assert services.watch_refusals(now=NOW + 4 * HOUR) == 1
    assert Alert.objects.get(state=AlertState.OPEN).count == 3
