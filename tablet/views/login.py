"""Signing in with ID-porten, and whom it concerns: oneself, or somebody who has given one authority."""

from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import idporten
from accounts.models import User
from accounts.sessions import is_citizens
from audit.logged import logs_nothing
from patients.citizens import Citizen
from patients.services.citizens import choices_of, known_as
from tablet.access import choose

SIGNING_IN = "Signing in, no patient yet; what is opened afterwards says whose it is."


@logs_nothing(SIGNING_IN)
@never_cache
@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    """What the pages are for, the way in, and what to do without BankID."""
    if is_citizens(request):
        return redirect("citizen-home")
    next_url = own_page(request.GET.get("next", ""))
    return render(request, "tablet/sign_in.html", {"idporten": bool(settings.IDPORTEN_URL), "next": next_url})


@logs_nothing(SIGNING_IN)
@never_cache
@require_safe
def to_idporten(request: HttpRequest) -> HttpResponse:
    """Send the browser to ID-porten."""
    return idporten.go(request)


@logs_nothing(SIGNING_IN)
@never_cache
@require_safe
def from_idporten(request: HttpRequest) -> HttpResponse:
    """The browser comes back: let in whoever is a patient, or a relative with an authority in force."""
    now = timezone.now()
    return idporten.come_back(request, known=lambda index: known_as(national_id_index=index, now=now))


@logs_nothing("Only whom the person may act for; what is opened afterwards is logged with the patient.")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose_patient(request: Any) -> HttpResponse:
    """Whom it concerns. With only one there is nothing to choose; with none left the page says so."""
    if not is_citizens(request):
        return redirect("citizen-login")
    choices = choices_of(user=cast(User, request.user), now=timezone.now())
    wanted = request.POST.get("whom") if request.method == "POST" else None
    chosen = choices[0] if len(choices) == 1 else next((each for each in choices if key_of(each) == wanted), None)
    if chosen:
        choose(request, chosen, several=len(choices) > 1)
        return redirect(own_page(request.GET.get("next", "")) or "citizen-home")
    rows = [(key_of(each), each) for each in choices]
    status = 403 if not rows else 422 if wanted else 200
    return render(request, "tablet/choose.html", {"rows": rows, "wrong": bool(rows and wanted)}, status=status)


def key_of(citizen: Citizen) -> str:
    """What the form sends for this choice."""
    return str(citizen.authority.pk if citizen.authority else citizen.patient_id)


def own_page(address: str) -> str:
    """The address if it is one of the patient's own pages, else nothing."""
    inside = address.startswith("/min/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if inside else ""
