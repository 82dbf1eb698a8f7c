"""What a municipality sets up before it allocates: who decides, and what people are told (R-002, R-005)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actor import Actor, ActorRequest
from audit.logged import logs_nothing
from patients.enums import Decider, TextKind
from patients.forms.intake import DeciderForm, TextForm
from patients.queries.referrals import decider_of
from patients.services import choose_decider, configures, current_text, write_text

TEXTS = "Shows the municipality's own texts and settings, no patient."


def _set_up_by(request: ActorRequest) -> tuple[Actor, int]:
    if request.actor is None:
        raise PermissionDenied
    return request.actor, configures(request.actor)


@logs_nothing(TEXTS)
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: ActorRequest) -> HttpResponse:
    """Who assesses and allocates, and the texts with their versions."""
    by, municipality_id = _set_up_by(request)
    data = request.POST if request.method == "POST" else None
    form = DeciderForm(data, initial={"decider": decider_of(municipality_id)})
    if form.is_valid():
        choose_decider(decider=Decider(form.cleaned_data["decider"]), by=by)
        messages.success(request, gettext("Valget er lagret."))
        return redirect("intake-setup")
    context = {"form": form, "texts": [current_text(municipality_id, each) for each in TextKind.values]}
    return render(request, "patients/intake/setup.html", context, status=422 if form.errors else 200)


@logs_nothing(TEXTS)
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: ActorRequest, text_kind: str) -> HttpResponse:
    """A new version of one text. What has been given to somebody stays as it was."""
    by, municipality_id = _set_up_by(request)
    if text_kind not in TextKind.values:
        raise Http404
    current = current_text(municipality_id, text_kind)
    data = request.POST if request.method == "POST" else None
    form = TextForm(data, initial={"bokmal": current.bokmal, "nynorsk": current.nynorsk})
    if form.is_valid():
        write_text(kind=text_kind, **form.cleaned_data, by=by, now=timezone.now())
        messages.success(request, gettext("Teksten er lagret som en ny versjon."))
        return redirect("intake-setup")
    context = {"form": form, "current": current}
    return render(request, "patients/intake/text.html", context, status=422 if form.errors else 200)
