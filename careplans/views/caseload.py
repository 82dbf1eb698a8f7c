"""Patients for each position, for leaders; figures only, no patient."""

from typing import Any

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
from accounts.services import set_position
from audit.logged import logs_nothing
from careplans.forms.caseload import PositionForm
from careplans.queries.caseload import coordination_of, load_of, staff_with_positions
from careplans.queries.counting import plan_share
from organisations.models import FollowUpService


@logs_nothing("Shows how many patients and positions there are, no patient.")
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def caseload(request: ActorRequest) -> HttpResponse:
    """The load of the own service, or the coordination of the own municipality; and whose position is how large."""
    by, today = request.actor, timezone.localdate()
    if by is None or not (by.may(Permission.SEE_OWN_STATISTICS) or by.may(Permission.MANAGE_PEOPLE)):
        raise PermissionDenied
    registers = by.may(Permission.MANAGE_PEOPLE)
    staff = staff_with_positions(by, on=today) if registers else []
    data = request.POST if request.method == "POST" else None
    form = PositionForm(data, people=[each for each, _percent in staff], today=today)
    if data is not None and not registers:
        raise PermissionDenied
    if form.is_valid():
        found = form.cleaned_data
        set_position(
            membership_id=found["membership"],
            percent=found["percent"],
            valid_from=found["valid_from"],
            by=by,
            now=timezone.now(),
        )
        messages.success(request, gettext("Stillingen er registrert."))
        return redirect("caseload")
    context = _figures(by) | {"staff": staff, "form": form, "registers": registers}
    return render(request, "careplans/course/caseload.html", context, status=422 if form.errors else 200)


def _figures(by: Actor) -> dict[str, Any]:
    """A service's leader sees all its patients; a municipality only its own, which says nothing of a joint service."""
    today = timezone.localdate()
    if by.service_id:
        return {"load": load_of(FollowUpService.objects.defer("webhook_secret").get(pk=by.service_id), on=today)}
    municipality_id = by.employer_id or 0
    return {
        "coordination": coordination_of(municipality_id, on=today),
        "share": plan_share(today, municipality_id=municipality_id),
    }
