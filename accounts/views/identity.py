"""National id and home address of staff: registered, replaced and taken away, and never shown again."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actor import Actor, ActorRequest
from accounts.forms import AddressForm, NationalIdForm
from accounts.models import User
from accounts.queries import manages
from accounts.roles import Permission
from accounts.services import AccountRefused, register_address, register_national_id
from audit.logged import logs_nothing

STAFF = "Concerns one of the staff, no patient; the change log has who changed it and when."

_PAGE = require_http_methods(["GET", "HEAD", "POST"])


@logs_nothing(STAFF)
@never_cache
@login_required
@_PAGE
def national_id(request: ActorRequest, user_id: UUID) -> HttpResponse:
    """The number by which HelseID knows the person."""
    by, person = _managed(request, user_id)
    form = NationalIdForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            register_national_id(user=person, **form.cleaned_data, by=by, now=timezone.now())
        except AccountRefused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("Fødselsnummeret er registrert."))
            return redirect("person", person.pk)
    context = {"person": person, "form": form}
    return render(request, "accounts/national_id.html", context, status=422 if form.errors else 200)


@logs_nothing(STAFF)
@never_cache
@login_required
@_PAGE
def address(request: ActorRequest, user_id: UUID) -> HttpResponse:
    """Where one of the staff lives, registered by the administrator."""
    by, person = _managed(request, user_id)
    return _address_of(request, person, by=by, back="person")


@logs_nothing(STAFF)
@never_cache
@login_required
@_PAGE
def own_address(request: ActorRequest) -> HttpResponse:
    """Where the person lives, registered by the person."""
    if request.actor is None:
        raise PermissionDenied
    return _address_of(request, request.actor.user, by=request.actor, back="profile")


def _address_of(request: ActorRequest, person: User, *, by: Actor, back: str) -> HttpResponse:
    form = AddressForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        found = register_address(user=person, **form.cleaned_data, by=by, now=timezone.now())
        kept = found.address_registered_at is not None
        messages.success(request, _("Adressen er registrert.") if kept else _("Ingen adresse er registrert."))
        return redirect("profile") if back == "profile" else redirect("person", person.pk)
    context = {"person": person, "form": form, "own": back == "profile"}
    return render(request, "accounts/address.html", context, status=422 if form.errors else 200)


def _managed(request: ActorRequest, user_id: UUID) -> tuple[Actor, User]:
    """Who acts, and the person whose roles are all the actor's to give. Raises PermissionDenied for others."""
    by = request.actor
    if by is None or not by.may(Permission.MANAGE_PEOPLE):
        raise PermissionDenied
    person = get_object_or_404(User, pk=user_id)
    if not manages(by, person, on=timezone.localdate()):
        raise PermissionDenied
    return by, person
