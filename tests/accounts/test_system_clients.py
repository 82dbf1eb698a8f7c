"""The municipality's other systems over HTTP: client credentials, scopes, whose patients, and what the log says."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from allauth.idp.oidc.models import Client as OAuthClient
from allauth.idp.oidc.models import Token
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.enums import SystemKind, SystemScope
from accounts.models import SystemClient
from accounts.services import register_system, renew_secret, withdraw_system
from audit.enums import Action, Basis
from audit.models import AccessEntry, ChangeEntry
from measurements.models import QuestionnaireResponse, Reading, RefusedSubmission
from tests.accounts.pairing import TOKEN, basic, post
from tests.database import see_everything
from tests.factories.accounts import token_of
from tests.factories.clock import NOW
from tests.factories.patients import end_course
from tests.measurements.tablet import BATCH, READINGS, RESPONSES, reading, response

EVERYTHING = list(SystemScope)


@pytest.fixture(autouse=True)
def clock(world):
    """Tokens live by the clock of the machine."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


class Epj:
    """A journal system with its name and secret."""

    def __init__(self, world, *, by=None, scopes=EVERYTHING, **fields):
        see_everything()
        settings = {"valid_from": NOW.date(), "valid_until": None, "kind": SystemKind.EPJ, "name": "Profil"} | fields
        self.row, self.secret = register_system(scopes=scopes, by=world.actor(by or world.ness), now=NOW, **settings)
        self.token = ""

    def sign_in(self, **fields):
        """Fetch a token with the secret in the header."""
        asked = {"grant_type": "client_credentials"} | fields
        answer = post(TOKEN, asked, **basic(self.row.client_id, self.secret))
        self.token = answer.json().get("access_token", "")
        return answer

    def get(self, address=READINGS, **query):
        return Client().get(address, query, headers={"Authorization": f"Bearer {self.token}"})

    def send(self, address, body, patient):
        headers = {"Authorization": f"Bearer {self.token}"}
        return Client().post(f"{address}?patient={patient}", body, content_type="application/json", headers=headers)


@pytest.fixture
def epj(world) -> Epj:
    made = Epj(world)
    assert made.sign_in().status_code == 200
    return made


def test_it_gets_a_token_for_half_an_hour_and_no_refresh_token(world):
    answer = Epj(world).sign_in()
    assert answer.status_code == 200
    assert {**answer.json(), "access_token": ""} == {
        "access_token": "",
        "token_type": "Bearer",
        "expires_in": 1800,
        "scope": "readings:write readings:read plan:read",
    }
    assert answer["Cache-Control"] == "no-store"


def test_the_secret_may_also_stand_in_the_form(world):
    epj = Epj(world)
    fields = {"grant_type": "client_credentials", "client_id": epj.row.client_id, "client_secret": epj.secret}
    assert post(TOKEN, fields).status_code == 200


def test_only_hashes_stand_in_the_database(epj):
    stored = str(list(OAuthClient.objects.values())) + str(list(Token.objects.values()))
    assert epj.secret not in stored
    assert epj.token not in stored
    assert epj.token.split("_", 3)[3] not in stored


@pytest.mark.parametrize("wrong", ["secret", "name", "municipality", "withdrawn", "over", "not yet"])
def test_every_wrong_client_gets_the_same_answer(world, wrong):
    dates = {
        "over": {"valid_from": date(2026, 1, 1), "valid_until": date(2026, 11, 17)},
        "not yet": {"valid_from": date(2026, 11, 19)},
    }
    epj = Epj(world, **dates.get(wrong, {}))
    name, secret = epj.row.client_id, epj.secret
    if wrong == "secret":
        secret = secret[:-1] + "x"
    if wrong == "name":
        name = f"dho-{world.a.pk}-{uuid4().hex}"
    if wrong == "municipality":
        name = name.replace(str(world.a.pk), str(world.c.pk))
    if wrong == "withdrawn":
        withdraw_system(system=epj.row, by=world.actor(world.ness), now=NOW)
    answer = post(TOKEN, {"grant_type": "client_credentials"}, **basic(name, secret))
    assert (answer.status_code, answer.json()) == (
        401,
        {"error": "invalid_client", "error_description": "Unknown client, or wrong secret."},
    )
    assert answer["WWW-Authenticate"].startswith("Basic")


