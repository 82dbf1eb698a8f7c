"""The steps of «Tilgang»: share, hand over, block, and take it back. What stops a step stands on the page."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.actor import ActorRequest
from accounts.roles import Permission
from audit.enums import Action
from audit.logged import logs
from audit.services import Refused
from patients import services
from patients.models import AccessBlock, CareRelation, Handover
from patients.services import NotPossible
from patients.views.access import Visit, block_form, blocked_one, handover_form, let_in, share_form, show


@logs(Action.SHARE_PATIENT)
@never_cache
@login_required
@require_POST
def share(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """Let another service read along."""
    visit = let_in(request, patient_id, Action.SHARE_PATIENT, Permission.SHARE_PATIENT)
    form = share_form(visit, request.POST)
    if not form.is_valid():
        return show(visit, share_form=form, status=422)
    service, last_day = form.cleaned_data["service"], form.cleaned_data["last_day"]
    try:
        services.share_patient(patient=visit.patient, service=service, last_day=last_day, by=visit.by, now=visit.now)
    except NotPossible as stopped:
        form.add_error(None, stopped.obstacle.label)
        return show(visit, share_form=form, status=409)
    return done(visit, f"{service.name} kan nå lese om pasienten.")


@logs(Action.SHARE_PATIENT)
@never_cache
@login_required
@require_POST
def unshare(request: ActorRequest, patient_id: UUID, relation_id: UUID) -> HttpResponse:
    """End the sharing at once."""
    action, permission = Action.SHARE_PATIENT, Permission.SHARE_PATIENT
    visit = let_in(request, patient_id, action, permission, object_id=str(relation_id))
    relation = CareRelation.objects.filter(pk=relation_id, patient=visit.patient).select_related("service").first()
    if relation is None:
        raise Refused(action, patient_id=patient_id, object_id=str(relation_id))
    try:
        services.end_sharing(relation=relation, by=visit.by, now=visit.now)
    except NotPossible as stopped:
        return show(visit, problem=stopped.obstacle.label, status=409)
    return done(visit, f"{relation.service.name} ser ikke lenger pasienten.")


@logs(Action.HAND_OVER)
@never_cache
@login_required
@require_POST
def propose(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """Ask another service to take over."""
    visit = let_in(request, patient_id, Action.HAND_OVER, Permission.HAND_OVER)
    form = handover_form(visit, request.POST)
    if not form.is_valid():
        return show(visit, handover_form=form, status=422)
    asked = form.cleaned_data
    try:
        services.propose_handover(
            patient=visit.patient,
            to_service=asked["service"],
            takes_effect_on=asked["takes_effect_on"],
            note=asked["note"],
            by=visit.by,
            now=visit.now,
        )
    except NotPossible as stopped:
        form.add_error(None, stopped.obstacle.label)
        return show(visit, handover_form=form, status=409)
    return done(visit, f"{asked['service'].name} er spurt. Dere følger opp pasienten til de har sagt ja.")


@logs(Action.HAND_OVER)
@never_cache
@login_required
@require_POST
def withdraw(request: ActorRequest, patient_id: UUID, handover_id: UUID) -> HttpResponse:
    """Take the question back, or the agreed handover, before it moves anything."""
    action, permission = Action.HAND_OVER, Permission.HAND_OVER
    visit = let_in(request, patient_id, action, permission, object_id=str(handover_id))
    handover = Handover.objects.filter(pk=handover_id, patient=visit.patient).first()
    if handover is None:
        raise Refused(action, patient_id=patient_id, object_id=str(handover_id))
    try:
        services.withdraw_handover(handover=handover, by=visit.by, now=visit.now)
    except NotPossible as stopped:
        return show(visit, problem=stopped.obstacle.label, status=409)
    return done(visit, "Overføringen er trukket tilbake. Dere følger fortsatt opp pasienten.")


@logs(Action.BLOCK_ACCESS)
@never_cache
@login_required
@require_POST
def block(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """Register what the patient refuses. Shutting out the only doctor is asked about once more first."""
    visit = let_in(request, patient_id, Action.BLOCK_ACCESS, Permission.BLOCK_ACCESS)
    form = block_form(visit, request.POST)
    if not form.is_valid():
        return show(visit, block_form=form, status=422)
    against = blocked_one(form.cleaned_data["against"])
    if "confirmed" not in request.POST and services.concerns_gp(visit.patient, against, now=visit.now):
        return show(visit, block_form=form, warn_about_gp=True)
    try:
        services.block_access(patient=visit.patient, against=against, by=visit.by, now=visit.now)
    except NotPossible as stopped:
        form.add_error(None, stopped.obstacle.label)
        return show(visit, block_form=form, status=409)
    messages.success(request, "Sperringen er registrert og gjelder fra nå.")
    # Who has registered a block against herself has no patient to go back to.
    return redirect("home") if against == visit.by.user else redirect("access", patient_id)


@logs(Action.BLOCK_ACCESS)
@never_cache
@login_required
@require_POST
def lift(request: ActorRequest, patient_id: UUID, block_id: UUID) -> HttpResponse:
    """The patient no longer refuses."""
    action, permission = Action.BLOCK_ACCESS, Permission.BLOCK_ACCESS
    visit = let_in(request, patient_id, action, permission, object_id=str(block_id))
    standing = AccessBlock.objects.filter(pk=block_id, patient=visit.patient).first()
    if standing is None:
        raise Refused(action, patient_id=patient_id, object_id=str(block_id))
    try:
        services.lift_block(block=standing, by=visit.by, now=visit.now)
    except NotPossible as stopped:
        return show(visit, problem=stopped.obstacle.label, status=409)
    return done(visit, "Sperringen er opphevet.")


def done(visit: Visit, text: str) -> HttpResponse:
    """Back to the page, which says what was done."""
    messages.success(visit.request, text)
    return redirect("access", visit.patient.pk)
