"""«To-trinns innlogging»: what one has, and setting up and removing it. allauth does the work, the words are ours."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import suspend_request
from allauth.account.views import ReauthenticateView
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.base.views import ReauthenticateView as ReauthenticateByCodeView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.forms import AddKeyForm, CodeAgainForm, PasswordAgainForm, SetUpAppForm
from accounts.sessions import is_strong, strengthen
from audit.logged import logs_nothing

OWN_FACTORS = "The person's own second factors, no patient."

OVERVIEW = reverse_lazy("mfa_index")


def _shown_once_more(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Where allauth wants the person to show again who they are: there first, and then on with what was asked."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ReauthenticationRequired:
            ways = get_adapter(request).get_reauthentication_methods(request.user)
            return suspend_request(request, ways[0]["url"])

    return wrapped


_DOOR: list[Callable[..., Any]] = [never_cache, login_required, _shown_once_more]


@logs_nothing(OWN_FACTORS)
@never_cache
@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """What the person has. Who has nothing is told that this comes first."""
    found = list(Authenticator.objects.filter(user=request.user).order_by("created_at"))
    kinds = {each.type: each for each in found}
    keys = [each.wrap() for each in found if each.type == Authenticator.Type.WEBAUTHN]
    codes = kinds.get(Authenticator.Type.RECOVERY_CODES)
    left = len(codes.wrap().get_unused_codes()) if codes else 0
    shown = {"app": kinds.get(Authenticator.Type.TOTP), "keys": keys, "codes": codes, "codes_left": left}
    return render(request, "accounts/second_factor.html", {**shown, "strong": is_strong(request)})


@logs_nothing(OWN_FACTORS)
@method_decorator(_DOOR, name="dispatch")
class SetUpApp(ActivateTOTPView):
    """A code app: the secret as a picture and as text, and the first code back."""

    template_name = "accounts/app.html"
    form_class = SetUpAppForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Who has an app removes it first."""
        if is_mfa_enabled(request.user, [Authenticator.Type.TOTP]):
            return redirect(OVERVIEW)
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: SetUpAppForm) -> HttpResponse:
        """From here on the session is as good as one that began with a code."""
        answer = super().form_valid(form)
        strengthen(self.request, Authenticator.Type.TOTP)
        return answer


@logs_nothing(OWN_FACTORS)
@method_decorator(_DOOR, name="dispatch")
class AddKey(AddWebAuthnView):
    """A passkey: on the machine, on the phone, or on a key of its own."""

    template_name = "accounts/passkey.html"
    form_class = AddKeyForm

    def form_valid(self, form: Any) -> HttpResponse:
        """From here on the session is as good as one that began with a passkey."""
        answer = super().form_valid(form)
        strengthen(self.request, Authenticator.Type.WEBAUTHN)
        return answer


@logs_nothing(OWN_FACTORS)
@method_decorator([require_POST, *_DOOR], name="dispatch")
class RemoveApp(DeactivateTOTPView):
    """The phone is gone or replaced."""

    success_url = OVERVIEW


@logs_nothing(OWN_FACTORS)
@method_decorator([require_POST, *_DOOR], name="dispatch")
class RemoveKey(RemoveWebAuthnView):
    """The passkey is gone or replaced."""

    success_url = OVERVIEW


@logs_nothing(OWN_FACTORS)
@method_decorator(_DOOR, name="dispatch")
class RecoveryCodes(ViewRecoveryCodesView):
    """Ten codes for the day the phone is lost, shown once."""

    template_name = "accounts/recovery_codes.html"


@logs_nothing(OWN_FACTORS)
@method_decorator([require_POST, *_DOOR], name="dispatch")
class NewRecoveryCodes(GenerateRecoveryCodesView):
    """Ten new ones; the old ones stop working."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """Only from a page that is out of date: without a second factor there are no codes."""
        return redirect(OVERVIEW)


@logs_nothing(OWN_FACTORS)
@method_decorator(never_cache, name="dispatch")
class PasswordAgain(ReauthenticateView):
    """Before the second factor is changed."""

    template_name = "accounts/again.html"
    form_class = PasswordAgainForm


@logs_nothing(OWN_FACTORS)
@method_decorator(never_cache, name="dispatch")
class CodeAgain(ReauthenticateByCodeView):
    """Before the second factor is changed, by code."""

    template_name = "accounts/again.html"
    form_class = CodeAgainForm
