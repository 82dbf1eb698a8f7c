"""The language of a page: the signed-in person's own choice, else what was chosen in this browser."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from accounts.enums import Language


class LanguageMiddleware:
    """Every request gets a language and leaves none behind: the thread serves the next person in theirs.

    The REST interface speaks bokmål to everyone (ADR 21).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Whatever is activated inside, leaving puts back what was before, also when something is raised.
        with translation.override(_of_browser(request)):
            return self.get_response(request)

    def process_view(
        self, request: Any, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if not _for_machines(request) and request.user.is_authenticated:
            translation.activate(request.user.language)
        return None


def _of_browser(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    return chosen if chosen in Language.values and not _for_machines(request) else Language.NB


def _for_machines(request: HttpRequest) -> bool:
    return request.path.startswith(("/api/", settings.STATIC_URL))
