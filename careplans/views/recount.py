"""The count beside the limits, anew for each move of a slider."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.actor import ActorRequest
from audit.logged import logs_nothing
from careplans.forms.changing import ChangesForm
from careplans.queries.backtest import backtest
from careplans.queries.gp import curve_for, evidence_for
from careplans.scoring import RuleSet
from careplans.views.opening import opened_version


@logs_nothing("Opening the plan's page is logged, and only that page carries the mark that is asked for here.")
@login_required
@never_cache
@require_POST
def recount(request: ActorRequest, version_id: UUID) -> HttpResponse:
    """What the limits as they stand on the page would have given, or the errors at their fields."""
    now = timezone.now()
    version = opened_version(request, version_id, now)
    form = ChangesForm(request.POST, version=version)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    ruleset = RuleSet(str(version.pk), form.rules, form.catalogue)
    found = evidence_for(version.patient_id, [ruleset], now=now)
    result = backtest(ruleset, found)
    changed = {str(pk) for pk in form.changes.limits}
    rules: dict[str, dict[str, Any]] = {rule_id: {"alarms": alarms.text} for rule_id, alarms in result.by_rule.items()}
    for rule in ruleset.rules:
        quantity = form.catalogue.get(rule.quantity)
        if quantity and rule.id in changed and (curve := curve_for(rule, quantity.label, form.catalogue, found)):
            rules[rule.id]["curve"] = render_to_string("careplans/_curve_drawing.html", {"curve": curve})
    return JsonResponse({"whole": result.whole.text, "rules": rules, "changed": form.in_words})
