"""«Nødtilgang»: whose journal and why, a step to read what it means, and then the patient's page, for reading only."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actor import Actor, ActorRequest
from accounts.models import User
from accounts.roles import Permission
from audit.enums import Action
from audit.logged import logs
from audit.services import Refused, record_access, record_refusal
from patients.access import visible_patients
from patients.enums import Obstacle
from patients.forms.access import EmergencyForm
from patients.models import EMERGENCY_LASTS, Patient
from patients.queries import find_for_emergency
from patients.services import NotPossible, open_emergency_access

# Whoever guesses numbers must not find out who is a patient here.
MOST_MISSES: Final = 5
FORGOTTEN_AFTER: Final = timedelta(minutes=15)


@logs(Action.EMERGENCY_ACCESS, Action.LOOK_UP)
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def emergency(request: ActorRequest) -> HttpResponse:
    """Unknown and out of reach answer the same, and too many wrong numbers close the form for a while."""
    by, now = request.actor, timezone.now()
    if by is None or not by.may(Permission.EMERGENCY_ACCESS):
        raise PermissionDenied
    if request.method != "POST":
        return _form(request, EmergencyForm())
    form = EmergencyForm(request.POST)
    # One try of a person at a time, or ten at once would all be counted as the first.
    User.objects.select_for_update(no_key=True).get(pk=by.user.pk)
    if cache.get(_key(by), 0) >= MOST_MISSES:
        record_refusal(Refused(Action.EMERGENCY_ACCESS), by=by, now=now, origin=by.origin)
        return _form(request, form, locked=True, status=429)
    if not form.is_valid():
        return _form(request, form, status=422)
    patient = find_for_emergency(by, form.cleaned_data["national_id"])
    return _missed(request, form, by, now) if patient is None else _found(request, form, patient, by, now)


def _missed(request: ActorRequest, form: EmergencyForm, by: Actor, now: datetime) -> HttpResponse:
    cache.set(_key(by), cache.get(_key(by), 0) + 1, FORGOTTEN_AFTER.total_seconds())
    record_refusal(Refused(Action.EMERGENCY_ACCESS), by=by, now=now, origin=by.origin)
    form.add_error("national_id", gettext("Fødselsnummer: vi fant ingen pasient du kan åpne. Se over tallene."))
    return _form(request, form, status=422)


def _found(request: ActorRequest, form: EmergencyForm, patient: Patient, by: Actor, now: datetime) -> HttpResponse:
    """To the patient at once for whoever sees her anyway; else first what it means, and at the second «yes» in."""
    if visible_patients(by, now=now).filter(pk=patient.pk).exists():
        messages.success(request, gettext("Du har allerede tilgang til pasienten."))
        return redirect("patient", patient.pk)
    if "confirmed" not in request.POST:
        record_access(Action.LOOK_UP, municipality_id=patient.municipality_id, patient_id=patient.pk, by=by, now=now)
        age = patient.age(timezone.localdate(now))
        until = {"ends_at": now + EMERGENCY_LASTS}
        return render(
            request, "patients/emergency_review.html", {"patient": patient, "age": age, "form": form, **until}
        )
    try:
        open_emergency_access(patient=patient, reason=form.cleaned_data["reason"], by=by, now=now)
    except NotPossible as stopped:
        # The button was pressed twice: the first press, which this one waited for, has opened the record.
        if stopped.obstacle != Obstacle.ALREADY_OPEN:
            raise
    return redirect("patient", patient.pk)


def _form(request: ActorRequest, form: EmergencyForm, *, status: int = 200, **extra: Any) -> HttpResponse:
    return render(request, "patients/emergency.html", {"form": form, **extra}, status=status)


def _key(by: Actor) -> str:
    return f"emergency-misses:{by.user.pk}"
