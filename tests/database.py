"""The test databases: migrated once by the owner, then copied for each test that must really commit."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import OperationalError, ProgrammingError, connection
from environs import Env

from dho.lib import rls
from organisations.models import Municipality


def _login(variable: str) -> dict[str, Any]:
    found = Env().dj_db_url(variable)
    return {key: found.get(key, "") for key in ("USER", "PASSWORD", "HOST", "PORT")}


@contextmanager
def as_owner() -> Iterator[None]:
    """Connections made inside belong to the role that migrates."""
    connection.close()
    connection.settings_dict.update(_login("DATABASE_OWNER_URL"))
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(_login("DATABASE_URL"))


def create_database() -> str:
    """Migrate the template as owner and return its name; the runtime role then works on copies of it."""
    # Two runs on one server must not take each other's database.
    connection.settings_dict["TEST"]["NAME"] = os.environ.get("DHO_TEST_NAME", "test_dho")
    with as_owner():
        name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        call_command("createcachetable", verbosity=0)
    return name


def _execute(sql: str) -> None:
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute(sql)


def _drop(name: str) -> None:
    """Remove the database, whoever is connected."""
    _in_peace(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _in_peace(sql: str) -> None:
    """What nobody may be in the way of. Autovacuum is, now and then; nobody may end that, but it is soon done."""
    for attempt in range(60):
        try:
            _execute(sql)
        except (ProgrammingError, OperationalError):
            if attempt == 59:
                raise
            time.sleep(0.5)
        else:
            return


def copy_database(template: str, name: str) -> None:
    """A fresh database with everything the migrations made. Copying takes a tenth of migrating."""
    before = connection.settings_dict["NAME"]
    with as_owner():
        connection.settings_dict["NAME"] = template
        _drop(name)
        _in_peace(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    connection.settings_dict["NAME"] = before


def drop_database(name: str) -> None:
    """Remove a copy, whoever is still connected."""
    with as_owner():
        _drop(name)


@contextmanager
def working_on(name: str) -> Iterator[None]:
    """Let this process's connection use the named database meanwhile."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def url_of(name: str, variable: str = "DATABASE_URL") -> str:
    """The environment's database address with another database in it."""
    return os.environ[variable].rsplit("/", 1)[0] + "/" + name


def every_municipality() -> list[int]:
    """All municipality ids, for a test that must see whatever exists."""
    return list(Municipality.objects.values_list("pk", flat=True))


def see_everything() -> None:
    """Admit every municipality for the rest of the running transaction (a page view leaves its own limits behind)."""
    rls.limit_to(every_municipality(), actor="test")
