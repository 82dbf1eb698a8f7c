"""Patients and relatives sign in with ID-porten, against a real provider that wants pushed requests and assertions."""

import logging
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import User
from dho.lib.encryption import blind_index
from patients.models import RelativeAuthority
from tests import helseid
from tests.database import see_everything
from tests.factories.accounts import let_in, make_membership, make_user
from tests.factories.citizens import TONES_ID, give_authority, own_user
from tests.factories.patients import make_patient
from tests.helseid import CLIENT, HPR_NUMBER, PID, SECURITY_LEVEL

HIGH, SUBSTANTIAL = "idporten-loa-high", "idporten-loa-substantial"
HERE = "http://localhost:8000"


@pytest.fixture(scope="module")
def running(django_db_setup):
    per = django_db_setup.per
    pid = per.national_id
    people = [
        {"sub": "per", "pid": pid, "acr": HIGH},
        {"sub": "per-substantial", "pid": pid, "acr": SUBSTANTIAL},
        {"sub": "per-old-level", "pid": pid, "acr": "Level4"},
        {"sub": "per-no-level", "pid": pid},
        {"sub": "tone", "pid": TONES_ID, "acr": HIGH},
        {"sub": "unknown", "pid": "15817099999", "acr": HIGH},
        {"sub": "nothing", "acr": HIGH},
        {"sub": "per-by-helseid", PID: pid, SECURITY_LEVEL: "4"},
        {"sub": "per-with-hpr", PID: pid, HPR_NUMBER: "5550001", SECURITY_LEVEL: "4"},
    ]
    with helseid.provider(people) as provider:
        yield provider


@pytest.fixture
def set_up(running, settings, world):
    """Both providers as the environment would set them up; one server plays both."""
    common = {"oauth_pkce_enabled": True, "fetch_userinfo": False, "server_url": running.url}
    idporten = {"scope": settings.IDPORTEN_SCOPES, "auth_params": settings.IDPORTEN_PARAMETERS}
    apps = [
        {"provider_id": "idporten", "name": "ID-porten", "client_id": CLIENT, "settings": {**common, **idporten}},
        {
            "provider_id": "helseid", "name": "HelseID", "client_id": CLIENT,
            "settings": {**common, "scope": settings.HELSEID_SCOPES},
        },
    ]  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": apps}}
    settings.IDPORTEN_URL = settings.HELSEID_URL = running.url
    settings.IDPORTEN_KEY = settings.HELSEID_KEY = running.key
    see_everything()
    return running


def sent_to(browser: Client, door: str = "idporten", **query) -> str:
    answer = browser.get(reverse(door), query)
    assert answer.status_code == 302, answer.text
    return answer.url


def come_back(browser: Client, sub: str, door: str = "idporten", **query):
    """The whole way: to the provider, choose the person, and back."""
    back = helseid.choose(sent_to(browser, door, **query), sub)
    return browser.get(back.removeprefix(HERE))


def test_the_patient_gets_in_and_sees_who_is_signed_in(set_up, client, world):
    assert come_back(client, "per").url == reverse("citizen-choose")
    assert client.get(reverse("citizen-choose")).url == reverse("citizen-home")
    page = client.get(reverse("citizen-home"))
    assert "Du er logget inn som <strong>Per Aasen</strong>" in page.text


def test_a_new_person_has_no_password_and_no_role(set_up, client, world):
    come_back(client, "per")
    made = User.objects.get(national_id_index=world.per.national_id_index)
    assert (made.get_full_name(), made.has_usable_password(), made.memberships.count()) == ("Per Aasen", False, 0)
    assert made.username.startswith("innbygger-")
    assert world.per.national_id not in str(vars(made)) + str(dict(client.session))
    assert SocialAccount.objects.count() == 0


def test_coming_again_makes_nobody_new(set_up, client, world):
    come_back(client, "per")
    before = User.objects.count()
    come_back(Client(), "per")
    assert User.objects.count() == before


