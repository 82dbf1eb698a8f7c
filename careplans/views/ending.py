"""«Planer som utløper»: so that short-lived limits do not run out unseen (R-152)."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.actor import ActorRequest
from accounts.roles import Permission
from audit.enums import Action
from audit.logged import logs
from audit.services import record_list_access
from careplans.queries.ending import days_left, ending_plans


@logs(Action.LIST_PLANS)
@never_cache
@login_required
@require_safe
def page(request: ActorRequest) -> HttpResponse:
    """Those of the own patients, soonest first."""
    by, now = request.actor, timezone.now()
    if by is None or not by.may(Permission.TRIAGE):
        raise PermissionDenied
    record_list_access(Action.LIST_PLANS, municipality_ids=by.municipality_ids, by=by, now=now)
    rows = [(version, days_left(version, now=now)) for version in ending_plans(by, now=now)]
    return render(request, "careplans/ending.html", {"rows": rows, "now": now})
