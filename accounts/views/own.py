"""Choosing a role, the first page of each role, and the person's own settings."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.i18n import set_language

from accounts.actor import ActorRequest
from accounts.enums import Language
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
    if request.actor.may(Permission.SEE_DELIVERY):
        return redirect("deliveries")
    return render(request, "accounts/home.html", {"purpose": PURPOSES[request.actor.role]})


@logs_nothing(OWN_PAGE)
@login_required
@require_POST
def choose_role(request: ActorRequest) -> HttpResponse:
    """Work in another of one's own memberships from now on."""
    form = RoleForm(request.POST, work=work_of(cast(User, request.user), on=timezone.localdate()))
    if not form.is_valid():
        messages.error(request, gettext("Rollen ble ikke byttet. Velg en av rollene i listen."))
        return redirect("profile")
    request.session[SESSION_KEY] = form.cleaned_data["membership"]
    return redirect("home")


@logs_nothing("Keeps the language of this person and this browser; no patient.")
@require_POST
def choose_language(request: ActorRequest) -> HttpResponse:
    """Bokmål or nynorsk from now on, in this browser, and for whoever is signed in also everywhere else."""
    chosen = request.POST.get("language")
    if request.user.is_authenticated and chosen in Language.values:
        request.user.language = chosen
        request.user.save(update_fields=["language"])
    return set_language(request)


@logs_nothing(OWN_PAGE)
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: ActorRequest) -> HttpResponse:
    """Language, shortcuts on or off, and which role to work in."""
    # An unticked box sends nothing, so an empty form is an answer too.
    form = ProfileForm(request.POST if request.method == "POST" else None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        with translation.override(form.instance.language):  # what has just been chosen
            messages.success(request, gettext("Innstillingene er lagret."))
        return redirect("profile")
    chosen = str(request.actor.membership_id) if request.actor else ""
    work = work_of(cast(User, request.user), on=timezone.localdate())
    role_form = RoleForm(initial={"membership": chosen}, work=work)
    return render(request, "accounts/profile.html", {"form": form, "role_form": role_form})
