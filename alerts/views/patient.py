"""The patient page: what is wrong, what was agreed, what was done, and how it has gone (ux.md 4.2)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from accounts.actor import Actor, ActorRequest
from accounts.roles import Permission
from alerts import services
from alerts.access import get_case_patient
from alerts.enums import HandlingAction
from alerts.forms import HandlingForm
from alerts.queries import patient as queries
from alerts.views import patient_context as context
from alerts.views import queue_context
from alerts.views.banner import banner
from alerts.views.beside import beside_case
from audit.enums import Action
from audit.logged import logs
from dho.lib.numbers import since_nb
from patients.models import Patient


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who has been let in to a patient, at one moment."""

    request: ActorRequest
    patient: Patient
    by: Actor
    now: datetime


@logs(Action.OPEN_PATIENT, Action.CLAIM, Action.HANDLE)
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@gzip_page
def page(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """Show the patient; take, let go of or finish the case."""
    if request.method != "POST":
        return _show(_let_in(request, patient_id, Action.OPEN_PATIENT, Permission.SEE_PATIENT))
    step = STEPS.get(request.POST.get("step", ""), _finish)
    action = Action.CLAIM if step is _claim else Action.HANDLE
    return step(_let_in(request, patient_id, action, Permission.TRIAGE))


def _let_in(request: ActorRequest, patient_id: UUID, action: Action, permission: Permission) -> Visit:
    now = timezone.now()
    patient = get_case_patient(patient_id, by=request.actor, now=now, action=action, permission=permission)
    assert request.actor is not None  # noqa: S101 - nobody was refused in the line above
    return Visit(request, patient, request.actor, now)


def _claim(visit: Visit) -> HttpResponse:
    try:
        services.claim(patient_id=visit.patient.pk, by=visit.by, now=visit.now)
    except services.AlreadyClaimed as taken:
        since = since_nb(taken.since, now=visit.now)
        problem = gettext("%(name)s tok saken %(since)s. Du kan lese, men ikke lukke den.") % {
            "name": taken.owner.get_full_name(),
            "since": since,
        }
        return _show(visit, problem=problem, status=409)
    except (services.StaleCase, services.NotYours):
        problem = gettext("Det er ingen sak å ta her lenger. Under ser du hvordan det står nå.")
        return _show(visit, problem=problem, status=409)
    return redirect("patient", visit.patient.pk)


def _release(visit: Visit) -> HttpResponse:
    try:
        services.release(patient_id=visit.patient.pk, by=visit.by, now=visit.now)
    except services.NotYours:
        return _show(visit, problem=gettext("Saken er ikke din, så du kan ikke slippe den."), status=409)
    messages.success(visit.request, gettext("Du slapp saken. Den står i arbeidskøen igjen."))
    return redirect("queue")


STEPS = {"claim": _claim, "release": _release}


def _finish(visit: Visit) -> HttpResponse:
    """Close the case as documented. Whatever stops it, the page comes back with the text that was written."""
    patient = visit.patient
    form = context.blank_form(queries.entry_of(patient), queries.versions_of(patient), visit.now, visit.request.POST)
    if not form.is_valid():
        return _show(visit, form=form, status=422)
    done = form.cleaned_data
    try:
        services.finish(
            patient_id=patient.pk,
            seen=done["seen"],
            outcomes=done["outcomes"],
            measure_ids=done["measures"],
            note=done["note"],
            by=visit.by,
            now=visit.now,
        )
    except services.NotDocumented as missing:
        form.add_missing(missing.fields)
        return _show(visit, form=form, status=422)
    except services.StaleCase:
        return _show(visit, form=form, stale=True, status=409)
    except services.NotYours:
        return _show(visit, form=form, problem=gettext("Saken er ikke din, så den ble ikke lukket."), status=409)
    except services.OnlyNurseClosesRed:
        return _show(visit, form=form, problem=gettext("Bare sykepleier kan lukke røde varsler."), status=403)
    return _go_on(visit)


def _go_on(visit: Visit) -> HttpResponse:
    """To the next patient nobody has taken, with the way back for 30 seconds."""
    queue_context.offer_undo(visit.request.session, visit.patient.pk, HandlingAction.DONE, now=visit.now)
    following = queries.next_unclaimed(by=visit.by, after=visit.patient)
    if queries.entry_of(visit.patient):
        # what asks for the doctor stays open until the doctor has been reached.
        said = gettext("Varslene er lukket, men «Kontakt lege» står til du har fått kontakt med legen.")
        messages.warning(visit.request, said)
        return redirect("patient", visit.patient.pk)
    messages.success(
        visit.request, gettext("Saken er lukket. Her er neste pasient.") if following else gettext("Saken er lukket.")
    )
    return redirect("patient", following.patient_id) if following else redirect("queue")


def _show(
    visit: Visit, *, form: HandlingForm | None = None, problem: str = "", stale: bool = False, status: int = 200
) -> HttpResponse:
    """The page as it is now, with what stopped the last step and the form as it was sent."""
    patient, by, now = visit.patient, visit.by, visit.now
    entry, versions = queries.entry_of(patient), queries.versions_of(patient)
    form = form or context.blank_form(entry, versions, now)
    news = queries.news_since(patient, shown_at=form.cleaned_data["shown_at"], by=by) if stale else []
    if stale and entry:
        # The comparison is on the page now: saving again means having read it.
        form.renew(seen=entry.change, shown_at=now)
    head = banner(patient, by=by, now=now)
    reading = head["emergency"] is not None
    case = context.case_context(patient, entry, by=by, now=now, reading_only=reading)
    plan = context.plan_context(patient, versions, entry, now=now)
    found = {
        **head,
        **case,
        **plan,
        **beside_case(patient, case["alerts"], plan["course"], plan["plan"], by=by, now=now, reading=reading),
        **context.course_context(patient, versions, days=context.period_asked_for(visit.request), now=now),
        "form": form,
        "measures": form.agreed,
        "problem": problem,
        "stale": stale,
        "news": news,
        "undo": queue_context.undo_on_offer(visit.request.session, by=by, now=now),
    }
    return render(visit.request, "alerts/patient.html", found, status=status)
