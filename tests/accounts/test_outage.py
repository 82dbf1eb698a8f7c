"""A page while PostgreSQL is away."""

import pytest
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection
from django.test import Client, RequestFactory

from dho.lib.outage import server_error


def test_it_answers_a_page_with_try_again_and_never_with_an_error(committed_db):
    there = connection.settings_dict["HOST"]
    connection.close()
    connection.settings_dict["HOST"] = "/nowhere"
    try:
        answer = Client().get("/logg-inn/")
    finally:
        connection.settings_dict["HOST"] = there
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "5", "no-store")


def answer_to(error: Exception):
    """What the last resort answers while this error is being handled."""
    try:
        raise error
    except type(error):
        return server_error(RequestFactory().get("/arbeidsko/"))


@pytest.mark.parametrize("lost", [OperationalError, InterfaceError, DatabaseError])
def test_a_database_lost_after_the_view_is_try_again_too(lost):
    """Django saves the session outside the view; a server killed in mid-answer gives the bare DatabaseError."""
    assert answer_to(lost("server closed the connection")).status_code == 503


@pytest.mark.parametrize("ours", [ValueError, IntegrityError])
def test_any_other_error_is_still_an_error(ours):
    assert answer_to(ours("ours")).status_code == 500
