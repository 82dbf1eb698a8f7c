"""«Send kurver til fastlegen»: what was sent about a patient, whether it was opened, and sending now (R-127)."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actor import ActorRequest
from accounts.roles import Permission
from alerts import services
from alerts.services.refusals import NotNow
from audit.enums import Action
from audit.logged import logs
from careplans.enums import CurveWay
from careplans.forms.curves import CurvesForm
from careplans.models import CurveReport
from careplans.queries.curve_reports import reports_of
from careplans.queries.routine import routine_of
from careplans.views.opening import acting
from patients.access import get_patient
from patients.models import Patient


@logs(Action.SEND_CURVES)
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def curves(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """Send the last four weeks, on the platform or on paper."""
    now = timezone.now()
    patient = get_patient(
        patient_id, by=request.actor, now=now, action=Action.SEND_CURVES, permission=Permission.TRIAGE
    )
    form = CurvesForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and (report := _sent(request, patient, form, now)):
        if report.way == CurveWay.PAPER:
            messages.success(request, gettext("Kurvene er registrert som sendt på papir. Skriv ut denne siden."))
            return redirect("curve-report", report.pk)
        messages.success(request, gettext("Kurvene er sendt til fastlegen."))
        return redirect("patient-curves", patient.pk)
    context = {
        "patient": patient,
        "form": form,
        "reports": reports_of(patient),
        "routine": routine_of(patient, now=now),
    }
    return render(request, "careplans/curves_sent.html", context, status=422 if form.errors else 200)


def _sent(request: ActorRequest, patient: Patient, form: CurvesForm, now: datetime) -> CurveReport | None:
    """Send as the form says; what stops it stands at the field."""
    way = CurveWay(form.cleaned_data["way"])
    try:
        return services.send_curves(patient=patient, way=way, by=acting(request), now=now)
    except NotNow as stopped:
        form.add_error("way", stopped.problem)
        return None
