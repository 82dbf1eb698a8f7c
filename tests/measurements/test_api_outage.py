"""PostgreSQL away: 503 with Retry-After, nothing half done, and it comes back by itself."""

import psycopg2
import pytest
from django.db import connection, transaction

from measurements.models import Reading
from tests import database
from tests.measurements.tablet import BATCH, READINGS, RESPONSES, Tablet, reading, response

BODIES = {READINGS: reading(), BATCH: {"readings": [reading()]}, RESPONSES: response()}


def assert_try_again(answer) -> None:
    assert (answer.status_code, answer["Content-Type"], answer["Retry-After"]) == (503, "application/problem+json", "5")
    assert answer.json()["code"] == "unavailable"


@pytest.mark.parametrize("path", BODIES)
def test_it_asks_the_device_to_try_again_when_the_database_is_away(committed_world, path):
    tablet = Tablet(committed_world.per_tablet)
    right = connection.settings_dict["HOST"]
    connection.close()
    connection.settings_dict["HOST"] = "/nonexistent"
    try:
        assert_try_again(tablet.post(path, BODIES[path]))
        assert_try_again(tablet.get(READINGS))
    finally:
        connection.close()
        connection.settings_dict["HOST"] = right
    assert tablet.post(path, BODIES[path]).status_code in {200, 201}


def test_it_recovers_by_itself_when_its_connection_was_cut(committed_world):
    tablet = Tablet(committed_world.per_tablet)
    body = reading()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    other = psycopg2.connect(**connection.get_connection_params())
    with other, other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    other.close()
    assert_try_again(tablet.post(READINGS, body))
    assert tablet.post(READINGS, body).status_code == 201
    with transaction.atomic():
        database.see_everything()
        assert Reading.objects.count() == 1
