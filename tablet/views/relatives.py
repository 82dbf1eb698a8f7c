"""«Pårørende»: the patient gives a relative authority, and takes it back with one click."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actor import ActorRequest
from audit.enums import Action
from audit.services import Refused
from patients import services
from patients.citizens import Citizen
from patients.enums import Scope
from patients.forms.authorities import AuthorityForm
from patients.queries.citizens import authorities_given
from patients.services import NotPossible
from tablet.access import citizens


@require_safe
@citizens(Action.OPEN_OWN, Scope.GIVE_ACCESS)
def relatives(request: ActorRequest, citizen: Citizen) -> HttpResponse:
    """Who has authority now, and who has had it."""
    return _page(request, citizen)


@require_http_methods(["GET", "HEAD", "POST"])
@citizens(Action.AUTHORISE, Scope.GIVE_ACCESS, looking=Action.OPEN_OWN)
def give(request: ActorRequest, citizen: Citizen) -> HttpResponse:
    """The form for another one."""
    now = timezone.now()
    form = AuthorityForm(request.POST if request.method == "POST" else None, today=timezone.localdate(now))
    if not form.is_bound or not form.is_valid():
        return _form(request, citizen, form, status=422 if form.is_bound else 200)
    try:
        given = services.give_authority(patient=citizen.patient, new=form.new, by=citizen, now=now)
    except NotPossible as stopped:
        form.add_error(None, stopped.obstacle.label)
        return _form(request, citizen, form, status=409)
    messages.success(request, _("%(name)s har fått fullmakt.") % {"name": given.name})
    return redirect("citizen-relatives")


@require_POST
@citizens(Action.AUTHORISE, Scope.GIVE_ACCESS)
def withdraw(request: ActorRequest, citizen: Citizen, authority_id: UUID) -> HttpResponse:
    """Take it back at once, without a second question: giving it again is easy."""
    found = citizen.patient.authorities.select_related("patient").filter(pk=authority_id).first()
    if found is None:
        raise Refused(Action.AUTHORISE, patient_id=citizen.patient_id, object_id=str(authority_id))
    try:
        services.withdraw_authority(authority=found, by=citizen, now=timezone.now())
    except NotPossible as stopped:
        return _page(request, citizen, problem=stopped.obstacle.label, status=409)
    messages.success(request, _("%(name)s har ikke lenger fullmakt.") % {"name": found.name})
    return redirect("citizen-relatives")


def _page(request: ActorRequest, citizen: Citizen, *, status: int = 200, **extra: Any) -> HttpResponse:
    now, earlier = authorities_given(citizen.patient, now=timezone.now())
    context = {"citizen": citizen, "authorities": now, "earlier": earlier}
    return render(request, "tablet/relatives.html", context | extra, status=status)


def _form(request: ActorRequest, citizen: Citizen, form: AuthorityForm, *, status: int) -> HttpResponse:
    return render(request, "tablet/relative_form.html", {"citizen": citizen, "form": form}, status=status)
