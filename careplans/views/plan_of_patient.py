"""The plan of one patient: every version, what can be done next, and two versions side by side."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actor import ActorRequest
from accounts.roles import Permission
from audit.enums import Action
from audit.logged import logs
from careplans.forms.beginning import BeginForm
from careplans.forms.recording import AcceptanceForm, MeetingForm
from careplans.queries.changes import differences
from careplans.queries.course_of_plan import plan_course, templates_for
from careplans.services import VersionIsOpen, WrongStep, begin_plan, elsewhere, revise, withdraw
from careplans.views.opening import acting, open_written
from dho.lib.numbers import OSLO, whole_number
from patients.access import get_patient, own_patients
from patients.models import Patient


@logs(Action.OPEN_PLAN)
@login_required
@never_cache
@require_safe
def plan_of_patient(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """Every version, with what is open and what is in force."""
    now = timezone.now()
    patient = get_patient(
        patient_id, by=request.actor, now=now, action=Action.OPEN_PLAN, permission=Permission.SEE_PLAN
    )
    return render(request, "careplans/plan_of_patient.html", page_of(request, patient))


def page_of(request: ActorRequest, patient: Patient, **extra: Any) -> dict[str, Any]:
    """What the page of a patient's plan shows."""
    by, now = acting(request), timezone.now()
    today = now.astimezone(OSLO).date()
    writes = own_patients(by, now=now, permission=Permission.DRAFT_PLAN).filter(pk=patient.pk).exists()
    context = {
        "patient": patient,
        "age": patient.age(today),
        "course": plan_course(patient, by=by, now=now),
        "writes": writes,
        "elsewhere": writes and elsewhere(patient, by=by, now=now).exists(),
        "may_read_patient": by.may(Permission.SEE_PATIENT),
        "meeting_form": MeetingForm(today=today),
        "acceptance_form": AcceptanceForm(today=today),
    }
    return context | extra


@logs(Action.OPEN_PLAN, Action.WRITE_PLAN)
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """«Hva er viktig for deg?» first, and which template to begin from, if any (R-030, R-045)."""
    now = timezone.now()
    action = Action.WRITE_PLAN if request.method == "POST" else Action.OPEN_PLAN
    patient = get_patient(patient_id, by=request.actor, now=now, action=action, permission=Permission.DRAFT_PLAN)
    by = acting(request)
    form = BeginForm(request.POST if request.method == "POST" else None, templates=templates_for(by, active_only=True))
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            version = begin_plan(patient=patient, **form.said(), by=by, now=now)
        except VersionIsOpen as standing:
            form.add_error(None, standing_open(standing))
            status = 409
        else:
            return redirect("plan-edit", version.pk)
    context = {"patient": patient, "age": patient.age(now.astimezone(OSLO).date()), "form": form}
    return render(request, "careplans/begin.html", context, status=status)


def standing_open(standing: VersionIsOpen) -> str:
    """That there already is a version to write on, or one that waits for the doctor."""
    return gettext("Versjon %(number)s av planen er åpen. Gjør ferdig den, eller trekk den tilbake først.") % {
        "number": standing.number
    }


@logs(Action.WRITE_PLAN)
@login_required
@never_cache
@require_POST
def change(request: ActorRequest, version_id: UUID) -> HttpResponse:
    """A new draft with what this version says (R-044)."""
    now = timezone.now()
    version = open_written(request, version_id, Action.WRITE_PLAN, now)
    try:
        draft = revise(version=version, by=acting(request), now=now)
    except VersionIsOpen as standing:
        messages.error(request, standing_open(standing))
        return redirect("plan-patient", version.patient_id)
    return redirect("plan-edit", draft.pk)


@logs(Action.WRITE_PLAN)
@login_required
@never_cache
@require_POST
def take_back(request: ActorRequest, version_id: UUID) -> HttpResponse:
    """The proposal comes back from the doctor, undecided."""
    now = timezone.now()
    version = open_written(request, version_id, Action.WRITE_PLAN, now)
    try:
        withdraw(version=version, by=acting(request), now=now)
        messages.success(request, gettext("Forslaget er trukket tilbake. Lag en ny versjon for å endre det."))
    except WrongStep:
        messages.error(request, gettext("Forslaget venter ikke lenger på legen, og kan ikke trekkes tilbake."))
    return redirect("plan-patient", version.patient_id)


@logs(Action.OPEN_PLAN)
@login_required
@never_cache
@require_safe
def compare(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """Any two versions of the plan, in words: what the first says that the second does not, and the other way."""
    now = timezone.now()
    patient = get_patient(
        patient_id, by=request.actor, now=now, action=Action.OPEN_PLAN, permission=Permission.SEE_PLAN
    )
    by_number = {each.number: each for each in plan_course(patient, by=acting(request), now=now).versions}
    asked = [by_number.get(whole_number(request.GET.get(name, "")) or 0) for name in ("v1", "v2")]
    old, new = asked
    context = {
        "patient": patient,
        "versions": list(by_number.values()),
        "old": old,
        "new": new,
        "found": differences(old, new) if old and new else None,
        "asked": bool(request.GET),
    }
    return render(request, "careplans/compare.html", context)
