"""How to reach a patient: shown to, and kept right by, those who enrol and those who hand out equipment."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actor import ActorRequest
from audit.enums import Action
from audit.logged import logs
from audit.services import Refused
from patients.access import get_patient
from patients.forms.contact import ContactForm
from patients.services import Contact, contact_permission, save_contact


@logs(Action.OPEN_CONTACT, Action.CHANGE_CONTACT)
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """The details in a form, and what was typed until it is right."""
    by, now = request.actor, timezone.now()
    action = Action.CHANGE_CONTACT if request.method == "POST" else Action.OPEN_CONTACT
    if by is None:
        raise Refused(action, patient_id=patient_id)
    patient = get_patient(patient_id, by=by, now=now, action=action, permission=contact_permission(by))
    form = ContactForm(request.POST if request.method == "POST" else None, initial=ContactForm.initial_of(patient))
    if form.is_valid():
        save_contact(patient=patient, contact=Contact(**form.cleaned_data), by=by, now=now)
        messages.success(request, _("Kontaktopplysningene er lagret."))
        return redirect("contact", patient.pk)
    context = {"patient": patient, "age": patient.age(timezone.localdate()), "form": form}
    return render(request, "patients/contact.html", context, status=422 if form.errors else 200)
