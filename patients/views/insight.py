"""What a person may ask for: everything that is stored about them, and that it be corrected (R-301; GDPR 15 and 16)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actor import Actor, ActorRequest
from accounts.roles import Permission
from audit.enums import Action
from audit.logged import logs
from audit.services import Refused
from dho.lib.pdf import PdfUnavailable, can_make_pdf, make_pdf
from patients.access import get_patient, patients_of_controller
from patients.enums import Decision
from patients.forms.log import CorrectionForm, DecisionForm, InsightRequestForm
from patients.models import CorrectionRequest, Patient
from patients.queries.export import as_document, everything_about, standing_request
from patients.queries.words import readable
from patients.services import AlreadyDecided, decide_correction, receive_correction, receive_insight_request


def _open(
    request: ActorRequest, patient_id: UUID, action: Action, *, object_id: str = "", purpose: str = ""
) -> tuple[Actor, Patient]:
    """For the privacy officer of the patient's municipality only; the look is logged. Raises Refused."""
    patient = get_patient(
        patient_id,
        by=request.actor,
        now=timezone.now(),
        action=action,
        permission=Permission.READ_ACCESS_LOG,
        object_id=object_id,
        purpose=purpose,
        among=patients_of_controller,
    )
    assert request.actor is not None  # noqa: S101 - nobody was refused in the line above
    return request.actor, patient


def _open_everything(request: ActorRequest, patient_id: UUID) -> Patient:
    """Only while the patient waits for an answer to a registered request, which the log then names. Raises Refused."""
    asked = standing_request(patient_id, now=timezone.now())
    if asked is None:
        raise Refused(Action.EXPORT, patient_id=patient_id)
    return _open(request, patient_id, Action.EXPORT, object_id=str(asked.pk), purpose=asked.as_purpose)[1]


@logs(Action.REQUEST_INSIGHT)
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def insight_requests(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """When the patient has asked for what is stored, and the form that registers it and so opens the export."""
    by, patient = _open(request, patient_id, Action.REQUEST_INSIGHT)
    now = timezone.now()
    form = InsightRequestForm(request.POST if request.method == "POST" else None, today=timezone.localdate(now))
    if form.is_valid():
        receive_insight_request(patient=patient, **form.cleaned_data, by=by, now=now)
        messages.success(request, gettext("Kravet er registrert. Du kan hente ut opplysningene."))
        return redirect("insight-requests", patient_id)
    found = patient.insight_requests.select_related("registered_by").order_by("-registered_at", "-pk")
    context = {"patient": patient, "requests": found, "form": form, "standing": standing_request(patient_id, now=now)}
    return render(request, "patients/insight_requests.html", context, status=422 if form.errors else 200)


@logs(Action.EXPORT)
@login_required
@never_cache
@require_safe
def export_page(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """Everything about one person, to read or print."""
    patient = _open_everything(request, patient_id)
    context = _readable(patient, timezone.now()) | {"can_make_pdf": can_make_pdf()}
    return render(request, "patients/export.html", context)


@logs(Action.EXPORT)
@login_required
@never_cache
@require_safe
def export_json(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """The same as a file for machines (docs/export.md)."""
    patient = _open_everything(request, patient_id)
    found = as_document(patient, everything_about(patient), now=timezone.now())
    headers = {"Content-Disposition": 'attachment; filename="alt-om-pasienten.json"'}
    return JsonResponse(found, DjangoJSONEncoder, json_dumps_params={"ensure_ascii": False}, headers=headers)


@logs(Action.EXPORT)
@login_required
@never_cache
@require_safe
def export_pdf(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """The page as a file to hand over."""
    patient = _open_everything(request, patient_id)
    html = render_to_string("pdf/export.html", _readable(patient, timezone.now()))
    try:
        content = make_pdf(html, stylesheet="css/print.css")
    except PdfUnavailable:
        context = {"patient": patient, "door": "patient-export"}
        return render(request, "patients/pdf_unavailable.html", context, status=503)
    headers = {"Content-Disposition": 'inline; filename="alt-om-pasienten.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _readable(patient: Patient, now: datetime) -> dict[str, Any]:
    return {"patient": patient, "tables": readable(everything_about(patient)), "now": now}


@logs(Action.CORRECT)
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def corrections(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """What the patient has said is wrong, and the form for a new request."""
    by, patient = _open(request, patient_id, Action.CORRECT)
    form = CorrectionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        receive_correction(patient=patient, what=form.cleaned_data["what"], by=by, now=timezone.now())
        messages.success(request, gettext("Kravet er registrert."))
        return redirect("corrections", patient_id)
    found = patient.correction_requests.select_related("received_by", "decided_by").order_by("-received_at", "-pk")
    context = {"patient": patient, "requests": found, "form": form}
    return render(request, "patients/corrections.html", context, status=422 if form.errors else 200)


@logs(Action.CORRECT)
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: ActorRequest, patient_id: UUID, request_id: UUID) -> HttpResponse:
    """One request, with the form for the answer while nobody has answered."""
    by, patient = _open(request, patient_id, Action.CORRECT, object_id=str(request_id))
    found = patient.correction_requests.select_related("received_by", "decided_by").filter(pk=request_id).first()
    if found is None:
        raise Refused(Action.CORRECT, patient_id=patient_id, object_id=str(request_id))
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _decide(request, found, form, by)
    context = {"patient": patient, "found": found, "form": form}
    return render(request, "patients/correction.html", context, status=422 if form.errors else 200)


def _decide(request: ActorRequest, found: CorrectionRequest, form: DecisionForm, by: Actor) -> HttpResponse:
    decision, reason = Decision(form.cleaned_data["decision"]), form.cleaned_data["reason"]
    try:
        decide_correction(
            patient=found.patient, request_id=found.pk, decision=decision, reason=reason, by=by, now=timezone.now()
        )
    except AlreadyDecided:
        form.add_error(None, gettext("Kravet er besvart av en annen. Svaret ditt ble ikke lagret."))
        found.refresh_from_db()
        context = {"patient": found.patient, "found": found, "form": form}
        return render(request, "patients/correction.html", context, status=409)
    messages.success(request, gettext("Svaret er lagret."))
    return redirect("corrections", found.patient_id)
