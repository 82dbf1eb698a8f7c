"""The plan on paper."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.actor import ActorRequest
from audit.enums import Action
from audit.logged import logs
from careplans.models import PlanVersion
from careplans.queries.gp import plan_page
from careplans.queries.wording import hours_of
from careplans.views.opening import open_version
from dho.lib.pdf import PdfUnavailable, can_make_pdf, make_pdf
from patients.queries import deciding_doctor


@logs(Action.PRINT_PLAN)
@login_required
@never_cache
@require_safe
def print_page(request: ActorRequest, version_id: UUID) -> HttpResponse:
    """The plan as it looks on paper."""
    now = timezone.now()
    version = open_version(request, version_id, Action.PRINT_PLAN, now)
    return render(request, "careplans/print.html", _document(version, now) | {"can_make_pdf": can_make_pdf()})


@logs(Action.PRINT_PLAN)
@login_required
@never_cache
@require_safe
def pdf(request: ActorRequest, version_id: UUID) -> HttpResponse:
    """The same document as a file, for the record. Where the machine cannot, the page offers the print page."""
    now = timezone.now()
    version = open_version(request, version_id, Action.PRINT_PLAN, now)
    try:
        content = make_pdf(render_to_string("pdf/plan.html", _document(version, now)), stylesheet="css/print.css")
    except PdfUnavailable:
        return render(request, "careplans/pdf_unavailable.html", {"version": version}, status=503)
    # No name in the file name: it ends up in download lists and on shared screens.
    headers = {"Content-Disposition": f'inline; filename="egenbehandlingsplan-versjon-{version.number}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _document(version: PlanVersion, now: datetime) -> dict[str, Any]:
    page = plan_page(version, now=now)
    who = {"hours": hours_of(page.enrolment), "doctor": deciding_doctor(page.enrolment)}
    return {"page": page, "version": version, "patient": version.patient, "printed_at": now, **who}
