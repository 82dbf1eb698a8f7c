"""A paired tablet in its browser: what it holds, and when it is open.

The refresh token of the pairing lies in a cookie that no script can read, for 400 days at a time, so that the tablet
knows itself after weeks asleep. Alone it opens nothing: the PIN does, and then the session is open until nobody has
touched it for some minutes. Every request asks whether the pairing still stands.
"""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.actor import ActorRequest
from accounts.models import DeviceCredential
from accounts.oauth import WEB_CLIENT, Answer, form_request
from accounts.services import UnknownDevice, answer_token_request, find_by_refresh_token, record_seen
from audit.enums import Basis
from dho.lib import rls
from organisations.models import FollowUpService
from patients.citizens import Citizen
from patients.models import Enrolment
from patients.queries.citizens import citizen_with

COOKIE: Final = "dho_nettbrett"
# The longest that browsers keep a cookie. It is given anew whenever the tablet is opened.
KEPT_FOR: Final = timedelta(days=400)
# In the session: which pairing is open and since when nobody has touched it; and the codes of one that is coming.
OPENED: Final = "tablet"
COMING: Final = "pairing"
NOTED_AT_MOST_EVERY: Final = timedelta(seconds=30)


def opened_tablet(request: ActorRequest, now: datetime) -> Citizen | None:
    """The tablet's patient, while it is open; None and locked once it has been idle, or is paired no longer."""
    opened = request.session.get(OPENED)
    if opened is None or request.user.is_authenticated:
        return None
    idle = now.timestamp() - opened["touched"]
    actor = f"device:{opened['credential']}"
    rls.limit_to([opened["municipality"]], actor=actor, request_id=request.origin.request_id, purpose=Basis.OWN)
    standing = DeviceCredential.objects.filter(pk=UUID(opened["credential"]), revoked_at__isnull=True)
    credential = standing.exclude(pin_hash="").first()
    citizen = citizen_with(credential, now=now, origin=request.origin) if credential else None
    if citizen is None or credential is None or idle > settings.TABLET_IDLE.total_seconds():
        lock(request)
        return None
    if idle >= NOTED_AT_MOST_EVERY.total_seconds():
        request.session[OPENED] = {**opened, "touched": now.timestamp()}
    record_seen(credential, now)
    # For the page, which locks itself: a little after the session would have, so that it finds the PIN page.
    request.tablet_idle = int(settings.TABLET_IDLE.total_seconds()) + 1
    return citizen


def open_tablet(request: HttpRequest, credential: DeviceCredential, *, now: datetime) -> None:
    """The PIN was right. The session gets a new key, so that one that somebody knew before opens nothing."""
    request.session.cycle_key()
    request.session.pop(COMING, None)
    request.session[OPENED] = {
        "municipality": credential.municipality_id,
        "credential": str(credential.pk),
        "touched": now.timestamp(),
    }


def lock(request: HttpRequest) -> None:
    """From now on the PIN is needed again."""
    request.session.pop(OPENED, None)


def is_paired_here(request: HttpRequest) -> bool:
    """Whether the browser has ever been paired; whether it still is, the cookie must show."""
    return COOKIE in request.COOKIES


def held_by(request: ActorRequest, *, now: datetime) -> DeviceCredential | None:
    """The pairing that the browser's cookie belongs to; None where there is none. Raises RevokedDevice."""
    try:
        token = request.COOKIES.get(COOKIE, "")
        return find_by_refresh_token(token, client=WEB_CLIENT, now=now, origin=request.origin)
    except UnknownDevice:
        return None


def service_of(credential: DeviceCredential) -> FollowUpService | None:
    """Whom to ring: the service that follows the tablet's patient now."""
    courses = Enrolment.objects.filter(patient_id=credential.patient_id, ended_on__isnull=True)
    course = courses.select_related("service").first()
    return course.service if course else None


def ask_for_token(request: ActorRequest, fields: dict[str, str], *, now: datetime) -> Answer:
    """Our own token endpoint, on behalf of the browser: its page never sees a token."""
    inner = form_request(request, {"client_id": WEB_CLIENT, **fields})
    return answer_token_request(inner, now=now, origin=request.origin)


def turn(request: ActorRequest, response: HttpResponse, *, now: datetime) -> None:
    """A new cookie for the old one, at every opening. Should it get lost on the way, the old one still counts."""
    sent = {"grant_type": "refresh_token", "refresh_token": request.COOKIES[COOKIE]}
    keep(response, ask_for_token(request, sent, now=now))


def keep(response: HttpResponse, answer: Answer) -> None:
    """Give the browser what it holds from now on."""
    cookie: dict[str, Any] = {"max_age": KEPT_FOR, "httponly": True, "samesite": "Lax"}
    response.set_cookie(COOKIE, answer.body["refresh_token"], secure=settings.SESSION_COOKIE_SECURE, **cookie)
