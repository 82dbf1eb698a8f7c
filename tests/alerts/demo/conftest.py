"""A small demo, loaded once and really committed, for every test that only looks at it."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from alerts.demo.load import load
from tests import database
from tests.factories.clock import NOW

SMALL = {"patients": 30, "days": 12, "seed": 2026}


@pytest.fixture(scope="session")
def demo_database(template_database, django_db_setup, django_db_blocker) -> Iterator[str]:
    """The name of a database with the small demo as of NOW, a Wednesday at 10.00."""
    name = f"{template_database}_demo"
    with django_db_blocker.unblock():
        database.copy_database(template_database, name)
        with database.working_on(name):
            load(**SMALL, now=NOW)
    yield name
    with django_db_blocker.unblock():
        database.drop_database(name)


@pytest.fixture
def demo(demo_database, django_db_blocker) -> Iterator[datetime]:
    """The test's own connection works on the demo; gives the moment it was loaded."""
    with django_db_blocker.unblock(), database.working_on(demo_database):
        yield NOW
