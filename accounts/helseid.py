"""HelseID, by OpenID Connect: how we prove who we are, whom we let in, and what we say to the others.

allauth speaks the protocol (state, PKCE, the code for the token). Two things that HelseID requires it does not know,
and they are here: the client proves itself with a signed assertion (private_key_jwt), and the request is pushed
to HelseID before the browser is sent there (PAR), where the provider offers it.
"""

import logging
import time
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

import jwt
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse

from accounts.models import User
from dho.lib.encryption import blind_index

log = logging.getLogger(__name__)

PID: Final = "helseid://claims/identity/pid"
HPR_NUMBER: Final = "helseid://claims/hpr/hpr_number"
SECURITY_LEVEL: Final = "helseid://claims/identity/security_level"
REQUIRED_LEVEL: Final = "4"
ALGORITHMS: Final = ["RS256", "PS256", "ES256"]
ASSERTION_SECONDS: Final = 60
LEEWAY_SECONDS: Final = 30


def assertion(client_id: str, audience: str) -> dict[str, str]:
    """The fields that prove to `audience` that the request is ours (RFC 7523); none in the demo, which has no key."""
    if not settings.HELSEID_KEY:
        return {}
    key, now = jwt.PyJWK.from_json(settings.HELSEID_KEY), int(time.time())
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


class HelseIdClient(OAuth2Client):
    """allauth's client with a signed assertion, and with the request pushed first."""

    issuer = ""
    push_url = ""

    def get_redirect_url(self, authorization_url: str, scope: Any, extra_params: Any) -> str:
        """Where to send the browser. Raises OAuth2Error when HelseID refuses the request."""
        whole = super().get_redirect_url(authorization_url, scope, extra_params)
        if not self.push_url:
            return whole
        wanted = dict(parse_qsl(urlsplit(whole).query))
        with get_adapter().get_requests_session() as session:
            answer = session.post(self.push_url, data={**wanted, **assertion(self.consumer_key, self.issuer)})
        request_uri = answer.json().get("request_uri") if answer.ok else None
        if request_uri is None:
            raise OAuth2Error(f"HelseID refused the pushed request: {answer.status_code}")
        pushed = {"client_id": self.consumer_key, "request_uri": request_uri}
        return f"{authorization_url}?{urlencode(pushed)}"

    def get_access_token(self, code: str, pkce_code_verifier: str | None = None, extra_data: Any = None) -> Any:
        """The tokens for the code."""
        proof = assertion(self.consumer_key, self.issuer)
        return super().get_access_token(code, pkce_code_verifier, extra_data={**(extra_data or {}), **proof})


class HelseIdAdapter(OpenIDConnectOAuth2Adapter):
    """allauth's OpenID Connect with our client, our address, and the signature of the token always checked."""

    client_class = HelseIdClient

    def __init__(self, request: HttpRequest, provider_id: str = "helseid") -> None:
        super().__init__(request, provider_id)

    def get_provider(self) -> Any:
        """The provider of the settings. Raises SocialApp.DoesNotExist where HelseID is off."""
        provider = super().get_provider()
        provider.oauth2_adapter_class = HelseIdAdapter
        return provider

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """One fixed address, which is registered with HelseID."""
        return settings.BASE_URL + reverse("helseid-answer")

    def get_client(self, request: HttpRequest, app: Any) -> HelseIdClient:
        """The client, told what the provider says of itself."""
        client: HelseIdClient = super().get_client(request, app)
        client.issuer = self.openid_config["issuer"]
        client.push_url = self.openid_config.get("pushed_authorization_request_endpoint", "")
        return client

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        """What the token says. Raises OAuth2Error unless HelseID signed it, for us, and it is still good.

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
            raise OAuth2Error("The token of HelseID does not hold.") from None
        return found


def answer(request: HttpRequest, claims: dict[str, Any], next_url: str | None) -> HttpResponse:
    """Let in whom we know at level 4; to anybody else a page that says what to do."""
    level = str(claims.get(SECURITY_LEVEL, ""))
    user = find_user(pid=str(claims.get(PID) or ""), hpr_number=str(claims.get(HPR_NUMBER) or ""))
    if level != REQUIRED_LEVEL:
        log.warning("HelseID refused: security level %r, user %s", level, user.pk if user else None)
        return render(request, "accounts/helseid_refused.html", {"reason": "level"}, status=403)
    if user is None:
        log.warning("HelseID refused: nobody here has that pid or HPR number")
        return render(request, "accounts/helseid_refused.html", {"reason": "unknown"}, status=403)
    _let_in(request, user)
    return HttpResponseRedirect(next_url or resolve_url(settings.LOGIN_REDIRECT_URL))


def failed(request: HttpRequest, error: Exception | None) -> HttpResponse:
    """Cancelled, or something went wrong on the way; the log gets the kind of error, never what HelseID sent."""
    log.warning("HelseID failed: %s", type(error).__name__ if error else "cancelled or unknown state")
    return render(request, "accounts/helseid_refused.html", {"reason": "failed"}, status=403)


def find_user(*, pid: str, hpr_number: str) -> User | None:
    """The one active user with this national id or this HPR number.

    Nobody when the two point at different people, or at somebody whose known national id is another.
    """
    same = Q(pk__in=[])
    if pid:
        same |= Q(national_id_index=blind_index(pid))
    if hpr_number:
        same |= Q(hpr_number=hpr_number, national_id_index__isnull=True)
    found = list(User.objects.filter(same, is_active=True)[:2])
    return found[0] if len(found) == 1 else None


def _let_in(request: HttpRequest, user: User) -> None:
    get_account_adapter(request).login(request, user)
    record_authentication(request, user, method="socialaccount", provider="helseid")
    UserSession.objects.create_from_request(request)
    log.info("HelseID let in user %s", user.pk)
