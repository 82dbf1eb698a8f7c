"""The doctor's pages: plans that wait, and one plan to decide."""

from collections.abc import Sequence
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
from careplans.forms.changing import ChangesForm
from careplans.models import PlanVersion
from careplans.queries.carried import changed_without_doctor, changes_of
from careplans.queries.changes import differences, other_differences
from careplans.queries.differences import changed_from, seen_before
from careplans.queries.gp import lately_decided, plan_page, waiting_for
from careplans.queries.wording import Names, hours_of
from careplans.scoring import Rule
from careplans.services import (
    AlreadyDecided,
    NotYours,
    PlanProblems,
    WrongStep,
    approve,
    approve_with_changes,
    decides_for,
    has_hpr_number,
    return_with_question,
)
from careplans.views.opening import acting, open_version, opening_mark
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
    changed, names = changed_without_doctor(by, now=now), Names.current()
    context["changed"] = [(each, changes_of(each, names)) for each in changed]
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
    if request.POST.get("step") == "recount":
        return _recount(request, open_version(request, version_id, Action.OPEN_PLAN, now), now)
    version = open_version(request, version_id, Action.DECIDE_PLAN, now, Permission.APPROVE_PLAN)
    try:
        return _return(request, version, now) if "question" in request.POST else _approve(request, version, now)
    except AlreadyDecided:
        version.refresh_from_db()
        return _plan(request, version, now, status=409, late=True, **_typed(request, version))
    except WrongStep:
        # A draft, which the department's own doctor may read: the page says that it has not been sent.
        return _plan(request, version, now, status=409, **_typed(request, version))
    except NotYours:
        return _plan(request, version, now, status=403, **_typed(request, version))


def _recount(request: ActorRequest, version: PlanVersion, now: datetime) -> HttpResponse:
    """Without JavaScript: the page with what the typed limits would have given. Nothing is decided."""
    if version.status != VersionStatus.PROPOSED:
        return _plan(request, version, now, status=409, late=True, **_typed(request, version))
    form = ChangesForm(request.POST, version=version)
    rules = form.rules if form.is_valid() else None
    answer = _approval_form(version, now)
    answer.initial["valid_until"] = request.POST.get("valid_until") or answer.fields["valid_until"].initial
    return _plan(
        request,
        version,
        now,
        status=200 if form.is_valid() else 422,
        rules=rules,
        changes_form=form,
        approval_form=answer,
    )


def _approve(request: ActorRequest, version: PlanVersion, now: datetime) -> HttpResponse:
    form, changes = _approval_form(version, now, request.POST), ChangesForm(request.POST, version=version)
    changing = request.POST.get("step") == "change"
    if form.is_valid() & changes.is_valid():
        if changing and not changes.changes:
            changes.add_error(None, gettext("Du har ikke endret noe. Endre en grense eller stryk et tiltak først."))
        elif changes.changes and not changing:
            told = gettext("Du har endret forslaget. Velg «Godkjenn med endring», eller sett grensene tilbake.")
            changes.add_error(None, told)
        else:
            try:
                return _approved(request, version, form, changes, now)
            except PlanProblems as refusal:
                for problem in refusal.problems:
                    changes.add_error(None, problem)
    rules = None if changes.errors else changes.rules
    return _plan(request, version, now, status=422, rules=rules, approval_form=form, changes_form=changes)


def _approved(
    request: ActorRequest, version: PlanVersion, form: ApprovalForm, changes: ChangesForm, now: datetime
) -> HttpResponse:
    """The answer is stored; the page that follows is that of the version which now judges."""
    until, by = {"until": date_nb(form.cleaned_data["valid_until"])}, acting(request)
    if not changes.changes:
        approve(version=version, valid_until=form.ends, by=by, now=now)
        messages.success(request, gettext("Planen er godkjent og gjelder fra nå til og med %(until)s.") % until)
        return redirect("plan-decide", version.pk)
    answer = approve_with_changes(
        version=version,
        changes=changes.changes,
        message=changes.cleaned_data["message"],
        valid_until=form.ends,
        by=by,
        now=now,
    )
    told = gettext("Planen er godkjent med endringene dine og gjelder fra nå til og med %(until)s.") % until
    messages.success(request, told)
    return redirect("plan-decide", answer.version_id)


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


def _typed(request: ActorRequest, version: PlanVersion) -> dict[str, Any]:
    """What the doctor had written in an answer that could not be stored, so that nothing is lost."""
    form = ChangesForm(request.POST, version=version)
    form.is_valid()
    written = request.POST.get("question", "") or request.POST.get("message", "")
    return {"unsaved": written, "unsaved_changes": form.in_words}


def _plan(
    request: ActorRequest,
    version: PlanVersion,
    now: datetime,
    *,
    status: int = 200,
    rules: Sequence[Rule] | None = None,
    **extra: Any,
) -> HttpResponse:
    page, by, today = plan_page(version, now=now, rules=rules), acting(request), now.astimezone(OSLO).date()
    own = version.status == VersionStatus.PROPOSED and decides_for(version.patient, by=by, now=now)
    changes_form = extra.get("changes_form") or ChangesForm(version=version)
    context = {
        "page": page,
        "rows": [
            (row, changes_form.limit_fields(row.change.proposed.id if row.change.proposed else ""))
            for row in page.changed_first
        ],
        "changes_form": changes_form,
        "changed": changes_form.in_words if changes_form.is_bound else [],
        "struck": request.POST.getlist("strike"),
        "seen_before": seen_before(version, by=by, present=page.present),
        "changed_from": changed_from(version),
        "other_differences": other_differences(page.present, version) if page.present else [],
        "late_differences": differences(version, page.newer) if extra.get("late") and page.newer else [],
        "opened": opening_mark(request, version),
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
