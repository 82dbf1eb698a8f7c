"""A tablet paired by the device grant, from the code to the revocation, over HTTP (RFC 8628, RFC 6749)."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.idp.oidc.models import Token
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.enums import RevokedWhy
from accounts.models import DeviceCredential, SystemClient
from accounts.oauth import DEVICE_CODE
from accounts.services import (
    UnknownCode,
    find_asking,
    pair_device,
    purge_tokens,
    refuse_pairing,
    revoke_credential,
)
from audit.enums import Action
from audit.models import AccessEntry
from dho.lib import rls
from measurements.models import RefusedSubmission
from tests.accounts.pairing import DEVICE, TOKEN, TabletApp, paired, post
from tests.database import see_everything
from tests.factories.accounts import make_system
from tests.factories.clock import NOW


@pytest.fixture(autouse=True)
def clock(world):
    """Codes and tokens live by the clock of the machine."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def row(credential):
    see_everything()
    credential.refresh_from_db()
    return credential


def test_the_tablet_shows_a_short_code_that_can_be_read_out(world):
    app = TabletApp()
    assert re.fullmatch(r"[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", app.code)
    assert (app.codes["expires_in"], app.codes["interval"]) == (600, 5)
    assert app.codes["device_code"] not in app.code


def test_nothing_is_given_before_somebody_confirms(world, clock):
    app = TabletApp()
    first = app.ask()
    assert (first.status_code, first.json()["error"]) == (400, "authorization_pending")
    assert app.ask().json()["error"] == "slow_down"
    clock.shift(5)
    assert app.ask().json()["error"] == "authorization_pending"


def test_a_confirmed_tablet_reads_as_its_patient_and_nobody_else(world):
    app, credential = paired(world)
    assert (credential.paired, credential.device_model) == (True, "Samsung Galaxy Tab A9")
    assert (credential.patient_id, credential.municipality_id) == (world.per.pk, world.a.pk)
    assert (credential.issued_by, credential.secret_hash, credential.last_seen_at) == (world.kari, "", None)
    assert app.tokens["expires_in"] == 1800
    assert app.get().status_code == 200
    entry = AccessEntry.objects.order_by("id").last()
    assert (entry.actor_id, entry.actor_name, entry.patient_id) == (credential.pk, "Nettbrett 14", world.per.pk)


def test_the_nurse_does_not_become_the_person_of_the_token(world):
    app, _ = paired(world)
    app.renew()
    assert set(Token.objects.values_list("user_id", flat=True)) == {None}
    assert app.get("/pasienter/").status_code == 302


def test_the_code_is_read_with_small_letters_and_without_the_dash(world):
    app = TabletApp()
    assert find_asking(f" {app.code.lower().replace('-', ' ')} ").user_code == app.code


@pytest.mark.parametrize("code", ["", "ABCD-EFGH", "BCDF-GHJ", "BCDF-GHJKL", "ÆØÅÆ-ØÅÆØ", "BCDF\x00GHJK", "💥" * 8])
def test_a_code_that_no_tablet_shows_is_unknown(world, code):
    with pytest.raises(UnknownCode):
        find_asking(code)


def test_a_code_lives_ten_minutes(world, clock):
    app = TabletApp()
    clock.shift(timedelta(minutes=10, seconds=1))
    with pytest.raises(UnknownCode):
        find_asking(app.code)
    assert app.ask().json()["error"] == "invalid_grant"


def test_a_code_makes_one_tablet_of_one_patient(world):
    app = TabletApp()
    by = world.actor(world.kari)
    pair_device(patient=world.per, code=app.code, label="Nettbrett 14", by=by, now=NOW)
    with pytest.raises(UnknownCode):
        pair_device(patient=world.solveig, code=app.code, label="Nettbrett 14", by=by, now=NOW)


def test_nobody_pairs_for_a_patient_of_another_municipality(world):
    app = TabletApp()
    with pytest.raises(PermissionDenied):
        pair_device(patient=world.per, code=app.code, label="Nettbrett 14", by=world.actor(world.ola), now=NOW)
    assert find_asking(app.code).user_code == app.code


