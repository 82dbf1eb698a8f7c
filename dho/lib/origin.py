"""Where a request came from, and the number by which its traces are found: in log lines, the answer and the rows."""

import logging
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from uuid_utils import uuid7


@dataclass(frozen=True, slots=True)
class Origin:
    """One request: its number and the address it came from. Workers and commands have neither."""

    request_id: str = ""
    address: str = ""


NOWHERE: Final = Origin()

# For log lines only. Whatever is stored gets its origin as an argument.
_current: ContextVar[str] = ContextVar("request_id", default="-")


def address_of(request: HttpRequest) -> str:
    """The caller's address: as the outermost of our own proxies saw it, never what the caller claims."""
    proxies = settings.TRUSTED_PROXIES
    passed_on = [each.strip() for each in request.headers.get("X-Forwarded-For", "").split(",")]
    address = passed_on[-proxies] if proxies and len(passed_on) >= proxies else ""
    return (address or request.META.get("REMOTE_ADDR", ""))[:45]


def origin_of(request: Any) -> Origin:
    """What the middleware found out: of a request of Django's, or one of REST framework's around it."""
    found: Origin = request.origin
    return found


class OriginMiddleware:
    """First of all: numbers the request. A number that the caller sends is not taken over, it could be anybody's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        origin = Origin(request_id=uuid7().hex, address=address_of(request))
        request.origin = origin  # type: ignore[attr-defined]
        # Not taken back afterwards: Django logs a failed answer outside of all middleware.
        _current.set(origin.request_id)
        response = self.get_response(request)
        response["X-Request-Id"] = origin.request_id
        return response


class RequestIdFilter(logging.Filter):
    """Puts `request_id` on every log line; «-» in a process that serves no requests."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _current.get()
        return True
