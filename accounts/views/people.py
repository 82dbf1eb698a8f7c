"""People and their roles in the organisations that the actor manages."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actor import Actor, ActorRequest
from accounts.forms import MembershipForm, PersonForm
from accounts.models import User
from accounts.queries import find_person, manages, memberships_managed_by, workplaces_of
from accounts.roles import MAY_GIVE, Permission
from accounts.services import AccountRefused, end_membership, give_membership, register_person
from audit.logged import logs_nothing
from dho.lib.numbers import date_nb
from dho.lib.search import SearchForm
from organisations.forms import EndForm

STAFF = "Shows staff and their roles, no patient."

_PAGE = require_http_methods(["GET", "HEAD", "POST"])


@logs_nothing(STAFF)
@never_cache
@login_required
@_PAGE
def people(request: ActorRequest) -> HttpResponse:
    """Who has a role here. A search is posted, so that no user name or HPR number stands in an address."""
    by = _manager(request)
    form = SearchForm(request.POST)
    if found := find_person(form.text):
        return redirect("person", found.pk)
    rows = memberships_managed_by(by, on=timezone.localdate())
    context = {"rows": rows, "text": form.text, "today": timezone.localdate(), "endable": MAY_GIVE[by.role]}
    context["form"] = form
    return render(request, "accounts/people.html", context, status=422 if form.errors else 200)


@logs_nothing(STAFF)
@never_cache
@login_required
@_PAGE
def new(request: ActorRequest) -> HttpResponse:
    """Register a person; the page of the person then gives the first role."""
    by = _manager(request)
    form = PersonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = register_person(**form.cleaned_data, by=by, now=timezone.now())
        except AccountRefused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(
                request, gettext("%(name)s er registrert. Gi personen en rolle.") % {"name": made.get_full_name()}
            )
            return redirect("person", made.pk)
    return render(request, "accounts/person_new.html", {"form": form}, status=422 if form.errors else 200)


@logs_nothing(STAFF)
@never_cache
@login_required
@_PAGE
def person(request: ActorRequest, user_id: UUID) -> HttpResponse:
    """The person's roles in the own organisations, never elsewhere; and the form that gives one more."""
    by, found, today = _manager(request), get_object_or_404(User, pk=user_id), timezone.localdate()
    form = MembershipForm(
        request.POST if request.method == "POST" else None,
        initial={"valid_from": today},
        by=by,
        workplaces=workplaces_of(by, on=today),
    )
    if form.is_valid():
        try:
            given = give_membership(user=found, **form.cleaned_data, by=by, now=timezone.now())
        except AccountRefused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(
                request,
                gettext("%(name)s er nå %(role)s.") % {"name": found.get_full_name(), "role": given.get_role_display()},
            )
            return redirect("person", found.pk)
    rows = memberships_managed_by(by, on=today).filter(user=found)
    context = {"person": found, "rows": rows, "form": form, "today": today, "oneself": found == by.user}
    context |= {"endable": MAY_GIVE[by.role], "manages": manages(by, found, on=today)}
    return render(request, "accounts/person.html", context, status=422 if form.errors else 200)


@logs_nothing(STAFF)
@never_cache
@login_required
@_PAGE
def end(request: ActorRequest, membership_id: UUID) -> HttpResponse:
    """The last day of a role, or at once."""
    by, today = _manager(request), timezone.localdate()
    found = memberships_managed_by(by, on=today).filter(pk=membership_id, role__in=MAY_GIVE[by.role]).first()
    if found is None:
        raise Http404
    form = EndForm(request.POST if request.method == "POST" else None, today=today)
    if form.is_valid():
        last_day = form.last_day(found.valid_from)
        try:
            end_membership(membership=found, last_day=last_day, by=by, now=timezone.now())
        except AccountRefused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(
                request,
                gettext("Siste dag i rollen for %(name)s: %(last_day)s.")
                % {"name": found.user.get_full_name(), "last_day": date_nb(last_day)},
            )
            return redirect("people")
    context = {"form": form, "membership": found}
    return render(request, "accounts/membership_end.html", context, status=422 if form.errors else 200)


def _manager(request: ActorRequest) -> Actor:
    """Who acts. Raises PermissionDenied for those who give no roles."""
    by = request.actor
    if by is None or not by.may(Permission.MANAGE_PEOPLE):
        raise PermissionDenied
    return by
