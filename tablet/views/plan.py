"""The plan on the patient's own pages, and on paper for the fridge (R-034, R-053)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.actor import ActorRequest
from accounts.language_middleware import speaks_english
from audit.enums import Action
from careplans.paper import patients_paper
from careplans.queries.own import own_plan
from dho.lib.pdf import PdfUnavailable, can_make_pdf
from patients.citizens import Citizen
from patients.enums import Scope
from tablet import queries
from tablet.access import citizens


@require_safe
@speaks_english
@citizens(Action.OPEN_OWN, Scope.SEE)
def plan(request: ActorRequest, citizen: Citizen) -> HttpResponse:
    """The plan in force: today's colour with what to do, whom to contact now, then the rest."""
    found = queries.plan_of(citizen.patient, now=timezone.now())
    context = found | {"citizen": citizen, "can_make_pdf": can_make_pdf(), "may_submit": citizen.may(Scope.SUBMIT)}
    return render(request, "tablet/plan.html", context)


@require_safe
@speaks_english
@citizens(Action.OPEN_OWN, Scope.SEE)
def plan_pdf(request: ActorRequest, citizen: Citizen) -> HttpResponse:
    """The plan in force as a file to print and hang up. `?stor=1`: in large type."""
    now = timezone.now()
    version = own_plan(citizen.patient_id, at=now)
    if version is None:
        context = queries.plan_of(citizen.patient, now=now) | {"citizen": citizen}
        return render(request, "tablet/plan.html", context, status=404)
    try:
        return patients_paper(version, large=request.GET.get("stor") == "1", now=now)
    except PdfUnavailable:
        return render(request, "tablet/plan_pdf_unavailable.html", {"citizen": citizen}, status=503)
