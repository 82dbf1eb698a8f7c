"""«Nødtilganger»: the privacy officer reads who looked in an emergency, and writes the review. No clinical content."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actor import Actor, ActorRequest
from accounts.roles import Permission
from audit.enums import Action
from audit.logged import logs
from audit.services import Refused, record_access, record_list_access
from patients.forms.access import ReviewForm
from patients.models import EmergencyAccess
from patients.queries import looks_during, reviewable
from patients.services import NotPossible, review_emergency_access

SHOWN_AT_MOST = 200


@logs(Action.LIST_EMERGENCIES)
@never_cache
@login_required
@require_safe
def emergencies(request: ActorRequest) -> HttpResponse:
    """Of the own municipality, those that nobody has reviewed first."""
    by, now = request.actor, timezone.now()
    if by is None or not by.may(Permission.READ_ACCESS_LOG):
        raise PermissionDenied
    record_list_access(Action.LIST_EMERGENCIES, municipality_ids=by.municipality_ids, by=by, now=now)
    return render(request, "patients/emergencies.html", {"rows": reviewable(by)[:SHOWN_AT_MOST]})


@logs(Action.REVIEW_EMERGENCY)
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: ActorRequest, emergency_id: UUID) -> HttpResponse:
    """One of them: the reason, what was opened, and the review."""
    by, now = request.actor, timezone.now()
    found = reviewable(by).filter(pk=emergency_id).first() if by else None
    if by is None or found is None:
        raise Refused(Action.REVIEW_EMERGENCY, object_id=str(emergency_id))
    record_access(
        Action.REVIEW_EMERGENCY,
        municipality_id=found.municipality_id,
        patient_id=found.patient_id,
        by=by,
        now=now,
        object_id=str(emergency_id),
    )
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, found, by, form)
    if not form.is_valid():
        return _page(request, found, by, form, status=422)
    try:
        review_emergency_access(emergency=found, review=form.cleaned_data["review"], by=by, now=now)
    except NotPossible as stopped:
        form.add_error(None, stopped.obstacle.label)
        return _page(request, found, by, form, status=409)
    messages.success(request, gettext("Vurderingen er lagret."))
    return redirect("emergencies")


def _page(
    request: ActorRequest, emergency: EmergencyAccess, by: Actor, form: ReviewForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "emergency": emergency,
        "looks": looks_during(emergency),
        "form": form,
        "own": emergency.user_id == by.user.pk,
    }
    return render(request, "patients/emergency_reviewed.html", context, status=status)
