"""OpenID Connect as HelseID and ID-porten want it: what is common to the two, on top of allauth.

allauth speaks the protocol (state, PKCE, the code for the token). Two things that both require it does not know, and
they are here: the client proves itself with a signed assertion (private_key_jwt), and the request is pushed to the
provider before the browser is sent there (PAR), where the provider offers it. The token's signature is always checked.
"""

import time
from collections.abc import Callable
from typing import Any, ClassVar, Final
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

import jwt
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from requests import RequestException

from accounts.models import User

ALGORITHMS: Final = ["RS256", "PS256", "ES256"]
ASSERTION_SECONDS: Final = 60
LEEWAY_SECONDS: Final = 30

Failed = Callable[[HttpRequest, Exception | None], HttpResponse]


def assertion(key_text: str, client_id: str, audience: str) -> dict[str, str]:
    """The fields that prove to `audience` that the request is ours (RFC 7523); none in the demo, which has no key."""
    if not key_text:
        return {}
    key, now = jwt.PyJWK.from_json(key_text), int(time.time())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "iat": now,
        "nbf": now,
        "exp": now + ASSERTION_SECONDS,
        "jti": str(uuid4()),
    }
    headers = {"kid": key.key_id, "typ": "client-authentication+jwt"}
    return {
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jwt.encode(claims, key.key, algorithm=key.algorithm_name, headers=headers),
    }


class OidcClient(OAuth2Client):
    """allauth's client with a signed assertion, and with the request pushed first."""

    key = ""
    issuer = ""
    push_url = ""

    def get_redirect_url(self, authorization_url: str, scope: Any, extra_params: Any) -> str:
        """Where to send the browser. Raises OAuth2Error when the provider refuses the request."""
        whole = super().get_redirect_url(authorization_url, scope, extra_params)
        if not self.push_url:
            return whole
        wanted = dict(parse_qsl(urlsplit(whole).query))
        with get_adapter().get_requests_session() as session:
            answer = session.post(self.push_url, data={**wanted, **self._proof()})
        request_uri = answer.json().get("request_uri") if answer.ok else None
        if request_uri is None:
            raise OAuth2Error(f"The pushed request was refused: {answer.status_code}")
        pushed = {"client_id": self.consumer_key, "request_uri": request_uri}
        return f"{authorization_url}?{urlencode(pushed)}"

    def get_access_token(self, code: str, pkce_code_verifier: str | None = None, extra_data: Any = None) -> Any:
        """The tokens for the code."""
        return super().get_access_token(code, pkce_code_verifier, extra_data={**(extra_data or {}), **self._proof()})

    def _proof(self) -> dict[str, str]:
        return assertion(self.key, self.consumer_key, self.issuer)


class OidcAdapter(OpenIDConnectOAuth2Adapter):
    """allauth's OpenID Connect with our client, our address, and the signature of the token always checked."""

    client_class = OidcClient
    # The provider of the settings, the name of the setting that holds our private key, and the door it comes back to.
    called: ClassVar[str]
    key_setting: ClassVar[str]
    answer_door: ClassVar[str]

    def __init__(self, request: HttpRequest, provider_id: str = "") -> None:
        super().__init__(request, provider_id or self.called)

    def get_provider(self) -> Any:
        """The provider of the settings. Raises SocialApp.DoesNotExist where it is off."""
        provider = super().get_provider()
        provider.oauth2_adapter_class = type(self)
        return provider

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """One fixed address, which is registered with the provider."""
        return settings.BASE_URL + reverse(self.answer_door)

    def get_client(self, request: HttpRequest, app: Any) -> OidcClient:
        """The client, told what the provider says of itself."""
        client: OidcClient = super().get_client(request, app)
        client.key = getattr(settings, self.key_setting)
        client.issuer = self.openid_config["issuer"]
        client.push_url = self.openid_config.get("pushed_authorization_request_endpoint", "")
        return client

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        """What the token says. Raises OAuth2Error unless the provider signed it, for us, and it is still good.

        allauth trusts the connection it fetched the token by; the signature costs one request, so we check it.
        """
        with get_adapter().get_requests_session() as session:
            published = session.get(self.openid_config["jwks_uri"]).json()
        try:
            keys = jwt.PyJWKSet.from_dict(published).keys
            kid = jwt.get_unverified_header(id_token).get("kid")
            key = next(each for each in keys if kid in (None, each.key_id))
            found: dict[str, Any] = jwt.decode(
                id_token,
                key.key,
                algorithms=ALGORITHMS,
                audience=app.client_id,
                issuer=self.openid_config["issuer"],
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except (jwt.PyJWTError, StopIteration):
            raise OAuth2Error(f"The token of {self.called} does not hold.") from None
        return found


def to_provider(request: HttpRequest, adapter: type[OidcAdapter], failed: Failed) -> HttpResponse:
    """Send the browser there. A link, not a form: form-action 'self' would stop a form that leads elsewhere.

    Of the address only `next` counts: allauth's own view would also let a link choose scopes and parameters. Raises
    Http404 where the provider is not set up.
    """

    def go() -> HttpResponse:
        provider = adapter(request).get_provider()
        answer: HttpResponse = provider.redirect(
            request, process=AuthProcess.LOGIN, next_url=get_next_redirect_url(request)
        )
        return answer

    return _where_it_is(request, go, failed)


def from_provider(request: HttpRequest, adapter: type[OidcAdapter], failed: Failed) -> HttpResponse:
    """The browser comes back with a code. What the person is let in to, `accounts.adapters` answers."""
    view = OAuth2CallbackView.adapter_view(adapter(request))
    return _where_it_is(request, lambda: view(request), failed)


def _where_it_is(request: HttpRequest, go: Callable[[], HttpResponse], failed: Failed) -> HttpResponse:
    try:
        return go()
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except RequestException as error:
        return failed(request, error)


def let_in(request: HttpRequest, user: User, *, provider: str) -> None:
    """Sign the person in. Nothing of an earlier session lives on: staff and citizen never meet in one."""
    request.session.flush()
    get_account_adapter(request).login(request, user)
    record_authentication(request, user, method="socialaccount", provider=provider)
    UserSession.objects.create_from_request(request)
