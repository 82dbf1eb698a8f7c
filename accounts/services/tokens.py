"""The token endpoint: a paired tablet fetches and renews its secret, a system gets one for half an hour (ADR 20).

A refresh token is good once. Used again it is a sign that somebody has copied it, and the whole pairing is revoked. But
an answer may get lost on a bad network, so the token before is good until something of its answer has been used.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.internal.oauthlib import device_codes
from allauth.idp.oidc.models import Token
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.enums import RevokedWhy
from accounts.models import DeviceCredential, SystemClient
from accounts.oauth import APP_CLIENT, DEVICE_CODE, WEB_CLIENT, Answer, Holder, ask, is_over, refused
from accounts.services.credentials import RevokedDevice, UnknownDevice, end_access
from audit.enums import Action, Basis
from audit.services import record_device_refusal
from dho.lib import rls
from dho.lib.origin import Origin

_REFRESH: Final = re.compile(r"dhor_([0-9]{1,7})_([0-9a-f]{32})_[A-Za-z0-9_-]{8,128}")
# What oauthlib makes. Anything else is no key for the cache.
_DEVICE_CODE: Final = re.compile(r"[A-Za-z0-9]{1,128}")
_SYSTEM: Final = re.compile(r"dho-([0-9]{1,7})-([0-9a-f]{32})")
KEPT_FOR: Final = timedelta(days=90)
_PUBLIC: Final = {APP_CLIENT, WEB_CLIENT}


@transaction.atomic
def answer_token_request(request: HttpRequest, *, now: datetime, origin: Origin) -> Answer:
    """What RFC 6749 and 8628 say, with RFC 6749's codes. `request` holds the fields and nothing else."""
    grants: Mapping[str, Callable[..., Answer]] = {
        DEVICE_CODE: _first,
        "refresh_token": _renewed,
        "client_credentials": _for_system,
    }
    grant = grants.get(request.POST.get("grant_type", ""))
    if grant is None:
        return refused("unsupported_grant_type", f"Use one of {', '.join(grants)}.")
    return grant(request, now=now, origin=origin)


def _first(request: HttpRequest, *, now: datetime, origin: Origin) -> Answer:
    """The first secret of a tablet whose code somebody has confirmed; before that, «authorization_pending»."""
    code = request.POST.get("device_code", "")
    if code and not _DEVICE_CODE.fullmatch(code):
        return refused("invalid_grant", "The device code is not valid.")
    state = cache.get(device_codes.cache_device_code_key(code))
    if state is None or not state["granted"]:
        return ask(request)
    credential = _locked(*state["credential"], origin=origin)
    if credential is None or credential.revoked_at is not None:
        return refused("access_denied", "Pairing was revoked.")
    if credential.last_seen_at is not None:
        # Somebody has begun to use the secret, so the code has had its time.
        return refused("invalid_grant", "The code has been used.")
    answer = ask(request, holder=_holder(credential))
    if answer.ok:
        # allauth forgets the code now. Should this answer get lost, the tablet may ask again.
        device_codes.update_device_state(code, state)
        Token.objects.filter(type=Token.Type.REFRESH_TOKEN, hash=credential.refresh_hash).delete()
        _keep(credential, answer, spare="", now=now)
    return answer


def _renewed(request: HttpRequest, *, now: datetime, origin: Origin) -> Answer:
    """A new secret and a new refresh token for the old one."""
    sent = request.POST.get("refresh_token", "")
    named = _REFRESH.fullmatch(sent)
    credential = _locked(int(named[1]), UUID(named[2]), origin=origin) if named else None
    if credential is None:
        return refused("invalid_grant", "The refresh token is not valid.")
    presented = get_adapter().hash_token(sent)
    if credential.revoked_at is not None:
        return refused("invalid_grant", "The device has been revoked.")
    if presented not in (credential.spare_hash, credential.refresh_hash):
        return _not_current(credential, presented, now=now, origin=origin)
    with transaction.atomic():
        if presented == credential.spare_hash:
            _take_back(credential, presented, now)
        answer = ask(request, holder=_holder(credential))
        if answer.ok:
            _keep(credential, answer, spare=presented, now=now)
        # Refused after all, by another client's name for instance: then nothing has been taken back either.
        transaction.set_rollback(not answer.ok)
    return answer


def _for_system(request: HttpRequest, *, now: datetime, origin: Origin) -> Answer:
    """A secret for half an hour. The client's name says the municipality, as tokens do."""
    unknown = refused("invalid_client", "Unknown client, or wrong secret.", status=HTTPStatus.UNAUTHORIZED)
    name = request.POST.get("client_id", "")
    named = _SYSTEM.fullmatch(name)
    tries = f"{name} {origin.address}"
    if named is None or is_over(request, "system_secret", key=tries, count=False):
        return unknown
    rls.limit_to([int(named[1])], actor=f"system:{named[2]}", request_id=origin.request_id, purpose=Basis.HEALTH_CARE)
    system = SystemClient.objects.filter(client_id=name).first()
    if system is None or not system.in_force(timezone.localdate(now)):
        return unknown
    answer = ask(request, holder=Holder("dhos", system.municipality_id, system.pk))
    if answer.status == HTTPStatus.UNAUTHORIZED:
        is_over(request, "system_secret", key=tries)
        return unknown
    return answer


