"""People and their memberships."""

import time
from datetime import timedelta
from functools import cache

from allauth.account.internal.flows.login import record_authentication
from allauth.idp.oidc.models import Client as OAuthClient
from allauth.idp.oidc.models import Token
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth.hashers import make_password
from django.core.cache import cache as django_cache
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts import sessions
from accounts.actor import Actor
from accounts.enums import Role, SystemKind, SystemScope
from accounts.models import DeviceCredential, Membership, SystemClient, User
from accounts.queries import work_of
from patients.models import Patient
from tests.factories.clock import NOW
from tests.factories.organisations import ALWAYS

PASSWORD = "korrekt hest batteri"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def make_user(username: str, given: str, family: str, **fields) -> User:
    """A person who can sign in with PASSWORD."""
    return User.objects.create(
        username=username,
        password=_hashed(),
        first_name=given,
        last_name=family,
        email=f"{username}@example.org",
        **fields,
    )


@cache
def _hashed() -> str:
    """Argon2 is slow on purpose: once per run is enough."""
    return make_password(PASSWORD)


def let_in(browser: Client, user: User, *, method: str = "mfa") -> Client:
    """The browser as after signing in with password and one-time code, without the two pages.

    `method` is how the person showed who they are: "mfa", "socialaccount" (HelseID), or only "password".
    """
    browser.force_login(user, backend=BACKEND)
    request = HttpRequest()
    request.session = browser.session
    sessions.begin(request.session, now=timezone.now())
    record_authentication(request, user, method=method)
    request.session.save()
    return browser


def make_app(user: User) -> Authenticator:
    """The code app on the person's phone."""
    return TOTP.activate(user, SECRET).instance


def code_of(user: User, secret: str = SECRET) -> str:
    """What the code app shows now. A test signs in oftener than a person, so that a code may have been used before."""
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    django_cache.delete(f"allauth.mfa.totp.used?user={user.pk}&code={code}")
    return code


def make_membership(user: User, role: Role, **fields) -> Membership:
    """The person in the role, from long ago until further notice; a partner's person for the one it works for."""
    if "partner" in fields and not {"party", "party_id"} & set(fields):
        fields["party_id"] = fields["partner"].agreements.values_list("party_id", flat=True).first() or 340100
    fields.setdefault("valid_from", ALWAYS)
    return Membership.objects.create(user=user, role=role, **fields)


def actor_of(user: User, on=NOW) -> Actor:
    """The person at work in the first membership."""
    return work_of(user, on=on.date())[0]


def make_device(patient: Patient, issued_by: User, secret: str = "hemmelig-tilgang", **fields) -> DeviceCredential:
    """A tablet of the patient whose bearer token is token_of(device, secret)."""
    fields.setdefault("label", "Nettbrett")
    fields.setdefault("issued_at", NOW - timedelta(days=60))
    return DeviceCredential.objects.create(
        municipality_id=patient.municipality_id,
        patient_id=patient.pk,
        secret_hash=DeviceCredential.hash_secret(secret),
        issued_by=issued_by,
        **fields,
    )


def token_of(device: DeviceCredential, secret: str = "hemmelig-tilgang") -> str:
    """The bearer token that the tablet holds."""
    return f"dho_{device.municipality_id}_{device.pk.hex}_{secret}"


def make_system(municipality_id: int, registered_by: User, **fields) -> tuple[SystemClient, str]:
    """A system that may do everything, and an access token of its that is good for half an hour from NOW."""
    pk, name = uuid7(), fields.pop("name", "Profil")
    client = OAuthClient.objects.create(pk=f"dho-{municipality_id}-{pk.hex}", name=name, secret="!")
    fields = {"kind": SystemKind.EPJ, "scopes": SystemScope.values, "valid_from": ALWAYS} | fields
    system = SystemClient.objects.create(
        pk=pk, municipality_id=municipality_id, client=client, name=name, registered_at=NOW,
        registered_by=registered_by, **fields,
    )  # fmt: skip
    token = f"dhos_{municipality_id}_{pk.hex}_{'s' * 64}"
    row = Token(type=Token.Type.ACCESS_TOKEN, client=client, expires_at=NOW + timedelta(minutes=30))
    row.set_scopes(system.scopes)
    row.set_value(token)
    row.save()
    return system, token
