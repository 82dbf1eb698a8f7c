"""The door of every page: who acts, and the transaction in which the page sees only what that actor may."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import Error, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from accounts.actor import Actor, ActorRequest
from accounts.queries import last_employer_of, work_of
from accounts.sessions import is_citizens, is_strong
from audit.enums import Basis
from audit.logged import declaration_of
from audit.services import Refused, record_citizen_refusal, record_refusal
from dho.lib import rls
from dho.lib.outage import is_outage, unavailable

log = logging.getLogger(__name__)
SESSION_KEY = "membership"


def work_in(request: HttpRequest) -> list[Actor]:
    """The strongly signed-in person in each membership in force today: the one worked in now first, then the others.

    A password alone never makes an actor, and whoever came as a citizen never is one, whatever work the person has.
    """
    if not request.user.is_authenticated or not is_strong(request) or is_citizens(request):
        return []
    chosen = request.session.get(SESSION_KEY)
    return sorted(work_of(request.user, on=timezone.localdate()), key=lambda actor: str(actor.membership_id) != chosen)


class ActorMiddleware:
    """Runs each page in one transaction limited to the actor's municipalities (lock two).

    A refusal undoes what the page did, and is then logged in a transaction of its own, so that it is not undone too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: ActorRequest,
        view: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        # Devices identify themselves to the REST views, which open their own transaction.
        if request.path.startswith(("/api/", settings.STATIC_URL)):
            return None
        request.actor, request.work, request.citizen = None, [], None
        logged = declaration_of(view, request.method or "")
        try:
            with transaction.atomic():
                request.work = [replace(each, origin=request.origin) for each in work_in(request)]
                request.actor = next(iter(request.work), None)
                ids = request.actor.municipality_ids if request.actor else []
                rls.limit_to(
                    ids,
                    actor=str(request.user.pk or ""),
                    request_id=request.origin.request_id,
                    purpose=logged.basis if logged else Basis.ADMINISTRATION,
                )
                response = view(request, *args, **kwargs)
                # Rendered inside the transaction: afterwards row-level security would show the template nothing.
                return response.render() if hasattr(response, "render") and not response.is_rendered else response
        except Error as error:
            if not is_outage(error):
                raise
            return unavailable(request)  # raised here, it would be a 500 before the outage middleware sees it
        except Refused as refusal:
            _log(request, refusal)
            raise Http404 from refusal
        except PermissionDenied:
            # The role may not do this at all. Whom it was tried on, the address says.
            if logged and logged.actions:
                _log(request, Refused(logged.actions[0], patient_id=kwargs.get("patient_id")))
            raise


def _log(request: ActorRequest, refusal: Refused) -> None:
    now = timezone.now()
    user = request.user if request.user.is_authenticated else None
    # Whoever is at work nowhere, or for nobody, is still somebody: the row names the person, and finds a reader.
    formerly_at = last_employer_of(user) if user else None
    with transaction.atomic():
        if request.citizen:
            record_citizen_refusal(refusal, by=request.citizen, now=now)
        else:
            record_refusal(
                refusal, by=request.actor, now=now, origin=request.origin, user=user, formerly_at=formerly_at
            )
