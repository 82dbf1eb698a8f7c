"""Referrals: the list, a new one, and one that the own municipality decides about (R-001, R-022)."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actor import Actor, ActorRequest
from accounts.roles import Permission
from audit.enums import Action
from audit.logged import logs
from audit.services import record_access, record_list_access
from patients.access import get_patient
from patients.criteria import unmet
from patients.enums import PresentService, ReferralStatus, TargetGroup
from patients.forms.referral import ReferralForm
from patients.models import Referral
from patients.queries.referrals import (
    OPEN,
    decider_of,
    decides_for,
    groups_in_words,
    municipalities_to_refer_to,
    newest_assessment,
    patient_of_referral,
    patients_to_allocate_for,
    referrals_made_by,
    referrals_to_decide,
)
from patients.services import NotPossible, find_or_register, refer


def _referrer(request: ActorRequest) -> Actor:
    if request.actor is None or not request.actor.may(Permission.REFER):
        raise PermissionDenied
    return request.actor


@logs(Action.LIST_REFERRALS)
@login_required
@never_cache
@require_safe
def referrals(request: ActorRequest) -> HttpResponse:
    """The municipality's, for those who decide; and where those stand that the person has sent to others."""
    by, now = _referrer(request), timezone.now()
    deciding = decides_for(by)
    record_list_access(Action.LIST_REFERRALS, municipality_ids=deciding | by.reaches(Permission.REFER), by=by, now=now)
    context = {
        "decides": bool(deciding),
        "rows": referrals_to_decide(by, now=now) if deciding else [],
        "own": [row for row in referrals_made_by(by, now=now) if row.referral.municipality_id not in deciding],
    }
    return render(request, "patients/intake/list.html", context)


@logs(Action.REFER)
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """The form, and what was typed until it can be received."""
    by, now = _referrer(request), timezone.now()
    form = ReferralForm(
        request.POST if request.method == "POST" else None,
        municipalities=municipalities_to_refer_to(by),
        asks_origin=bool(decides_for(by)),
        today=timezone.localdate(now),
    )
    if form.is_valid():
        return _refer(request, form, by, now)
    return render(request, "patients/intake/new.html", {"form": form}, status=422 if form.errors else 200)


def _refer(request: ActorRequest, form: ReferralForm, by: Actor, now: datetime) -> HttpResponse:
    """The look-up is logged whatever came of it."""
    town = form.cleaned_data["municipality"]
    patient = find_or_register(person=form.person, municipality_id=town.pk, by=by)
    record_access(Action.REFER, municipality_id=town.pk, patient_id=patient.pk, by=by, now=now)
    try:
        referral = refer(patient=patient, family_name=form.person.family_name, new=form.new, by=by, now=now)
    except NotPossible as stopped:
        form.add_error(None, str(stopped.obstacle.label))
        return render(request, "patients/intake/new.html", {"form": form}, status=422)
    if town.pk in decides_for(by):
        messages.success(request, gettext("Henvisningen er registrert."))
        return redirect("referral", referral.pk)
    messages.success(request, gettext("Henvisningen er sendt til %(town)s.") % {"town": town.name})
    return redirect("referrals")


def open_referral(request: ActorRequest, referral_id: UUID, action: Action) -> tuple[Actor, Referral]:
    """Through lock one, for those who decide about it, with the look logged. Raises `Refused`."""
    get_patient(
        patient_of_referral(referral_id),
        by=request.actor,
        now=timezone.now(),
        action=action,
        permission=Permission.REFER,
        object_id=str(referral_id),
        among=patients_to_allocate_for,
    )
    assert request.actor is not None  # noqa: S101 - nobody was refused in the lines above
    found = Referral.objects.select_related("patient__gp", "municipality", "registered_by")
    return request.actor, found.get(pk=referral_id)


@logs(Action.OPEN_REFERRAL)
@login_required
@never_cache
@require_safe
def referral(request: ActorRequest, referral_id: UUID) -> HttpResponse:
    """Everything about one case: what was asked, assessed, decided and told, and what to do next."""
    _, found = open_referral(request, referral_id, Action.OPEN_REFERRAL)
    assessment = newest_assessment(found)
    answers = assessment.in_order() if assessment else []
    context = {
        "referral": found,
        "patient": found.patient,
        "age": found.patient.age(timezone.localdate()),
        "groups": groups_in_words(found.target_groups, TargetGroup),
        "open": found.status in OPEN,
        "assessed": found.status == ReferralStatus.ASSESSED,
        "decider": decider_of(found.municipality_id).label,
        "assessment": assessment,
        "answers": answers,
        "unmet": unmet({each.criterion: each.met for each in answers}) if answers else [],
        "present_services": groups_in_words(assessment.present_services, PresentService) if assessment else "",
        "assessed_groups": groups_in_words(assessment.target_groups, TargetGroup) if assessment else "",
        "allocation": getattr(found, "allocation", None),
        "course": getattr(found, "enrolment", None),
        "steps": found.steps.select_related("by").order_by("at", "pk"),
        "information": found.information.select_related("information", "registered_by").order_by("registered_at", "pk"),
    }
    return render(request, "patients/intake/referral.html", context)
