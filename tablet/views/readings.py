"""Measurements on the patient's own pages: sending them, and seeing those that have come."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actor import ActorRequest
from accounts.language_middleware import speaks_english
from audit.enums import Action
from patients.citizens import Citizen
from patients.enums import Scope
from tablet import queries
from tablet.access import citizens
from tablet.views.sending import Sending, show_sent, show_types, take_reading


@require_safe
@speaks_english
@citizens(Action.OPEN_OWN, Scope.SUBMIT)
def measure(request: ActorRequest, citizen: Citizen) -> HttpResponse:
    """What there is to measure."""
    return show_types(_sending(request, citizen))


@require_http_methods(["GET", "HEAD", "POST"])
@speaks_english
@citizens(Action.SUBMIT, Scope.SUBMIT, looking=Action.OPEN_OWN)
def measure_type(request: ActorRequest, citizen: Citizen, type_code: str) -> HttpResponse:
    """The number."""
    return take_reading(_sending(request, citizen), type_code)


@require_safe
@speaks_english
@citizens(Action.OPEN_OWN, Scope.SUBMIT)
def measure_sent(request: ActorRequest, citizen: Citizen, client_id: UUID) -> HttpResponse:
    """What happens now."""
    return show_sent(_sending(request, citizen), client_id)


@require_safe
@speaks_english
@citizens(Action.OPEN_OWN, Scope.SEE)
def readings(request: ActorRequest, citizen: Citizen) -> HttpResponse:
    """What has come the last thirty days, and from whom."""
    rows = queries.readings_of(citizen.patient, now=timezone.now())
    return render(request, "tablet/readings.html", {"citizen": citizen, "rows": rows, "days": queries.SHOWN_DAYS})


def _sending(request: ActorRequest, citizen: Citizen) -> Sending:
    return Sending(
        request=request,
        patient=citizen.patient,
        by=citizen,
        now=timezone.now(),
        frame="tablet/base.html",
        doors="citizen-measure",
        where={},
        looking=Action.OPEN_OWN,
    )
