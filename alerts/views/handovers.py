"""«Overføringer»: what other services ask this one to take over, and the answer. The case comes along (R-144)."""

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
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import ActorRequest
from accounts.roles import Permission
from alerts import services
from alerts.forms import HandoverAnswerForm
from audit.enums import Action
from audit.logged import logs
from audit.services import Refused, record_access, record_list_access
from patients.queries import incoming_handovers
from patients.services import NotPossible, NotYours, decline_handover

NOTE_AT_MOST = 2000


@logs(Action.LIST_HANDOVERS)
@never_cache
@login_required
@require_safe
def page(request: ActorRequest) -> HttpResponse:
    """Those that wait for an answer or for their day, soonest first."""
    return _page(request)


@logs(Action.HAND_OVER)
@never_cache
@login_required
@require_POST
def answer(request: ActorRequest, handover_id: UUID) -> HttpResponse:
    """Yes or no. Accepted for today, the patient stands in the queue at once."""
    by, now, form = request.actor, timezone.now(), HandoverAnswerForm(request.POST)
    accepted = request.POST.get("answer") == "yes"
    if by is None or not incoming_handovers(by).filter(pk=handover_id).exists():
        raise Refused(Action.HAND_OVER, object_id=str(handover_id))
    if not form.is_valid():
        return _page(request, problem=form.errors["note"][0], answered=handover_id, status=422)
    note = form.cleaned_data["note"][:NOTE_AT_MOST]
    if not accepted and not note:
        problem = gettext("Notat: skriv hvorfor dere ikke kan ta imot pasienten.")
        return _page(request, problem=problem, answered=handover_id, status=422)
    try:
        step = services.accept_handover if accepted else decline_handover
        handover = step(handover_id=handover_id, note=note, by=by, now=now)
    except NotYours as foreign:
        raise Refused(Action.HAND_OVER, object_id=str(handover_id)) from foreign
    except NotPossible as stopped:
        return _page(request, problem=stopped.obstacle.label, answered=handover_id, note=note, status=409)
    record_access(
        Action.HAND_OVER,
        municipality_id=handover.municipality_id,
        patient_id=handover.patient_id,
        by=by,
        now=now,
        object_id=str(handover_id),
    )
    messages.success(request, _said(accepted=accepted, moved=handover.moved_at is not None))
    return redirect("handovers")


def _said(*, accepted: bool, moved: bool) -> str:
    if not accepted:
        return gettext("Dere har sagt nei. Den andre tjenesten følger fortsatt opp pasienten.")
    if moved:
        return gettext("Dere har tatt imot pasienten. Dere følger opp fra nå.")
    return gettext("Dere har tatt imot pasienten. Den andre tjenesten følger opp til dagen er kommet.")


def _page(request: ActorRequest, *, status: int = 200, **extra: Any) -> HttpResponse:
    by, now = request.actor, timezone.now()
    if by is None or by.service_id is None or not by.may(Permission.HAND_OVER):
        raise PermissionDenied
    record_list_access(Action.LIST_HANDOVERS, municipality_ids=by.municipality_ids, by=by, now=now)
    context = {"rows": incoming_handovers(by), "today": timezone.localdate(now)}
    return render(request, "alerts/handovers.html", context | extra, status=status)
