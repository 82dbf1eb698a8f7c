"""What we decide differently from allauth: no sign-up, no mail, secrets encrypted, sessions with limits."""

import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts import helseid, idporten, sessions
from accounts.models import User
from dho.lib.encryption import decrypt, encrypt
from dho.lib.origin import address_of

# allauth has no nynorsk of its own. What of its words our pages can show is translated in our catalogue.
FROM_ALLAUTH = (
    gettext_noop("You cannot deactivate two-factor authentication."),
    gettext_noop("You cannot generate recovery codes without having two-factor authentication enabled."),
    gettext_noop("You cannot activate two-factor authentication until you have verified your email address."),
    gettext_noop("This account is currently inactive."),
    gettext_noop("Master key"),
    gettext_noop("Key nr. {number}"),
)
TOO_MANY = _("For mange forsøk. Vent i 15 minutter, og prøv igjen.")


def username_tried(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """Whose door is tried, for axes to count: `kari`, `Kari` and « KARI» all open the same."""
    given = (credentials or {}).get("username") or (request.POST.get("username") if request else None) or ""
    return unicodedata.normalize("NFKC", given).strip().lower()


class AccountAdapter(DefaultAccountAdapter):
    """Signing in with a password."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
        "incorrect_password": _("Passordet er feil. Prøv igjen."),
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        """The same address as in the access log, for the rate limits and the list of own sessions."""
        return address_of(request)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an administrator gives people their access."""
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        """Django's login, which changes the session's key, and the session's own clock."""
        super().login(request, user)
        sessions.begin(request.session, now=timezone.now())

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Who changes the second factor shows once more who they are; the first one has nothing before it."""
        return is_mfa_enabled(self.request.user)

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """By password or by code. By passkey would be one page more for a step that few ever take."""
        return [each for each in super().get_reauthentication_methods(user) if not each["id"].endswith(":webauthn")]

    def add_message(self, request: HttpRequest, level: int, message_template: str = "", *args: Any, **kw: Any) -> None:
        """Only what is said about second factors; that one has signed in can be seen."""
        if message_template.startswith("mfa/"):
            super().add_message(request, level, message_template, *args, **kw)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """No mail: the list of own sessions shows it, and our mail goes to services, not to people."""


class MFAAdapter(DefaultMFAAdapter):
    """Second factors."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("Koden er feil eller brukt før. Vent på neste kode i appen, og prøv igjen."),
    }

    def encrypt(self, text: str) -> str:
        """Secrets of apps and recovery codes stand encrypted in the database."""
        return encrypt(text).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """What `encrypt` made."""
        return decrypt(encrypted_text).decode()

    def get_totp_label(self, user: User) -> str:
        """The user name, never the mail address: the app shows it on a private phone."""
        return user.get_username()


# Who answers for whom: staff come from one, patients and relatives from the other.
_PROVIDERS: Final[dict[str, Any]] = {helseid.HelseIdAdapter.called: helseid, idporten.IdPortenAdapter.called: idporten}


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """HelseID and ID-porten. Always answered here, so that allauth stores nothing and creates nobody."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never: the provider tells who somebody is, not what they may do here."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Let in whom we know, or show why not."""
        claims = sociallogin.account.extra_data.get("id_token", {})
        provider = _PROVIDERS[sociallogin.account.provider]
        raise ImmediateHttpResponse(provider.answer(request, claims, sociallogin.get_redirect_url(request)))

    def on_authentication_error(self, request: HttpRequest, provider: Any, **kwargs: Any) -> None:
        """Cancelled, timed out, or the provider answered something that does not hold."""
        raise ImmediateHttpResponse(_PROVIDERS[provider.sub_id].failed(request, kwargs.get("exception")))
