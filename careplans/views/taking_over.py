"""A plan comes from another municipality, or leaves for one: always by a person, always as a draft."""

import json
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actor import Actor, ActorRequest
from accounts.roles import Permission
from audit.enums import Action
from audit.logged import logs
from careplans.forms.taking_over import TakeOverForm
from careplans.models import PlanVersion
from careplans.services import (
    PlanProblems,
    Unreadable,
    VersionIsOpen,
    elsewhere,
    exported,
    take_over_file,
    take_over_version,
)
from careplans.views.opening import acting, open_written
from careplans.views.plan_of_patient import standing_open
from dho.lib.numbers import OSLO
from patients.access import get_patient
from patients.models import Patient


@logs(Action.OPEN_PLAN, Action.WRITE_PLAN)
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_over(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """A version that this person may read elsewhere, or a file; the patient has said yes."""
    now = timezone.now()
    action = Action.WRITE_PLAN if request.method == "POST" else Action.OPEN_PLAN
    patient = get_patient(patient_id, by=request.actor, now=now, action=action, permission=Permission.DRAFT_PLAN)
    by = acting(request)
    data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = TakeOverForm(*data, versions=elsewhere(patient, by=by, now=now))
    if form.is_valid() and (draft := _taken(form, patient, by)):
        return redirect("plan-edit", draft.pk)
    context = {"patient": patient, "age": patient.age(now.astimezone(OSLO).date()), "form": form}
    return render(request, "careplans/take_over.html", context, status=422 if form.errors else 200)


def _taken(form: TakeOverForm, patient: Patient, by: Actor) -> PlanVersion | None:
    """The draft, or None with the reason in the form."""
    now, source = timezone.now(), form.cleaned_data["source"]
    try:
        if source:
            return take_over_version(patient=patient, source=source, by=by, now=now)
        return take_over_file(patient=patient, said=_read(form.cleaned_data["file"]), by=by, now=now)
    except VersionIsOpen as standing:
        form.add_error(None, standing_open(standing))
    except (Unreadable, PlanProblems) as refused:
        form.add_error("file", forms.ValidationError(refused.problems[:10]))
    return None


def _read(file: Any) -> Any:
    """The file's JSON; anything else reads as nothing, which is no plan."""
    try:
        return json.loads(file.read().decode("utf-8"))
    except (ValueError, RecursionError):
        return None


@logs(Action.EXPORT_PLAN)
@login_required
@never_cache
@require_safe
def export(request: ActorRequest, version_id: UUID) -> HttpResponse:
    """An approved version as a file to hand over. No name in the file's name: it ends up in lists of downloads."""
    now = timezone.now()
    version = open_written(request, version_id, Action.EXPORT_PLAN, now)
    if version.approved_at is None:
        raise Http404
    answer = JsonResponse(exported(version, now=now), json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="egenbehandlingsplan-versjon-{version.number}.json"'
    return answer
