"""The organisations that a municipality registers, changes and closes: its services, its practices, its partners."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actor import Actor, ActorRequest
from accounts.queries import names_of
from audit.logged import logs_nothing
from organisations.forms.registry import PartnerForm, PracticeForm, ServiceForm
from organisations.models import FollowUpService, GpPractice, Organisation, Partner
from organisations.queries import (
    agreements_of,
    history_of,
    partners_of,
    practices_in,
    services_owned_by,
    week_in_words,
)
from organisations.services import OrganisationRefused, save_organisation
from patients.queries.closing import what_keeps_open
from patients.registry_consequences import what_closing_changes, what_saving_changes
from patients.services import StillNeeded, close_organisation
from patients.views.agreements import OF_THE_STEP, administrator, posted

COUNTS = "Shows organisations and how many they concern, no patient."
_PAGE = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of organisation: what it is in the database, on the page and in an agreement."""

    model: Any
    form: Any
    column: str
    keeper: str
    of: Callable[[int], QuerySet[Any]]
    new: Any


KINDS: Final = {
    "tjeneste": Kind(
        FollowUpService, ServiceForm, "service", "owner_id", services_owned_by, gettext_lazy("Ny tjeneste")
    ),
    "legekontor": Kind(
        GpPractice, PracticeForm, "practice", "located_in_id", practices_in, gettext_lazy("Nytt legekontor")
    ),
    "partner": Kind(Partner, PartnerForm, "partner", "kept_by_id", partners_of, gettext_lazy("Ny partner")),
}


@logs_nothing(COUNTS)
@login_required
@require_safe
def organisations(request: ActorRequest) -> HttpResponse:
    """The municipality's own services, the practices in it, and its partners."""
    _by, municipality_id = administrator(request)
    services = [(each, week_in_words(each.hours)) for each in services_owned_by(municipality_id)]
    context = {
        "services": services,
        "practices": practices_in(municipality_id),
        "partners": partners_of(municipality_id),
    }
    return render(request, "organisations/organisations.html", context)


@logs_nothing(COUNTS)
@login_required
@require_safe
def organisation(request: ActorRequest, kind: str, organisation_id: UUID) -> HttpResponse:
    """One of them, with its agreements and everything that has happened to it."""
    _by, municipality_id = administrator(request)
    shape, found = _find(kind, organisation_id, municipality_id)
    history = history_of(found)
    names = names_of(change.actor_id for change in history)
    agreements = agreements_of(municipality_id).filter(**{f"{shape.column}_id": found.pk})
    context = {
        "organisation": found,
        "kind": kind,
        "mine": found.keeper_id == municipality_id,
        "week": week_in_words(found.hours).split("; ") if isinstance(found, FollowUpService) else [],
        "agreements": [(each, each.holds(timezone.localdate())) for each in agreements],
        "today": timezone.localdate(),
        "history": [(change, names.get(change.actor_id, "Systemet")) for change in history],
    }
    return render(request, "organisations/organisation.html", context)


@logs_nothing(COUNTS)
@never_cache
@login_required
@_PAGE
def new(request: ActorRequest, kind: str) -> HttpResponse:
    """Register one more."""
    by, municipality_id = administrator(request)
    shape = _shape(kind)
    found = shape.model(**{shape.keeper: municipality_id})
    form = shape.form(posted(request), initial=shape.form.initial_of(found))
    return _reviewed(request, form, found, by, {"kind": kind, "heading": shape.new})


@logs_nothing(COUNTS)
@never_cache
@login_required
@_PAGE
def change(request: ActorRequest, kind: str, organisation_id: UUID) -> HttpResponse:
    """Another name, other hours, another number."""
    by, municipality_id = administrator(request)
    shape, found = _find(kind, organisation_id, municipality_id, to_change=True)
    form = shape.form(posted(request), initial=shape.form.initial_of(found))
    return _reviewed(request, form, found, by, {"kind": kind, "heading": _("Endre %(name)s") % {"name": found.name}})


@logs_nothing(COUNTS)
@never_cache
@login_required
@_PAGE
def close(request: ActorRequest, kind: str, organisation_id: UUID) -> HttpResponse:
    """Close it, once it has been read what that means. A service in use stays open, and the page says what to do."""
    by, municipality_id = administrator(request)
    _shape, found = _find(kind, organisation_id, municipality_id, to_change=True)
    now = timezone.now()
    context: dict[str, Any] = {"organisation": found, "kind": kind, "posted": []}
    if isinstance(found, FollowUpService) and (use := what_keeps_open(found)).any:
        return render(
            request, "organisations/organisation_in_use.html", context | {"use": use}, status=_refused(request)
        )
    changes = what_closing_changes(found, now=now)
    if request.method == "POST" and request.POST.getlist("told") == changes:
        try:
            close_organisation(organisation=found, by=by, now=now)
        except StillNeeded:
            # Somebody came between: the page is asked for anew, and says who.
            return redirect("organisation-close", kind, found.pk)
        messages.success(request, _("%(name)s er stengt.") % {"name": found.name})
        return redirect("organisation", kind, found.pk)
    context |= {"changes": changes, "closing": True, "again": request.method == "POST"}
    return render(request, "organisations/organisation_review.html", context, status=409 if context["again"] else 200)


def _reviewed(
    request: ActorRequest, form: Any, found: Organisation, by: Actor, context: dict[str, Any]
) -> HttpResponse:
    """The form; then what saving will change; and, when that has been read, the saving."""
    context |= {"form": form, "organisation": found}
    # Going back from the review is no mistake: the form is shown as it was filled in.
    if request.method != "POST" or not form.is_valid() or "back" in request.POST:
        return _form(request, context)
    old = type(found).objects.filter(pk=found.pk).first()
    form.fill(found)
    changes, save = what_saving_changes(old=old, new=found), partial(save_organisation, organisation=found, by=by)
    confirmed = "confirmed" in request.POST
    try:
        _try_out(save)
        # Saved only when what was read is still what happens: somebody else may have been here meanwhile.
        if confirmed and request.POST.getlist("told") == changes:
            save()
            messages.success(request, _("%(name)s er lagret.") % {"name": found.name})
            return redirect("organisation", context["kind"], found.pk)
    except OrganisationRefused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return _form(request, context)
    kept = [(key, value) for key, values in request.POST.lists() if key not in OF_THE_STEP for value in values]
    context |= {"changes": changes, "posted": kept, "again": confirmed}
    return render(request, "organisations/organisation_review.html", context, status=409 if confirmed else 200)


def _form(request: ActorRequest, context: dict[str, Any]) -> HttpResponse:
    form: forms.Form = context["form"]
    return render(request, "organisations/organisation_form.html", context, status=422 if form.errors else 200)


def _try_out(save: Callable[[], object]) -> None:
    """What the database refuses is refused before anybody says yes."""
    with transaction.atomic():
        save()
        transaction.set_rollback(True)


def _refused(request: ActorRequest) -> int:
    return 409 if request.method == "POST" else 200


def _shape(kind: str) -> Kind:
    if kind not in KINDS:
        raise Http404
    return KINDS[kind]


def _find(
    kind: str, organisation_id: UUID, municipality_id: int, *, to_change: bool = False
) -> tuple[Kind, Organisation]:
    """The organisation, if the municipality has to do with it; to change it, if it is the municipality's and open."""
    shape = _shape(kind)
    found = shape.of(municipality_id).filter(pk=organisation_id).first()
    if found is None or (to_change and (found.keeper_id != municipality_id or found.closed_on)):
        raise Http404
    return shape, found