def test_a_tablet_that_is_refused_is_told_so(world):
    app = TabletApp()
    refuse_pairing(code=app.code, by=world.actor(world.kari))
    assert app.ask().json()["error"] == "access_denied"
    with pytest.raises(UnknownCode):
        find_asking(app.code)


def test_a_nurse_who_has_left_gives_no_tablet_access(world):
    app = TabletApp()
    pair_device(patient=world.per, code=app.code, label="Nettbrett 14", by=world.actor(world.kari), now=NOW)
    world.kari.is_active = False
    world.kari.save()
    assert app.ask().json()["error"] == "access_denied"


def test_the_first_answer_may_get_lost_until_something_of_it_is_used(world, clock):
    app, _ = paired(world)
    lost = app.tokens
    clock.shift(5)
    assert app.ask().status_code == 200
    assert app.get().status_code == 200
    clock.shift(5)
    assert app.ask().json()["error"] == "invalid_grant"
    app.tokens = lost
    assert app.get().json()["code"] == "invalid_token"


def test_the_refresh_token_turns_with_each_use(world, clock):
    app, credential = paired(world)
    seen = [app.tokens]
    for _ in range(3):
        clock.shift(timedelta(minutes=31))
        assert app.get().json()["code"] == "token_expired"
        assert app.renew().status_code == 200
        assert app.get().status_code == 200
        seen.append(app.tokens)
    assert len({each["refresh_token"] for each in seen}) == len({each["access_token"] for each in seen}) == 4
    assert row(credential).spare_hash == ""


def test_it_works_again_after_weeks_in_a_drawer(world, clock):
    app, _ = paired(world)
    clock.shift(timedelta(days=200))
    assert app.renew().status_code == 200
    assert app.get().status_code == 200


def test_a_lost_answer_is_survived_however_late(world, clock):
    app, credential = paired(world)
    assert app.renew(lost=True).status_code == 200
    clock.shift(timedelta(days=3))
    assert app.renew(lost=True).status_code == 200
    assert app.renew().status_code == 200
    assert app.get().status_code == 200
    assert row(credential).revoked_at is None


def test_a_renewal_that_is_refused_takes_nothing_back(world):
    app, credential = paired(world)
    assert app.renew(lost=True).status_code == 200
    fields = {"grant_type": "refresh_token", "refresh_token": app.tokens["refresh_token"]}
    for client in ("", "nobody", "dho-tablet-web"):
        assert post(TOKEN, fields | {"client_id": client}).status_code in (400, 401)
    assert (
        post(TOKEN, fields | {"client_id": "dho-tablet", "scope": "readings:write"}).json()["error"] == "invalid_scope"
    )
    assert app.renew().status_code == 200
    assert app.get().status_code == 200
    assert row(credential).revoked_at is None


def test_a_refresh_token_used_twice_revokes_the_whole_pairing(world):
    app, credential = paired(world)
    stolen = app.tokens["refresh_token"]
    app.renew()
    assert app.get().status_code == 200
    thief = app.renew(token=stolen, lost=True)
    assert (thief.status_code, thief.json()["error"]) == (400, "invalid_grant")
    found = row(credential)
    assert (found.revoked_why, found.revoked_by, found.revoked_at) == (RevokedWhy.REUSED, None, NOW)
    assert app.get().json()["code"] == "device_revoked"
    assert app.renew().json()["error"] == "invalid_grant"
    see_everything()
    entry = AccessEntry.objects.get(action=Action.REUSE_KEY)
    assert (entry.actor_id, entry.patient_id, entry.allowed) == (credential.pk, world.per.pk, False)


def test_a_thief_who_renews_first_is_found_when_the_tablet_comes(world):
    app, credential = paired(world)
    stolen = app.renew(lost=True).json()
    thief = TabletApp()
    thief.tokens = stolen
    assert thief.get().status_code == 200
    assert app.renew().json()["error"] == "invalid_grant"
    assert row(credential).revoked_why == RevokedWhy.REUSED
    assert thief.get().json()["code"] == "device_revoked"


def test_what_a_lost_answer_held_is_worth_nothing_once_the_tablet_has_asked_again(world):
    app, credential = paired(world)
    caught = app.renew(lost=True).json()
    app.renew()
    thief = TabletApp()
    thief.tokens = caught
    assert thief.get().json()["code"] == "invalid_token"
    assert thief.renew().json()["error"] == "invalid_grant"
    assert row(credential).revoked_why == RevokedWhy.REUSED