def test_a_relative_with_authority_acts_on_behalf(set_up, client, world):
    give_authority(world.per)
    come_back(client, "tone")
    client.get(reverse("citizen-choose"))
    page = client.get(reverse("citizen-home"))
    assert "Du er logget inn som <strong>Tone Aasen</strong>, på vegne av <strong>Per Aasen</strong>" in page.text


@pytest.mark.parametrize("sub", ["per-substantial", "per-old-level", "per-no-level"])
def test_a_lower_level_is_refused_in_plain_words(set_up, client, caplog, world, sub):
    with caplog.at_level(logging.WARNING, "accounts.idporten"):
        page = come_back(client, sub)
    assert page.status_code == 403
    assert "for lavt for helseopplysninger" in page.text
    assert "_auth_user_id" not in client.session
    [said] = [record.getMessage() for record in caplog.records if record.name == "accounts.idporten"]
    assert said.startswith("ID-porten refused: level ")
    assert world.per.national_id not in said


@pytest.mark.parametrize("sub", ["unknown", "nothing", "tone"])
def test_who_is_neither_patient_nor_relative_is_refused_and_nobody_is_made(set_up, client, sub):
    before = User.objects.count()
    page = come_back(client, sub)
    assert page.status_code == 403
    assert "Vi fant ingen oppfølging og ingen fullmakt som gjelder for deg." in page.text
    assert "_auth_user_id" not in client.session
    assert User.objects.count() == before


def test_an_authority_that_has_ended_lets_nobody_in(set_up, client, world):
    authority = give_authority(world.per)
    now = authority.given_at
    RelativeAuthority.objects.filter(pk=authority.pk).update(withdrawn_at=now, withdrawn_by=authority.given_by)
    assert come_back(client, "tone").status_code == 403


def test_the_dead_do_not_sign_in(set_up, client, world):
    type(world.per).objects.filter(pk=world.per.pk).update(deceased_on="2026-11-01")
    assert come_back(client, "per").status_code == 403


def test_the_highest_level_and_the_language_are_asked_for(set_up, client):
    sent = requests.get(sent_to(client, auth_params="acr_values=low", scope="other"), timeout=10).url
    asked = dict(parse_qsl(urlsplit(sent).query))
    assert (asked["acr_values"], asked["ui_locales"], asked["code_challenge_method"]) == (HIGH, "nb", "S256")
    assert sorted(asked["scope"].split()) == sorted(settings.IDPORTEN_SCOPES)


def test_it_goes_on_to_the_own_page_that_was_asked_for_and_to_no_other(set_up, client):
    for wanted, reached in (("/min/plan/", "/min/plan/"), ("/arbeidsko/", "/min/"), ("https://example.org/", "/min/")):
        browser = Client()
        answer = come_back(browser, "per", next=wanted)
        assert browser.get(answer.url).url == reached


def test_who_is_more_than_one_chooses_and_always_sees_for_whom(set_up, client, world):
    """Own record in two municipalities, and daughter of a third."""
    again = make_patient(world.c.pk, "Per", "Aasen")
    fields = {"national_id_index": world.per.national_id_index}
    type(again).objects.filter(pk=again.pk).update(**fields)
    held = give_authority(world.solveig, national_id=world.per.national_id, name="Per Aasen")
    come_back(client, "per")
    page = client.get(reverse("citizen-choose"))
    assert page.status_code == 200
    assert page.text.count('name="whom"') == 3
    assert client.get(reverse("citizen-home")).url == reverse("citizen-choose")
    assert client.post(reverse("citizen-choose"), {"whom": str(held.pk)}).url == reverse("citizen-home")
    assert "på vegne av <strong>Solveig Eide</strong>" in client.get(reverse("citizen-home")).text


def test_a_choice_of_somebody_else_is_refused(set_up, client, world):
    give_authority(world.solveig, national_id=world.per.national_id, name="Per Aasen")
    come_back(client, "per")
    page = client.post(reverse("citizen-choose"), {"whom": str(world.nils.pk)})
    assert (page.status_code, "Velg en av personene i listen." in page.text) == (422, True)


