"""The staff of a group home send in measurements for those who live there, as themselves (requirements C2)."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actor import ActorRequest
from accounts.roles import Permission
from audit.enums import Action
from audit.logged import logs
from audit.services import record_list_access
from patients.access import get_patient, own_patients
from tablet.views.sending import Sending, show_sent, show_types, take_reading


@logs(Action.LIST_PATIENTS)
@never_cache
@login_required
@require_safe
def residents(request: ActorRequest) -> HttpResponse:
    """Those the home may send for."""
    by, now = request.actor, timezone.now()
    if by is None or not by.may(Permission.SUBMIT):
        raise PermissionDenied
    record_list_access(Action.LIST_PATIENTS, municipality_ids=by.municipality_ids, by=by, now=now)
    found = own_patients(by, now=now, permission=Permission.SUBMIT).defer("national_id")
    rows = found.order_by("family_name", "given_name", "pk")
    return render(request, "tablet/residents.html", {"rows": rows})


@logs(Action.OPEN_SUBMIT)
@never_cache
@login_required
@require_safe
def measure(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """What there is to measure."""
    return show_types(_let_in(request, patient_id))


@logs(Action.SUBMIT, Action.OPEN_SUBMIT)
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def measure_type(request: ActorRequest, patient_id: UUID, type_code: str) -> HttpResponse:
    """The number."""
    return take_reading(_let_in(request, patient_id), type_code)


@logs(Action.OPEN_SUBMIT)
@never_cache
@login_required
@require_safe
def measure_sent(request: ActorRequest, patient_id: UUID, client_id: UUID) -> HttpResponse:
    """What happens now."""
    return show_sent(_let_in(request, patient_id), client_id)


def _let_in(request: ActorRequest, patient_id: UUID) -> Sending:
    """Through lock one, with the look logged. Raises `Refused`."""
    now = timezone.now()
    action = Action.SUBMIT if request.method == "POST" else Action.OPEN_SUBMIT
    patient = get_patient(
        patient_id, by=request.actor, now=now, action=action, permission=Permission.SUBMIT, among=own_patients
    )
    assert request.actor is not None  # noqa: S101 - nobody was refused in the line above
    return Sending(
        request=request,
        patient=patient,
        by=request.actor,
        now=now,
        frame="tablet/staff.html",
        doors="measure",
        where={"patient_id": patient_id},
        looking=Action.OPEN_SUBMIT,
    )