def find_by_refresh_token(token: str, *, client: str, now: datetime, origin: Origin) -> DeviceCredential:
    """The paired tablet that holds this refresh token, which is not used up by it; a browser keeps it as a cookie.

    Raises UnknownDevice, also for the token of another `client`, or RevokedDevice. One that was used before revokes the
    pairing here too.
    """
    named = _REFRESH.fullmatch(token)
    credential = _locked(int(named[1]), UUID(named[2]), origin=origin) if named else None
    if credential is None:
        raise UnknownDevice
    presented = get_adapter().hash_token(token)
    current = presented in (credential.refresh_hash, credential.spare_hash)
    if not current and credential.revoked_at is None:
        _not_current(credential, presented, now=now, origin=origin)
    if credential.revoked_at is not None:
        raise RevokedDevice(credential)
    standing = Token.objects.filter(type=Token.Type.REFRESH_TOKEN, hash=credential.refresh_hash, client_id=client)
    if not current or not standing.exists():
        raise UnknownDevice
    return credential


def purge_tokens(*, now: datetime) -> int:
    """Remove access tokens that are over, and used refresh tokens after 90 days. Returns how many were removed."""
    over = Token.objects.filter(expires_at__lt=now - timedelta(days=1))
    access, _ = over.filter(type=Token.Type.ACCESS_TOKEN).delete()
    used, _ = over.filter(expires_at__lt=now - KEPT_FOR).delete()
    return int(access + used)


def _locked(municipality_id: int, credential_id: UUID | str, *, origin: Origin) -> DeviceCredential | None:
    """The credential, for one request at a time: two that renew at once must not both get something."""
    actor = f"device:{credential_id}"
    rls.limit_to([municipality_id], actor=actor, request_id=origin.request_id, purpose=Basis.OWN)
    return (
        DeviceCredential.objects.select_for_update().filter(pk=credential_id, municipality_id=municipality_id).first()
    )


def _holder(credential: DeviceCredential) -> Holder:
    return Holder("dho", credential.municipality_id, credential.pk)


def _keep(credential: DeviceCredential, answer: Answer, *, spare: str, now: datetime) -> None:
    """The hashes of what was given. The access token is looked up by its credential, so allauth's row for it goes."""
    adapter, access, refresh = get_adapter(), answer.body["access_token"], answer.body["refresh_token"]
    Token.objects.filter(type=Token.Type.ACCESS_TOKEN, hash=adapter.hash_token(access)).delete()
    if spare:
        _remember_used(credential, spare, now)
    credential.secret_hash = DeviceCredential.hash_secret(access.split("_", 3)[3])
    credential.secret_expires_at = now + timedelta(seconds=answer.body["expires_in"])
    credential.refresh_hash, credential.spare_hash = adapter.hash_token(refresh), spare
    credential.save(update_fields=["secret_hash", "secret_expires_at", "refresh_hash", "spare_hash"])


def _remember_used(credential: DeviceCredential, presented: str, now: datetime) -> None:
    """As a refresh token that is over: allauth takes it for nothing, and we know it again."""
    used = {"type": Token.Type.REFRESH_TOKEN, "hash": presented, "expires_at": now}
    Token.objects.create(**used, created_at=now, data={"credential": str(credential.pk)})


def _take_back(credential: DeviceCredential, presented: str, now: datetime) -> None:
    """The tablet never got what it was given last: that dies, and the token that the tablet has counts again."""
    Token.objects.filter(type=Token.Type.REFRESH_TOKEN, hash=presented).delete()
    Token.objects.filter(type=Token.Type.REFRESH_TOKEN, hash=credential.refresh_hash).update(hash=presented)
    # Whoever shows it all the same has got it in some other way.
    _remember_used(credential, credential.refresh_hash, now)


def _not_current(credential: DeviceCredential, presented: str, *, now: datetime, origin: Origin) -> Answer:
    """Used before: then there are two who hold it, and nobody knows which is the patient's. Else just wrong."""
    used = Token.objects.filter(type=Token.Type.REFRESH_TOKEN, hash=presented, data__credential=str(credential.pk))
    if used.exists():
        end_access(credential, why=RevokedWhy.REUSED, by=None, now=now)
        record_device_refusal(Action.REUSE_KEY, device=credential, origin=origin, now=now)
        return refused("invalid_grant", "The refresh token has been used before. The device has been revoked.")
    return refused("invalid_grant", "The refresh token is not valid.")
