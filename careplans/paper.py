"""Two papers of one plan. The patient's hangs on the fridge: plain words and no limits. The record's has everything."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string

from careplans.models import PlanVersion
from careplans.queries.faces import own_words
from careplans.queries.gp import latest_enrolment
from careplans.queries.wording import hours_of
from dho.lib.pdf import make_pdf


def patients_paper(version: PlanVersion, *, large: bool, now: datetime) -> HttpResponse:
    """The patient's plan as a file, in the active language. Raises PdfUnavailable."""
    html = render_to_string("pdf/patient_plan.html", patients_words(version, now=now) | {"large": large})
    return as_file(make_pdf(html, stylesheet="css/print.css"), f"min-plan-versjon-{version.number}")


def patients_words(version: PlanVersion, *, now: datetime) -> dict[str, Any]:
    """What the patient's paper says."""
    course = latest_enrolment(version.patient_id, now=now)
    return {
        "plan": own_words(version),
        "version": version,
        "patient": version.patient,
        "service": course.service if course and course.ended_on is None else None,
        "hours": hours_of(course),
        "printed_at": now,
    }


def as_file(content: bytes, name: str) -> HttpResponse:
    """No person's name in the file name: it ends up in download lists and on shared screens."""
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
