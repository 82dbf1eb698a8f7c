"""The doctor's pages: plans that wait, one plan to decide, and the plan on paper."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
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
from audit.services import record_list_access
from careplans.enums import VersionStatus
from careplans.forms import ApprovalForm, ReturnForm
from careplans.models import PlanVersion
from careplans.queries.gp import find_version, lately_decided, plan_page, waiting_for
from careplans.queries.wording import hours_of
from careplans.services import (
    AlreadyDecided,
    NotYours,
    WrongStep,
    approve,
    decides_for,
    has_hpr_number,
    return_with_question,
)
from dho.lib.numbers import OSLO, date_nb
from dho.lib.pdf import PdfUnavailable, can_make_pdf, make_pdf
from patients.access import emergency_of, get_patient
from patients.queries import deciding_doctor


@logs(Action.LIST_PLANS)
@login_required
@never_cache
@require_safe
def plans(request: ActorRequest) -> HttpResponse:
    """The GP's own patients whose plan waits, and nothing else by default (R-125)."""
    if request.actor is None or not request.actor.may(Permission.APPROVE_PLAN):
        raise PermissionDenied
    by, now = request.actor, timezone.now()
    record_list_access(Action.LIST_PLANS, municipality_ids=by.municipality_ids, by=by, now=now)
    context = {"waiting": waiting_for(by, now=now), "decided": lately_decided(by, now=now)}
    return render(request, "careplans/plans.html", context)


@logs(Action.OPEN_PLAN, Action.DECIDE_PLAN)
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: ActorRequest, version_id: UUID) -> HttpResponse:
    """One version with its changes and evidence. Only the patient's own GP can decide; others read."""
    now = timezone.now()
    if request.method != "POST":
        return _plan(request, _open(request, version_id, Action.OPEN_PLAN, now), now)
    version = _open(request, version_id, Action.DECIDE_PLAN, now, Permission.APPROVE_PLAN)
    try:
        return _return(request, version, now) if "question" in request.POST else _approve(request, version, now)
    except AlreadyDecided:
        version.refresh_from_db()
        return _plan(request, version, now, status=409, late=True, unsaved=request.POST.get("question", ""))
    except WrongStep:
        # A draft, which the department's own doctor may read: the page says that it has not been sent.
        return _plan(request, version, now, status=409, unsaved=request.POST.get("question", ""))
    except NotYours:
        return _plan(request, version, now, status=403, unsaved=request.POST.get("question", ""))


@logs(Action.PRINT_PLAN)
@login_required
@never_cache
@require_safe
def print_page(request: ActorRequest, version_id: UUID) -> HttpResponse:
    """The plan as it looks on paper."""
    now = timezone.now()
    version = _open(request, version_id, Action.PRINT_PLAN, now)
    return render(request, "careplans/print.html", _document(version, now) | {"can_make_pdf": can_make_pdf()})


@logs(Action.PRINT_PLAN)
@login_required
@never_cache
@require_safe
def pdf(request: ActorRequest, version_id: UUID) -> HttpResponse:
    """The same document as a file, for the record. Where the machine cannot, the page offers the print page."""
    now = timezone.now()
    version = _open(request, version_id, Action.PRINT_PLAN, now)
    try:
        content = make_pdf(render_to_string("pdf/plan.html", _document(version, now)), stylesheet="css/print.css")
    except PdfUnavailable:
        return render(request, "careplans/pdf_unavailable.html", {"version": version}, status=503)
    # No name in the file name: it ends up in download lists and on shared screens.
    headers = {"Content-Disposition": f'inline; filename="egenbehandlingsplan-versjon-{version.number}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _open(
    request: ActorRequest,
    version_id: UUID,
    action: Action,
    now: datetime,
    permission: Permission = Permission.SEE_PLAN,
) -> PlanVersion:
    """The version with its patient, the look logged; «not yours» and «does not exist» answer the same."""
    version = find_version(version_id, by=request.actor)
    patient = get_patient(
        version.patient_id if version else None,
        by=request.actor,
        now=now,
        action=action,
        permission=permission,
        object_id=str(version_id),
    )
    assert version is not None  # noqa: S101 - without one there is no patient, and nobody was let in
    version.patient = patient
    return version


def _actor(request: ActorRequest) -> Actor:
    """Who acts, once a patient has been opened: `get_patient` has refused everybody without a membership."""
    assert request.actor is not None  # noqa: S101
    return request.actor


def _approve(request: ActorRequest, version: PlanVersion, now: datetime) -> HttpResponse:
    form = _approval_form(version, now, request.POST)
    if not form.is_valid():
        return _plan(request, version, now, status=422, approval_form=form)
    approve(version=version, valid_until=form.ends, by=_actor(request), now=now)
    until = date_nb(form.cleaned_data["valid_until"])
    messages.success(request, gettext("Planen er godkjent og gjelder fra nå til og med %(until)s.") % {"until": until})
    return redirect("plan-decide", version.pk)


def _return(request: ActorRequest, version: PlanVersion, now: datetime) -> HttpResponse:
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return _plan(request, version, now, status=422, return_form=form)
    return_with_question(version=version, question=form.cleaned_data["question"], by=_actor(request), now=now)
    messages.success(request, gettext("Planen er sendt tilbake til oppfølgingstjenesten med spørsmålet ditt."))
    return redirect("plan-decide", version.pk)


def _approval_form(version: PlanVersion, now: datetime, data: Any = None) -> ApprovalForm:
    patient = version.patient
    label = gettext("Jeg godkjenner grenseverdiene og de medisinske tiltakene i versjon %(number)s for %(name)s.") % {
        "number": version.number,
        "name": f"{patient.given_name} {patient.family_name}",
    }
    return ApprovalForm(data, today=now.astimezone(OSLO).date(), label=label)


def _plan(
    request: ActorRequest, version: PlanVersion, now: datetime, *, status: int = 200, **extra: Any
) -> HttpResponse:
    page, by, today = plan_page(version, now=now), _actor(request), now.astimezone(OSLO).date()
    own = version.status == VersionStatus.PROPOSED and decides_for(version.patient, by=by, now=now)
    context = {
        "page": page,
        "version": version,
        "patient": version.patient,
        "age": version.patient.age(today),
        "departure": version.patient.departure(today),
        "emergency": emergency_of(version.patient, by=by, now=now),
        "hours": hours_of(page.enrolment),
        "doctor": deciding_doctor(page.enrolment),
        "decides": own and has_hpr_number(by),
        "lacks_hpr": own and not has_hpr_number(by),
        "approval_form": _approval_form(version, now),
        "return_form": ReturnForm(),
        "can_make_pdf": can_make_pdf(),
        "now": now,
    }
    return render(request, "careplans/decide.html", context | extra, status=status)


def _document(version: PlanVersion, now: datetime) -> dict[str, Any]:
    page = plan_page(version, now=now)
    who = {"hours": hours_of(page.enrolment), "doctor": deciding_doctor(page.enrolment)}
    return {"page": page, "version": version, "patient": version.patient, "printed_at": now, **who}
