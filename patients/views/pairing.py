"""A tablet becomes a patient's: staff type the code that it shows, see what it says that it is, and confirm."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actor import ActorRequest
from accounts.oauth import is_over
from accounts.services import AskingTablet, UnknownCode, find_asking, pair_device, refuse_pairing
from audit.enums import Action
from audit.logged import logs
from patients.forms.devices import CodeForm, PairForm
from patients.models import Patient
from patients.views.devices import actor_of, patient_of

UNKNOWN = gettext_lazy("Ingen nettbrett viser denne koden nå. Sjekk bokstavene, eller be pasienten om en ny kode.")
TOO_MANY = gettext_lazy("For mange koder var feil. Vent i ti minutter, og be pasienten om en ny kode.")


@logs(Action.FIND_TABLET, Action.PAIR_DEVICE)
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pair(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """First the code, then what it belongs to, then yes or no."""
    now, step = timezone.now(), request.POST.get("step", "")
    action = Action.PAIR_DEVICE if step else Action.FIND_TABLET
    patient = patient_of(request, patient_id, action, now)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, patient, form, status=422 if form.errors else 200)
    if is_over(request, "user_code", count=False):
        form.add_error("code", TOO_MANY)
        return _page(request, patient, form, status=429)
    try:
        tablet = find_asking(form.cleaned_data["code"])
        if step == "refuse":
            refuse_pairing(code=tablet.user_code, by=actor_of(request))
            messages.success(request, _("Nettbrettet ble ikke koblet til. Det får beskjed om det."))
            return redirect("devices", patient_id)
        return _confirm(request, patient, tablet)
    except UnknownCode:
        is_over(request, "user_code")
        form.add_error("code", UNKNOWN)
        return _page(request, patient, form, status=422)


def _confirm(request: ActorRequest, patient: Patient, tablet: AskingTablet) -> HttpResponse:
    """The question, or what came of the answer to it."""
    asked = request.POST.get("step") == "confirm"
    form = PairForm(request.POST) if asked else PairForm(initial={"code": tablet.user_code})
    if asked and form.is_valid():
        label = form.cleaned_data["label"]
        pair_device(patient=patient, code=tablet.user_code, label=label, by=actor_of(request), now=timezone.now())
        told = _("«%(label)s» er koblet til. Nettbrettet går videre av seg selv, og pasienten velger en PIN-kode der.")
        messages.success(request, told % {"label": label})
        return redirect("devices", patient.pk)
    return _page(request, patient, form, tablet=tablet, status=422 if form.errors else 200)


def _page(
    request: ActorRequest,
    patient: Patient,
    form: CodeForm | PairForm,
    *,
    tablet: AskingTablet | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "patient": patient,
        "age": patient.age(timezone.localdate()),
        "form": form,
        "tablet": tablet,
        "address": f"{settings.BASE_URL}/nettbrett/",
    }
    return render(request, "patients/pair.html", context, status=status)
