"""Choosing a role, the first page of each role, and the person's own settings."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actor import ActorRequest
from accounts.forms import ProfileForm, RoleForm
from accounts.middleware import SESSION_KEY
from accounts.models import User
from accounts.queries import work_of
from accounts.roles import Permission
from accounts.words import PURPOSES
from audit.logged import logs_nothing

OWN_PAGE = "Only the person's own settings, no patient."


@logs_nothing(OWN_PAGE)
@login_required
@require_safe
def home(request: ActorRequest) -> HttpResponse:
    """To the page where the role does its work, or what the role is for. Without a membership there is nothing."""
    if request.actor is None:
        raise PermissionDenied
    if request.actor.may(Permission.SEE_QUEUE):
        return redirect("queue")
    if request.actor.may(Permission.APPROVE_PLAN):
        return redirect("plans")
    if request.actor.may(Permission.SEE_PATIENT):
        return redirect("patients")
    if request.actor.may(Permission.SUBMIT):
        return redirect("residents")
    return render(request, "accounts/home.html", {"purpose": PURPOSES[request.actor.role]})


@logs_nothing(OWN_PAGE)
@login_required
@require_POST
def choose_role(request: ActorRequest) -> HttpResponse:
    """Work in another of one's own memberships from now on."""
    form = RoleForm(request.POST, work=work_of(cast(User, request.user), on=timezone.localdate()))
    if not form.is_valid():
        messages.error(request, "Rollen ble ikke byttet. Velg en av rollene i listen.")
        return redirect("profile")
    request.session[SESSION_KEY] = form.cleaned_data["membership"]
    return redirect("home")


@logs_nothing(OWN_PAGE)
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: ActorRequest) -> HttpResponse:
    """Shortcuts on or off, and which role to work in."""
    # An unticked box sends nothing, so an empty form is an answer too.
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Innstillingene er lagret.")
        return redirect("profile")
    chosen = str(request.actor.membership_id) if request.actor else ""
    work = work_of(cast(User, request.user), on=timezone.localdate())
    role_form = RoleForm(initial={"membership": chosen}, work=work)
    return render(request, "accounts/profile.html", {"form": form, "role_form": role_form})
