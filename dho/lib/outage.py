"""PostgreSQL away: 503 with Retry-After, never 400 (a tablet may drop the reading) and never 500."""

import json
import logging
import sys
from collections.abc import Callable

from django.db import DatabaseError, Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import defaults

log = logging.getLogger(__name__)
RETRY_AFTER_SECONDS = 5


def is_outage(error: BaseException | None) -> bool:
    """Whether PostgreSQL went away. A server that dies in the middle of an answer gives the bare DatabaseError."""
    return isinstance(error, (OperationalError, InterfaceError)) or type(error) is DatabaseError


def unavailable(request: HttpRequest) -> HttpResponse:
    """The answer while the database cannot be reached: a problem document over REST, a plain page on screen."""
    if request.path.startswith("/api/"):
        problem = {
            "type": "about:blank",
            "title": "Tjenesten er ikke tilgjengelig akkurat nå",
            "status": 503,
            "code": "unavailable",
            # Not "nothing is stored": the connection may have gone between the commit and its answer.
            "detail": f"Vi vet ikke om det er lagret. Send det samme på nytt om {RETRY_AFTER_SECONDS} sekunder, "
            "med samme id, så lagres det én gang.",
        }
        response = HttpResponse(json.dumps(problem), content_type="application/problem+json", status=503)
    else:
        response = HttpResponse(render_to_string("503.html"), status=503)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    response["Cache-Control"] = "no-store"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's last resort (`handler500`): a database lost outside the view, as when saving the session, is 503 too."""
    if is_outage(sys.exc_info()[1]):
        return unavailable(request)
    return defaults.server_error(request)


class DatabaseOutageMiddleware:
    """Turns a lost database into an honest «try again», for every page and endpoint."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        except Error as error:
            answer = self.process_exception(request, error)
            if answer is None:
                raise
            return answer

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Called by Django where a view raised; other errors go their ordinary way."""
        if not is_outage(exception):
            return None
        log.warning("database unavailable: %s", type(exception).__name__)
        return unavailable(request)
