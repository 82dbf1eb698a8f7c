"""store_readings and store_response under concurrency, and what lock two holds when everything above it fails."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dho.lib import rls
from measurements.enums import Source, Timing
from measurements.models import Reading
from measurements.refusals import Refused
from measurements.services import Stored, SubmittedReading, store_readings
from measurements.services.readings import timing_of
from tests import database
from tests.factories.clock import NOW


def submitted(**changes) -> SubmittedReading:
    fields = {
        "client_id": uuid4(),
        "type": "spo2",
        "value": "92",
        "values": None,
        "unit": "%",
        "taken_at": NOW,
        "source": Source.DEVICE,
        "device_model": "",
        "device_serial": "",
    } | changes
    return SubmittedReading(**fields)


def sent_by_threads(credential, batches: list[list[SubmittedReading]]) -> list[list[Stored | Refused]]:
    """Every batch in a thread of its own, all let go at the same moment."""
    ready = threading.Barrier(len(batches))

    def send(batch):
        try:
            with transaction.atomic():
                rls.limit_to([credential.municipality_id])
                ready.wait()
                return store_readings(credential=credential, submitted=batch, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(batches)) as threads:
        return list(threads.map(send, batches))


def test_it_stores_once_when_the_same_arrives_at_the_same_time(committed_world):
    credential = committed_world.per_tablet
    same = submitted()
    for _ in range(5):
        outcomes = [outcome for (outcome,) in sent_by_threads(credential, [[same]] * 6)]
        assert {outcome.client_id for outcome in outcomes} == {same.client_id}
        assert sum(outcome.created for outcome in outcomes) <= 1
        same = submitted()
    with transaction.atomic():
        database.see_everything()
        assert Reading.objects.count() == 5


def test_it_lets_exactly_one_content_win_when_two_share_an_id(committed_world):
    credential = committed_world.per_tablet
    client_id = uuid4()
    contents = [[submitted(client_id=client_id, value=str(value))] for value in range(90, 96)]
    outcomes = [outcome for (outcome,) in sent_by_threads(credential, contents)]
    assert sorted("stored" if isinstance(one, Stored) else one.code for one in outcomes) == ["id_reused"] * 5 + [
        "stored"
    ]
    with transaction.atomic():
        database.see_everything()
        winner = next(batch[0] for batch, one in zip(contents, outcomes, strict=True) if isinstance(one, Stored))
        assert Reading.objects.get().sent_value == winner.value


def test_it_does_not_deadlock_on_the_same_readings_in_another_order(committed_world):
    batch = [submitted() for _ in range(200)]
    outcomes = sent_by_threads(committed_world.per_tablet, [batch, batch[::-1], batch[100:] + batch[:100]])
    created = [one.client_id for answers in outcomes for one in answers if one.created]
    assert sorted(created) == sorted(one.client_id for one in batch)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.lists(st.integers(0, 4), min_size=1, max_size=10), cut=st.integers(0, 10))
def test_it_ends_the_same_for_every_order_repetition_and_split(world, order, cut):
    pool = [submitted(value=str(90 + i)) for i in range(5)]
    sent = [pool[i] for i in order]
    with transaction.atomic():
        outcomes = [
            outcome
            for batch in (sent[:cut], sent[cut:])
            for outcome in store_readings(credential=world.per_tablet, submitted=batch, now=NOW)
        ]
        standing = set(Reading.objects.values_list("client_id", "sent_value"))
        transaction.set_rollback(True)
    assert standing == {(one.client_id, one.value) for one in sent}
    assert [one.created for one in outcomes] == [i not in order[:place] for place, i in enumerate(order)]


def test_a_device_cannot_write_for_another_municipality_even_with_raw_sql(world):
    rls.limit_to([world.c.pk])
    with pytest.raises(DatabaseError, match="row-level security"):
        store_readings(credential=world.per_tablet, submitted=[submitted()], now=NOW)


def test_a_device_cannot_write_for_a_patient_of_another_municipality(world):
    world.per_tablet.patient_id = world.nils.pk
    with pytest.raises(DatabaseError, match="same_municipality"):
        store_readings(credential=world.per_tablet, submitted=[submitted()], now=NOW)


def test_raw_sql_shows_no_other_municipalitys_readings(world):
    for device in (world.per_tablet, world.nils_tablet):
        store_readings(credential=device, submitted=[submitted()], now=NOW)
    rls.limit_to([world.c.pk])
    with connection.cursor() as cursor:
        cursor.execute("SELECT patient_id FROM measurements_reading")
        assert cursor.fetchall() == [(world.nils.pk,)]
        cursor.execute("UPDATE accounts_devicecredential SET label = 'x' WHERE id = %s", [world.per_tablet.pk])
        assert cursor.rowcount == 0


def test_it_rings_once_for_a_batch_and_not_for_what_it_had_already(world, django_capture_on_commit_callbacks):
    batch = [submitted(), submitted()]
    with django_capture_on_commit_callbacks() as first:
        store_readings(credential=world.per_tablet, submitted=batch, now=NOW)
    with django_capture_on_commit_callbacks() as again:
        store_readings(credential=world.per_tablet, submitted=batch, now=NOW)
    assert (len(first), len(again)) == (1, 0)


def test_it_keeps_the_place_of_what_was_refused_before(world):
    refused = Refused(code="invalid_json")
    one, other = submitted(), submitted(unit="kg")
    outcomes = store_readings(credential=world.per_tablet, submitted=[refused, one, other], now=NOW)
    assert outcomes[0] is refused
    assert outcomes[1] == Stored(one.client_id, NOW, Timing.ON_TIME, created=True)
    assert outcomes[2].codes == ["unknown_unit"]


def test_it_stores_a_value_too_long_for_its_column_as_not_representable(world):
    single = submitted(value="9" * 80)
    panel = submitted(
        type="blood_pressure", value=None, values={"systolic": "1" * 90, "diastolic": "82"}, unit="mm[Hg]"
    )
    store_readings(credential=world.per_tablet, submitted=[single, panel], now=NOW)
    found = {row.client_id: (row.value, row.value2, row.sent_value) for row in Reading.objects.all()}
    assert found == {
        single.client_id: (None, None, "9" * 78 + "…"),
        panel.client_id: (None, Decimal(82), "1" * 38 + "…/82"),
    }


@pytest.mark.parametrize(
    ("off", "timing"),
    [
        (timedelta(minutes=5), Timing.ON_TIME),
        (timedelta(minutes=5, microseconds=1), Timing.FUTURE),
        (timedelta(days=-30), Timing.ON_TIME),
        (timedelta(days=-30, microseconds=-1), Timing.OLD),
    ],
)
def test_it_calls_a_time_strange_only_beyond_the_limit(off, timing):
    assert timing_of(NOW + off, NOW) == timing
