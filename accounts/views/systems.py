"""Other systems of the municipality that may use the REST interface."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actor import Actor, ActorRequest
from accounts.forms import SystemForm
from accounts.models import SystemClient
from accounts.queries import systems_of
from accounts.roles import Permission
from accounts.services import register_system, renew_secret, withdraw_system
from audit.logged import logs_nothing

NO_PATIENT = "Shows the municipality's systems, no patient; what they change stands in the change log."


@logs_nothing(NO_PATIENT)
@login_required
@never_cache
@require_safe
def systems(request: ActorRequest) -> HttpResponse:
    """Which systems have access, to what and until when."""
    return _page(request, _manager(request))


@logs_nothing(NO_PATIENT)
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """Register a system. Its secret stands in this answer only."""
    by, now = _manager(request), timezone.now()
    form = SystemForm(request.POST if request.method == "POST" else None, today=timezone.localdate(now))
    if not form.is_valid():
        return render(request, "accounts/system_new.html", {"form": form}, status=422 if form.errors else 200)
    made, secret = register_system(**form.cleaned_data, by=by, now=now)
    return _page(request, by, issued=made, secret=secret)


@logs_nothing(NO_PATIENT)
@login_required
@never_cache
@require_POST
def renew(request: ActorRequest, system_id: UUID) -> HttpResponse:
    """A new secret, which stands in this answer only. The old one is worth nothing from now on."""
    by = _manager(request)
    found = _system(by, system_id)
    return _page(request, by, issued=found, secret=renew_secret(system=found, by=by, now=timezone.now()))


@logs_nothing(NO_PATIENT)
@login_required
@never_cache
@require_POST
def withdraw(request: ActorRequest, system_id: UUID) -> HttpResponse:
    """The system's access ends at once."""
    by = _manager(request)
    found = _system(by, system_id)
    withdraw_system(system=found, by=by, now=timezone.now())
    messages.success(request, _("%(name)s har ikke tilgang lenger.") % {"name": found.name})
    return redirect("systems")


def _manager(request: ActorRequest) -> Actor:
    """Who acts. Raises PermissionDenied for those who manage no systems."""
    by = request.actor
    if by is None or not by.may(Permission.MANAGE_SYSTEMS):
        raise PermissionDenied
    return by


def _system(by: Actor, system_id: UUID) -> SystemClient:
    """One that still has access. Raises Http404 for others' and for what has been withdrawn."""
    found = systems_of(by).filter(pk=system_id, withdrawn_at__isnull=True).first()
    if found is None:
        raise Http404
    return found


def _page(request: ActorRequest, by: Actor, **extra: Any) -> HttpResponse:
    rows, today = list(systems_of(by)), timezone.localdate()
    context = {
        "systems": [(each, each.in_force(today)) for each in rows if each.withdrawn_at is None],
        "withdrawn": [each for each in rows if each.withdrawn_at is not None],
        "today": today,
    }
    return render(request, "accounts/systems.html", context | extra)
