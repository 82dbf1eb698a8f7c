"""Refused submissions are kept for 30 days, then purged, municipality by municipality."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from dho.lib import rls
from measurements.models import RefusedSubmission
from measurements.services import keep_refused, purge_refused
from measurements.services.refused import KEPT_BYTES
from measurements.tasks import purge_refused as purge_task
from tests import database
from tests.factories.clock import NOW
from tests.measurements.tablet import READINGS


def keep(device, *, at=NOW, body=b"x", codes=("invalid_json",)) -> RefusedSubmission:
    return keep_refused(credential=device, endpoint=READINGS, codes=codes, body=body, now=at)


def test_it_keeps_whose_it_was_where_it_went_and_why(world):
    kept = keep(world.per_tablet, codes=["required", "not_text", "required"])
    kept.refresh_from_db()
    assert (kept.municipality_id, kept.patient_id, kept.device_id, kept.received_at, kept.endpoint, kept.codes) == (
        world.a.pk,
        world.per.pk,
        world.per_tablet.pk,
        NOW,
        READINGS,
        ["not_text", "required"],
    )


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (b"\x00\xff", "\x00\ufffd"),
        (b"a" * (KEPT_BYTES + 1), "a" * KEPT_BYTES),
        ("æ".encode() * KEPT_BYTES, "æ" * (KEPT_BYTES // 2)),
        (b"", ""),
    ],
)
def test_it_keeps_any_bytes_up_to_64_kb(world, body, kept):
    made = keep(world.per_tablet, body=body)
    assert RefusedSubmission.objects.get(pk=made.pk).body == kept


def test_it_purges_after_30_days_in_every_municipality_and_nothing_younger(world):
    for device in (world.per_tablet, world.solveig_tablet, world.nils_tablet):
        keep(device, at=NOW - timedelta(days=30, seconds=1))
    young = [keep(device, at=NOW - timedelta(days=30)) for device in (world.per_tablet, world.nils_tablet)]
    rls.limit_to([])
    assert purge_refused(now=NOW) == 3
    assert purge_refused(now=NOW) == 0
    database.see_everything()
    assert set(RefusedSubmission.objects.all()) == set(young)


def test_the_nightly_job_purges(world):
    keep(world.per_tablet, at=NOW - timedelta(days=3650))
    assert purge_task.run() == 1


def test_it_cannot_be_changed_nor_seen_from_another_municipality(world):
    kept = keep(world.per_tablet)
    with pytest.raises(DatabaseError), transaction.atomic():
        RefusedSubmission.objects.filter(pk=kept.pk).update(codes=[])
    rls.limit_to([world.c.pk])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM measurements_refusedsubmission")
        assert cursor.fetchone() == (0,)
