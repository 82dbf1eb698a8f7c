"""Who calls: a device or a system, by its bearer token. People use the screens, never this interface."""

from typing import Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.enums import SystemScope
from accounts.models import DeviceCredential
from accounts.services import (
    ExpiredToken,
    RevokedDevice,
    SystemAtWork,
    UnknownDevice,
    WithdrawnSystem,
    identify_device,
    identify_system,
)
from audit.enums import Action
from audit.logged import declaration_of
from audit.services import record_device_refusal
from dho.lib.origin import origin_of
from measurements.refusals import Refused

Caller = DeviceCredential | SystemAtWork


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer dho_…` (device) or `dhos_…` (system).

    Runs in the view's transaction and limits it to the municipality of whoever calls.
    """

    def authenticate(self, request: Request) -> tuple[None, Caller] | None:
        """The caller as `request.auth`; neither is a person, so there is no user."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = token.strip()
        identify: Any = identify_system if token.startswith("dhos_") else identify_device
        try:
            return None, identify(token=token, now=timezone.now(), origin=origin_of(request))
        except UnknownDevice:
            raise Refused(code="invalid_token") from None
        except ExpiredToken:
            raise Refused(code="token_expired") from None
        except WithdrawnSystem:
            raise Refused(code="system_withdrawn") from None
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


class MayCall(BasePermission):
    """A recognised device; or a system with the scope that the view names for the method."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if isinstance(request.auth, DeviceCredential):
            return True
        if not isinstance(request.auth, SystemAtWork):
            return False
        needed: SystemScope = view.scopes[request.method if request.method != "HEAD" else "GET"]
        if needed not in request.auth.scopes:
            raise Refused(code="insufficient_scope")
        return True


class DeviceAuthenticationScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document describes the credential."""

    target_class = "measurements.authentication.BearerAuthentication"
    name = "enhet"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """HTTP bearer."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "Enhet: nøkkelen fra pasientens side hos oppfølgingstjenesten, eller den som enheten hentet "
            "på /api/v1/oauth/token/ da den ble koblet til pasienten. System: nøkkelen fra samme adresse.",
        }
