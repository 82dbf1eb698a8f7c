"""One's own sessions: how long this one lasts, the list of all, and ending them."""

from datetime import UTC, datetime
from importlib import import_module
from typing import Any, cast

from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import sessions
from accounts.browsers import name_of
from accounts.models import User
from audit.logged import logs_nothing

OWN_SESSIONS = "The person's own sessions, no patient."


@logs_nothing(OWN_SESSIONS)
@never_cache
@require_http_methods(["GET", "POST"])
def this_session(request: HttpRequest) -> HttpResponse:
    """Seconds until it ends, for the warning on the page. A POST says that the person is there («Fortsett»)."""
    if not request.user.is_authenticated:
        return JsonResponse({"seconds": 0, "can_go_on": False}, status=401)
    now = timezone.now()
    if request.method == "POST":
        sessions.keep_on(request.session, now=now)
    left = sessions.seconds_left(request.session, now=now)
    return JsonResponse({"seconds": left, "can_go_on": sessions.can_go_on(request.session, now=now)})


@logs_nothing(OWN_SESSIONS)
@never_cache
@login_required
@require_safe
def own_sessions(request: HttpRequest) -> HttpResponse:
    """Where the person is signed in."""
    rows = sorted(map(_row, _open_sessions(request)), key=lambda row: row["active_at"], reverse=True)
    return render(request, "accounts/sessions.html", {"rows": rows, "citizen": sessions.is_citizens(request)})


@logs_nothing(OWN_SESSIONS)
@login_required
@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """End one of one's own; somebody else's does not exist."""
    found = get_object_or_404(UserSession, pk=session_id, user=request.user)
    end_sessions(request, [found])
    messages.success(request, "Innloggingen er avsluttet.")
    return redirect("sessions")


@logs_nothing(OWN_SESSIONS)
@login_required
@require_POST
def end_all_sessions(request: HttpRequest) -> HttpResponse:
    """«Logg ut overalt», here as well."""
    door = "citizen-login" if sessions.is_citizens(request) else "login"
    end_sessions(request, list(UserSession.objects.filter(user=cast(User, request.user))))
    messages.success(request, "Du er logget ut overalt.")
    return redirect(door)


def _open_sessions(request: HttpRequest) -> list[UserSession]:
    now = timezone.now()
    found = UserSession.objects.purge_and_list(cast(User, request.user))
    return [each for each in found if not sessions.why_over(_store(each), now=now)]


def _row(found: UserSession) -> dict[str, Any]:
    return {
        "id": found.pk,
        "browser": name_of(found.user_agent),
        "ip": found.ip,
        "began_at": found.created_at,
        "active_at": datetime.fromtimestamp(sessions.active_at(_store(found)), UTC),
        "here": found.is_current(),
    }


def _store(found: UserSession) -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore(found.session_key)
