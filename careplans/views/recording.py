"""The meeting about a version, and the patient's acceptance, registered on the plan's page."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.actor import ActorRequest
from audit.enums import Action
from audit.logged import logs
from careplans.forms.recording import AcceptanceForm, MeetingForm
from careplans.services import AlreadyAccepted, record_acceptance, record_meeting
from careplans.views.opening import acting, open_written
from careplans.views.plan_of_patient import page_of
from dho.lib.numbers import OSLO


@logs(Action.WRITE_PLAN)
@login_required
@never_cache
@require_POST
def meeting(request: ActorRequest, version_id: UUID) -> HttpResponse:
    """The multidisciplinary meeting, or «etter avtale» (R-039)."""
    now = timezone.now()
    version = open_written(request, version_id, Action.WRITE_PLAN, now)
    form = MeetingForm(request.POST, today=now.astimezone(OSLO).date())
    if not form.is_valid():
        context = page_of(request, version.patient, meeting_form=form, about=version)
        return render(request, "careplans/plan_of_patient.html", context, status=422)
    record_meeting(version=version, **form.cleaned_data, by=acting(request), now=now)
    messages.success(request, gettext("Gjennomgangen er registrert."))
    return redirect("plan-patient", version.patient_id)


@logs(Action.WRITE_PLAN)
@login_required
@never_cache
@require_POST
def acceptance(request: ActorRequest, version_id: UUID) -> HttpResponse:
    """That the patient accepts this version (R-048)."""
    now = timezone.now()
    version = open_written(request, version_id, Action.WRITE_PLAN, now)
    form = AcceptanceForm(request.POST, today=now.astimezone(OSLO).date())
    if not form.is_valid():
        context = page_of(request, version.patient, acceptance_form=form, about=version)
        return render(request, "careplans/plan_of_patient.html", context, status=422)
    try:
        record_acceptance(version=version, **form.cleaned_data, by=acting(request), now=now)
        messages.success(request, gettext("Det er registrert at pasienten er enig i planen."))
    except AlreadyAccepted:
        messages.error(request, gettext("Det er allerede registrert at pasienten er enig i denne versjonen."))
    return redirect("plan-patient", version.patient_id)
