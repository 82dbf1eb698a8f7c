"""People and their memberships."""

from datetime import timedelta
from functools import cache

from django.contrib.auth.hashers import make_password

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import DeviceCredential, Membership, User
from accounts.queries import work_of
from patients.models import Patient
from tests.factories.clock import NOW
from tests.factories.organisations import ALWAYS

PASSWORD = "korrekt hest batteri"


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


def make_membership(user: User, role: Role, **fields) -> Membership:
    """The person in the role, from long ago until further notice."""
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
