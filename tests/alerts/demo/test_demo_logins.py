"""manage.py demo_logins: how to get in, and only where there is a demo."""

import pytest
from django.core.management import CommandError, call_command

from alerts.demo.staff import PASSWORD


def printed(capsys) -> list[str]:
    call_command("demo_logins")
    return capsys.readouterr().out.splitlines()


def test_it_lists_user_name_role_and_organisation(demo, capsys):
    head, *rows = printed(capsys)
    assert head == f"Demo logins, all with the password {PASSWORD}:"
    assert rows[0].split() == ["ida", "sykepleier", "DHO", "Solør–Odal"]
    assert len(rows) == 19
    assert [row.split()[0] for row in rows if "fastlege" in row] == ["dahl", "vik", "hansen", "nguyen", "lie"]


def test_it_lets_them_in(demo, client):
    answer = client.post("/logg-inn/", {"username": "ida", "password": PASSWORD})
    assert answer.status_code == 302
    assert client.get("/arbeidsko/").status_code == 200


def test_it_says_so_where_no_demo_is_loaded(committed_db):
    with pytest.raises(CommandError, match="load_demo"):
        call_command("demo_logins")


def test_it_refuses_in_production(demo, settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        call_command("demo_logins")
