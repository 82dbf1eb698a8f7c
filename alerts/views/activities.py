"""What a hospital department has done in the courses of its patients, month by month (R-146, R-208)."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actor import Actor, ActorRequest
from alerts.enums import ActivityKind
from alerts.forms.hospital import ActivityForm, ContactForm, CorrectionForm
from alerts.models import HospitalActivity
from alerts.queries.hospital import Line, activities_of, hospital_of, let_go_by, patients_of_register
from alerts.services.hospital import log_activity, save_contact_point
from alerts.services.refusals import NotNow, NotYours
from audit.enums import Action
from audit.logged import logs, logs_nothing
from audit.services import Refused, record_list_access
from dho.lib.numbers import date_nb
from dho.lib.spreadsheet import csv_of
from organisations.forms import YEARS
from organisations.models import FollowUpService
from patients.access import get_patient
from patients.models import Patient

_HEADS = (
    _("Dag"),
    _("Pasient"),
    _("Født"),
    _("Aktivitet"),
    _("Minutter"),
    _("Deltakere"),
    _("Notat"),
    _("Teller"),
    _("Registrert av"),
)


@logs(Action.LIST_ACTIVITIES)
@never_cache
@login_required
@require_safe
def page(request: ActorRequest) -> HttpResponse:
    """One month of the own department."""
    by, first, lines = _asked(request)
    context = {
        "lines": lines,
        "first": first,
        "before": (first - timedelta(days=1)).strftime("%Y-%m"),
        "after": _next(first).strftime("%Y-%m"),
        "counting": sum(line.counts for line in lines),
        "let_go": let_go_by(by, now=timezone.now()),
    }
    return render(request, "alerts/activities.html", context)


@logs(Action.LIST_ACTIVITIES)
@never_cache
@login_required
@require_safe
def as_csv(request: ActorRequest) -> HttpResponse:
    """The same month for the hospital's own registration."""
    _by, first, lines = _asked(request)
    file = csv_of([str(head) for head in _HEADS], [_cells(line) for line in lines])
    headers = {"Content-Disposition": f'attachment; filename="aktiviteter-{first:%Y-%m}.csv"'}
    return HttpResponse(file, content_type="text/csv; charset=utf-8", headers=headers)


def _cells(line: Line) -> list[object]:
    each = line.activity
    return [
        date_nb(each.on), each.patient.name, date_nb(each.patient.birth_date), each.get_kind_display(),
        each.minutes or "", each.persons, each.note, gettext("ja") if line.counts else gettext("nei"),
        line.registered_by,
    ]  # fmt: skip


def _asked(request: ActorRequest) -> tuple[Actor, date, list[Line]]:
    """The actor, the first day of the month asked for (this month where none is), and what was done in it."""
    by, now = request.actor, timezone.now()
    if by is None or hospital_of(by) is None:
        raise PermissionDenied
    try:
        first = date.fromisoformat(f"{request.GET.get('maaned', '')}-01")
    except ValueError:
        first = timezone.localdate(now).replace(day=1)
    if first.year not in YEARS:
        first = timezone.localdate(now).replace(day=1)
    record_list_access(Action.LIST_ACTIVITIES, municipality_ids=by.municipality_ids, by=by, now=now)
    return by, first, activities_of(by, first=first, last=_next(first) - timedelta(days=1))


def _next(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


@logs(Action.LOG_ACTIVITY)
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """A transfer talk, or another part of the hospital's in the course."""
    now = timezone.now()
    patient, by = _let_in(request, patient_id, now)
    today = timezone.localdate(now)
    form = ActivityForm(request.POST or None, today=today, initial={"on": today})
    return _write(request, patient, by, form, now)


@logs(Action.LOG_ACTIVITY)
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: ActorRequest, activity_id: UUID) -> HttpResponse:
    """A new row in place of a wrong one, which stays as it was."""
    now = timezone.now()
    found = HospitalActivity.objects.select_related("item", "outpatient").filter(pk=activity_id).first()
    patient, by = _let_in(request, found.patient_id if found else None, now, object_id=str(activity_id))
    if found is None or found.department_id != by.service_id:
        raise Refused(Action.LOG_ACTIVITY, patient_id=patient.pk, object_id=str(activity_id))
    standing = {name: getattr(found, name) for name in ("kind", "on", "minutes", "persons")}
    form = CorrectionForm(request.POST or None, today=timezone.localdate(now), initial=standing)
    return _write(request, patient, by, form, now, replaces=found)


def _let_in(
    request: ActorRequest, patient_id: UUID | None, now: datetime, *, object_id: str = ""
) -> tuple[Patient, Actor]:
    by, action = request.actor, Action.LOG_ACTIVITY
    patient = get_patient(patient_id, by=by, now=now, action=action, object_id=object_id, among=patients_of_register)
    if by is None or hospital_of(by) is None:
        raise Refused(action, patient_id=patient.pk, object_id=object_id)
    return patient, by


def _write(
    request: ActorRequest,
    patient: Patient,
    by: Actor,
    form: ActivityForm,
    now: datetime,
    *,
    replaces: HospitalActivity | None = None,
) -> HttpResponse:
    problem, status = "", 200
    if request.method == "POST":
        problem = _log(patient, form, by, now, replaces) if form.is_valid() else ""
        if form.is_valid() and not problem:
            messages.success(request, gettext("Aktiviteten er lagret."))
            return redirect("activities")
        status = 409 if problem else 422
    context: dict[str, Any] = {"patient": patient, "form": form, "replaces": replaces, "problem": problem}
    return render(request, "alerts/activity.html", context, status=status)


def _log(patient: Patient, form: ActivityForm, by: Actor, now: datetime, replaces: HospitalActivity | None) -> str:
    """Write the row; what stops it, or nothing."""
    said = {**form.cleaned_data, "kind": ActivityKind(form.cleaned_data["kind"])}
    try:
        log_activity(patient=patient, **said, by=by, now=now, replaces=replaces)
    except NotNow as stopped:
        return stopped.problem
    except NotYours as foreign:
        raise Refused(Action.LOG_ACTIVITY, patient_id=patient.pk) from foreign
    return ""


@logs_nothing("Shows how to reach a department, no patient.")
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def contact_point(request: ActorRequest) -> HttpResponse:
    """The department's one contact point and the way to a higher level of care, written by its own staff."""
    by = request.actor
    department_id = hospital_of(by)
    if by is None or department_id is None:
        raise PermissionDenied
    department = FollowUpService.objects.defer("webhook_secret").get(pk=department_id)
    standing = {name: getattr(department, name) for name in ContactForm.base_fields}
    form = ContactForm(request.POST or None, initial=standing)
    if request.method == "POST" and form.is_valid():
        save_contact_point(**form.cleaned_data, by=by)
        messages.success(
            request, gettext("Kontaktpunktet er lagret. Det vises ved røde varsler om pasienter dere ser.")
        )
        return redirect("contact-point")
    context = {"form": form, "department": department}
    return render(request, "alerts/contact_point.html", context, status=422 if form.errors else 200)
