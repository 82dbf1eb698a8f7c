"""Two blocks for pages of others: how far a plan has come with the doctor, and what is agreed with the GP."""

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission
from careplans.enums import VersionStatus
from careplans.models import PlanVersion
from careplans.queries.ladder import hours_for, ladder_of, with_ladder
from careplans.queries.routine import routine_of
from patients.models import Enrolment, Patient

register = template.Library()


@register.inclusion_tag("careplans/waiting_on_plan.html", takes_context=True)
def plan_ladder(context: Any, version: PlanVersion, enrolment: Enrolment | None) -> dict[str, Any]:
    """The ladder of a proposal, for those who handle the patient's case at the service; nothing for anybody else."""
    by: Actor | None = context["request"].actor
    now: datetime = timezone.now()
    own = by is not None and by.may(Permission.TRIAGE) and enrolment and enrolment.service_id == by.service_id
    if version.status != VersionStatus.PROPOSED or not own:
        return {"ladder": None}
    found = with_ladder(PlanVersion.objects.filter(pk=version.pk)).get()
    token = context.get("csrf_token")
    return {"ladder": ladder_of(found, hours=hours_for(enrolment), now=now), "csrf_token": token}


@register.inclusion_tag("careplans/routine_on_patient.html")
def gp_routine(patient: Patient) -> dict[str, Any]:
    """What holds today."""
    return {"patient": patient, "holds": routine_of(patient, now=timezone.now())}
