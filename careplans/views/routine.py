"""What was agreed with the GP about a patient, and the GP's own short list of tasks (R-125, R-126, R-128, R-129)."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actor import Actor, ActorRequest
from accounts.roles import Permission
from audit.enums import Action
from audit.logged import logs
from audit.services import record_list_access
from careplans.forms.routine import GpRoutineForm
from careplans.queries.curve_reports import unopened_curves
from careplans.queries.gp import waiting_for
from careplans.queries.routine import agreed_looks, gp_routines_of, routine_of
from careplans.services import agree, may_agree, note_look
from careplans.views.opening import acting
from patients.access import get_patient, patients_to_decide_for
from patients.models import Patient


@logs(Action.LIST_GP_TASKS)
@login_required
@never_cache
@require_safe
def tasks(request: ActorRequest) -> HttpResponse:
    """What waits for the doctor: plans, curves sent, and looks agreed for now. Nothing else (R-125)."""
    by, now = request.actor, timezone.now()
    if by is None or not by.may(Permission.APPROVE_PLAN):
        raise PermissionDenied
    record_list_access(Action.LIST_GP_TASKS, municipality_ids=by.municipality_ids, by=by, now=now)
    context = {
        "plans": waiting_for(by, now=now),
        "curves": unopened_curves(by, now=now),
        "looks": agreed_looks(by, now=now),
    }
    return render(request, "careplans/tasks.html", context)


@logs(Action.GP_LOOK)
@login_required
@never_cache
@require_POST
def look(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """The agreed look: marks it as done, and opens the curves."""
    now = timezone.now()
    patient = get_patient(
        patient_id, by=request.actor, now=now, action=Action.GP_LOOK, permission=Permission.APPROVE_PLAN, among=_decided
    )
    note_look(patient=patient, by=acting(request), now=now)
    return redirect("patient", patient.pk)


def _decided(by: Actor, *, now: datetime, permission: Permission) -> QuerySet[Patient]:
    return patients_to_decide_for(by, now=now)


@logs(Action.GP_ROUTINE)
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def routine(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """What holds, what held before, and a form for those who write the plan."""
    by, now = request.actor, timezone.now()
    writes = Permission.DRAFT_PLAN if request.method == "POST" else Permission.SEE_PLAN
    patient = get_patient(patient_id, by=by, now=now, action=Action.GP_ROUTINE, permission=writes)
    holds, sent = routine_of(patient, now=now), request.POST if request.method == "POST" else None
    form = GpRoutineForm(sent, today=timezone.localdate(now), initial=GpRoutineForm.initial_of(holds))
    may_write = may_agree(patient, by=acting(request), now=now)
    if not may_write and sent is not None:
        raise PermissionDenied
    if form.is_valid():
        agree(patient=patient, agreed=form.agreed, by=acting(request), now=now)
        messages.success(request, gettext("Avtalen med fastlegen er lagret."))
        return redirect("gp-routine", patient.pk)
    context = {"patient": patient, "holds": holds, "all": gp_routines_of(patient), "form": form, "may_write": may_write}
    return render(request, "careplans/routine.html", context, status=422 if form.errors else 200)
