"""Bearer credentials of tablets and gateways: issued, recognised and revoked. Pairing is in `pairing.py`."""

import hmac
import re
import secrets
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from allauth.idp.oidc.models import Token
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from accounts.actor import Actor
from accounts.enums import RevokedWhy
from accounts.models import DeviceCredential, User
from audit.enums import Basis
from dho.lib import rls
from dho.lib.origin import NOWHERE, Origin

# The municipality stands in the token so that row-level security can be set before the credential is looked up.
# It is no proof of anything: under a forged one the look-up finds nothing.
_TOKEN: Final = re.compile(r"dho_([0-9]{1,7})_([0-9a-f]{32})_([A-Za-z0-9_-]{8,128})")
# In every request of every device, so both statements travel together and none is composed anew.
_LOOK_UP: Final = f"""{rls.LIMIT};
SELECT id, municipality_id, patient_id, label, secret_hash, secret_expires_at, spare_hash, revoked_at, last_seen_at
FROM accounts_devicecredential WHERE id = %s AND municipality_id = %s"""  # noqa: S608 - constants
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

    def __init__(self, credential: DeviceCredential) -> None:
        super().__init__("revoked")
        self.credential = credential


class ExpiredToken(Exception):
    """The token was right, but its half hour is over: there is a newer one to be had."""


@transaction.atomic
def issue_credential(*, patient: OwnedPatient, label: str, by: Actor, now: datetime) -> tuple[DeviceCredential, str]:
    """A new credential for one device of the patient, and its token, which can never be shown again.

    Raises PermissionDenied where the patient belongs to a municipality that the actor does not reach.
    """
    require_reach(by, patient.municipality_id)
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
def revoke_credential(
    *, credential: DeviceCredential, by: Actor, now: datetime, why: RevokedWhy = RevokedWhy.STAFF
) -> None:
    """End the device's access at once. A second revocation changes nothing: the first keeps its time and person.

    Raises PermissionDenied where the credential belongs to a municipality that the actor does not reach.
    """
    require_reach(by, credential.municipality_id)
    end_access(credential, why=why, by=by.user, now=now)


def end_access(credential: DeviceCredential, *, why: RevokedWhy, by: User | None, now: datetime) -> None:
    """Also what could fetch a new secret ends; nobody (`by`) is behind a revocation for a reused token."""
    row = DeviceCredential.objects.filter(pk=credential.pk, revoked_at__isnull=True)
    if row.update(revoked_at=now, revoked_by=by, revoked_why=why):
        Token.objects.filter(type=Token.Type.REFRESH_TOKEN, hash=credential.refresh_hash).delete()
    credential.refresh_from_db()


def identify_device(*, token: str, now: datetime, origin: Origin = NOWHERE) -> DeviceCredential:
    """The credential that the token belongs to, in the running transaction, which is limited to its municipality.

    Raises UnknownDevice or RevokedDevice.
    """
    form = _TOKEN.fullmatch(token)
    if form is None:
        raise UnknownDevice
    municipality_id, credential_id, secret = int(form[1]), UUID(form[2]), form[3]
    actor = f"device:{credential_id}"
    limit = rls.limit([municipality_id], actor=actor, request_id=origin.request_id, purpose=Basis.OWN)
    found = DeviceCredential.objects.raw(_LOOK_UP, [*limit, credential_id, municipality_id])
    credential = next(iter(found), None)
    known_hash = credential.secret_hash if credential else _NO_HASH
    if not hmac.compare_digest(known_hash, DeviceCredential.hash_secret(secret)) or credential is None:
        raise UnknownDevice
    if credential.revoked_at is not None:
        raise RevokedDevice(credential)
    if credential.secret_expires_at is not None and credential.secret_expires_at <= now:
        raise ExpiredToken
    record_seen(credential, now, settled=True)
    return credential


def record_seen(credential: DeviceCredential, now: datetime, *, settled: bool = False) -> None:
    """Note that the device is alive, but not with every reading: that would double the writes.

    `settled`: a new secret has been used, so its answer arrived, and the refresh token before it has had its time.
    """
    due, settling = now - SEEN_AT_MOST_EVERY, settled and bool(credential.spare_hash)
    if settling or credential.last_seen_at is None or credential.last_seen_at <= due:
        rows = DeviceCredential.objects.filter(pk=credential.pk, secret_hash=credential.secret_hash)
        if not settling:
            rows = rows.filter(Q(last_seen_at__isnull=True) | Q(last_seen_at__lte=due))
        rows.update(last_seen_at=now, **({"spare_hash": ""} if settling else {}))


def require_reach(by: Actor, municipality_id: int) -> None:
    if municipality_id not in by.municipality_ids:
        raise PermissionDenied
