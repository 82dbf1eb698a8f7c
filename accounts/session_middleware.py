"""Ends sessions that have lasted too long, and keeps who has shown only a password from everything else."""

from collections.abc import Callable
from typing import Any, Final

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from accounts import sessions

# What a person without a second factor reaches: setting one up, and leaving.
_FOR_SETTING_UP: Final = {"mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "session", "logout", "accessibility"}

# What a patient or relative reaches besides the own pages, and what of the rest is a member of staff's own.
_FOR_CITIZENS: Final = {"session", "logout", "sessions", "session-end", "sessions-end-all"}
_STAFFS_OWN: Final = ("/profil/", "/rolle/", "/logg-inn/")


class SessionMiddleware:
    """Runs before the view and before `ActorMiddleware`. Whose session has ended is nobody from here on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: Any, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if request.path.startswith(("/api/", settings.STATIC_URL)) or not request.user.is_authenticated:
            return None
        now = timezone.now()
        if over := sessions.why_over(request.session, now=now):
            logout(request)
            messages.info(request, str(over.value))
            return None
        if not sessions.is_strong(request):
            return _only_setting_up(request)
        if not _asked_by_the_browser_itself(request):
            sessions.note_activity(request.session, now=now)
        # For the page's first question. Coarse, so that two answers a moment apart are the same to the byte.
        request.session_seconds = sessions.seconds_left(request.session, now=now) // 300 * 300
        return _to_own_pages(request) if sessions.is_citizens(request) else None


def _asked_by_the_browser_itself(request: HttpRequest) -> bool:
    """The poll, the question how long the session lasts, and the page that reloads itself without JavaScript.

    A filter of the queue is fetched from the poll's address, but by a click (`queue.js`).
    """
    if request.method != "GET" or "X-By-Hand" in request.headers:
        return False
    return request.path in settings.SESSION_QUIET_PATHS or settings.SESSION_QUIET_PARAMETER in request.GET


def _only_setting_up(request: HttpRequest) -> HttpResponse | None:
    """Never password alone (ADR 17): on to setting up a second factor, or out where there is one already.

    The latter is a session begun with a password before the factor was set up, perhaps by somebody else.
    """
    if is_mfa_enabled(request.user):
        logout(request)
        return None
    name = request.resolver_match.url_name if request.resolver_match else None
    return None if name in _FOR_SETTING_UP else redirect("mfa_index")


def _to_own_pages(request: HttpRequest) -> HttpResponse | None:
    """A citizen has no profile, role or second factor here, also when the person works somewhere; only the sessions."""
    name = request.resolver_match.url_name if request.resolver_match else None
    staffs_own = request.path == "/" or request.path.startswith(_STAFFS_OWN)
    return redirect("citizen-home") if staffs_own and name not in _FOR_CITIZENS else None
