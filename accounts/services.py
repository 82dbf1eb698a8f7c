"""Bearer credentials of tablets and gateways: issued, recognised and revoked. Second factors: forgotten."""

import hmac
import re
import secrets
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from accounts.actor import Actor
from accounts.models import DeviceCredential, User
from dho.lib import rls

# The municipality stands in the token so that row-level security can be set before the credential is looked up.
# It is no proof of anything: under a forged one the look-up finds nothing.
_TOKEN: Final = re.compile(r"dho_([0-9]{1,7})_([0-9a-f]{32})_([A-Za-z0-9_-]{8,128})")
# In every request of every device, so both statements travel together and none is composed anew.
_LOOK_UP: Final = f"{rls.LIMIT}; SELECT * FROM accounts_devicecredential WHERE id = %s AND municipality_id = %s"  # noqa: S608 - constants
# Compared with when no credential was found, so that both answers take the same time.
_NO_HASH: Final = "0" * 64
SEEN_AT_MOST_EVERY: Final = timedelta(minutes=1)


class OwnedPatient(Protocol):
    """What a credential needs to know of its patient; `patients.models.Patient` is one, and lies above this app."""

    @property
    def pk(self) -> UUID: ...
    @property
    def municipality_id(self) -> int: ...


class UnknownDevice(Exception):
    """No credential fits the token. It is not said whether the id, the secret or the municipality is wrong."""


class RevokedDevice(Exception):
    """The token is right, but someone has revoked it."""


@transaction.atomic
def issue_credential(*, patient: OwnedPatient, label: str, by: Actor, now: datetime) -> tuple[DeviceCredential, str]:
    """A new credential for one device of the patient, and its token, which can never be shown again.

    Raises PermissionDenied where the patient belongs to a municipality that the actor does not reach.
    """
    _require_reach(by, patient.municipality_id)
    secret = secrets.token_urlsafe(32)
    credential = DeviceCredential.objects.create(
        municipality_id=patient.municipality_id,
        patient_id=patient.pk,
        label=label,
        secret_hash=DeviceCredential.hash_secret(secret),
        issued_at=now,
        issued_by=by.user,
    )
    return credential, f"dho_{credential.municipality_id}_{credential.pk.hex}_{secret}"


@transaction.atomic
def revoke_credential(*, credential: DeviceCredential, by: Actor, now: datetime) -> None:
    """End the device's access at once. A second revocation changes nothing: the first keeps its time and person.

    Raises PermissionDenied where the credential belongs to a municipality that the actor does not reach.
    """
    _require_reach(by, credential.municipality_id)
    DeviceCredential.objects.filter(pk=credential.pk, revoked_at__isnull=True).update(
        revoked_at=now, revoked_by=by.user
    )
    credential.refresh_from_db()


def identify_device(*, token: str, now: datetime) -> DeviceCredential:
    """The credential that the token belongs to, in the running transaction, which is limited to its municipality.

    Raises UnknownDevice or RevokedDevice.
    """
    form = _TOKEN.fullmatch(token)
    if form is None:
        raise UnknownDevice
    municipality_id, credential_id, secret = int(form[1]), UUID(form[2]), form[3]
    limit = rls.limit([municipality_id], actor=f"device:{credential_id}")
    found = DeviceCredential.objects.raw(_LOOK_UP, [*limit, credential_id, municipality_id])
    credential = next(iter(found), None)
    known_hash = credential.secret_hash if credential else _NO_HASH
    if not hmac.compare_digest(known_hash, DeviceCredential.hash_secret(secret)) or credential is None:
        raise UnknownDevice
    if credential.revoked_at is not None:
        raise RevokedDevice
    _record_seen(credential, now)
    return credential


@transaction.atomic
def forget_second_factor(*, user: User) -> None:
    """Let a person who has lost phone and recovery codes set up anew, and end all sessions of that person.

    Only who runs the installation calls this, from the command line: nobody in the product may weaken another's login.
    """
    Authenticator.objects.filter(user=user).delete()
    for session in UserSession.objects.filter(user=user):
        session.end()


def _record_seen(credential: DeviceCredential, now: datetime) -> None:
    """Note that the device is alive, but not with every reading: that would double the writes."""
    due = now - SEEN_AT_MOST_EVERY
    if credential.last_seen_at is None or credential.last_seen_at <= due:
        rows = DeviceCredential.objects.filter(Q(last_seen_at__isnull=True) | Q(last_seen_at__lte=due))
        rows.filter(pk=credential.pk).update(last_seen_at=now)


def _require_reach(by: Actor, municipality_id: int) -> None:
    if municipality_id not in by.municipality_ids:
        raise PermissionDenied
