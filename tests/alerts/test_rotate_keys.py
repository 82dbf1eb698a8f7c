"""Changing the encryption key: everything is rewritten, and what cannot be opened is named."""

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection

from alerts.management.commands import rotate_keys
from audit.models import ChangeEntry
from measurements import services
from organisations.models import FollowUpService
from patients.models import Patient
from tests.factories.clock import NOW


@pytest.fixture
def new_key(world, settings):
    """A new key in front of the old one, after a secret has been written with the old."""
    world.joint.webhook_secret = "hemmelig"
    world.joint.save()
    services.keep_refused(credential=world.per_tablet, endpoint="/api/v1/readings/", codes=["x"], body=b"{", now=NOW)
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.ENCRYPTION_KEYS]
    return settings


def rotate():
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    return out.getvalue()


def test_after_it_the_old_key_can_be_taken_away(world, new_key, monkeypatch):
    monkeypatch.setattr(rotate_keys, "BATCH", 2)
    changes = ChangeEntry.objects.count()
    ids = dict(Patient.objects.values_list("pk", "national_id"))
    assert f"patients.Patient.national_id: {len(ids)} rewritten" in rotate()
    new_key.ENCRYPTION_KEYS = new_key.ENCRYPTION_KEYS[:1]
    assert dict(Patient.objects.values_list("pk", "national_id")) == ids
    assert FollowUpService.objects.get(pk=world.joint.pk).webhook_secret == "hemmelig"
    assert ChangeEntry.objects.count() == changes


def test_a_second_run_has_nothing_to_do_and_refused_submissions_wait_for_the_purge(new_key):
    rotate()
    assert rotate() == (
        "organisations.FollowUpService.webhook_secret: 0 rewritten\n"
        "patients.Patient.national_id: 0 rewritten\n"
        "patients.HomeAddress.street: 0 rewritten\n"
        "patients.HomeAddress.postal_code: 0 rewritten\n"
        "patients.HomeAddress.place: 0 rewritten\n"
        "1 refused submissions stay under an older key until they are purged after 30 days.\n"
    )


def test_what_no_key_opens_is_named_and_does_not_stop_the_rest(world, new_key):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE patients_patient SET national_id = 'x' WHERE id = %s", [world.per.pk])
    with pytest.raises(CommandError) as failed:
        rotate()
    assert str(failed.value) == f"None of the keys opens:\npatients.Patient.national_id {world.per.pk}"
    new_key.ENCRYPTION_KEYS = new_key.ENCRYPTION_KEYS[:1]
    assert Patient.objects.get(pk=world.nils.pk).national_id
