"""Agreements of the own municipality: the list, one with its history, and changes after a review of what they do."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actor import Actor, ActorRequest
from accounts.queries import names_of
from accounts.roles import Permission
from audit.logged import logs_nothing
from dho.lib.texts import LazyText
from organisations.forms import AgreementForm, EndForm, NewAgreementForm
from organisations.models import Agreement
from organisations.queries import agreements_of, history_of
from organisations.services import AgreementRefused, save_agreement
from patients.consequences import what_changes

COUNTS = "Shows agreements and how many they concern, no patient."

_NEW = {"heading": _("Ny avtale"), "done": _("Avtalen er lagret.")}
_CHANGE = {"heading": _("Endre avtalen"), "done": _("Endringen er lagret.")}
_END = {"heading": _("Avslutt avtalen"), "done": _("Sluttdatoen er lagret.")}
# What belongs to one step only, and is not sent on to the next.
OF_THE_STEP = {"csrfmiddlewaretoken", "back", "confirmed", "told"}


@logs_nothing(COUNTS)
@login_required
@require_safe
def agreements(request: ActorRequest) -> HttpResponse:
    """What the municipality is party to, and where its own services are let in by others."""
    _, municipality_id = administrator(request)
    rows = [(each, each.holds(timezone.localdate())) for each in agreements_of(municipality_id)]
    context = {
        "own": [row for row in rows if row[0].party_id == municipality_id],
        "others": [row for row in rows if row[0].party_id != municipality_id],
        "today": timezone.localdate(),
    }
    return render(request, "organisations/agreements.html", context)


@logs_nothing(COUNTS)
@login_required
@require_safe
def agreement(request: ActorRequest, agreement_id: UUID) -> HttpResponse:
    """One agreement with everything that has happened to it; another municipality's history is its own."""
    _, municipality_id = administrator(request)
    found = _find(agreement_id, municipality_id)
    history = history_of(found)
    people = names_of(change.actor_id for change in history)
    context = {
        "agreement": found,
        "mine": found.party_id == municipality_id,
        "ended": found.valid_until and found.valid_until < max(timezone.localdate(), found.valid_from),
        "history": [(change, people.get(change.actor_id, gettext("Systemet"))) for change in history],
    }
    return render(request, "organisations/agreement.html", context)


@logs_nothing(COUNTS)
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """Let one more organisation in."""
    by, municipality_id = administrator(request)
    found = Agreement(party_id=municipality_id)
    form = NewAgreementForm(posted(request), initial={"shares": found.shares, "valid_from": timezone.localdate()})
    return _reviewed(request, form, found, by, _NEW)


@logs_nothing(COUNTS)
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: ActorRequest, agreement_id: UUID) -> HttpResponse:
    """Other dates, shares or tasks."""
    by, municipality_id = administrator(request)
    found = _find(agreement_id, municipality_id, only_own=True)
    fields = ("shares", "tasks", "valid_from", "valid_until", "reference")
    form = AgreementForm(posted(request), initial={field: getattr(found, field) for field in fields})
    return _reviewed(request, form, found, by, _CHANGE)


@logs_nothing(COUNTS)
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: ActorRequest, agreement_id: UUID) -> HttpResponse:
    """The last day, or at once."""
    by, municipality_id = administrator(request)
    found = _find(agreement_id, municipality_id, only_own=True)
    return _reviewed(request, EndForm(posted(request), today=timezone.localdate()), found, by, _END)


def _reviewed(
    request: ActorRequest, form: AgreementForm | EndForm, found: Agreement, by: Actor, words: dict[str, LazyText]
) -> HttpResponse:
    """The form; then what saving will change; and, when that has been read, the saving."""
    now = timezone.now()
    context: dict[str, Any] = {"form": form, "agreement": found, "ending": isinstance(form, EndForm), **words}
    # Going back from the review is no mistake: the form is shown as it was filled in.
    if request.method != "POST" or not form.is_valid() or "back" in request.POST:
        status = 422 if form.errors else 200
        return render(request, "organisations/agreement_form.html", context, status=status)
    old = Agreement.objects.filter(pk=found.pk).first()
    form.fill(found)
    save = partial(save_agreement, agreement=found, by=by, now=now)
    try:
        changes = what_changes(old=old, new=found, save=save, now=now)
        # Saved only when what was read is still what happens: somebody else may have been here meanwhile.
        if "confirmed" in request.POST and request.POST.getlist("told") == changes:
            save()
            messages.success(request, words["done"])
            return redirect("agreement", found.pk)
    except AgreementRefused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return render(request, "organisations/agreement_form.html", context, status=422)
    posted = [(key, value) for key, values in request.POST.lists() if key not in OF_THE_STEP for value in values]
    context |= {"changes": changes, "posted": posted, "again": "confirmed" in request.POST}
    return render(request, "organisations/agreement_review.html", context, status=409 if context["again"] else 200)


def posted(request: ActorRequest) -> QueryDict | None:
    """What was sent, for a form; nothing where the page is only asked for."""
    return request.POST if request.method == "POST" else None


def administrator(request: ActorRequest) -> tuple[Actor, int]:
    """Who acts, and the municipality that the person administers. Raises PermissionDenied for everybody else."""
    by = request.actor
    if by is None or not by.may(Permission.MANAGE_AGREEMENTS) or by.employer_id is None:
        raise PermissionDenied
    return by, by.employer_id


def _find(agreement_id: UUID, municipality_id: int, *, only_own: bool = False) -> Agreement:
    found = agreements_of(municipality_id).filter(pk=agreement_id).first()
    if found is None or (only_own and found.party_id != municipality_id):
        raise Http404
    return found
