"""«Møter»: the weekly red-zone meeting of nurse and hospital, from agenda to minutes (R-052, R-141)."""

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
from django.views.decorators.http import require_http_methods

from accounts.actor import Actor, ActorRequest
from accounts.roles import Permission
from alerts.forms.meetings import AddForm, MinutesForm, PlanMeetingForm
from alerts.models import RedZoneMeeting
from alerts.queries.hospital import hospital_of
from alerts.queries.meetings import departments_of, meetings_of, shared_with, standing, takes_part, visible_items
from alerts.services.meetings import add_by_hand, fill_agenda, hold, plan_meeting
from alerts.services.refusals import NotNow, NotYours
from audit.enums import Action
from audit.logged import logs, logs_nothing
from audit.services import Refused, record_patients_access

SHOWN_AT_MOST = 50


@logs_nothing("Shows days and departments, no patient; planning fills an agenda that shows itself.")
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: ActorRequest) -> HttpResponse:
    """The meetings of the own service or department; the nurse plans the next."""
    by, now = request.actor, timezone.now()
    if by is None or not takes_part(by):
        raise PermissionDenied
    today = timezone.localdate(now)
    organises = by.may(Permission.TRIAGE)
    form = PlanMeetingForm(request.POST or None, departments=departments_of(by, on=today), today=today)
    if request.method == "POST" and organises and form.is_valid():
        try:
            meeting = plan_meeting(**form.cleaned_data, by=by, now=now)
        except NotNow as stopped:
            form.add_error(None, stopped.problem)
        else:
            messages.success(request, gettext("Møtet er planlagt, og agendaen er hentet fra arbeidskøen."))
            return redirect("meeting", meeting.pk)
    context = {
        "meetings": meetings_of(by)[:SHOWN_AT_MOST],
        "form": form if organises else None,
        "departments": organises and form.fields["department"].queryset.exists(),  # type: ignore[attr-defined]
        "at_hospital": hospital_of(by) is not None,
    }
    return render(request, "alerts/meetings.html", context, status=422 if form.errors and organises else 200)


@logs(Action.OPEN_MEETING, Action.CHANGE_AGENDA)
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def meeting(request: ActorRequest, meeting_id: UUID) -> HttpResponse:
    """Agenda and minutes. Each patient on the page is a look at that patient."""
    by, now = request.actor, timezone.now()
    action = Action.CHANGE_AGENDA if request.method == "POST" else Action.OPEN_MEETING
    found = meetings_of(by).filter(pk=meeting_id).first() if by and takes_part(by) else None
    if by is None or found is None or (request.method == "POST" and not _organises(found, by)):
        raise Refused(action, object_id=str(meeting_id))
    seen = [(item.municipality_id, item.patient_id) for item in visible_items(found, by=by, now=now)]
    record_patients_access(action, patients=seen, by=by, now=now, object_id=str(meeting_id))
    if request.method != "POST":
        return _show(request, by, found, now=now)
    step = {"fill": _fill, "add": _add}.get(request.POST.get("step", ""), _hold)
    try:
        return step(request, by, found)
    except NotNow as stopped:
        return _show(request, by, found, now=now, problem=stopped.problem, status=409)
    except NotYours as foreign:
        raise Refused(action, object_id=str(meeting_id)) from foreign


def _organises(meeting: RedZoneMeeting, by: Actor) -> bool:
    return by.service_id == meeting.service_id and by.may(Permission.TRIAGE)


def _fill(request: ActorRequest, by: Actor, found: RedZoneMeeting) -> HttpResponse:
    added = fill_agenda(meeting_id=found.pk, by=by, now=timezone.now())
    said = gettext("Agendaen er oppdatert fra arbeidskøen. Nye pasienter: %(count)s.") % {"count": len(added)}
    messages.success(request, said)
    return redirect("meeting", found.pk)


def _add(request: ActorRequest, by: Actor, found: RedZoneMeeting) -> HttpResponse:
    now = timezone.now()
    form = AddForm(request.POST, patients=shared_with(found.department_id, by=by, now=now))
    if not form.is_valid():
        return _show(request, by, found, now=now, add=form, status=422)
    patient = form.cleaned_data["patient"]
    add_by_hand(meeting_id=found.pk, patient_id=patient.pk, reason=form.cleaned_data["reason"], by=by, now=now)
    messages.success(request, gettext("Pasienten står på agendaen."))
    return redirect("meeting", found.pk)


def _hold(request: ActorRequest, by: Actor, found: RedZoneMeeting) -> HttpResponse:
    now = timezone.now()
    form = _minutes(found, request.POST)
    if not form.is_valid():
        return _show(request, by, found, now=now, minutes=form, status=422)
    said = form.cleaned_data
    hold(
        meeting_id=found.pk, held_on=said["held_on"], participants=said["participants"], minutes=said["duration"],
        note=said["note"], by=by, now=now,
    )  # fmt: skip
    messages.success(request, gettext("Referatet er lagret. Agendaen endres ikke lenger."))
    return redirect("meeting", found.pk)


def _minutes(found: RedZoneMeeting, data: Any = None) -> MinutesForm:
    return MinutesForm(data, today=timezone.localdate(), created_on=timezone.localdate(found.created_at))


def _show(
    request: ActorRequest,
    by: Actor,
    found: RedZoneMeeting,
    *,
    now: Any,
    add: AddForm | None = None,
    minutes: MinutesForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    items = visible_items(found, by=by, now=now)
    organises = _organises(found, by) and found.closed_at is None
    possible = shared_with(found.department_id, by=by, now=now) if organises else None
    if possible is not None and add is None:
        left = possible.exclude(agenda_items__meeting=found)
        add = AddForm(patients=left.order_by("family_name", "given_name"))
    context = {
        "meeting": found,
        "rows": [(item, standing(item)) for item in items],
        "organises": organises,
        "add": add,
        "minutes": (minutes or _minutes(found)) if organises else None,
        "problem": problem,
    }
    return render(request, "alerts/meeting.html", context, status=status)
