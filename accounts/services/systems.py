"""The municipality's other systems: registered, given a secret, recognised by their token and withdrawn."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Client, Token
from django.db import transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.actor import Actor
from accounts.enums import SystemKind, SystemScope
from accounts.models import SystemClient
from accounts.services.credentials import ExpiredToken, UnknownDevice, require_reach
from audit.enums import Basis
from dho.lib import rls
from dho.lib.origin import NOWHERE, Origin

_TOKEN: Final = re.compile(r"dhos_([0-9]{1,7})_([0-9a-f]{32})_[A-Za-z0-9_-]{8,128}")
# One round trip, as for devices. allauth's table knows the token and when it ends, ours what the system may do now.
_LOOK_UP: Final = f"""{rls.LIMIT};
SELECT s.*, t.expires_at AS token_expires_at, t.scopes AS token_scopes FROM accounts_systemclient s
JOIN allauth_idp_oidc_token t ON t.client_id = s.client_id AND t.type = 'at' AND t.hash = %s
WHERE s.id = %s AND s.municipality_id = %s"""  # noqa: S608 - constants


class WithdrawnSystem(Exception):
    """The token is right, but the system has been withdrawn, or its days are over."""


@dataclass(frozen=True, slots=True)
class SystemAtWork:
    """A system in one request: at one patient, or at none yet. To services what a device's credential is."""

    system: SystemClient
    scopes: frozenset[str]
    patient_id: UUID | None = None

    @property
    def pk(self) -> UUID:
        """The system's id: it is the one who acts."""
        return self.system.pk

    @property
    def label(self) -> str:
        """Its name."""
        return self.system.name

    @property
    def municipality_id(self) -> int:
        """Whose system it is, and whose patients it may have to do with."""
        return self.system.municipality_id


@transaction.atomic
def register_system(
    *,
    name: str,
    kind: SystemKind,
    scopes: Iterable[SystemScope],
    valid_from: date,
    valid_until: date | None,
    by: Actor,
    now: datetime,
) -> tuple[SystemClient, str]:
    """A new system of the municipality that the actor works for, and its secret, which can never be shown again."""
    assert by.employer_id is not None  # noqa: S101 - an administrator works for a municipality
    require_reach(by, by.employer_id)
    pk, secret, chosen = uuid7(), _new_secret(), [SystemScope(scope).value for scope in scopes]
    client = Client(pk=f"dho-{by.employer_id}-{pk.hex}", name=name, type=Client.Type.CONFIDENTIAL)
    client.set_scopes(chosen)
    client.set_default_scopes(chosen)
    client.set_grant_types([Client.GrantType.CLIENT_CREDENTIALS])
    client.set_response_types([])
    client.set_secret(secret)
    client.save(force_insert=True)
    system = SystemClient.objects.create(
        pk=pk,
        municipality_id=by.employer_id,
        client=client,
        name=name,
        kind=kind,
        scopes=chosen,
        valid_from=valid_from,
        valid_until=valid_until,
        registered_at=now,
        registered_by=by.user,
    )
    return system, secret


@transaction.atomic
def renew_secret(*, system: SystemClient, by: Actor, now: datetime) -> str:
    """A new secret. The old one dies with every access token that it has got."""
    require_reach(by, system.municipality_id)
    secret = _new_secret()
    system.client.set_secret(secret)
    system.client.save(update_fields=["secret"])
    Token.objects.filter(client=system.client).delete()
    system.renewed_at, system.renewed_by = now, by.user
    system.save(update_fields=["renewed_at", "renewed_by"])
    return secret


@transaction.atomic
def withdraw_system(*, system: SystemClient, by: Actor, now: datetime) -> None:
    """End the system's access at once. A second time changes nothing."""
    require_reach(by, system.municipality_id)
    standing = SystemClient.objects.filter(pk=system.pk, withdrawn_at__isnull=True)
    standing.update(withdrawn_at=now, withdrawn_by=by.user)
    system.refresh_from_db()


def _new_secret() -> str:
    """Without signs that a header or a form would have to write in another way."""
    return secrets.token_urlsafe(32)


def identify_system(*, token: str, now: datetime, origin: Origin = NOWHERE) -> SystemAtWork:
    """The system that the token belongs to, in the running transaction, which is limited to its municipality.

    Raises UnknownDevice, ExpiredToken or WithdrawnSystem.
    """
    form = _TOKEN.fullmatch(token)
    if form is None:
        raise UnknownDevice
    municipality_id, system_id = int(form[1]), UUID(form[2])
    limit = rls.limit(
        [municipality_id], actor=f"system:{system_id}", request_id=origin.request_id, purpose=Basis.HEALTH_CARE
    )
    token_hash = get_adapter().hash_token(token)
    found = SystemClient.objects.raw(_LOOK_UP, [*limit, token_hash, system_id, municipality_id])
    # With the columns of the token, which the model does not know.
    system: Any = next(iter(found), None)
    if system is None:
        raise UnknownDevice
    if not system.in_force(timezone.localdate(now)):
        raise WithdrawnSystem
    if system.token_expires_at <= now:
        raise ExpiredToken
    return SystemAtWork(system, frozenset(system.scopes) & frozenset(system.token_scopes.split()))
