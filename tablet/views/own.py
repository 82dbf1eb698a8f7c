"""The first page of the patient's own."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.actor import ActorRequest
from accounts.language_middleware import speaks_english
from audit.enums import Action
from patients.citizens import Citizen
from patients.enums import Scope
from tablet import queries
from tablet.access import citizens


@require_safe
@speaks_english
@citizens(Action.OPEN_OWN)
def home(request: ActorRequest, citizen: Citizen) -> HttpResponse:
    """What there is to do, as far as this citizen may; and what is left to measure today for whoever may see that."""
    now = timezone.now()
    context = {
        "citizen": citizen,
        "may": {scope.name.lower(): citizen.may(scope) for scope in Scope},
        "promise": queries.promise_to(citizen.patient, now=now),
        "today": queries.today_of(citizen.patient, now=now) if citizen.may(Scope.SEE) else [],
        "now": now,
    }
    return render(request, "tablet/home.html", context)
