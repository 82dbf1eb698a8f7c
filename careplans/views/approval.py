"""The doctor's pages: plans that wait, and one plan to decide."""

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

from accounts.actor import ActorRequest
from accounts.roles import Permission
from audit.enums import Action
from audit.logged import logs
from audit.services import record_list_access
from careplans.enums import VersionStatus
from careplans.forms.approval import ApprovalForm, ReturnForm
from careplans.models import PlanVersion
from careplans.queries.carried import changed_without_doctor, changes_of
from careplans.queries.gp import lately_decided, plan_page, waiting_for
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
from careplans.views.opening import acting, open_version
from dho.lib.numbers import OSLO, date_nb
from dho.lib.pdf import can_make_pdf
from patients.access import emergency_of
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
    context["changed"] = [(each, changes_of(each)) for each in changed_without_doctor(by, now=now)]
    return render(request, "careplans/plans.html", context)


@logs(Action.OPEN_PLAN, Action.DECIDE_PLAN)
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: ActorRequest, version_id: UUID) -> HttpResponse:
    """One version with its changes and evidence. Only the patient's own GP can decide; others read."""
    now = timezone.now()
    if request.method != "POST":
        return _plan(request, open_version(request, version_id, Action.OPEN_PLAN, now), now)
    version = open_version(request, version_id, Action.DECIDE_PLAN, now, Permission.APPROVE_PLAN)
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


def _approve(request: ActorRequest, version: PlanVersion, now: datetime) -> HttpResponse:
    form = _approval_form(version, now, request.POST)
    if not form.is_valid():
        return _plan(request, version, now, status=422, approval_form=form)
    approve(version=version, valid_until=form.ends, by=acting(request), now=now)
    until = date_nb(form.cleaned_data["valid_until"])
    messages.success(request, gettext("Planen er godkjent og gjelder fra nå til og med %(until)s.") % {"until": until})
    return redirect("plan-decide", version.pk)


def _return(request: ActorRequest, version: PlanVersion, now: datetime) -> HttpResponse:
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return _plan(request, version, now, status=422, return_form=form)
    return_with_question(version=version, question=form.cleaned_data["question"], by=acting(request), now=now)
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
    page, by, today = plan_page(version, now=now), acting(request), now.astimezone(OSLO).date()
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
