"""manage.py demo_logins, demo_code and demo_helseid: how to get in, and only where there is a demo."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from accounts.helseid import HPR_NUMBER, PID, SECURITY_LEVEL, find_user
from alerts.demo.load import load
from alerts.demo.staff import PASSWORD, STAFF
from dho.lib.encryption import blind_index
from patients.services.citizens import known_as
from tests.alerts.demo.conftest import SMALL


def printed(capsys, command="demo_logins", *arguments) -> list[str]:
    call_command(command, *arguments)
    return capsys.readouterr().out.splitlines()


def test_it_tells_the_two_ways_in(demo, capsys):
    assert printed(capsys)[:4] == [
        "Demo logins. Two ways in:",
        "  «Logg inn med HelseID», and choose a user name on the stand-in's page; or",
        f"  user name, password {PASSWORD}, and the code of",
        "  script/with-servers python manage.py demo_code USERNAME",
    ]


def test_it_lists_user_name_role_and_organisation(demo, capsys):
    rows = printed(capsys)[4:]
    assert rows[0].split() == ["ida", "sykepleier", "DHO", "Solør–Odal"]
    assert rows.index("Patients and relatives, at /min/: «Logg inn med ID-porten», and choose") == len(STAFF)
    assert [row.split()[0] for row in rows if "fastlege" in row] == ["dahl", "vik", "hansen", "nguyen", "lie"]


def test_password_and_code_let_in(demo, client, capsys):
    client.post("/logg-inn/", {"username": "ida", "password": PASSWORD})
    [code] = printed(capsys, "demo_code", "ida")
    assert client.post("/logg-inn/kode/", {"code": code}).url == "/"
    assert client.get("/arbeidsko/").status_code == 200


def test_loading_again_gives_nobody_a_second_app(demo):
    before = set(Authenticator.objects.values_list("pk", flat=True))
    load(**SMALL, now=demo)
    assert set(Authenticator.objects.values_list("pk", flat=True)) == before
    assert len(before) == len(STAFF)


def test_the_stand_in_for_helseid_knows_each_of_them(demo, capsys):
    people = [json.loads(line) for line in printed(capsys, "demo_helseid")]
    found = [find_user(pid=each[PID], hpr_number=each.get(HPR_NUMBER, "")).username for each in people]
    assert found == [*(each.username for each in STAFF), "ida"]
    assert [each["sub"] for each in people if each[SECURITY_LEVEL] != "4"] == ["ida-nivaa-3"]


def test_the_stand_in_for_idporten_knows_the_patients_and_the_relative(demo, capsys):
    people = [json.loads(line) for line in printed(capsys, "demo_idporten")]
    levels = {each["sub"]: each["acr"] for each in people}
    assert levels == {
        "kari-aasen": "idporten-loa-high",
        "solveig-eide": "idporten-loa-high",
        "silje-jensen": "idporten-loa-high",
        "kari-aasen-mellomniva": "idporten-loa-substantial",
    }
    known = [known_as(national_id_index=blind_index(each["pid"]), now=demo) for each in people]
    assert known == [("Kari", "Aasen"), ("Solveig", "Eide"), ("Silje", "Jensen"), ("Kari", "Aasen")]


def test_a_code_for_nobody_is_refused():
    with pytest.raises(CommandError, match="nobody"):
        call_command("demo_code", "nobody")


def test_it_says_so_where_no_demo_is_loaded(committed_db):
    with pytest.raises(CommandError, match="load_demo"):
        call_command("demo_logins")


@pytest.mark.parametrize("command", [["demo_logins"], ["demo_code", "ida"], ["demo_helseid"], ["demo_idporten"]])
def test_it_refuses_in_production(settings, command):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        call_command(*command)
