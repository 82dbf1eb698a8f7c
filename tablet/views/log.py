"""«Hvem har sett i journalen min», for the patient, and for a relative as far as the authority goes (R-301)."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.actor import ActorRequest
from audit.enums import Action
from dho.lib.pdf import PdfUnavailable, can_make_pdf, make_pdf
from patients.citizens import Citizen
from patients.enums import Scope
from patients.queries.log import TOLD, own_log
from tablet.access import citizens


@require_safe
@citizens(Action.READ_OWN_LOG, Scope.READ_LOG)
def log(request: ActorRequest, citizen: Citizen) -> HttpResponse:
    """Who has looked; one's own visits apart, so that they do not hide the others'."""
    told = _told(citizen, timezone.now())
    own, others = ([look for look in told["looks"] if look.own is own] for own in (True, False))
    context = {"citizen": citizen, "own": own, "others": others, "can_make_pdf": can_make_pdf()}
    return render(request, "tablet/log.html", told | context)


@require_safe
@citizens(Action.READ_OWN_LOG, Scope.READ_LOG)
def log_pdf(request: ActorRequest, citizen: Citizen) -> HttpResponse:
    """The same as a file to keep."""
    try:
        content = make_pdf(
            render_to_string("pdf/own_log.html", _told(citizen, timezone.now())), stylesheet="css/print.css"
        )
    except PdfUnavailable:
        return render(request, "tablet/pdf_unavailable.html", {"citizen": citizen}, status=503)
    headers = {"Content-Disposition": 'inline; filename="hvem-har-sett-i-journalen.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _told(citizen: Citizen, now: datetime) -> dict[str, Any]:
    since = now - TOLD
    looks = own_log(citizen.patient, since=since)
    return {"patient": citizen.patient, "looks": looks, "since": since, "now": now}
