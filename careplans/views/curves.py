"""Curves that were sent to the GP, on the screen and on paper (R-127, R-134)."""

from datetime import date, datetime
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
from careplans.models import CurveReport
from careplans.queries.curve_reports import drawings, find_report
from careplans.services import note_curves_opened
from careplans.views.opening import acting
from dho.lib.pdf import PdfUnavailable, can_make_pdf, make_pdf
from patients.access import get_patient


@logs(Action.OPEN_CURVES)
@login_required
@never_cache
@require_safe
def report(request: ActorRequest, report_id: UUID) -> HttpResponse:
    """One page of development and trends, as it was sent. The browser prints it as it stands."""
    now = timezone.now()
    found = _opened(request, report_id, now)
    return render(request, "careplans/curves.html", _document(found) | {"can_make_pdf": can_make_pdf()})


@logs(Action.OPEN_CURVES)
@login_required
@never_cache
@require_safe
def pdf(request: ActorRequest, report_id: UUID) -> HttpResponse:
    """The same as a file, for offices that want paper. Where the machine cannot, the page is printed instead."""
    found = _opened(request, report_id, timezone.now())
    try:
        content = make_pdf(render_to_string("pdf/curves.html", _document(found)), stylesheet="css/print.css")
    except PdfUnavailable:
        return render(request, "careplans/curves.html", _document(found) | {"no_pdf": True}, status=503)
    # No name in the file name: it ends up in download lists and on shared screens.
    headers = {"Content-Disposition": f'inline; filename="kurver-{found.last_day}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _opened(request: ActorRequest, report_id: UUID, now: datetime) -> CurveReport:
    """The report with its patient, the look logged, and the doctor's first opening remembered."""
    found = find_report(report_id)
    patient = get_patient(
        found.patient_id if found else None,
        by=request.actor,
        now=now,
        action=Action.OPEN_CURVES,
        object_id=str(report_id),
    )
    assert found is not None  # noqa: S101 - without one there is no patient, and nobody was let in
    found.patient = patient
    note_curves_opened(report=found, by=acting(request), now=now)
    return found


def _document(found: CurveReport) -> dict[str, Any]:
    started = [{"day": date.fromisoformat(day), "text": text} for day, text in found.content["measures"]]
    return {"report": found, "patient": found.patient, "curves": drawings(found), "started": started}
