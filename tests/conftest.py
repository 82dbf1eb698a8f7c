"""What every test may ask for. Tests run as the runtime role, under row-level security, as in production."""

import copy
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import settings as hypothesis_settings

from tests import database
from tests.factories.accounts import let_in
from tests.factories.world import World, make_world

# A busy machine is no failure: property tests have no time limit per example.
hypothesis_settings.register_profile("patient", deadline=None)
hypothesis_settings.load_profile("patient")


@pytest.fixture(scope="session")
def template_database(django_test_environment, django_db_blocker) -> str:
    """The migrated database that all others are copied from."""
    with django_db_blocker.unblock():
        name = database.create_database()
        connection.settings_dict["NAME"] = name
    return name


@pytest.fixture(scope="session")
def django_db_setup(template_database, django_db_blocker) -> World:
    """pytest-django's own set-up, replaced: a copy in which the personas live, used by the runtime role."""
    with django_db_blocker.unblock():
        name = f"{template_database}_shared"
        database.copy_database(template_database, name)
        connection.settings_dict["NAME"] = name
        with transaction.atomic():
            database.see_everything()
            made = make_world()
        connection.close()
        # What others copy is a database that nobody works in: an open connection anywhere would be in the way.
        database.copy_database(name, f"{template_database}_world")
    return made


@pytest.fixture
def world(db, django_db_setup) -> World:
    """Two municipalities with a joint service, a third with its own, and the people of the personas.

    They are committed once; each test gets its own copies of the objects, and what it writes is rolled back.
    """
    database.see_everything()
    return copy.deepcopy(django_db_setup)


@pytest.fixture
def committed_db(django_db_setup, template_database, django_db_blocker) -> Iterator[str]:
    """A database of the test's own with nobody in it, where transactions really commit: for threads, crashes, locks."""
    yield from _own_database(template_database, django_db_blocker)


@pytest.fixture
def committed_world(django_db_setup, template_database, django_db_blocker) -> Iterator[World]:
    """The personas in a database of the test's own, where transactions really commit."""
    for _ in _own_database(f"{template_database}_world", django_db_blocker):
        yield copy.deepcopy(django_db_setup)


def _own_database(source: str, django_db_blocker) -> Iterator[str]:
    name = f"{source}_own"
    with django_db_blocker.unblock():
        database.copy_database(source, name)
        with database.working_on(name):
            yield name
        database.drop_database(name)


@pytest.fixture
def as_kari(world: World, client: Client) -> Client:
    """A browser where nurse Kari of the joint service is signed in."""
    let_in(client, world.kari)
    return client


@pytest.fixture
def as_ola(world: World) -> Client:
    """A browser where nurse Ola of the other municipality is signed in."""
    browser = Client()
    let_in(browser, world.ola)
    return browser


@pytest.fixture
def as_dahl(world: World) -> Client:
    """A browser where GP Dahl is signed in."""
    browser = Client()
    let_in(browser, world.dahl)
    return browser
