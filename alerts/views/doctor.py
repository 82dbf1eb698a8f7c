"""Contact with the patient's doctor: who sought whom, when, and what came of it (R-088, R-130)."""

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
from accounts.roles import Permission
from alerts import services
from alerts.access import get_case_patient
from alerts.enums import AlertKind, AlertState
from alerts.models import Alert
from audit.enums import Action
from audit.logged import logs
from careplans.forms.ladder import ContactForm
from careplans.models import DoctorContact
from careplans.views.opening import acting


@logs(Action.CONTACT_DOCTOR)
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """Register a contact; one that reached the doctor closes the alert that asked for it."""
    now = timezone.now()
    patient = get_case_patient(
        patient_id, by=request.actor, now=now, action=Action.CONTACT_DOCTOR, permission=Permission.TRIAGE
    )
    form = ContactForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        services.contact_doctor(patient=patient, by=acting(request), now=now, **form.said)
        messages.success(request, gettext("Kontakten med legen er registrert."))
        return redirect("patient", patient.pk)
    context = {
        "patient": patient,
        "form": form,
        "asking": Alert.objects.filter(patient=patient, kind=AlertKind.DOCTOR, state=AlertState.OPEN),
        "contacts": DoctorContact.objects.filter(patient=patient).select_related("by").order_by("-at", "-pk"),
    }
    return render(request, "alerts/doctor_contact.html", context, status=422 if form.errors else 200)
