"""The patient's own PIN on a paired tablet: who picks the tablet up is not yet the patient (R-299)."""

from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Final

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.models import PIN_TRIES, DeviceCredential
from accounts.services.credentials import record_seen, require_reach

SHORTEST: Final = 4
LONGEST: Final = 6


class PinRefused(Exception):
    """The PIN cannot be chosen. The text says why, to the patient."""


class Opening(StrEnum):
    """What became of a PIN that was typed in."""

    OPEN = "OPEN"
    WRONG = "WRONG"
    LOCKED = "LOCKED"


def check_choice(pin: str, *, birth_date: date) -> None:
    """Raises PinRefused for what somebody who finds the tablet would try first."""
    if not (pin.isascii() and pin.isdigit() and SHORTEST <= len(pin) <= LONGEST):
        raise PinRefused(_("PIN-koden må ha fire til seks tall."))
    steps = {int(second) - int(first) for first, second in pairwise(pin)}
    if len(steps) == 1 and steps <= {-1, 0, 1}:
        raise PinRefused(_("Denne PIN-koden er lett å gjette. Ikke bruk like tall eller tall på rad."))
    if len(set(pin)) == 2 and pin == pin[:2] * (len(pin) // 2):
        raise PinRefused(_("Denne PIN-koden er lett å gjette. Ikke gjenta de samme to tallene."))
    born = [birth_date.strftime(form) for form in ("%Y", "%d%m", "%m%d", "%d%m%y", "%y%m%d", "%m%y")]
    if pin in born:
        raise PinRefused(_("Denne PIN-koden er lett å gjette. Ikke bruk fødselsåret eller fødselsdagen din."))


@transaction.atomic
def set_pin(*, credential: DeviceCredential, pin: str, birth_date: date, now: datetime) -> None:
    """The patient chooses a PIN on a tablet that has none. Raises PinRefused."""
    check_choice(pin, birth_date=birth_date)
    unset = DeviceCredential.objects.filter(pk=credential.pk, pin_hash="", paired=True, revoked_at__isnull=True)
    if not unset.update(pin_hash=make_password(pin), pin_failures=0):
        raise PinRefused(_("PIN-koden er valgt allerede. Skriv PIN-koden for å åpne."))
    credential.refresh_from_db()
    record_seen(credential, now)


@transaction.atomic
def open_with_pin(*, credential: DeviceCredential, pin: str, now: datetime) -> Opening:
    """Right opens and forgets the wrong ones before; five wrong in a row lock, and then the right one opens nothing."""
    locked = DeviceCredential.objects.select_for_update().get(pk=credential.pk)
    if locked.pin_locked:
        return Opening.LOCKED
    right = bool(locked.pin_hash) and check_password(pin[:LONGEST], locked.pin_hash)
    locked.pin_failures = 0 if right and len(pin) <= LONGEST else locked.pin_failures + 1
    locked.save(update_fields=["pin_failures"])
    credential.pin_failures = locked.pin_failures
    if locked.pin_failures:
        return Opening.LOCKED if locked.pin_failures >= PIN_TRIES else Opening.WRONG
    record_seen(locked, now)
    return Opening.OPEN


@transaction.atomic
def reset_pin(*, credential: DeviceCredential, by: Actor) -> None:
    """Staff have seen that it is the patient: a new PIN is chosen on the tablet, and a locked one opens again.

    Raises PermissionDenied where the credential belongs to a municipality that the actor does not reach.
    """
    require_reach(by, credential.municipality_id)
    DeviceCredential.objects.filter(pk=credential.pk).update(pin_hash="", pin_failures=0)
    credential.refresh_from_db()
