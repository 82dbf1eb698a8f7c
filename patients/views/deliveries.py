"""The list of a logistics partner: which device is where, and how to get there."""

from typing import Final

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
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
from patients.access import FETCHED_WITHIN
from patients.queries.deliveries import deliveries_to, patients_with_equipment

SHOWN: Final = 50


@logs(Action.LIST_DELIVERIES)
@login_required
@never_cache
@require_safe
def deliveries(request: ActorRequest) -> HttpResponse:
    """Fifty addresses at a time; each listing stands in the log of every municipality that shares its equipment."""
    by, now = request.actor, timezone.now()
    if by is None or not by.may(Permission.SEE_DELIVERY):
        raise PermissionDenied
    shared = by.reaches(Permission.SEE_DELIVERY)
    record_list_access(Action.LIST_DELIVERIES, municipality_ids=shared, by=by, now=now)
    page = Paginator(patients_with_equipment(by, now=now), SHOWN).get_page(request.GET.get("side"))
    rows = deliveries_to(list(page), now=now)
    context = {"rows": rows, "page": page, "days": FETCHED_WITHIN.days, "shared": bool(shared)}
    return render(request, "patients/deliveries.html", context)
