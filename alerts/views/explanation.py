"""«Hvorfor rød?»: everything behind one assessment, replayable and in words (R-087)."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.actor import ActorRequest
from alerts.enums import Outcome
from alerts.explanations import ADVICE, COMPARISONS, KIND_LABELS
from alerts.models import Assessment
from alerts.queries import explanation as queries
from alerts.views.banner import banner
from audit.enums import Action
from audit.services import Refused
from careplans.scoring import Cause, Colour, RuleKind
from patients.access import get_patient


@never_cache
@login_required
@require_safe
def page(request: ActorRequest, assessment_id: UUID) -> HttpResponse:
    """The explanation, for whoever may see the patient."""
    now = timezone.now()
    assessment = queries.assessment_of(assessment_id)
    if assessment is None:
        raise Refused(Action.OPEN_EXPLANATION, object_id=str(assessment_id))
    patient = get_patient(
        assessment.patient_id,
        by=request.actor,
        now=now,
        action=Action.OPEN_EXPLANATION,
        object_id=str(assessment_id),
    )
    found = {**banner(patient, now=now), **_explained(assessment)}
    return render(request, "alerts/explanation.html", found)


def _explained(assessment: Assessment) -> dict[str, Any]:
    chain = queries.chain_of(assessment)
    handling = queries.handling_of(assessment)
    return {
        "assessment": assessment,
        "colour": Colour(assessment.colour).word,
        "fact": assessment.reading or assessment.response,
        "value": queries.canonical(assessment.reading) if assessment.reading else "",
        "answers": queries.answers_of(assessment),
        "reasons": [_reason(reason) for reason in assessment.reasons],
        "advice": ADVICE[Cause(assessment.cause)] if assessment.cause else None,
        "earlier": queries.earlier_readings(assessment),
        "chain": [{"assessment": each, "colour": Colour(each.colour).word} for each in chain],
        "newest": chain[-1],
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
