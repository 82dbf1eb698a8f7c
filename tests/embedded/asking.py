"""Short questions to a server under test."""

import contextlib
from typing import Any

import psycopg2


def ask(url: str, sql: str) -> list[tuple[Any, ...]]:
    """The rows of one statement, committed."""
    with contextlib.closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []
