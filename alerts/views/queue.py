"""The nurse queue: the page, the list it polls, and the four things a nurse does to a row (ux.md 4.1)."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from accounts.actor import Actor, ActorRequest
from accounts.roles import Permission
from alerts import services
from alerts.access import get_case_patient
from alerts.board import Choice, make_board
from alerts.enums import HandlingAction, Outcome
from alerts.queries.queue_state import QueueState, queue_state
from alerts.views import queue_context as context
from alerts.waiting import ago_in_words
from audit.enums import Action
from audit.logged import logs
from audit.services import record_list_access
from dho.lib.numbers import since_nb, whole_number
from organisations.models import FollowUpService
from organisations.opening_hours import ROUND_THE_CLOCK, OpeningHours


def _nurse(request: ActorRequest) -> Actor:
    """The signed-in actor, who must have a queue."""
    by: Actor | None = request.actor
    if by is None or by.service_id is None or not by.may(Permission.SEE_QUEUE):
        raise PermissionDenied
    return by


@logs(Action.OPEN_QUEUE)
@never_cache
@login_required
@require_safe
@gzip_page
def page(request: ActorRequest) -> HttpResponse:
    """The whole page. Opening it is logged; the polls that follow are the same look, for an hour."""
    by, now = _nurse(request), timezone.now()
    _log_look(request, by, now)
    return render(request, "alerts/queue.html", _list(request, by, now))


@logs(Action.OPEN_QUEUE)
@never_cache
@require_safe
@gzip_page
def fragment(request: ActorRequest) -> HttpResponse:
    """The list alone, or 304 when nothing in it has changed since the browser's last answer."""
    if not request.user.is_authenticated:
        # A list of patients must not stay on a screen where nobody is signed in.
        return HttpResponse(status=401, headers={"HX-Redirect": f"{reverse('login')}?next={reverse('queue')}"})
    by, now = _nurse(request), timezone.now()
    if not context.still_looking(request.session, by, now=now):
        _log_look(request, by, now)
    state = queue_state(by, now=now)
    etag = context.etag(request, by, state, choice=Choice.of(request.GET), now=now)
    response = get_conditional_response(request, etag=etag)
    response = response or render(request, "alerts/queue_list.html", _list(request, by, now, state=state))
    response["ETag"] = etag
    return response


