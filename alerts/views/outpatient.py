"""Fast outpatient follow-up: an urgent slot asked for from a red case, answered, and kept or missed (R-142, R-153)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actor import Actor, ActorRequest
from accounts.roles import Permission
from alerts.access import get_case_patient
from alerts.enums import OutpatientAnswer, OutpatientOutcome
from alerts.forms.hospital import AnswerForm, OutcomeForm, SlotForm
from alerts.models import OutpatientRequest
from alerts.queries.hospital import departments_for, is_red, slots_of
from alerts.queries.meetings import takes_part
from alerts.services.hospital import answer_slot, close_slot, may_answer, request_slot
from alerts.services.refusals import NotNow, NotYours
from audit.enums import Action
from audit.logged import logs
from audit.services import Refused, record_list_access
from patients.access import get_patient, own_patients
from patients.models import Patient


@logs(Action.LIST_SLOTS)
@never_cache
@login_required
@require_safe
def page(request: ActorRequest) -> HttpResponse:
    """What waits for an answer, what is agreed, and what is over."""
    by, now = request.actor, timezone.now()
    if by is None or not takes_part(by):
        raise PermissionDenied
    record_list_access(Action.LIST_SLOTS, municipality_ids=by.municipality_ids, by=by, now=now)
    context = {"slots": list(slots_of(by, now=now)), "today": timezone.localdate(now), "by": by}
    return render(request, "alerts/slots.html", context)


@logs(Action.REQUEST_SLOT)
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """Ask a department that sees the patient."""
    now, action = timezone.now(), Action.REQUEST_SLOT
    patient = get_case_patient(patient_id, by=request.actor, now=now, action=action, permission=Permission.TRIAGE)
    by: Any = request.actor
    departments = departments_for(patient, by=by, now=now, on=timezone.localdate(now))
    form, problem, status = SlotForm(request.POST or None, departments=departments), "", 200
    if request.method == "POST":
        problem = _ask(patient, form, by, now) if form.is_valid() else ""
        if form.is_valid() and not problem:
            messages.success(request, gettext("Forespørselen er lagret. Ring kontaktpunktet når det haster."))
            return redirect("patient", patient.pk)
        status = 409 if problem else 422
    context = {"patient": patient, "departments": departments, "red": is_red(patient), "form": form, "problem": problem}
    return render(request, "alerts/slot_new.html", context, status=status)


def _ask(patient: Patient, form: SlotForm, by: Actor, now: datetime) -> str:
    """Ask as the form says; what stops it, or nothing."""
    said = form.cleaned_data
    try:
        request_slot(
            patient=patient,
            department=form.chosen(),
            reason=said["reason"],
            within_days=said["within_days"],
            by=by,
            now=now,
        )
    except NotNow as stopped:
        return stopped.problem
    except NotYours as foreign:
        raise Refused(Action.REQUEST_SLOT, patient_id=patient.pk) from foreign
    return ""


@logs(Action.ANSWER_SLOT)
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: ActorRequest, slot_id: UUID) -> HttpResponse:
    """One request: the answer, and afterwards whether the patient came."""
    now = timezone.now()
    slot, by = _let_in(request, slot_id, now)
    form = _form(slot, now, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _show(request, slot, form)
    if form is None:
        return _show(request, slot, form, problem=gettext("Det er ingenting å svare på nå."), status=409)
    if not form.is_valid():
        return _show(request, slot, form, status=422)
    try:
        _save(slot, form, by, now)
    except NotNow as stopped:
        return _show(request, slot, form, problem=stopped.problem, status=409)
    except NotYours as foreign:
        raise Refused(Action.ANSWER_SLOT, patient_id=slot.patient_id, object_id=str(slot_id)) from foreign
    messages.success(request, gettext("Svaret er lagret."))
    return redirect("outpatient-one", slot_id)


def _form(slot: OutpatientRequest, now: datetime, data: Any) -> AnswerForm | OutcomeForm | None:
    """What can be written about it now: an answer first, the outcome when the time has been."""
    if not slot.answer:
        return AnswerForm(data, now=now)
    over = slot.slot_at is not None and slot.slot_at <= now and slot.closed_at is None
    return OutcomeForm(data) if over else None


def _save(slot: OutpatientRequest, form: AnswerForm | OutcomeForm, by: Actor, now: datetime) -> None:
    said = form.cleaned_data
    if isinstance(form, OutcomeForm):
        close_slot(slot=slot, outcome=OutpatientOutcome(said["outcome"]), by=by, now=now)
        return
    answer = OutpatientAnswer(said["answer"])
    answer_slot(slot=slot, answer=answer, slot_at=form.slot_at(), advice=said["advice"], by=by, now=now)


def _let_in(request: ActorRequest, slot_id: UUID, now: datetime) -> tuple[OutpatientRequest, Actor]:
    slot = OutpatientRequest.objects.select_related("department", "requested_by", "answered_by").filter(pk=slot_id)
    found, by, action = slot.first(), request.actor, Action.ANSWER_SLOT
    patient_id = found.patient_id if found else None
    patient = get_patient(patient_id, by=by, now=now, action=action, object_id=str(slot_id), among=own_patients)
    assert found is not None and by is not None  # noqa: S101, PT018 - nobody was refused in the line above
    if not may_answer(found, by=by, now=now):
        raise Refused(action, patient_id=patient.pk, object_id=str(slot_id))
    found.patient = patient
    return found, by


def _show(
    request: ActorRequest,
    slot: OutpatientRequest,
    form: AnswerForm | OutcomeForm | None,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "slot": slot,
        "patient": slot.patient,
        "form": form,
        "answering": isinstance(form, AnswerForm),
        "problem": problem,
    }
    return render(request, "alerts/slot.html", context, status=status)
