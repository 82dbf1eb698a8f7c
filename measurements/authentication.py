"""Who calls: a device by its bearer credential. People use the screens, never this interface."""

from typing import Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import DeviceCredential
from accounts.services import RevokedDevice, UnknownDevice, identify_device
from audit.enums import Action
from audit.logged import declaration_of
from audit.services import record_device_refusal
from dho.lib.origin import origin_of
from measurements.refusals import Refused


class DeviceAuthentication(BaseAuthentication):
    """`Authorization: Bearer dho_…`. Runs in the view's transaction and limits it to the device's municipality."""

    def authenticate(self, request: Request) -> tuple[None, DeviceCredential] | None:
        """The credential as `request.auth`; a device is not a person, so there is no user."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            return None, identify_device(token=token.strip(), now=timezone.now(), origin=origin_of(request))
        except UnknownDevice:
            raise Refused(code="invalid_token") from None
        except RevokedDevice as revoked:
            # The only refusal here with somebody behind it.
            record_device_refusal(
                tried(request), device=revoked.credential, origin=origin_of(request), now=timezone.now()
            )
            raise Refused(code="device_revoked") from None

    def authenticate_header(self, request: Request) -> str:
        """Makes the answer a 401, with this challenge."""
        return "Bearer"


def tried(request: Request) -> Action:
    """What the device wanted: what the view's method says that it logs, else to send something in."""
    view = request.parser_context["view"]
    logged = declaration_of(type(view), request.method or "")
    return logged.actions[0] if logged and logged.actions else Action.SEND


class IsDevice(BasePermission):
    """Only a recognised device."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.auth, DeviceCredential)


class DeviceAuthenticationScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document describes the credential."""

    target_class = "measurements.authentication.DeviceAuthentication"
    name = "enhet"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """HTTP bearer."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "Enhetens nøkkel, fra pasientens side hos oppfølgingstjenesten. Den vises bare én gang.",
        }
