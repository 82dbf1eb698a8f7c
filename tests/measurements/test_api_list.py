"""GET /api/v1/readings/: a device sees its own patient's readings, without colours, and nobody else's."""

from datetime import timedelta

import pytest
import time_machine

from measurements.enums import Timing
from measurements.queries import PAGE_SIZE
from tests import database
from tests.factories.clock import NOW
from tests.factories.measurements import make_reading
from tests.measurements.tablet import READINGS, Tablet


@pytest.fixture(autouse=True)
def _at_ten_o_clock():
    with time_machine.travel(NOW, tick=False):
        yield


def ids(answer) -> list[str]:
    assert answer.status_code == 200
    return [one["id"] for one in answer.json()["readings"]]


def test_it_shows_the_readings_whole_and_newest_first(world):
    pressure = make_reading(world.per_tablet, "blood_pressure", 138, value2=82, at=NOW - timedelta(hours=2))
    strange = make_reading(world.per_tablet, "spo2", None, at=NOW + timedelta(hours=1), timing=Timing.FUTURE)
    answer = Tablet(world.per_tablet).get(READINGS)
    assert answer.json() == {
        "readings": [
            {
                "id": str(strange.client_id),
                "type": "spo2",
                "values": {"spo2": None},
                "sent_value": "None",
                "sent_unit": "%",
                "taken_at": "2026-11-18T10:00:00Z",
                "received_at": "2026-11-18T10:00:00Z",
                "timing": "FUTURE",
                "source": "DEVICE",
            },
            {
                "id": str(pressure.client_id),
                "type": "blood_pressure",
                "values": {"systolic": "138", "diastolic": "82"},
                "sent_value": "138/82",
                "sent_unit": "mm[Hg]",
                "taken_at": "2026-11-18T07:00:00Z",
                "received_at": "2026-11-18T07:00:00Z",
                "timing": "ON_TIME",
                "source": "DEVICE",
            },
        ],
        "next": None,
    }


def test_it_shows_no_other_patients_readings(world):
    own = make_reading(world.per_tablet, "spo2", 92, at=NOW)
    for other in (world.solveig_tablet, world.nils_tablet):
        make_reading(other, "spo2", 80, at=NOW)
    assert ids(Tablet(world.per_tablet).get(READINGS)) == [str(own.client_id)]


def test_it_filters_by_type_and_time(world):
    old = make_reading(world.per_tablet, "spo2", 92, at=NOW - timedelta(days=2))
    new = make_reading(world.per_tablet, "spo2", 93, at=NOW - timedelta(hours=1))
    make_reading(world.per_tablet, "pulse", 70, at=NOW - timedelta(hours=2))
    tablet = Tablet(world.per_tablet)
    assert ids(tablet.get(READINGS, type="spo2")) == [str(new.client_id), str(old.client_id)]
    assert ids(tablet.get(READINGS, type="spo2", since=(NOW - timedelta(hours=1)).isoformat())) == [str(new.client_id)]


def test_it_pages_without_losing_or_repeating_while_new_ones_arrive(world):
    # Several at the same moment stand on both sides of a page's edge.
    made = [
        make_reading(world.per_tablet, "spo2", 92, at=NOW - timedelta(hours=i // 4)) for i in range(2 * PAGE_SIZE + 5)
    ]
    tablet = Tablet(world.per_tablet)
    answer = tablet.get(READINGS)
    pages = [ids(answer)]
    while following := answer.json()["next"]:
        database.see_everything()
        make_reading(world.per_tablet, "spo2", 95, at=NOW)
        answer = tablet.get(READINGS, cursor=following)
        pages.append(ids(answer))
    assert [len(page) for page in pages] == [PAGE_SIZE, PAGE_SIZE, 5]
    assert sorted(pk for page in pages for pk in page) == sorted(str(one.client_id) for one in made)


def test_another_patients_cursor_opens_nothing(world):
    for _ in range(PAGE_SIZE + 1):
        make_reading(world.nils_tablet, "spo2", 80, at=NOW)
    cursor = Tablet(world.nils_tablet).get(READINGS).json()["next"]
    database.see_everything()
    own = make_reading(world.per_tablet, "spo2", 92, at=NOW - timedelta(days=1))
    assert ids(Tablet(world.per_tablet).get(READINGS, cursor=cursor)) == [str(own.client_id)]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"type": "nonsense"}, "unknown_type"),
        ({"type": "\x00"}, "not_text"),
        ({"type": ""}, "blank"),
        ({"since": "2026-11-18"}, "not_a_timestamp"),
        ({"since": "2026-11-18T09:00:00"}, "timestamp_needs_offset"),
        ({"cursor": "x"}, "invalid_cursor"),
        ({"cursor": "MjAyNg=="}, "invalid_cursor"),
        ({"cursor": "æøå"}, "invalid_cursor"),
        ({"cursor": "x" * 201}, "too_long"),
        # 2026-11-18|<a uuid>: a moment without an offset
        ({"cursor": "MjAyNi0xMS0xOHwwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMA=="}, "invalid_cursor"),
    ],
)
def test_it_refuses_a_query_it_does_not_understand(world, query, code):
    answer = Tablet(world.per_tablet).get(READINGS, **query)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize("name", ["patient_id", "municipality_id", "submitted_by_device"])
def test_it_takes_no_one_elses_id_in_the_query(world, name):
    make_reading(world.nils_tablet, "spo2", 80, at=NOW)
    answer = Tablet(world.per_tablet).get(READINGS, **{name: str(world.nils.pk)})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "unknown_field")


def test_it_refuses_an_unknown_device(world):
    assert Tablet(None).get(READINGS).status_code == 401
