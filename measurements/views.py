"""The interface's own pages, for the people who connect a tablet or a gateway."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from audit.logged import logs_nothing
from measurements import openapi
from measurements.queries import types_for
from measurements.refusals import CODES


@logs_nothing("Describes the interface; no patient.")
@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document. Kept by the process: anyone may ask for it, and making it is slow."""
    return JsonResponse(openapi.document(), content_type="application/vnd.oai.openapi+json")


@logs_nothing("Describes the interface; no patient.")
@require_safe
def interface(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document as a page to read, and every refusal code. Nothing is fetched from elsewhere."""
    codes = [(code, *entry) for code, entry in CODES.items()]
    context = {
        "operations": list(openapi.operations()),
        "types": types_for([]).values(),
        "forms": list(openapi.forms()),
        "codes": codes,
    }
    return render(request, "measurements/interface.html", context)