@logs(Action.CLAIM)
@login_required
@require_POST
def take(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """«Ta saken»: exactly one nurse gets it."""
    by, now = _at_work(request, patient_id, Action.CLAIM)
    try:
        services.claim(patient_id=patient_id, by=by, now=now)
    except services.AlreadyClaimed as lost:
        ago = ago_in_words(lost.since, now=now)
        return _answer(
            request,
            by,
            now,
            patient_id,
            problem=gettext("Tatt av %(name)s for %(ago)s siden") % {"name": lost.owner.get_full_name(), "ago": ago},
        )
    except (services.StaleCase, services.NotYours):
        return _answer(request, by, now, patient_id, problem=gettext("Saken er ikke åpen lenger"))
    context.offer_undo(request.session, patient_id, HandlingAction.CLAIM, now=now)
    return _answer(request, by, now, patient_id)


@logs(Action.CLAIM)
@login_required
@require_POST
def let_go(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """«Slipp»: the row waits for anyone again."""
    by, now = _at_work(request, patient_id, Action.CLAIM)
    try:
        services.release(patient_id=patient_id, by=by, now=now)
    except services.NotYours:
        return _answer(request, by, now, patient_id, problem=gettext("Saken er ikke din lenger"))
    context.forget_undo(request.session)
    return _answer(request, by, now, patient_id)


@logs(Action.HANDLE)
@login_required
@require_POST
def done(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """«Ferdig» from the list: enough for missing readings and equipment; else the page that asks what was done."""
    by, now = _at_work(request, patient_id, Action.HANDLE)
    try:
        services.finish(
            patient_id=patient_id,
            seen=whole_number(request.POST.get("seen", "")) or 0,
            outcomes=[Outcome.NO_ACTION],
            measure_ids=[],
            note="",
            by=by,
            now=now,
        )
    except services.NotDocumented:
        return context.to_documentation(request, patient_id)
    except services.StaleCase:
        return _answer(
            request, by, now, patient_id, problem=gettext("Saken er endret siden du så den. Les den før du lukker")
        )
    except services.NotYours:
        return _answer(request, by, now, patient_id, problem=gettext("Saken er ikke din"))
    except services.OnlyNurseClosesRed:
        return _answer(request, by, now, patient_id, problem=gettext("Bare sykepleier kan lukke røde varsler"))
    context.offer_undo(request.session, patient_id, HandlingAction.DONE, now=now)
    return _answer(request, by, now, patient_id)


@logs(Action.HANDLE)
@login_required
@require_POST
def take_back(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """«Angre», within 30 seconds of taking or finishing."""
    by, now = _at_work(request, patient_id, Action.HANDLE)
    context.forget_undo(request.session)
    try:
        services.undo(patient_id=patient_id, by=by, now=now)
    except (services.TooLate, services.NotYours):
        return _answer(
            request, by, now, patient_id, problem=gettext("Det er for sent å angre. Åpne pasienten for å rette")
        )
    return _answer(request, by, now, patient_id)


def _log_look(request: ActorRequest, by: Actor, now: datetime) -> None:
    record_list_access(Action.OPEN_QUEUE, municipality_ids=by.municipality_ids, by=by, now=now)
    # Opening the page again is logged again, but does not write the session each time.
    if not context.still_looking(request.session, by, now=now):
        context.begin_look(request.session, by, now=now)


def _at_work(request: ActorRequest, patient_id: UUID, action: Action) -> tuple[Actor, datetime]:
    """The nurse and the time, after lock one has admitted her to the patient and logged it."""
    by, now = _nurse(request), timezone.now()
    get_case_patient(patient_id, by=by, now=now, action=action, permission=Permission.TRIAGE)
    return by, now


def _list(
    request: ActorRequest,
    by: Actor,
    now: datetime,
    *,
    state: QueueState | None = None,
    notes: dict[UUID, str] | None = None,
) -> dict[str, Any]:
    """What the list shows now, in the filter of the address or of the form that was sent."""
    choice = Choice.of(request.POST if request.method == "POST" else request.GET)
    hours, opening = _opening(by, now)
    state = state or queue_state(by, now=now)
    return {
        "board": make_board(by, choice=choice, hours=hours, now=now, notes=notes),
        "choice": choice,
        "opening": opening,
        "last_assessed": since_nb(state.last_assessed_at, now=now) if state.last_assessed_at else "",
        "alarms": context.alarms(state, now=now),
        "undo": context.undo_on_offer(request.session, by=by, now=now),
        "now": now,
    }


def _opening(by: Actor, now: datetime) -> tuple[OpeningHours, str]:
    """The service's hours, and in words. A mistake in them must not hide the queue."""
    try:
        hours = FollowUpService.objects.only("hours").get(pk=cast(UUID, by.service_id)).opening_hours
        return hours, hours.describe(now)
    except ValueError:
        return ROUND_THE_CLOCK, gettext("Åpningstiden kan ikke leses. Si fra til lederen")


def _answer(request: ActorRequest, by: Actor, now: datetime, patient_id: UUID, problem: str = "") -> HttpResponse:
    """The list after an act: as a fragment to htmx, else back to the page. What failed stands in the row, with 409."""
    if "HX-Request" in request.headers:
        notes = {patient_id: problem} if problem else None
        found = _list(request, by, now, notes=notes)
        return render(request, "alerts/queue_list.html", found, status=409 if problem else 200)
    if problem:
        messages.error(request, f"{problem}.")
    return redirect(reverse("queue") + Choice.of(request.POST).query)