def test_a_nurse_who_signs_in_as_patient_is_no_nurse_and_the_other_way_round(set_up, client, world):
    user = own_user(world.per)
    make_membership(user, Role.NURSE, service=world.joint)
    come_back(client, "per")
    assert client.get(reverse("queue")).status_code == 403
    assert client.get(reverse("helseid")).url == reverse("citizen-home")
    assert client.post(reverse("logout"), {"next": reverse("citizen-login")}).url == reverse("citizen-login")
    come_back(client, "per-by-helseid", "helseid")
    see_everything()
    assert client.get(reverse("queue")).status_code == 200
    assert client.get(reverse("citizen-home")).url.startswith(reverse("citizen-login"))


def test_nothing_of_the_earlier_session_lives_on(set_up, client, world):
    let_in(client, world.kari)
    session = client.session
    session["left"] = "behind"
    session.save()
    before = client.session.session_key
    come_back(client, "per")
    assert client.session.session_key != before
    assert set(client.session.keys()).isdisjoint({"left", "membership"})
    assert [record["provider"] for record in client.session["account_authentication_methods"]] == ["idporten"]


def test_helseid_knows_no_patients(set_up, client, world):
    own_user(world.per)
    assert come_back(client, "per-by-helseid", "helseid").status_code == 403


def test_helseid_finds_staff_who_were_let_in_as_patients_first(set_up, client, world):
    """She is known as staff by the HPR number only; the person behind the patient does not stand in the way."""
    own_user(world.per)
    nurse = make_user("per", "Per", "Aasen", hpr_number="5550001")
    make_membership(nurse, Role.NURSE, service=world.joint)
    assert come_back(client, "per-with-hpr", "helseid").url == reverse("home")
    assert client.get(reverse("queue")).status_code == 200


def test_the_session_has_the_same_limits_and_stands_in_the_own_list(set_up, client):
    come_back(client, "per")
    assert client.get(reverse("session")).json()["seconds"] > 1500
    page = client.get(reverse("sessions"))
    assert page.text.count("(denne)") == 1
    assert 'href="/min/">Til forsiden</a>' in page.text
    assert client.post(reverse("sessions-end-all")).url == reverse("citizen-login")
    assert client.get(reverse("citizen-home")).url.startswith(reverse("citizen-login"))


def test_it_says_so_when_the_person_cancels(set_up, client):
    form = requests.get(sent_to(client), timeout=10)
    answer = requests.post(form.url, data={"action": "deny"}, allow_redirects=False, timeout=10)
    page = client.get(answer.headers["Location"].removeprefix(HERE))
    assert page.status_code == 403
    assert "Innloggingen ble avbrutt" in page.text


def test_an_assertion_by_another_key_is_refused_and_told(set_up, client, settings):
    settings.IDPORTEN_KEY = helseid.make_key()[0]
    page = client.get(reverse("idporten"))
    assert page.status_code == 403
    assert "ID-porten svarte ikke slik den skulle" in page.text


def test_the_staffs_sign_in_shows_patients_the_way(world, client):
    assert f'href="{reverse("citizen-login")}"' in client.get(reverse("login")).text


def test_where_it_is_not_set_up_the_page_says_so_and_there_is_no_door(world, client):
    assert "Innlogging med ID-porten er ikke satt opp her." in client.get(reverse("citizen-login")).text
    assert client.get(reverse("idporten")).status_code == 404
    assert client.get(reverse("idporten-answer")).status_code == 404


def test_signing_in_reads_no_row_but_that_of_the_person(set_up, client, world):
    """Every municipality is admitted for the look-up, and for nothing after it."""
    come_back(client, "per")
    see_everything()
    assert User.objects.filter(national_id_index=blind_index(TONES_ID)).count() == 0