def test_guessing_the_secret_is_stopped_and_the_right_one_waits_too(world, settings):
    settings.IDP_OIDC_RATE_LIMITS = {"system_secret": "3/10m/key"}
    epj = Epj(world)
    for _ in range(3):
        post(TOKEN, {"grant_type": "client_credentials"}, **basic(epj.row.client_id, "feil"))
    assert epj.sign_in().status_code == 401


def test_it_asks_for_less_than_it_may_but_never_more(world):
    epj = Epj(world, scopes=[SystemScope.READINGS_READ])
    assert epj.sign_in(scope="readings:read").json()["scope"] == "readings:read"
    assert epj.sign_in(scope="readings:read plan:read").json()["error"] == "invalid_scope"


def test_it_reads_the_patients_of_its_own_municipality_and_the_log_names_it(world, epj):
    assert epj.get(patient=str(world.per.pk)).status_code == 200
    assert epj.get("/api/v1/plan/", patient=str(world.per.pk)).status_code == 200
    assert epj.get("/api/v1/questionnaires/", patient=str(world.per.pk)).status_code == 200
    see_everything()
    rows = AccessEntry.objects.order_by("id").values(
        "actor_id", "actor_name", "role", "hpr_number", "municipality_id", "patient_id", "action", "basis", "allowed"
    )
    assert list(rows) == [
        {
            "actor_id": epj.row.pk,
            "actor_name": "Profil",
            "role": "SYSTEM",
            "hpr_number": "",
            "municipality_id": world.a.pk,
            "patient_id": world.per.pk,
            "action": action,
            "basis": Basis.HEALTH_CARE,
            "allowed": True,
        }
        for action in (Action.SYSTEM_READINGS, Action.SYSTEM_PLAN, Action.SYSTEM_FORMS)
    ]


def test_a_foreign_patient_a_missing_one_and_one_whose_course_is_over_look_the_same(world, epj):
    end_course(world.per)
    asked = [str(world.nils.pk), str(world.solveig.pk), str(uuid4()), str(world.per.pk), "", "Per", "x\x00y"]
    told = []
    for patient in asked:
        with CaptureQueriesContext(connection) as queries:
            told.append((epj.get(patient=patient), len(queries) if len(patient) == 36 else 0))
    told.append((Client().get(READINGS, headers={"Authorization": f"Bearer {epj.token}"}), 0))
    assert {(answer.status_code, answer.text) for answer, _ in told} == {(404, told[0][0].text)}
    assert len({count for _, count in told[:4]}) == 1
    assert told[0][0].json()["code"] == "unknown_patient"
    see_everything()
    refused = AccessEntry.objects.filter(allowed=False, actor_id=epj.row.pk)
    assert set(refused.values_list("municipality_id", flat=True)) == {world.a.pk}
    assert refused.count() == len(told)


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [
        (SystemScope.READINGS_READ, {("get", READINGS)}),
        (SystemScope.PLAN_READ, {("get", "/api/v1/plan/"), ("get", "/api/v1/questionnaires/")}),
        (SystemScope.READINGS_WRITE, {("post", READINGS), ("post", BATCH), ("post", RESPONSES)}),
    ],
)
def test_each_scope_opens_its_own_doors_and_no_other(world, scope, allowed):
    epj = Epj(world, scopes=[scope])
    epj.sign_in()
    bodies = {READINGS: reading(), BATCH: {"readings": [reading()]}, RESPONSES: response()}
    opened = set()
    for address in (READINGS, "/api/v1/plan/", "/api/v1/questionnaires/"):
        answer = epj.get(address, patient=str(world.per.pk))
        opened |= {("get", address)} if answer.status_code == 200 else set()
        assert answer.status_code == 200 or answer.json()["code"] == "insufficient_scope"
    for address, body in bodies.items():
        answer = epj.send(address, body, world.per.pk)
        opened |= {("post", address)} if answer.status_code in (200, 201) else set()
        assert answer.status_code in (200, 201) or (answer.status_code, answer.json()["code"]) == (
            403,
            "insufficient_scope",
        )
    assert opened == allowed


