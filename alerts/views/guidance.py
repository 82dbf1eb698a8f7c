"""«Veiledning»: the cards that advise the nurse, and writing them (R-089)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actor import Actor, ActorRequest
from accounts.roles import Permission
from alerts.forms.guidance import CardForm, initial_of
from alerts.models import GuidanceCard, GuidanceVersion
from alerts.queries.guidance import current_versions, owns, readable_cards, reads_guidance
from alerts.services.guidance import activate, create_card, retire, save_draft
from alerts.services.refusals import NotNow, NotYours
from audit.logged import logs_nothing
from measurements.queries import questionnaires_seen_by

NOBODY = "Shows advice about problems, no patient."


@logs_nothing(NOBODY)
@login_required
@require_safe
def page(request: ActorRequest) -> HttpResponse:
    """Every card in use, the own first; and for who writes them, drafts and what is due for review."""
    by = _reader(request)
    cards = readable_cards(by)
    today = timezone.localdate()
    versions = sorted(current_versions(cards), key=lambda each: (not owns(each.card, by), each.title))
    drafts = GuidanceVersion.objects.filter(card__in=cards, activated_at__isnull=True, card__retired_at__isnull=True)
    context = {
        "rows": [(each, each.overdue(today), owns(each.card, by)) for each in versions],
        "drafts": [each for each in drafts.select_related("card") if owns(each.card, by)],
        "may_write": by.may(Permission.CONFIGURE),
    }
    return render(request, "alerts/guidance.html", context)


@logs_nothing(NOBODY)
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """A first draft, from nothing or with what another card says (`?kort=`)."""
    by = _reader(request)
    if not by.may(Permission.CONFIGURE):
        raise PermissionDenied
    source = _source(request, by)
    form = _card_form(by, request.POST or None, initial=initial_of(source) if source else {})
    if request.method == "POST" and form.is_valid():
        try:
            code = source.card.code if source else ""
            card = create_card(content=form.content(), code=code, by=by, now=timezone.now())
        except NotNow as stopped:
            form.add_error(None, stopped.problem)
        else:
            messages.success(request, gettext("Utkastet er lagret. Ta det i bruk når dere er enige om teksten."))
            return redirect("guidance-card", card.pk)
    return _form(request, form, status=422 if form.errors else 200)


def _source(request: ActorRequest, by: Actor) -> GuidanceVersion | None:
    """The card to begin from, if the address names one that may be read."""
    try:
        asked = UUID(request.GET.get("kort", ""))
    except ValueError:
        return None
    return current_versions(readable_cards(by)).filter(card=asked).first()


@logs_nothing(NOBODY)
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def card(request: ActorRequest, card_id: UUID) -> HttpResponse:
    """One card: what it says now, and for its owner the draft and the steps."""
    by = _reader(request)
    found = get_object_or_404(readable_cards(by), pk=card_id)
    if request.method != "POST":
        return _card(request, by, found)
    form = _card_form(by, request.POST) if request.POST.get("step") not in ("activate", "retire") else None
    if not owns(found, by):
        raise Http404
    if form and not form.is_valid():
        return _card(request, by, found, form=form, status=422)
    try:
        said = _take(request.POST.get("step", ""), form, found, by)
    except NotNow as stopped:
        return _card(request, by, found, form=form, problem=stopped.problem, status=409)
    except NotYours as foreign:
        raise Http404 from foreign
    messages.success(request, said)
    return redirect("guidance-card", card_id)


def _take(step: str, form: CardForm | None, found: GuidanceCard, by: Actor) -> str:
    """One step of the owner's, and what to say afterwards."""
    now = timezone.now()
    if form:
        save_draft(card_id=found.pk, content=form.content(), by=by, now=now)
        return gettext("Utkastet er lagret. Det som er i bruk, gjelder til du tar utkastet i bruk.")
    if step == "activate":
        activate(card_id=found.pk, by=by, now=now)
        return gettext("Kortet er tatt i bruk. Sykepleierne ser det ved varsler det passer til.")
    retire(card_id=found.pk, by=by, now=now)
    return gettext("Kortet er tatt ut av bruk.")


def _card(
    request: ActorRequest,
    by: Actor,
    found: GuidanceCard,
    *,
    form: CardForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    versions = list(found.versions.order_by("-number"))
    draft = next((each for each in versions if each.activated_at is None), None)
    current = next((each for each in versions if each.activated_at and not each.superseded_at), None)
    basis = draft or current
    own = owns(found, by) and found.retired_at is None
    if own and form is None and basis:
        form = _card_form(by, initial=initial_of(basis))
    context = {
        "card": found,
        "current": current,
        "overdue": bool(current and current.overdue(timezone.localdate())),
        "draft": draft if own else None,
        "earlier": [each for each in versions if each.superseded_at],
        "own": own,
        "may_copy": by.may(Permission.CONFIGURE) and not owns(found, by),
        "form": form,
        "problem": problem,
    }
    return render(request, "alerts/guidance_card.html", context, status=status)


def _card_form(by: Actor, *args: Any, **kwargs: Any) -> CardForm:
    """With the forms in use that this person may see; those of other municipalities are their own."""
    seen = questionnaires_seen_by(by, on=timezone.localdate()).filter(current=True)
    return CardForm(*args, questionnaires=seen, **kwargs)


def _form(request: ActorRequest, form: CardForm, *, status: int) -> HttpResponse:
    return render(request, "alerts/guidance_new.html", {"form": form}, status=status)


def _reader(request: ActorRequest) -> Any:
    by = request.actor
    if by is None or not reads_guidance(by):
        raise PermissionDenied
    return by
