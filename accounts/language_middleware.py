"""The language of a page: the signed-in person's own choice, else what was chosen in this browser."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from accounts.enums import NORWEGIAN, Language


class LanguageMiddleware:
    """Every request gets a language and leaves none behind: the thread serves the next person in theirs.

    The REST interface speaks bokmål to everyone (ADR 21), and a page is in English only where its view says so.
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
        if not _for_machines(request):
            chosen = request.user.language if request.user.is_authenticated else _chosen_here(request)
            translation.activate(_in_norwegian(chosen))
            # Until a page that speaks it is reached; the others say that they are in Norwegian only.
            request.lacks_english = chosen == Language.EN
        return None


def speaks_english(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """All texts of this page are in the English catalogue (ADR 28), so to whoever has chosen English it is in English.

    What is raised inside gets its page outside, in Norwegian.
    """

    @wraps(view)
    def page(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.lacks_english:
            return view(request, *args, **kwargs)
        request.lacks_english = False
        with translation.override(Language.EN):
            return view(request, *args, **kwargs)

    return page


def _chosen_here(request: HttpRequest) -> str:
    return str(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""))


def _of_browser(request: HttpRequest) -> str:
    return Language.NB if _for_machines(request) else _in_norwegian(_chosen_here(request))


def _in_norwegian(chosen: str | None) -> str:
    return chosen if chosen in NORWEGIAN else Language.NB


def _for_machines(request: HttpRequest) -> bool:
    return request.path.startswith(("/api/", settings.STATIC_URL))
