"""The home municipality's three steps with a referral: assess it, allocate the service, or decline (R-002 to R-006)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actor import ActorRequest
from audit.enums import Action
from audit.logged import logs
from audit.services import Refused
from dho.lib.numbers import date_nb, time_nb
from patients.criteria import ADVICE, advice_for, needs_reason, unmet
from patients.enums import Obstacle, ReferralStatus
from patients.forms.intake import AllocationForm, AssessmentForm, DeclineForm
from patients.models import CriteriaAssessment, Referral
from patients.queries.referrals import OPEN, gps_of, last_step, newest_assessment, services_to_allocate
from patients.services import NotPossible, NotYours, allocate, assess, decline
from patients.views.referrals import open_referral


@logs(Action.ASSESS_REFERRAL)
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def assess_page(request: ActorRequest, referral_id: UUID) -> HttpResponse:
    """The criteria as a form. What is missing is said at its field; nothing is kept before it is whole."""
    by, found = open_referral(request, referral_id, Action.ASSESS_REFERRAL)
    form = AssessmentForm(
        request.POST if request.method == "POST" else None, initial={"target_groups": found.target_groups}
    )
    context: dict[str, Any] = {"advice": ADVICE.values()}
    if not form.is_valid():
        return _page(request, "assess", found, form, **context)
    try:
        assess(referral_id=found.pk, answers=form.answers, by=by, now=timezone.now())
    except NotPossible as stopped:
        return _stopped(request, "assess", found, form, stopped, **context)
    except NotYours as foreign:
        raise _refused(found, Action.ASSESS_REFERRAL) from foreign
    messages.success(request, gettext("Vurderingen er lagret."))
    return redirect("referral", found.pk)


@logs(Action.DECIDE_REFERRAL)
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def allocate_page(request: ActorRequest, referral_id: UUID) -> HttpResponse:
    """Service, doctor, decision and what the patient is told; after the assessment, never before."""
    by, found = open_referral(request, referral_id, Action.DECIDE_REFERRAL)
    assessment = newest_assessment(found)
    if assessment is None:
        messages.warning(request, gettext("Vurder henvisningen før du tildeler."))
        return redirect("referral-assess", found.pk)
    form = _allocation_form(request, found, assessment)
    context = {"assessment": assessment, "advice": advice_for(assessment.target_groups), **_unmet(assessment)}
    if not form.is_valid():
        return _page(request, "allocate", found, form, **context)
    try:
        allocate(referral_id=found.pk, decided=form.decided, by=by, now=timezone.now())
    except NotPossible as stopped:
        return _stopped(request, "allocate", found, form, stopped, **context)
    except NotYours as foreign:
        raise _refused(found, Action.DECIDE_REFERRAL) from foreign
    messages.success(request, gettext("Tjenesten er tildelt. Skriv ut brevet til pasienten."))
    return redirect("referral", found.pk)


def _allocation_form(request: ActorRequest, found: Referral, assessment: CriteriaAssessment) -> AllocationForm:
    today = timezone.localdate()
    met = {each.criterion: each.met for each in assessment.answers.all()}
    return AllocationForm(
        request.POST if request.method == "POST" else None,
        services=services_to_allocate(found.municipality_id, on=today),
        gps=gps_of(found.municipality_id, on=today),
        gp=found.patient.gp,
        must_give_reason=needs_reason(met, insecurity=assessment.insecurity),
        today=today,
    )


def _unmet(assessment: CriteriaAssessment) -> dict[str, Any]:
    met = {each.criterion: each.met for each in assessment.answers.all()}
    return {"unmet": unmet(met), "insecurity": assessment.insecurity}


@logs(Action.DECIDE_REFERRAL)
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decline_page(request: ActorRequest, referral_id: UUID) -> HttpResponse:
    """Why the person does not get the service, as the letter says it."""
    by, found = open_referral(request, referral_id, Action.DECIDE_REFERRAL)
    form = DeclineForm(request.POST if request.method == "POST" else None, today=timezone.localdate())
    if not form.is_valid():
        return _page(request, "decline", found, form)
    try:
        decline(referral_id=found.pk, by=by, now=timezone.now(), **form.cleaned_data)
    except NotPossible as stopped:
        return _stopped(request, "decline", found, form, stopped)
    except NotYours as foreign:
        raise _refused(found, Action.DECIDE_REFERRAL) from foreign
    messages.success(request, gettext("Avslaget er lagret. Skriv ut brevet til personen."))
    return redirect("referral", found.pk)


def _refused(found: Referral, action: Action) -> Refused:
    """Whoever lost the right between the door and the lock is answered as at the door."""
    return Refused(action, patient_id=found.patient_id, object_id=str(found.pk))


def _page(
    request: ActorRequest, name: str, found: Referral, form: Any, *, status: int | None = None, **extra: Any
) -> HttpResponse:
    context = {
        "referral": found,
        "patient": found.patient,
        "age": found.patient.age(timezone.localdate()),
        "form": form,
        "decided": found.status not in OPEN,
        **extra,
    }
    return render(request, f"patients/intake/{name}.html", context, status=status or (422 if form.errors else 200))


def _stopped(
    request: ActorRequest, name: str, found: Referral, form: Any, stopped: NotPossible, **extra: Any
) -> HttpResponse:
    """Refused, with what was typed; and where somebody else was first, who did what and when."""
    form.add_error(None, str(stopped.obstacle.label))
    if stopped.obstacle != Obstacle.NO_SUCH_STEP:
        return _page(request, name, found, form, **extra)
    found.refresh_from_db(fields=["status"])
    if step := last_step(found):
        told = {
            "name": step.by.get_full_name(),
            "day": date_nb(step.at),
            "time": time_nb(step.at),
            "step": str(ReferralStatus(step.to_status).label),
        }
        form.add_error(
            None, gettext("%(name)s registrerte «%(step)s» %(day)s %(time)s. Det du skrev, er ikke lagret.") % told
        )
    return _page(request, name, found, form, status=409, **extra)
