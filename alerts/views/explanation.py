"""«Hvorfor rød?»: everything behind one assessment, replayable and in words (R-087)."""

from datetime import datetime
from typing import Any
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
from alerts.access import get_case_patient, patients_with_case
from alerts.enums import Outcome
from alerts.explanations import ADVICE, COLOUR_WORDS, COMPARISONS, KIND_LABELS
from alerts.forms import FaultyForm
from alerts.models import Assessment
from alerts.queries import explanation as queries
from alerts.views.banner import banner
from audit.enums import Action
from audit.logged import logs
from audit.services import Refused
from careplans.scoring import Cause, Colour, RuleKind
from measurements.enums import StatementKind


@logs(Action.OPEN_EXPLANATION, Action.HANDLE)
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: ActorRequest, assessment_id: UUID) -> HttpResponse:
    """The explanation, for whoever may see the patient; a nurse may also state that the reading is wrong (AT-31)."""
    now, posted = timezone.now(), request.method == "POST"
    assessment = queries.assessment_of(assessment_id)
    action = Action.HANDLE if posted else Action.OPEN_EXPLANATION
    patient = get_case_patient(
        assessment.patient_id if assessment else None,
        by=request.actor,
        now=now,
        action=action,
        permission=Permission.TRIAGE if posted else Permission.SEE_PATIENT,
        object_id=str(assessment_id),
    )
    if assessment is None or (posted and assessment.reading is None):
        raise Refused(action, patient_id=patient.pk, object_id=str(assessment_id))
    assert request.actor is not None  # noqa: S101 - nobody was refused in the lines above
    head = banner(patient, by=request.actor, now=now)
    form = _faulty_form(request, assessment, now)
    if posted and form and form.is_valid():
        form.save()
        done = gettext("Målingen er merket som feilmåling.")
        waits = gettext("Varselet står åpent til du lukker saken.") if queries.has_open_alert(assessment) else ""
        messages.success(request, f"{done} {waits}".strip())
        return redirect("explanation", assessment_id)
    found = {**head, **_explained(assessment), "form": form}
    return render(request, "alerts/explanation.html", found, status=422 if posted else 200)


def _faulty_form(request: ActorRequest, assessment: Assessment, now: datetime) -> FaultyForm | None:
    """For those who handle this patient's case; a service that reads along is not asked for what it may not answer."""
    by = request.actor
    if assessment.reading is None or by is None:
        return None
    if not patients_with_case(by, now=now, permission=Permission.TRIAGE).filter(pk=assessment.patient_id).exists():
        return None
    sent = request.POST if request.method == "POST" else None
    return FaultyForm(sent, reading=assessment.reading, by=by.user, now=now)


def _explained(assessment: Assessment) -> dict[str, Any]:
    chain = queries.chain_of(assessment)
    handling = queries.handling_of(assessment)
    statements = queries.statements_of(assessment)
    return {
        "assessment": assessment,
        "colour": COLOUR_WORDS[Colour(assessment.colour)].lower(),
        "fact": assessment.reading or assessment.response,
        "value": queries.canonical(assessment.reading) if assessment.reading else "",
        "answers": queries.answers_of(assessment),
        "reasons": [_reason(reason) for reason in assessment.reasons],
        "advice": ADVICE[Cause(assessment.cause)] if assessment.cause else None,
        "earlier": queries.earlier_readings(assessment),
        "chain": [{"assessment": each, "colour": COLOUR_WORDS[Colour(each.colour)].lower()} for each in chain],
        "newest": chain[-1],
        "statements": statements,
        "faulty": bool(statements) and statements[-1].kind == StatementKind.FAULTY,
        "handling": handling,
        "outcomes": [Outcome(code).label for code in handling.outcomes] if handling else [],
    }


def _reason(reason: dict[str, Any]) -> dict[str, Any]:
    """The stored part with its signs in words."""
    return {
        **reason,
        "kind_label": KIND_LABELS[RuleKind(reason["kind"])] if reason["kind"] else "",
        "comparison_word": COMPARISONS.get(reason["comparison"], reason["comparison"]),
        "advice": ADVICE[Cause(reason["cause"])] if reason["cause"] else None,
    }