def test_revoking_ends_access_and_renewal_at_once(world):
    app, credential = paired(world)
    assert app.get().status_code == 200
    see_everything()
    by = world.actor(world.kari)
    revoke_credential(credential=row(credential), by=by, now=NOW, why=RevokedWhy.LOST)
    answer = app.get()
    assert (answer.status_code, answer.json()["code"]) == (401, "device_revoked")
    assert app.renew().json() == {"error": "invalid_grant", "error_description": "The device has been revoked."}


def test_a_pairing_revoked_before_it_is_fetched_gives_nothing(world):
    app = TabletApp()
    by = world.actor(world.kari)
    credential = pair_device(patient=world.per, code=app.code, label="Nettbrett 14", by=by, now=NOW)
    revoke_credential(credential=credential, by=by, now=NOW)
    assert app.ask().json()["error"] == "access_denied"


def test_a_forged_token_revokes_nobody(world):
    app, credential = paired(world)
    own = app.tokens["refresh_token"]
    head = own.rsplit("_", 1)[0] if own.count("_") == 3 else "_".join(own.split("_")[:3])
    forged = [
        f"{head}_{'x' * 64}",
        f"dhor_{world.c.pk}_{credential.pk.hex}_{'x' * 64}",
        own.replace("dhor", "dho"),
        own[:-1],
        "dhor_340100",
        "",
        "x" * 300,
    ]
    answers = {app.renew(token=token or "-", lost=True).json()["error"] for token in forged}
    assert answers == {"invalid_grant"}
    assert row(credential).revoked_at is None
    assert app.renew().status_code == 200


def test_one_tablet_cannot_renew_with_the_token_of_another(world):
    app, credential = paired(world)
    other, others = paired(world, patient=world.solveig)
    mixed = app.tokens["refresh_token"].replace(credential.pk.hex, others.pk.hex)
    assert other.renew(token=mixed, lost=True).json()["error"] == "invalid_grant"
    assert (app.renew().status_code, other.renew().status_code) == (200, 200)


def test_only_hashes_stand_in_the_database(world):
    app, credential = paired(world)
    app.renew()
    see_everything()
    stored = str(DeviceCredential.objects.filter(pk=credential.pk).values().get()) + str(list(Token.objects.values()))
    for token in app.tokens["access_token"], app.tokens["refresh_token"]:
        assert token.split("_", 3)[3] not in stored


@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        ({}, 400, "unsupported_grant_type"),
        ({"grant_type": "password", "username": "kari", "password": "x"}, 400, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "code": "x", "client_id": "dho-tablet"}, 400, "unsupported_grant_type"),
        ({"grant_type": DEVICE_CODE}, 400, "invalid_request"),
        ({"grant_type": DEVICE_CODE, "client_id": "dho-tablet", "device_code": "x"}, 400, "invalid_grant"),
        ({"grant_type": DEVICE_CODE, "client_id": "dho-tablet", "device_code": "x y" * 200}, 400, "invalid_grant"),
        ({"grant_type": DEVICE_CODE, "client_id": "nobody", "device_code": "x"}, 401, "invalid_client"),
        ({"grant_type": DEVICE_CODE, "client_id": "dho-tablet-web", "device_code": "x"}, 401, "invalid_client"),
        ({"grant_type": "refresh_token", "client_id": "dho-tablet"}, 400, "invalid_grant"),
        ({"grant_type": ["refresh_token", "refresh_token"]}, 400, "invalid_request"),
        ({"grant_type": "refresh_token", "resource": "https://example.org"}, 400, "invalid_request"),
        ({"grant_type": "client_credentials", "client_id": "a\x00b", "client_secret": "x"}, 400, "invalid_request"),
        ({"grant_type": "client_credentials", "client_id": "dho-tablet"}, 401, "invalid_client"),
        ({"grant_type": "client_credentials", "client_id": "x" * 3000}, 400, "invalid_request"),
    ],
)
def test_what_cannot_be_answered_gets_the_code_of_the_rfc(world, fields, status, error):
    answer = post(TOKEN, fields)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert (answer["Cache-Control"], answer["Content-Type"]) == ("no-store", "application/json")


