"""How long a session lasts, and how its person proved who they are.

Everything stands in the session itself, which every request reads anyway: no request pays another statement for it.
"""

from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

_BEGAN: Final = "session_began"
_ACTIVE: Final = "session_active"
# HelseID is recorded only when its level was right (`accounts.helseid`).
_STRONG: Final = {"mfa", "socialaccount"}
# Patients and relatives come from here (`accounts.idporten`), and from here only.
CITIZENS: Final = "idporten"
NOTED_AT_MOST_EVERY: Final = timedelta(minutes=1)


class Over(Enum):
    """Why a session has ended, as the login page says it."""

    IDLE = _("Du er logget ut fordi du var borte en stund. Logg inn for å fortsette.")
    TOO_OLD = _("Du er logget ut fordi arbeidsøkten er slutt. Logg inn for å fortsette.")


def is_strong(request: HttpRequest) -> bool:
    """Whether the signed-in person has shown a second factor, or came from HelseID or ID-porten, in this session."""
    return any(record["method"] in _STRONG for record in get_authentication_records(request, request.user))


def is_citizens(request: HttpRequest) -> bool:
    """Whether somebody signed in as a citizen, with ID-porten: such a session never makes a member of staff.

    It lies in how the person proved who they are, so that no other code path can forget to say it.
    """
    records = get_authentication_records(request, request.user) if request.user.is_authenticated else []
    return any(record.get("provider") == CITIZENS for record in records)


def begin(session: SessionBase, *, now: datetime) -> None:
    """Somebody has just signed in."""
    session[_BEGAN] = session[_ACTIVE] = now.timestamp()


def note_activity(session: SessionBase, *, now: datetime) -> None:
    """Somebody sits there. Written at most once a minute, so that a page costs no extra write."""
    if now.timestamp() - session[_ACTIVE] >= NOTED_AT_MOST_EVERY.total_seconds():
        session[_ACTIVE] = now.timestamp()


def keep_on(session: SessionBase, *, now: datetime) -> None:
    """The person says «Fortsett»: counted from this very moment."""
    session[_ACTIVE] = now.timestamp()


def active_at(session: SessionBase) -> float:
    """When the person was last seen, as seconds since 1970."""
    return float(session.get(_ACTIVE, 0))


def why_over(session: SessionBase, *, now: datetime) -> Over | None:
    """Why the session must end now. One that does not know its own age (from before these limits) is too old."""
    if _until_absolute(session, now) <= 0:
        return Over.TOO_OLD
    return Over.IDLE if seconds_left(session, now=now) <= 0 else None


def seconds_left(session: SessionBase, *, now: datetime) -> int:
    """Until the session ends if nobody does anything."""
    idle = active_at(session) + settings.SESSION_IDLE.total_seconds() - now.timestamp()
    return int(min(idle, _until_absolute(session, now)))


def can_go_on(session: SessionBase, *, now: datetime) -> bool:
    """Whether «Fortsett» would give more time, or the working day is what ends."""
    return _until_absolute(session, now) > seconds_left(session, now=now) + 1


def strengthen(request: HttpRequest, kind: str) -> None:
    """The person has just set up a second factor and thereby shown it.

    The session gets a new key, as at every step up, so that a key someone knew before gives nothing.
    """
    record_authentication(request, request.user, method="mfa", type=kind, reauthenticated=True)
    request.session.cycle_key()
    UserSession.objects.create_from_request(request)


def _until_absolute(session: SessionBase, now: datetime) -> float:
    return float(session.get(_BEGAN, 0)) + settings.SESSION_ABSOLUTE.total_seconds() - now.timestamp()
