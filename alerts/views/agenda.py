"""One patient on the agenda of a red-zone meeting: what was decided, and the draft that comes of it (R-052)."""

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

from accounts.actor import Actor, ActorRequest
from alerts.forms.meetings import DecisionForm
from alerts.models import AgendaItem
from alerts.queries.meetings import standing, takes_part
from alerts.queries.patient import open_enrolment
from alerts.services.meetings import decide, make_draft
from alerts.services.refusals import NotNow, NotYours
from audit.enums import Action
from audit.logged import logs
from audit.services import Refused
from patients.access import get_patient, own_patients
from patients.queries import deciding_doctor


@logs(Action.OPEN_MEETING, Action.DECIDE_IN_MEETING)
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: ActorRequest, item_id: UUID) -> HttpResponse:
    """Read what was decided, and decide; for the service's nurse also: make the draft of the plan."""
    now = timezone.now()
    action = Action.DECIDE_IN_MEETING if request.method == "POST" else Action.OPEN_MEETING
    item, by = _let_in(request, item_id, action, now)
    if request.method != "POST":
        return _show(request, item, by, now=now)
    if request.POST.get("step") == "draft":
        return _draft(request, item, by, now)
    form = DecisionForm(request.POST, today=timezone.localdate(now))
    if not form.is_valid():
        return _show(request, item, by, now=now, form=form, status=422)
    try:
        made = decide(item=item, **form.cleaned_data, by=by, now=now)
    except NotYours as foreign:
        raise Refused(action, patient_id=item.patient_id, object_id=str(item_id)) from foreign
    said = gettext("Beslutningen er lagret. Et utkast til ny plan er laget og må godkjennes av legen før det gjelder.")
    messages.success(request, said if made.draft_id else gettext("Beslutningen er lagret."))
    return redirect("meeting-item" if made.draft_id else "meeting", item.pk if made.draft_id else item.meeting_id)


def _draft(request: ActorRequest, item: AgendaItem, by: Actor, now: datetime) -> HttpResponse:
    decision = standing(item)
    if decision is None:
        return _show(request, item, by, now=now, problem=gettext("Det er ikke bestemt noe ennå."), status=409)
    try:
        make_draft(decision_id=decision.pk, by=by, now=now)
    except NotNow as stopped:
        return _show(request, item, by, now=now, problem=stopped.problem, status=409)
    except NotYours as foreign:
        raise Refused(Action.DECIDE_IN_MEETING, patient_id=item.patient_id, object_id=str(item.pk)) from foreign
    messages.success(request, gettext("Utkastet er laget. Skriv endringen inn i det, og send det til legen."))
    return redirect("meeting-item", item.pk)


def _let_in(request: ActorRequest, item_id: UUID, action: Action, now: datetime) -> tuple[AgendaItem, Actor]:
    """Both sides of the meeting, where they see the patient. Emergency access opens no meeting."""
    item = AgendaItem.objects.select_related("meeting__service", "meeting__department").filter(pk=item_id).first()
    by, patient_id = request.actor, item.patient_id if item else None
    patient = get_patient(patient_id, by=by, now=now, action=action, object_id=str(item_id), among=own_patients)
    assert item is not None and by is not None  # noqa: S101, PT018 - nobody was refused in the line above
    if not takes_part(by) or by.service_id not in (item.meeting.service_id, item.meeting.department_id):
        raise Refused(action, patient_id=patient.pk, object_id=str(item_id))
    item.patient = patient
    return item, by


def _show(
    request: ActorRequest,
    item: AgendaItem,
    by: Actor,
    *,
    now: datetime,
    form: DecisionForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    decisions = list(item.decisions.select_related("decided_by", "draft").order_by("-decided_at", "-pk"))
    context = {
        "item": item,
        "patient": item.patient,
        "meeting": item.meeting,
        "decisions": decisions,
        "form": form or DecisionForm(today=timezone.localdate(now)),
        "may_draft": by.service_id == item.meeting.service_id,
        "doctor": deciding_doctor(open_enrolment(item.patient)),
        "problem": problem,
    }
    return render(request, "alerts/meeting_item.html", context, status=status)
