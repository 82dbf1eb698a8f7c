"""A page while PostgreSQL is away."""

from django.db import connection
from django.test import Client


def test_it_answers_a_page_with_try_again_and_never_with_an_error(committed_db):
    there = connection.settings_dict["HOST"]
    connection.close()
    connection.settings_dict["HOST"] = "/nowhere"
    try:
        answer = Client().get("/logg-inn/")
    finally:
        connection.settings_dict["HOST"] = there
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "5", "no-store")
