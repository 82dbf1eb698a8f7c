"""What we decide differently from allauth's OAuth (ADR 20): nobody stands behind a token, and it names its holder.

Only token requests and the device grant are ours to offer; `accounts/api_urls.py` has the two addresses. allauth's own
pages, with their log-in and consent for people, are reachable nowhere.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.core.internal.httpkit import extract_basic_auth
from allauth.idp.oidc import app_settings
from allauth.idp.oidc.internal.oauthlib.request_validator import OAuthLibRequestValidator
from allauth.idp.oidc.internal.oauthlib.utils import convert_response, extract_params, get_validator_context
from allauth.idp.oidc.models import Token
from allauth.idp.oidc.views import TokenView
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.http import urlencode
from oauthlib.common import Request
from oauthlib.oauth2.rfc6749.errors import InvalidGrantError
from oauthlib.openid import Server

# The apps of vendors pair themselves over REST; our own web page under /nettbrett/ does, on behalf of its browser.
APP_CLIENT: Final = "dho-tablet"
WEB_CLIENT: Final = "dho-tablet-web"
DEVICE_CODE: Final = "urn:ietf:params:oauth:grant-type:device_code"
_LONGEST: Final = 2000


@dataclass(frozen=True, slots=True)
class Answer:
    """What the token endpoint says, by RFC 6749 section 5."""

    status: int
    body: dict[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether it gave what was asked for."""
        return self.status == HTTPStatus.OK


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose a token is. It begins the token, so that row-level security can be set before anything is looked up."""

    prefix: str
    municipality_id: int
    pk: UUID

    def token(self, kind: str = "") -> str:
        """A new token, as allauth makes them, with the holder in front."""
        return f"{self.prefix}{kind}_{self.municipality_id}_{self.pk.hex}_{secrets.token_urlsafe(48)}"


def refused(error: str, description: str, *, status: int = HTTPStatus.BAD_REQUEST) -> Answer:
    """A refusal with the code of the RFC and one sentence."""
    return Answer(status, {"error": error, "error_description": description})


def is_over(request: HttpRequest, action: str, *, key: str | None = None, count: bool = True) -> bool:
    """Whether there have been too many of these (`IDP_OIDC_RATE_LIMITS`); this one is counted, if it is to be.

    Whom they are counted for, `key` says: an address as `dho.lib.origin` knows it, or without one the signed-in user.
    """
    usage = ratelimit.consume(
        request, app="allauth.idp.oidc", action=action, key=key, dry_run=not count, limit_get=True
    )
    return usage is None


def form_of(request: HttpRequest, sent: QueryDict) -> dict[str, str] | None:
    """The fields of a token request, the client's name and secret among them; None where they cannot be fields.

    A field twice, control characters (which no column takes) and `resource` (RFC 8707), which we have no use for.
    """
    if any(len(values) != 1 for _, values in sent.lists()) or "resource" in sent:
        return None
    fields = {name: value for name, value in sent.items() if isinstance(value, str)}
    name, secret = extract_basic_auth(request.headers)
    if name and secret:
        fields |= {"client_id": name, "client_secret": secret}
    tidy = all(len(value) <= _LONGEST and value.isprintable() for value in fields.values())
    return fields if tidy else None


def form_request(request: HttpRequest, fields: Mapping[str, str]) -> HttpRequest:
    """A request with these fields and nothing else of the caller's but where it came from: what allauth gets to see."""
    made = HttpRequest()
    made.method, made.path, made.POST = "POST", request.path, QueryDict(urlencode(fields))
    dropped = ("HTTP_AUTHORIZATION", "QUERY_STRING", "HTTP_COOKIE")
    made.META = {key: value for key, value in request.META.items() if key not in dropped}
    made.META["CONTENT_TYPE"] = "application/x-www-form-urlencoded"
    return made


def ask(request: HttpRequest, *, holder: Holder | None = None) -> Answer:
    """allauth's token endpoint. Without a holder it can only refuse, and says why in the RFC's words."""
    with context.request_context(request):
        answer = _Tokens(holder=holder).post(request)
    return Answer(answer.status_code, json.loads(answer.content))


class Validator(OAuthLibRequestValidator):
    """allauth's rules, for tokens of nobody."""

    def validate_refresh_token(self, refresh_token: Any, client: Any, request: Request, *args: Any, **kw: Any) -> bool:
        """allauth wants a person who is still active; a tablet is none, and ends with its credential."""
        tokens = Token.objects.filter(client=client, user__isnull=True)
        token = tokens.lookup(Token.Type.REFRESH_TOKEN, refresh_token)
        if token is None:
            return False
        request.user = None
        get_validator_context().refresh_token = token
        return True


class _Tokens(TokenView):
    """allauth's view, with a server that names the tokens."""

    holder: Holder | None = None

    def _pre_token(self, orequest: Request, user: Any, data: dict[str, Any] | None) -> None:
        """The nurse who confirmed a code must not become the person of the tablet's tokens."""
        super()._pre_token(orequest, user, data)
        orequest.user = None

    def _create_token_response(
        self, request: HttpRequest, *, user: Any = None, data: dict[str, Any] | None = None
    ) -> HttpResponse:
        if self.holder is None:
            raise InvalidGrantError
        server = Server(
            request_validator=Validator(),
            token_expires_in=app_settings.ACCESS_TOKEN_EXPIRES_IN,
            token_generator=lambda _: self.holder.token(),
            refresh_token_generator=lambda _: self.holder.token("r"),
            pre_token=[lambda orequest: self._pre_token(orequest, user, data)],
        )
        answer: HttpResponse = convert_response(*server.create_token_response(*extract_params(request)))
        return answer
