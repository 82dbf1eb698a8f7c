"""Bearer credentials of devices: issued once, recognised exactly, revoked at once."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import DeviceCredential
from accounts.services import RevokedDevice, UnknownDevice, identify_device, issue_credential, revoke_credential
from tests import database
from tests.factories.accounts import token_of
from tests.factories.clock import NOW


def test_it_issues_a_token_that_identifies_the_device(world):
    credential, token = issue_credential(patient=world.per, label="Nettbrett 2", by=world.actor(world.kari), now=NOW)
    assert identify_device(token=token, now=NOW) == credential
    assert (credential.municipality_id, credential.patient_id, credential.label) == (
        world.a.pk,
        world.per.pk,
        "Nettbrett 2",
    )
    assert (credential.issued_at, credential.issued_by) == (NOW, world.kari)


def test_it_keeps_only_the_hash_of_the_secret(world):
    credential, token = issue_credential(patient=world.per, label="Nettbrett", by=world.actor(world.kari), now=NOW)
    secret = token.split("_", 3)[3]
    assert credential.secret_hash == DeviceCredential.hash_secret(secret)
    assert secret not in str(DeviceCredential.objects.filter(pk=credential.pk).values().get())


def test_it_makes_every_token_different(world):
    by = world.actor(world.kari)
    tokens = {issue_credential(patient=world.per, label="Nettbrett", by=by, now=NOW)[1] for _ in range(5)}
    assert len(tokens) == 5


def test_it_does_not_issue_for_a_patient_of_another_municipality(world):
    before = DeviceCredential.objects.count()
    with pytest.raises(PermissionDenied):
        issue_credential(patient=world.per, label="Nettbrett", by=world.actor(world.ola), now=NOW)
    assert DeviceCredential.objects.count() == before


def test_it_refuses_a_revoked_device(world):
    revoke_credential(credential=world.per_tablet, by=world.actor(world.kari), now=NOW)
    assert (world.per_tablet.revoked_at, world.per_tablet.revoked_by) == (NOW, world.kari)
    with pytest.raises(RevokedDevice):
        identify_device(token=token_of(world.per_tablet), now=NOW)


def test_it_keeps_the_first_revocation(world):
    revoke_credential(credential=world.per_tablet, by=world.actor(world.kari), now=NOW)
    revoke_credential(credential=world.per_tablet, by=world.actor(world.berit), now=NOW + timedelta(hours=1))
    assert (world.per_tablet.revoked_at, world.per_tablet.revoked_by) == (NOW, world.kari)


def test_it_does_not_revoke_a_device_of_another_municipality(world):
    with pytest.raises(PermissionDenied):
        revoke_credential(credential=world.per_tablet, by=world.actor(world.ola), now=NOW)
    world.per_tablet.refresh_from_db()
    assert world.per_tablet.revoked_at is None


def test_it_says_the_same_of_everything_that_is_wrong(world):
    right = token_of(world.per_tablet)
    _, municipality, credential, secret = right.split("_", 3)
    nils = world.nils_tablet.pk.hex
    wrong = [
        "",
        "dho",
        right + "x",
        right[:-1],
        right.upper(),
        f"dho_{municipality}_{nils}_{secret}",
        f"dho_{world.c.pk}_{credential}_{secret}",
        f"dho_{world.b.pk}_{credential}_{secret}",
        f"dho_99999999_{credential}_{secret}",
        f"dho_0_{credential}_{secret}",
        f"dho_{municipality}_{'0' * 32}_{secret}",
        f"dho_{municipality}_{credential}_",
        f"dho_{municipality},{world.c.pk}_{nils}_{secret}",
        f"dho_{municipality}_{credential}_{secret}\x00",
        f"dho_{municipality}_{credential}_æøå{secret}",
    ]
    for token in wrong:
        with pytest.raises(UnknownDevice):
            identify_device(token=token, now=NOW)


def test_it_tells_of_revocation_only_to_those_who_know_the_secret(world):
    revoke_credential(credential=world.per_tablet, by=world.actor(world.kari), now=NOW)
    with pytest.raises(UnknownDevice):
        identify_device(token=token_of(world.per_tablet, "en-annen-hemmelighet"), now=NOW)


def test_it_notes_when_the_device_was_seen_at_most_once_a_minute(world):
    seen = []
    for seconds in (0, 59, 60, 61):
        identify_device(token=token_of(world.per_tablet), now=NOW + timedelta(seconds=seconds))
        database.see_everything()
        world.per_tablet.refresh_from_db()
        seen.append((world.per_tablet.last_seen_at - NOW).total_seconds())
    assert seen == [0, 0, 60, 60]
