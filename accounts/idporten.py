"""ID-porten: whom we let in as patient or relative, and what we say to the others. The protocol is in `accounts.oidc`.

Who is a patient or a relative is known above this app, so the page that the browser comes back to brings the question
along: `come_back(request, known=…)`.
"""

import logging
from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import get_language

from accounts.oidc import OidcAdapter, from_provider, let_in, to_provider
from accounts.services.citizens import user_of_citizen
from accounts.sessions import CITIZENS
from dho.lib.encryption import blind_index

log = logging.getLogger(__name__)

# norway.md 4.5: the client must check the level itself, whatever it asked for.
REQUIRED_LEVEL: Final = "idporten-loa-high"
# Given and family name of whoever has this blind index; None for somebody nobody knows.
Known = Callable[[str], tuple[str, str] | None]


class IdPortenAdapter(OidcAdapter):
    """ID-porten as the settings name it."""

    called = CITIZENS
    key_setting = "IDPORTEN_KEY"
    answer_door = "idporten-answer"


def go(request: HttpRequest) -> HttpResponse:
    """Send the browser to ID-porten."""
    return to_provider(request, IdPortenAdapter, failed)


def come_back(request: HttpRequest, *, known: Known) -> HttpResponse:
    """The browser is back; `known` says who among the patients and relatives it may be."""
    # allauth calls our adapter with the request and nothing else of ours.
    request.known = known  # type: ignore[attr-defined]
    return from_provider(request, IdPortenAdapter, failed)


def answer(request: Any, claims: dict[str, Any], next_url: str | None) -> HttpResponse:
    """Let in, at the highest level, whom somebody knows; to anybody else a page that says what to do."""
    level = str(claims.get("acr", ""))
    if level != REQUIRED_LEVEL:
        log.warning("ID-porten refused: level %r", level)
        return _refused(request, "level")
    pid = str(claims.get("pid") or "")
    index = blind_index(pid)
    names = request.known(index) if pid else None
    user = user_of_citizen(national_id_index=index, names=names, language=get_language()) if names else None
    if user is None:
        log.warning("ID-porten refused: nobody here has that pid")
        return _refused(request, "unknown")
    let_in(request, user, provider=CITIZENS)
    log.info("ID-porten let in user %s", user.pk)
    wanted = f"?{urlencode({'next': next_url})}" if next_url else ""
    response = redirect("citizen-choose")
    response["Location"] += wanted
    return response


def failed(request: HttpRequest, error: Exception | None) -> HttpResponse:
    """Cancelled, or something went wrong on the way; the log gets the kind of error, never what ID-porten sent."""
    log.warning("ID-porten failed: %s", type(error).__name__ if error else "cancelled or unknown state")
    return _refused(request, "failed")


def _refused(request: HttpRequest, reason: str) -> HttpResponse:
    return render(request, "accounts/idporten_refused.html", {"reason": reason}, status=403)
