"""Chance that can be repeated, and the tablets' secrets, which need not be stored."""

import hmac
from datetime import datetime
from hashlib import sha256
from random import Random
from typing import Final
from uuid import UUID

from django.conf import settings

from accounts.models import DeviceCredential

_PURPOSE: Final = b"demo tablet"


def rng_for(seed: int, *what: object) -> Random:
    """A stream of its own for each thing, so that one more patient does not change the others."""
    return Random("/".join(str(part) for part in (seed, *what)))


def uuid_at(rng: Random, moment: datetime) -> UUID:
    """A version 7 id as of that moment: time-ordered like the real ones, but the same for the same seed."""
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 7 << 76 | rng.getrandbits(12) << 64 | 2 << 62 | rng.getrandbits(62))


def secret_of(credential_id: UUID) -> str:
    """The secret of a demo tablet, derived from the installation's own key: the simulator can work it out again."""
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, _PURPOSE + credential_id.bytes, sha256).hexdigest()


def token_of(credential: DeviceCredential) -> str | None:
    """The bearer token of a demo tablet; None for a credential whose secret the demo does not know."""
    secret = secret_of(credential.pk)
    if not credential.accepts(secret):
        return None
    return f"dho_{credential.municipality_id}_{credential.pk.hex}_{secret}"
