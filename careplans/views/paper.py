"""The plan on paper: the record's, with the limits, and the patient's, for the fridge."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.actor import ActorRequest
from accounts.enums import Language
from audit.enums import Action
from audit.logged import logs
from careplans.models import PlanVersion
from careplans.paper import as_file, patients_paper, patients_words
from careplans.queries.gp import plan_page
from careplans.queries.own import own_plan
from careplans.queries.wording import hours_of
from careplans.views.opening import open_version
from dho.lib.pdf import PdfUnavailable, can_make_pdf, make_pdf
from patients.queries import deciding_doctor
from patients.queries.reading import language_read_by


@logs(Action.PRINT_PLAN)
@login_required
@never_cache
@require_safe
def print_page(request: ActorRequest, version_id: UUID) -> HttpResponse:
    """The record's plan as it looks on paper."""
    now = timezone.now()
    version = open_version(request, version_id, Action.PRINT_PLAN, now)
    return render(request, "careplans/print.html", _document(version, now) | {"can_make_pdf": can_make_pdf()})


@logs(Action.PRINT_PLAN)
@login_required
@never_cache
@require_safe
def pdf(request: ActorRequest, version_id: UUID) -> HttpResponse:
    """The same document as a file, for the record. Where the machine cannot, the page offers the print page."""
    now = timezone.now()
    version = open_version(request, version_id, Action.PRINT_PLAN, now)
    try:
        content = make_pdf(render_to_string("pdf/plan.html", _document(version, now)), stylesheet="css/print.css")
    except PdfUnavailable:
        return _unavailable(request, version, "plan-print")
    return as_file(content, f"egenbehandlingsplan-versjon-{version.number}")


@logs(Action.PRINT_PLAN)
@login_required
@never_cache
@require_safe
def patients_print_page(request: ActorRequest, version_id: UUID) -> HttpResponse:
    """The patient's plan as it looks on paper, to be printed by staff. Only the version in force is given out."""
    now = timezone.now()
    version, language = _in_force(request, version_id, now), _language(request)
    if version is None:
        return render(request, "careplans/patients_none.html", {"version_id": version_id}, status=404)
    language = language or language_read_by(version.patient)
    with translation.override(language):
        words = render_to_string("careplans/_patients_paper.html", patients_words(version, now=now))
    context = {"version": version, "patient": version.patient, "words": words, "language": language}
    more = {"languages": Language.choices, "can_make_pdf": can_make_pdf()}
    return render(request, "careplans/patients_print.html", context | more)


@logs(Action.PRINT_PLAN)
@login_required
@never_cache
@require_safe
def patients_pdf(request: ActorRequest, version_id: UUID) -> HttpResponse:
    """The same as a file, in the patient's language or the one asked for. `?stor=1`: in large type."""
    now = timezone.now()
    version, language = _in_force(request, version_id, now), _language(request)
    if version is None:
        return render(request, "careplans/patients_none.html", {"version_id": version_id}, status=404)
    try:
        with translation.override(language or language_read_by(version.patient)):
            return patients_paper(version, large=request.GET.get("stor") == "1", now=now)
    except PdfUnavailable:
        return _unavailable(request, version, "plan-patients-print")


def _in_force(request: ActorRequest, version_id: UUID, now: datetime) -> PlanVersion | None:
    """The version if its patient may follow it now: a draft, a proposal or an old one never hangs on a fridge."""
    version = open_version(request, version_id, Action.PRINT_PLAN, now)
    found = own_plan(version.patient_id, at=now)
    return found if found and found.pk == version.pk else None


def _language(request: ActorRequest) -> str:
    """What `?sprak=` asks for, if it is a language of ours."""
    asked = request.GET.get("sprak", "")
    return asked if asked in Language.values else ""


def _unavailable(request: ActorRequest, version: PlanVersion, door: str) -> HttpResponse:
    return render(request, "careplans/pdf_unavailable.html", {"version": version, "door": door}, status=503)


def _document(version: PlanVersion, now: datetime) -> dict[str, Any]:
    page = plan_page(version, now=now)
    who = {"hours": hours_of(page.enrolment), "doctor": deciding_doctor(page.enrolment)}
    return {"page": page, "version": version, "patient": version.patient, "printed_at": now, **who}