@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        ({}, 401, "invalid_client"),
        ({"client_id": "dho-tablet-web"}, 401, "invalid_client"),
        ({"client_id": "dho-tablet", "device_model": "x" * 81}, 400, "invalid_request"),
        ({"client_id": "dho-tablet", "device_model": "a\nb"}, 400, "invalid_request"),
        ({"client_id": "dho-tablet", "scope": "readings:write"}, 400, "invalid_scope"),
        ({"client_id": ["dho-tablet", "dho-tablet"]}, 400, "invalid_request"),
    ],
)
def test_what_asks_for_a_code_wrongly_is_told_why(world, fields, status, error):
    answer = post(DEVICE, fields)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


@pytest.mark.parametrize("address", [DEVICE, TOKEN])
def test_only_a_posted_form_is_answered(world, client, address):
    assert client.get(address).status_code == 405
    answer = client.post(address, {"client_id": "dho-tablet"}, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    big = client.post(address, b"a=" + b"x" * 3_000_000, content_type="application/x-www-form-urlencoded")
    assert (big.status_code, big.json()["error"]) == (413, "invalid_request")
    many = client.post(address, b"a=1&" * 2000, content_type="application/x-www-form-urlencoded")
    assert (many.status_code, many.json()["error"]) == (400, "invalid_request")


def test_too_many_questions_from_one_place_are_stopped(world, settings):
    settings.IDP_OIDC_RATE_LIMITS = {"device_code": "2/m/key", "token": "2/m/key"}
    for address in (DEVICE, TOKEN):
        answers = [post(address, {"client_id": "dho-tablet"}) for _ in range(3)]
        assert [answer.status_code == 429 for answer in answers] == [False, False, True]
        assert (answers[2]["Retry-After"], answers[2].json()["error"]) == ("60", "slow_down")


def test_codes_and_limits_are_kept_where_all_processes_find_them(world, settings):
    app = TabletApp()
    assert settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")
    for number in range(400):
        cache.set(f"crowd-{number}", 1)
    assert find_asking(app.code).user_code == app.code


def test_used_tokens_are_forgotten_after_ninety_days(world, clock):
    app, _ = paired(world)
    app.renew()
    app.get()
    see_everything()
    assert purge_tokens(now=NOW + timedelta(days=89)) == 0
    assert purge_tokens(now=NOW + timedelta(days=92)) == 1
    assert app.renew().status_code == 200


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"revoked_at": NOW}, "credential_revoked_by_and_why"),
        ({"revoked_at": NOW, "revoked_why": "LOST"}, "credential_revoked_by_and_why"),
        ({"revoked_at": NOW, "revoked_why": "REUSED", "by": True}, "credential_revoked_by_and_why"),
        ({"revoked_why": "LOST", "by": True}, "credential_revoked_by_and_why"),
        ({"secret_hash": ""}, "credential_issued_has_secret"),
        ({"pin_hash": "x"}, "credential_issued_has_secret"),
        ({"refresh_hash": "x"}, "credential_issued_has_secret"),
    ],
)
def test_the_database_refuses_what_no_device_can_be(world, fields, constraint):
    given = {name: value for name, value in fields.items() if name != "by"}
    given |= {"revoked_by": world.kari} if "by" in fields else {}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        DeviceCredential.objects.filter(pk=world.per_tablet.pk).update(**given)


@pytest.mark.parametrize("senders", [[], ["device", "system"]])
def test_what_was_refused_has_one_sender_in_the_database_too(world, senders):
    system, _ = make_system(world.a.pk, world.ness)
    given = {name: {"device": world.per_tablet, "system": system}[name] for name in senders}
    with pytest.raises(IntegrityError, match="refused_has_one_sender"), transaction.atomic():
        RefusedSubmission.objects.create(
            municipality=world.a, patient=world.per, received_at=NOW, endpoint="/", codes=["x"], body="x", **given
        )


def test_a_row_of_a_system_is_seen_by_its_own_municipality_only(world):
    make_system(world.a.pk, world.ness)
    rls.limit_to([world.c.pk])
    assert not SystemClient.objects.exists()
