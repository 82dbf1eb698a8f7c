"""Signing in: by password and one-time code, or by HelseID."""

from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.decorators import rate_limit
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import helseid, oidc
from accounts.forms import CodeForm, KeyForm, LoginForm
from audit.logged import logs_nothing

SIGNING_IN = "Signing in, no patient; the log of sign-ins is its own."


@logs_nothing(SIGNING_IN)
@method_decorator(rate_limit(action="login"), name="dispatch")
class PasswordLogin(LoginView):
    """The first step. The second follows for everybody who has one; the others get no further than setting it up."""

    template_name = "accounts/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """The password is right: on to the code."""
        user = form.get_user()
        entering = Login(user=user, redirect_url=self.get_success_url())
        return perform_password_login(self.request, {"username": user.get_username()}, entering)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the button of HelseID where it is set up."""
        return super().get_context_data(helseid=bool(settings.HELSEID_URL), **kwargs)


@logs_nothing(SIGNING_IN)
class EnterCode(AuthenticateView):
    """The second step: a one-time code, a recovery code, or a passkey."""

    template_name = "accounts/code.html"
    form_class = CodeForm
    webauthn_form_class = KeyForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Which ways this person has."""
        found = Authenticator.objects.filter(user=self.stage.login.user)
        return super().get_context_data(**kwargs) | {"kinds": set(found.values_list("type", flat=True))}


@logs_nothing(SIGNING_IN)
@never_cache
@require_safe
def to_helseid(request: HttpRequest) -> HttpResponse:
    """Send the browser to HelseID."""
    return oidc.to_provider(request, helseid.HelseIdAdapter, helseid.failed)


@logs_nothing(SIGNING_IN)
@never_cache
@require_safe
def from_helseid(request: HttpRequest) -> HttpResponse:
    """The browser comes back with a code."""
    return oidc.from_provider(request, helseid.HelseIdAdapter, helseid.failed)
