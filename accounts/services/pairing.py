"""Pairing a tablet (RFC 8628): it shows a code, and staff confirm it on the patient's page (R-299, R-311; ADR 20)."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from allauth.core import context
from allauth.idp.oidc import app_settings
from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.internal.oauthlib import device_codes
from allauth.idp.oidc.internal.oauthlib.utils import extract_params
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from oauthlib.oauth2.rfc6749.errors import OAuth2Error
from oauthlib.oauth2.rfc8628.endpoints.device_authorization import DeviceAuthorizationEndpoint

from accounts.actor import Actor
from accounts.models import DeviceCredential
from accounts.oauth import Answer, Validator
from accounts.services.credentials import OwnedPatient, require_reach

# RFC 8628 section 6.1: no vowels, so no words; nothing that looks like a digit or like another letter.
LETTERS: Final = frozenset("BCDFGHJKLMNPQRSTVWXZ")
_HALF: Final = 4


class UnknownCode(Exception):
    """No tablet shows this code now: mistyped, more than ten minutes old, or used already."""


@dataclass(frozen=True, slots=True)
class AskingTablet:
    """A tablet that shows a code: what it says that it is, and when it asked."""

    user_code: str
    device_code: str
    model: str
    asked_at: datetime


def show_code(request: HttpRequest, *, model: str) -> Answer:
    """The device authorisation answer: the code to show, the secret one to ask with, and how often.

    The request holds `client_id`. Until somebody confirms the code it is nobody's: no row is written for it.
    """
    endpoint = DeviceAuthorizationEndpoint(
        Validator(),
        f"{settings.BASE_URL}/pasienter/",
        expires_in=app_settings.DEVICE_CODE_EXPIRES_IN,
        interval=app_settings.DEVICE_CODE_INTERVAL,
        user_code_generator=get_adapter().generate_user_code,
    )
    with context.request_context(request):
        try:
            _, body, status = endpoint.create_device_authorization_response(*extract_params(request))
        except OAuth2Error as error:
            return Answer(error.status_code, json.loads(error.json))
        device_codes.create(request.POST["client_id"], None, {**body, "model": model})
    return Answer(status, body)


def find_asking(code: str) -> AskingTablet:
    """The tablet that shows the code, typed in small or capital letters, with or without the dash.

    Raises UnknownCode.
    """
    letters = "".join(letter for letter in code.upper() if letter.isalpha())
    if len(letters) != 2 * _HALF or not LETTERS.issuperset(letters):
        raise UnknownCode
    user_code = f"{letters[:_HALF]}-{letters[_HALF:]}"
    try:
        device_code, _ = device_codes.validate_user_code(user_code)
    except ValidationError:
        raise UnknownCode from None
    state = cache.get(device_codes.cache_device_code_key(device_code))
    asked = state["expires_at"] - app_settings.DEVICE_CODE_EXPIRES_IN
    return AskingTablet(user_code, device_code, state["device"]["model"], datetime.fromtimestamp(asked, tz=UTC))


@transaction.atomic
def pair_device(*, patient: OwnedPatient, code: str, label: str, by: Actor, now: datetime) -> DeviceCredential:
    """The tablet that shows the code becomes the patient's. It fetches its first secret when it asks next.

    Raises UnknownCode, also when somebody else was quicker: a code makes one tablet of one patient. PermissionDenied
    where the patient belongs to a municipality that the actor does not reach.
    """
    require_reach(by, patient.municipality_id)
    asking = find_asking(code)
    # `add` lets the first through only; the cache is in this transaction, so that both stand or neither.
    if not cache.add(f"paired:{asking.device_code}", 1, timeout=app_settings.DEVICE_CODE_EXPIRES_IN):
        raise UnknownCode
    credential = DeviceCredential.objects.create(
        municipality_id=patient.municipality_id,
        patient_id=patient.pk,
        label=label,
        paired=True,
        device_model=asking.model,
        issued_at=now,
        issued_by=by.user,
    )
    _answer(asking, confirm=True, by=by, credential=(credential.municipality_id, str(credential.pk)))
    return credential


def refuse_pairing(*, code: str, by: Actor) -> None:
    """The tablet is told no. Raises UnknownCode."""
    _answer(find_asking(code), confirm=False, by=by)


def _answer(asking: AskingTablet, *, confirm: bool, by: Actor, **found: Any) -> None:
    """What the tablet gets when it asks next. allauth keeps who confirmed, and wants that user to be active."""
    state = cache.get(device_codes.cache_device_code_key(asking.device_code))
    kept = state is not None and device_codes.update_device_state(asking.device_code, {**state, **found})
    if not kept or not device_codes.confirm_or_deny_device_code(by.user, asking.device_code, confirm=confirm):
        raise UnknownCode
