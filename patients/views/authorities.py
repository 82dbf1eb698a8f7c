"""Fullmakt on the «Tilgang» page: staff register and withdraw it for a patient who does not do it herself."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.actor import ActorRequest
from audit.enums import Action
from audit.logged import logs
from audit.services import Refused
from patients import services
from patients.enums import Consent
from patients.forms.authorities import RegisteredAuthorityForm
from patients.services import NotPossible
from patients.services.authorities import REGISTERED_WITH
from patients.views.access import let_in, show
from patients.views.access_steps import done


@logs(Action.AUTHORISE)
@never_cache
@login_required
@require_POST
def give(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """Register what the patient has said or signed."""
    visit = let_in(request, patient_id, Action.AUTHORISE, REGISTERED_WITH)
    form = RegisteredAuthorityForm(request.POST, today=timezone.localdate(visit.now))
    if not form.is_valid():
        return show(visit, authority_form=form, status=422)
    consent = Consent(form.cleaned_data["consent"])
    try:
        services.give_authority(patient=visit.patient, new=form.new, by=visit.by, now=visit.now, consent=consent)
    except NotPossible as stopped:
        form.add_error(None, stopped.obstacle.label)
        return show(visit, authority_form=form, status=409)
    return done(visit, _("Fullmakten er registrert og gjelder fra nå."))


@logs(Action.AUTHORISE)
@never_cache
@login_required
@require_POST
def withdraw(request: ActorRequest, patient_id: UUID, authority_id: UUID) -> HttpResponse:
    """The relative is out from now on."""
    visit = let_in(request, patient_id, Action.AUTHORISE, REGISTERED_WITH, object_id=str(authority_id))
    found = visit.patient.authorities.select_related("patient").filter(pk=authority_id).first()
    if found is None:
        raise Refused(Action.AUTHORISE, patient_id=patient_id, object_id=str(authority_id))
    try:
        services.withdraw_authority(authority=found, by=visit.by, now=visit.now)
    except NotPossible as stopped:
        return show(visit, problem=stopped.obstacle.label, status=409)
    return done(visit, _("Fullmakten er trukket tilbake."))
