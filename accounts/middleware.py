"""The door of every page: who acts, and the transaction in which the page sees only what that actor may."""

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import Error, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from accounts.actor import Actor, ActorRequest
from accounts.queries import work_of
from accounts.sessions import is_strong
from audit.services import Refused, record_refusal
from dho.lib import rls
from dho.lib.outage import is_outage, unavailable

log = logging.getLogger(__name__)
SESSION_KEY = "membership"


def actor_of(request: HttpRequest) -> Actor | None:
    """The strongly signed-in person in the chosen membership, or nobody where none is in force today.

    A password alone never makes an actor.
    """
    if not request.user.is_authenticated or not is_strong(request):
        return None
    work = work_of(request.user, on=timezone.localdate())
    chosen = request.session.get(SESSION_KEY)
    return next((actor for actor in work if str(actor.membership_id) == chosen), work[0] if work else None)


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
        request.actor = None
        try:
            with transaction.atomic():
                request.actor = actor_of(request)
                ids = request.actor.municipality_ids if request.actor else []
                rls.limit_to(ids, actor=str(request.user.pk or ""))
                response = view(request, *args, **kwargs)
                # Rendered inside the transaction: afterwards row-level security would show the template nothing.
                return response.render() if hasattr(response, "render") and not response.is_rendered else response
        except Error as error:
            if not is_outage(error):
                raise
            return unavailable(request)  # raised here, it would be a 500 before the outage middleware sees it
        except Refused as refusal:
            with transaction.atomic():
                record_refusal(refusal, by=request.actor, now=timezone.now())
            raise Http404 from refusal