def test_what_it_sends_never_looks_like_the_patients_device(world, epj):
    assert epj.send(READINGS, reading(), world.per.pk).status_code == 201
    assert epj.send(BATCH, {"readings": [reading(), reading(type="no")]}, world.per.pk).status_code == 200
    assert epj.send(RESPONSES, response(), world.per.pk).status_code == 201
    see_everything()
    for model in (Reading, QuestionnaireResponse):
        rows = set(
            model.objects.values_list("submitted_by_system_id", "submitted_by_device_id", "submitted_by_user_id")
        )
        assert rows == {(epj.row.pk, None, None)}
    kept = RefusedSubmission.objects.get()
    assert (kept.system_id, kept.device_id, kept.patient_id) == (epj.row.pk, None, world.per.pk)


@pytest.mark.parametrize("senders", [[], ["device", "system"], ["device", "user", "system"]])
def test_a_reading_has_one_sender_in_the_database_too(world, epj, senders):
    see_everything()
    given = {"device": world.per_tablet, "user": world.kari, "system": epj.row}
    with pytest.raises(IntegrityError, match="reading_has_one_submitter"), transaction.atomic():
        Reading.objects.create(
            municipality=world.a, patient=world.per, type_id="spo2", client_id=uuid4(), sent_value="92", sent_unit="%",
            taken_at=NOW, received_at=NOW, source="DEVICE", **{f"submitted_by_{each}": given[each] for each in senders},
        )  # fmt: skip


def test_a_device_may_name_its_own_patient_only(world):
    headers = {"Authorization": f"Bearer {token_of(world.per_tablet)}"}
    told = {
        each: Client().get(READINGS, {"patient": each}, headers=headers).status_code
        for each in (str(world.per.pk), str(world.nils.pk), str(uuid4()), "")
    }
    assert list(told.values()) == [200, 404, 404, 404]


def test_a_token_is_over_after_half_an_hour(world, epj, clock):
    clock.shift(timedelta(minutes=30, seconds=1))
    answer = epj.get(patient=str(world.per.pk))
    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")


def test_a_new_secret_kills_the_old_one_and_its_tokens(world, epj):
    see_everything()
    secret = renew_secret(system=epj.row, by=world.actor(world.ness), now=NOW)
    assert epj.get(patient=str(world.per.pk)).json()["code"] == "invalid_token"
    assert epj.sign_in().status_code == 401
    epj.secret = secret
    assert epj.sign_in().status_code == 200
    assert epj.get(patient=str(world.per.pk)).status_code == 200


def test_withdrawing_ends_access_at_once(world, epj):
    see_everything()
    withdraw_system(system=epj.row, by=world.actor(world.ness), now=NOW)
    answer = epj.get(patient=str(world.per.pk))
    assert (answer.status_code, answer.json()["code"]) == (401, "system_withdrawn")
    changed = ChangeEntry.objects.filter(table_name="accounts_systemclient", row_id=str(epj.row.pk))
    assert list(changed.order_by("id").values_list("operation", flat=True)) == ["INSERT", "UPDATE"]


def test_a_scope_that_is_taken_away_is_gone_at_once(world, epj):
    see_everything()
    SystemClient.objects.filter(pk=epj.row.pk).update(scopes=[SystemScope.PLAN_READ])
    assert epj.get(patient=str(world.per.pk)).json()["code"] == "insufficient_scope"


def test_nobody_administers_the_systems_of_another_municipality(world):
    epj = Epj(world)
    for change in (renew_secret, withdraw_system):
        with pytest.raises(PermissionDenied):
            change(system=epj.row, by=world.actor(world.ola), now=NOW)


@pytest.mark.parametrize("fields", [{"scopes": []}, {"scopes": ["journal:delete"]}, {"withdrawn_at": NOW}])
def test_the_database_refuses_what_no_system_can_be(world, fields):
    epj = Epj(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        SystemClient.objects.filter(pk=epj.row.pk).update(**fields)


def test_a_systems_token_is_found_in_one_round_trip(world, epj):
    with CaptureQueriesContext(connection) as queries:
        epj.get(patient=str(world.per.pk))
    own = [each["sql"] for each in queries if "systemclient" in each["sql"]]
    assert len(own) == 1
    assert "set_config" in own[0]


def test_a_forged_token_finds_nothing(world, epj):
    head = epj.token.rsplit("_", 1)[0] if epj.token.count("_") == 3 else "_".join(epj.token.split("_")[:3])
    for token in (
        f"{head}_{'x' * 64}",
        epj.token.replace("dhos", "dho"),
        epj.token.replace(str(world.a.pk), str(world.c.pk)),
        "dhos_",
    ):
        answer = Client().get(READINGS, {"patient": str(world.per.pk)}, headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
