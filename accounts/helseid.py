"""HelseID: whom we let in as staff, and what we say to the others. The protocol is in `accounts.oidc`."""

import logging
from typing import Any, Final

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url

from accounts.models import Membership, User
from accounts.oidc import OidcAdapter, let_in
from dho.lib.encryption import blind_index

log = logging.getLogger(__name__)

PID: Final = "helseid://claims/identity/pid"
HPR_NUMBER: Final = "helseid://claims/hpr/hpr_number"
SECURITY_LEVEL: Final = "helseid://claims/identity/security_level"
REQUIRED_LEVEL: Final = "4"


class HelseIdAdapter(OidcAdapter):
    """HelseID as the settings name it."""

    called = "helseid"
    key_setting = "HELSEID_KEY"
    answer_door = "helseid-answer"


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
    let_in(request, user, provider=HelseIdAdapter.called)
    log.info("HelseID let in user %s", user.pk)
    return HttpResponseRedirect(next_url or resolve_url(settings.LOGIN_REDIRECT_URL))


def failed(request: HttpRequest, error: Exception | None) -> HttpResponse:
    """Cancelled, or something went wrong on the way; the log gets the kind of error, never what HelseID sent."""
    log.warning("HelseID failed: %s", type(error).__name__ if error else "cancelled or unknown state")
    return render(request, "accounts/helseid_refused.html", {"reason": "failed"}, status=403)


def find_user(*, pid: str, hpr_number: str) -> User | None:
    """The one active member of staff with this national id or this HPR number.

    Nobody when the two point at different people, or at somebody whose known national id is another. Who has never had
    a membership is known as a patient or relative only (`accounts.idporten`), and is nobody here.
    """
    same = Q(pk__in=[])
    if pid:
        same |= Q(national_id_index=blind_index(pid))
    if hpr_number:
        same |= Q(hpr_number=hpr_number, national_id_index__isnull=True)
    staff = User.objects.filter(Exists(Membership.objects.filter(user=OuterRef("pk"))), is_active=True)
    found = list(staff.filter(same)[:2])
    return found[0] if len(found) == 1 else None
