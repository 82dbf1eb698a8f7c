"""Who has looked: the privacy officer's search in the log, and the patient's own log on screen, paper and file."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actor import Actor, ActorRequest
from accounts.roles import Permission
from audit.enums import Action
from audit.logged import logs
from audit.queries.log import InvalidPlace, LogSearch, log_page
from audit.services import record_list_access
from dho.lib.numbers import OSLO
from dho.lib.pdf import PdfUnavailable, can_make_pdf, make_pdf
from patients.access import get_patient, get_patient_for_insight, patients_of_controller
from patients.forms.log import LogSearchForm
from patients.models import Patient
from patients.queries.log import TOLD, in_words, own_log

SHOWN_AT_FIRST: Final = timedelta(days=7)


@logs(Action.READ_LOG)
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def access_log(request: ActorRequest) -> HttpResponse:
    """The municipality's log of the last week, or what was searched for. The look is itself logged."""
    by, now = request.actor, timezone.now()
    if by is None or not by.may(Permission.READ_ACCESS_LOG):
        raise PermissionDenied
    form = LogSearchForm(request.POST if request.method == "POST" else _at_first(request, now), by=by)
    search = form.search if form.is_valid() else None
    _log_look(search, by, now)
    try:
        entries, after = log_page(search, after=form.cleaned_data["after"]) if search else ([], "")
    except InvalidPlace:
        form.add_error(None, gettext("Siden i loggen finnes ikke. Søk på nytt."))
        entries, after = [], ""
    context = {"form": form, "rows": in_words(by, entries), "after": after, "search": search}
    return render(request, "patients/access_log.html", context, status=422 if form.errors else 200)


def _at_first(request: ActorRequest, now: datetime) -> dict[str, Any]:
    """The last week; `?pasient=` is how other pages point at one patient's rows."""
    today = now.astimezone(OSLO).date()
    days = {"since": f"{today - SHOWN_AT_FIRST:%d.%m.%Y}", "until": f"{today:%d.%m.%Y}"}
    return {**days, "patient": request.GET.get("pasient", "")}


def _log_look(search: LogSearch | None, by: Actor, now: datetime) -> None:
    """Raises Refused for a patient of another municipality, as for one who does not exist."""
    if search is None or search.patient_id is None:
        record_list_access(Action.READ_LOG, municipality_ids=by.municipality_ids, by=by, now=now)
        return
    get_patient(
        search.patient_id,
        by=by,
        now=now,
        action=Action.READ_LOG,
        permission=Permission.READ_ACCESS_LOG,
        among=patients_of_controller,
    )


@logs(Action.PRINT_LOG)
@login_required
@never_cache
@require_safe
def patient_log(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """«Hvem har sett i journalen min», to read together with the patient or to print."""
    now = timezone.now()
    patient = get_patient_for_insight(patient_id, by=request.actor, now=now, action=Action.PRINT_LOG)
    return render(request, "patients/own_log.html", _told(patient, now) | {"can_make_pdf": can_make_pdf()})


@logs(Action.PRINT_LOG)
@login_required
@never_cache
@require_safe
def patient_log_pdf(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """The same as a file to hand over. Where the machine cannot make it, the page offers printing instead."""
    now = timezone.now()
    patient = get_patient_for_insight(patient_id, by=request.actor, now=now, action=Action.PRINT_LOG)
    try:
        content = make_pdf(render_to_string("pdf/own_log.html", _told(patient, now)), stylesheet="css/print.css")
    except PdfUnavailable:
        return render(request, "patients/pdf_unavailable.html", {"patient": patient, "door": "patient-log"}, status=503)
    headers = {"Content-Disposition": 'inline; filename="hvem-har-sett-i-journalen.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _told(patient: Patient, now: datetime) -> dict[str, Any]:
    since = now - TOLD
    return {"patient": patient, "looks": own_log(patient, since=since), "since": since, "now": now}
