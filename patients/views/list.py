"""The list of patients: the coordinator's way in, and everybody's way to one who has no open case."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actor import ActorRequest
from accounts.roles import Permission
from audit.enums import Action
from audit.logged import logs
from audit.services import record_list_access
from dho.lib.search import SearchForm
from patients.enums import EnrolmentStatus, TargetGroup
from patients.queries import SHOWN_AT_MOST, find_patients


@logs(Action.LIST_PATIENTS, Action.SEARCH_PATIENTS)
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def patients(request: ActorRequest) -> HttpResponse:
    """All own patients, or those that match. The search is posted: a name or national id never stands in an address."""
    by = request.actor
    if by is None or not by.may(Permission.SEE_PATIENT):
        raise PermissionDenied
    form = SearchForm(request.POST)
    text = form.text
    action, now = Action.SEARCH_PATIENTS if text else Action.LIST_PATIENTS, timezone.now()
    record_list_access(action, municipality_ids=by.municipality_ids, by=by, now=now)
    found = find_patients(by, text=text, now=now)
    rows = [
        {
            "patient": patient,
            "age": patient.age(timezone.localdate()),
            "groups": ", ".join(str(TargetGroup(code).label) for code in patient.target_groups or []),
            "departure": patient.departure(timezone.localdate()),
            "status": EnrolmentStatus(patient.status).label if patient.status else gettext("Ingen oppfølging nå"),
        }
        for patient in found[:SHOWN_AT_MOST]
    ]
    # Counted only when there are more than the page shows.
    total = found.count() if len(rows) == SHOWN_AT_MOST else len(rows)
    context = {"rows": rows, "total": total, "text": text, "form": form}
    return render(request, "patients/list.html", context, status=422 if form.errors else 200)
