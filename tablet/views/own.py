"""The first page of the patient's own."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.actor import ActorRequest
from audit.enums import Action
from patients.citizens import Citizen
from tablet.access import citizens


@require_safe
@citizens(Action.OPEN_OWN)
def home(request: ActorRequest, citizen: Citizen) -> HttpResponse:
    """What there is to do."""
    return render(request, "tablet/home.html", {"citizen": citizen})
