"""The tablet's own door: it shows a code, is paired, and opens with the patient's PIN. All of it in one window.

Nothing here needs a person's account, a second browser or a pop-up; a tablet that is locked to this address can do it.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actor import ActorRequest
from accounts.browsers import name_of
from accounts.models import PIN_TRIES, DeviceCredential
from accounts.oauth import DEVICE_CODE, WEB_CLIENT, form_request, is_over
from accounts.services import Opening, PinRefused, RevokedDevice, open_with_pin, set_pin, show_code
from audit.logged import logs_nothing
from patients.models import Patient
from patients.queries.citizens import citizen_with
from tablet.paired import COMING, OPENED, ask_for_token, held_by, keep, lock, open_tablet, service_of, turn
from tablet.pin import ChoosePinForm, PinForm

NO_RECORD: Final = "The tablet's door: shows no record; what is opened afterwards is logged with the patient."
_WRONG: Final = _("PIN-koden er feil. Du har %(left)d forsøk igjen.")
_LAST: Final = _("PIN-koden er feil. Du har ett forsøk igjen. Er du usikker, ring før du prøver.")

Page = Callable[..., HttpResponse]


def paired(view: Page) -> Page:
    """A page of a tablet that is paired: `view(request, credential, now)`. Others begin at the start page."""

    @logs_nothing(NO_RECORD)
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def door(request: ActorRequest) -> HttpResponse:
        now = timezone.now()
        try:
            credential = held_by(request, now=now)
        except RevokedDevice:
            credential = None
        return view(request, credential, now) if credential else redirect("tablet")

    return door


@logs_nothing(NO_RECORD)
@never_cache
@require_safe
def start(request: ActorRequest) -> HttpResponse:
    """On to the PIN where the tablet is paired; else how to begin, and why it is not paired any more."""
    try:
        credential = held_by(request, now=timezone.now())
    except RevokedDevice as revoked:
        return render(request, "tablet/start.html", {"revoked": True, "service": service_of(revoked.credential)})
    if credential is None:
        return render(request, "tablet/start.html")
    if request.session.get(OPENED):
        return redirect("citizen-home")
    return redirect("tablet-pin" if credential.pin_hash else "tablet-pin-new")


@logs_nothing(NO_RECORD)
@never_cache
@require_POST
def connect(request: ActorRequest) -> HttpResponse:
    """A code for this browser, which keeps the secret part of it in its session."""
    if is_over(request, "device_code", key=request.origin.address):
        return render(request, "tablet/start.html", {"too_many": True}, status=429)
    model = name_of(request.headers.get("User-Agent", ""))
    answer = show_code(form_request(request, {"client_id": WEB_CLIENT}), model=model)
    until = timezone.now().timestamp() + answer.body["expires_in"]
    request.session[COMING] = {**{key: answer.body[key] for key in ("user_code", "device_code")}, "until": until}
    return redirect("tablet-code")


@logs_nothing(NO_RECORD)
@never_cache
@require_safe
def code(request: ActorRequest) -> HttpResponse:
    """The code, until somebody has confirmed it; the page asks again by itself, or by its button."""
    coming, now = request.session.get(COMING), timezone.now()
    if coming is None:
        return redirect("tablet")
    answer = ask_for_token(request, {"grant_type": DEVICE_CODE, "device_code": coming["device_code"]}, now=now)
    if answer.ok:
        lock(request)
        response = _on(request, "tablet-pin-new")
        keep(response, answer)
        return response
    waiting = answer.body["error"] in ("authorization_pending", "slow_down")
    context = {"code": coming["user_code"], "waiting": waiting, "refused": answer.body["error"] == "access_denied"}
    return render(request, "tablet/code.html", context)


@paired
def choose_pin(request: ActorRequest, credential: DeviceCredential, now: datetime) -> HttpResponse:
    """The patient's own PIN, on a tablet that has none. Chosen, it is open."""
    if credential.pin_hash:
        return redirect("tablet-pin")
    patient = Patient.objects.get(pk=credential.patient_id)
    form = ChoosePinForm(request.POST if request.method == "POST" else None, birth_date=patient.birth_date)
    if form.is_valid():
        try:
            set_pin(credential=credential, pin=form.cleaned_data["pin"], birth_date=patient.birth_date, now=now)
        except PinRefused as refused:
            form.add_error("pin", str(refused))
        else:
            open_tablet(request, credential, now=now)
            return redirect("citizen-home")
    context = {"form": form, "patient": patient}
    return render(request, "tablet/pin_new.html", context, status=422 if form.errors else 200)


@paired
def enter_pin(request: ActorRequest, credential: DeviceCredential, now: datetime) -> HttpResponse:
    """Open with the PIN. The cookie turns at each opening."""
    citizen = citizen_with(credential, now=now)
    if citizen is None or not credential.pin_hash:
        return redirect("tablet-pin-new") if citizen else render(request, "tablet/start.html", {"revoked": True})
    form = PinForm(request.POST if request.method == "POST" and not credential.pin_locked else None)
    if form.is_valid():
        opening = open_with_pin(credential=credential, pin=form.cleaned_data["pin"], now=now)
        if opening == Opening.OPEN:
            open_tablet(request, credential, now=now)
            response = redirect("citizen-home")
            turn(request, response, now=now)
            return response
        left = PIN_TRIES - credential.pin_failures
        form.add_error("pin", _LAST if left == 1 else _WRONG % {"left": left})
    status = 403 if credential.pin_locked else 422 if form.errors else 200
    context = {"form": form, "patient": citizen.patient, "locked": credential.pin_locked}
    context["service"] = service_of(credential)
    return render(request, "tablet/pin.html", context, status=status)


@logs_nothing(NO_RECORD)
@never_cache
@require_POST
def leave(request: ActorRequest) -> HttpResponse:
    """Lock the tablet: by the patient's button, or by the page itself when nobody has touched it for a while."""
    lock(request)
    return redirect("tablet")


def _on(request: ActorRequest, name: str) -> HttpResponse:
    """Go on, also where htmx asked: it follows an ordinary redirect within the part of the page that it swaps."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": reverse(name)})
    return redirect(name)
