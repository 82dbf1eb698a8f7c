"""POST /api/v1/readings/batch/: many readings, each answered for itself."""

import json
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine

from measurements.models import Reading, RefusedSubmission
from tests import database
from tests.factories.clock import NOW
from tests.measurements.tablet import BATCH, READINGS, Tablet, blood_pressure, reading


@pytest.fixture(autouse=True)
def _at_ten_o_clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def tablet(world) -> Tablet:
    return Tablet(world.per_tablet)


def outcomes(answer) -> list[tuple[int, str]]:
    assert answer.status_code == 200
    return [(result["status"], result["code"]) for result in answer.json()["results"]]


def test_it_stores_every_reading_and_answers_in_order(world, tablet):
    bodies = [reading(value=90), blood_pressure(), reading(value="91.5")]
    answer = tablet.post(BATCH, {"readings": bodies})
    assert answer.status_code == 200
    assert answer.json() == {
        "results": [
            {"id": body["id"], "status": 201, "code": "stored", "timing": "ON_TIME", "errors": []} for body in bodies
        ]
    }
    database.see_everything()
    found = Reading.objects.values_list("client_id", "patient_id", "municipality_id", "value", "value2", "received_at")
    owner = (world.per.pk, world.a.pk)
    assert {str(row[0]): row[1:] for row in found} == {
        bodies[0]["id"]: (*owner, Decimal(90), None, NOW),
        bodies[1]["id"]: (*owner, Decimal(138), Decimal(82), NOW),
        bodies[2]["id"]: (*owner, Decimal("91.5"), None, NOW),
    }


def test_it_stores_the_good_ones_and_keeps_the_bad_ones(world, tablet):
    good, old = reading(), reading(taken_at="2026-01-01T08:00:00+01:00")
    bad = [reading(unit="kg"), reading(taken_at="2026-11-18T09:30:00"), {"id": "x", "value": 1}, [1], None, 7, "spo2"]
    answer = tablet.post(BATCH, {"readings": [bad[0], good, *bad[1:], old]})
    assert outcomes(answer) == [
        (400, "unknown_unit"),
        (201, "stored"),
        (400, "timestamp_needs_offset"),
        (400, "several_errors"),
        (400, "not_an_object"),
        (400, "null"),
        (400, "not_an_object"),
        (400, "not_an_object"),
        (201, "stored"),
    ]
    results = answer.json()["results"]
    assert [result["id"] for result in results[:4]] == [bad[0]["id"], good["id"], bad[1]["id"], None]
    assert results[0]["errors"] == [
        {"field": "unit", "code": "unknown_unit", "message": "Bruk en av disse enhetene: %."}
    ]
    assert (results[8]["timing"], results[0]["timing"]) == ("OLD", None)
    database.see_everything()
    assert {str(pk) for pk in Reading.objects.values_list("client_id", flat=True)} == {good["id"], old["id"]}
    kept = RefusedSubmission.objects.get()
    assert (kept.patient_id, kept.endpoint, kept.codes) == (
        world.per.pk,
        BATCH,
        ["not_a_uuid", "not_an_object", "null", "required", "timestamp_needs_offset", "unknown_unit"],
    )
    assert (kept.items, json.loads(kept.body)) == (len(bad), bad)


def test_it_keeps_the_numbers_of_a_refused_reading_as_they_were_sent(tablet):
    tablet.post(BATCH, b'{"readings": [{"id": "x", "value": 92.10, "n": [1e400, -0, true, null, "\\ud800"]}]}')
    database.see_everything()
    assert RefusedSubmission.objects.get().body == (
        '[{"id": "x", "value": 92.10, "n": [1e400, -0, true, null, "\\ud800"]}]'
    )


def test_it_answers_the_same_batch_again_without_storing_twice(tablet):
    body = {"readings": [reading(value=value) for value in range(90, 95)]}
    assert outcomes(tablet.post(BATCH, body)) == [(201, "stored")] * 5
    body["readings"].append(reading())
    assert outcomes(tablet.post(BATCH, body)) == [(200, "already_stored")] * 5 + [(201, "stored")]
    database.see_everything()
    assert Reading.objects.count() == 6


def test_it_treats_the_same_id_twice_in_one_batch_as_sent_twice(tablet):
    first = reading(value=92)
    body = {"readings": [first, first | {"value": "92.0"}, first | {"value": 80}, reading()]}
    assert outcomes(tablet.post(BATCH, body)) == [
        (201, "stored"),
        (200, "already_stored"),
        (409, "id_reused"),
        (201, "stored"),
    ]
    database.see_everything()
    assert Reading.objects.get(client_id=first["id"]).value == Decimal(92)


def test_it_knows_readings_that_were_sent_one_by_one(tablet):
    body = reading()
    tablet.post(READINGS, body)
    assert outcomes(tablet.post(BATCH, {"readings": [body, body | {"value": 80}]})) == [
        (200, "already_stored"),
        (409, "id_reused"),
    ]


def test_it_takes_500_and_no_more(tablet):
    bodies = [reading(value=value % 10 + 90) for value in range(501)]
    answer = tablet.post(BATCH, {"readings": bodies})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_many_readings")
    database.see_everything()
    assert Reading.objects.count() == 0
    assert [kept.codes for kept in RefusedSubmission.objects.all()] == [["too_many_readings"]]
    assert outcomes(tablet.post(BATCH, {"readings": bodies[:500]})) == [(201, "stored")] * 500


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "required", "readings"),
        ({"readings": None}, "null", "readings"),
        ({"readings": {}}, "not_a_list", "readings"),
        ({"readings": []}, "empty", "readings"),
        ({"readings": "spo2"}, "not_a_list", "readings"),
        ([], "not_an_object", ""),
        (None, "null", ""),
        (7, "not_an_object", ""),
    ],
)
def test_it_refuses_what_is_no_batch(tablet, body, code, field):
    answer = tablet.post(BATCH, body)
    assert (answer.status_code, answer.json()["code"], answer.json()["errors"][0]["field"]) == (400, code, field)


def test_it_asks_the_database_equally_often_for_1_and_for_100(tablet, django_assert_num_queries):
    tablet.post(BATCH, {"readings": [reading()]})
    for count in (1, 100):
        bodies = [reading(id=str(uuid4())) for _ in range(count)]
        with django_assert_num_queries(4):
            tablet.post(BATCH, {"readings": bodies})


def test_it_refuses_an_unknown_device(world):
    assert Tablet(None, token="feil").post(BATCH, {"readings": [reading()]}).status_code == 401
    database.see_everything()
    assert Reading.objects.count() == 0
