"""The devices that may send readings for one patient: give access, and take it away."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import Actor, ActorRequest
from accounts.enums import RevokedWhy
from accounts.roles import Permission
from accounts.services import issue_credential, reset_pin, revoke_credential
from audit.enums import Action
from audit.logged import logs
from audit.services import Refused
from patients.access import get_patient
from patients.forms.devices import DeviceForm, ResetPinForm, RevokeForm
from patients.models import Patient
from patients.queries import credentials_of


@logs(Action.OPEN_DEVICES)
@login_required
@never_cache
@require_safe
def devices(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """The list, with the form that gives another device access."""
    return _page(request, patient_of(request, patient_id, Action.OPEN_DEVICES, timezone.now()))


@logs(Action.ISSUE_DEVICE)
@login_required
@never_cache
@require_POST
def issue(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """Give a device access. The token stands in this answer only: it is in no address, session, log or cache."""
    now = timezone.now()
    patient = patient_of(request, patient_id, Action.ISSUE_DEVICE, now)
    form = DeviceForm(request.POST)
    if not form.is_valid():
        return _page(request, patient, form=form, status=422)
    credential, token = issue_credential(
        patient=patient, label=form.cleaned_data["label"], by=actor_of(request), now=now
    )
    return _page(request, patient, issued=credential, token=token)


@logs(Action.REVOKE_DEVICE)
@login_required
@never_cache
@require_POST
def revoke(request: ActorRequest, patient_id: UUID, credential_id: UUID) -> HttpResponse:
    """End a device's access at once. A lost tablet must not wait for a second question."""
    now = timezone.now()
    patient = patient_of(request, patient_id, Action.REVOKE_DEVICE, now, object_id=str(credential_id))
    credential = credentials_of(patient).filter(pk=credential_id).first()
    if credential is None:
        raise Refused(Action.REVOKE_DEVICE, patient_id=patient_id, object_id=str(credential_id))
    form = RevokeForm(request.POST)
    why = RevokedWhy(form.cleaned_data["why"]) if form.is_valid() else RevokedWhy.STAFF
    revoke_credential(credential=credential, by=actor_of(request), now=now, why=why)
    messages.success(
        request,
        gettext("«%(credential)s» er sperret. Enheten kan ikke lenger sende målinger.")
        % {"credential": credential.label},
    )
    return redirect("devices", patient_id)


@logs(Action.RESET_PIN)
@login_required
@never_cache
@require_POST
def clear_pin(request: ActorRequest, patient_id: UUID, credential_id: UUID) -> HttpResponse:
    """The patient has forgotten the PIN, or tried too often: a new one is chosen on the tablet."""
    patient = patient_of(request, patient_id, Action.RESET_PIN, timezone.now(), object_id=str(credential_id))
    credential = credentials_of(patient).filter(pk=credential_id, paired=True, revoked_at__isnull=True).first()
    if credential is None:
        raise Refused(Action.RESET_PIN, patient_id=patient_id, object_id=str(credential_id))
    form = ResetPinForm(request.POST)
    if not form.is_valid():
        return _page(request, patient, status=422, pin_form=form, pin_of=credential)
    reset_pin(credential=credential, by=actor_of(request))
    messages.success(
        request, gettext("PIN-koden på «%(label)s» er nullstilt. Pasienten velger en ny.") % {"label": credential.label}
    )
    return redirect("devices", patient_id)


def patient_of(
    request: ActorRequest, patient_id: UUID, action: Action, now: datetime, *, object_id: str = ""
) -> Patient:
    """The patient whose devices the actor manages, with the look logged."""
    return get_patient(
        patient_id,
        by=request.actor,
        now=now,
        action=action,
        permission=Permission.MANAGE_DEVICES,
        object_id=object_id,
    )


def actor_of(request: ActorRequest) -> Actor:
    """Who acts, once a patient has been opened: `get_patient` has refused everybody without a membership."""
    assert request.actor is not None  # noqa: S101
    return request.actor


def _page(request: ActorRequest, patient: Patient, *, status: int = 200, **extra: Any) -> HttpResponse:
    credentials = list(credentials_of(patient))
    context = {
        "patient": patient,
        "age": patient.age(timezone.localdate()),
        "tablets": [each for each in credentials if each.paired and each.revoked_at is None],
        "gateways": [each for each in credentials if not each.paired and each.revoked_at is None],
        "revoked": [each for each in credentials if each.revoked_at is not None],
        "form": DeviceForm(),
        "pin_form": ResetPinForm(),
    }
    return render(request, "patients/devices.html", context | extra, status=status)
