"""Refused submissions become an equipment matter in the queue."""

from datetime import timedelta

from alerts import services
from alerts.enums import AlertKind, AlertState, Level
from alerts.models import Alert, QueueEntry
from measurements.models import RefusedSubmission
from tests.factories.accounts import make_system
from tests.factories.clock import NOW

HOUR = timedelta(hours=1)


def refuse(world, *hours_ago, device=None, items=1):
    for hours in hours_ago:
        RefusedSubmission.objects.create(
            municipality_id=world.per.municipality_id, patient=world.per, device=device or world.per_tablet,
            received_at=NOW - hours * HOUR, endpoint="/api/v1/readings/", codes=["unknown_unit"], body="{}",
            items=items,
        )  # fmt: skip


def test_three_refusals_in_a_week_stand_in_the_queue(world):
    refuse(world, 1, 2, 167)
    assert services.watch_refusals(now=NOW) == 1
    alert = Alert.objects.get()
    assert (alert.kind, alert.subject, alert.level) == (AlertKind.EQUIPMENT, str(world.per_tablet.pk), Level.EQUIPMENT)
    assert (alert.headline, alert.detail, alert.count) == ("Nettbrett", "3 innsendinger avvist siste 7 dager", 3)
    assert alert.waiting_since == NOW - 167 * HOUR
    assert QueueEntry.objects.get().alert == alert


def test_two_do_not_nor_older_ones(world):
    refuse(world, 1, 2, 168, 200)
    assert services.watch_refusals(now=NOW) == 0
    assert not Alert.objects.exists()


def test_one_refusal_a_day_is_seen_on_the_third_day(world):
    refuse(world, 0, 24)
    assert services.watch_refusals(now=NOW) == 0
    refuse(world, 48)
    assert services.watch_refusals(now=NOW) == 1


def test_a_batch_counts_for_every_reading_that_was_refused_in_it(world):
    refuse(world, 1, items=20)
    assert services.watch_refusals(now=NOW) == 1
    assert (Alert.objects.get().count, Alert.objects.get().detail) == (20, "20 innsendinger avvist siste 7 dager")


def test_more_refusals_raise_the_number_and_nothing_else_changes_the_row(world):
    refuse(world, 1, 2, 3)
    services.watch_refusals(now=NOW)
    change = QueueEntry.objects.get().change
    assert services.watch_refusals(now=NOW) == 0
    assert QueueEntry.objects.get().change == change
    refuse(world, 0)
    assert services.watch_refusals(now=NOW) == 1
    assert Alert.objects.get().detail == "4 innsendinger avvist siste 7 dager"


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


def test_what_a_system_sent_in_vain_is_its_own_matter_and_not_the_tablets(world):
    system, _ = make_system(world.a.pk, world.ness)
    refuse(world, 1, 2)
    for hours in (1, 2, 3):
        RefusedSubmission.objects.create(
            municipality=world.a, patient=world.per, system=system, received_at=NOW - hours * HOUR,
            endpoint="/api/v1/readings/", codes=["unknown_unit"], body="{}",
        )  # fmt: skip
    assert services.watch_refusals(now=NOW) == 1
    alert = Alert.objects.get()
    assert (alert.headline, alert.subject, alert.count) == ("System", str(system.pk), 3)
