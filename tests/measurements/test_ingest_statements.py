"""What one reading costs in statements: no more since tablets can be paired than before."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.accounts.pairing import paired
from tests.database import see_everything
from tests.factories.accounts import token_of
from tests.factories.clock import NOW
from tests.measurements.tablet import READINGS, Tablet, reading


@pytest.mark.parametrize("kind", ["issued", "paired"])
def test_a_reading_is_one_look_up_and_one_insert(world, kind):
    with time_machine.travel(NOW, tick=False):
        token = token_of(world.per_tablet) if kind == "issued" else paired(world)[0].tokens["access_token"]
        tablet = Tablet(None, token=token)
        assert tablet.post(READINGS, reading()).status_code == 201
        see_everything()
        with time_machine.travel(NOW + timedelta(seconds=30), tick=False), CaptureQueriesContext(connection) as asked:
            assert tablet.post(READINGS, reading()).status_code == 201
    said = [each["sql"].split()[0] for each in asked]
    assert said == ["SAVEPOINT", "SELECT", "INSERT", "RELEASE"]
