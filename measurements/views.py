"""The interface's own page, for the people who connect a tablet or a gateway."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from measurements import openapi
from measurements.queries import types_for
from measurements.refusals import CODES


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
