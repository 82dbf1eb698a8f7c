"""Everything that changes a plan locks the patient's one Plan row first, so that two steps never cross."""

from datetime import datetime
from typing import Any

from accounts.actor import Actor
from accounts.roles import Permission
from careplans.models import Plan, PlanVersion
from careplans.services.refusals import NotYours
from measurements.services.questionnaires import hold
from patients.access import own_patients
from patients.models import Patient


def lock(plan_id: Any) -> None:
    Plan.objects.select_for_update().get(pk=plan_id)


def require_writer(patient: Patient, *, by: Actor, now: datetime) -> None:
    """Raises NotYours unless the ordinary rules let this person write this patient's plan (docs/rights.md)."""
    if not own_patients(by, now=now, permission=Permission.DRAFT_PLAN).filter(pk=patient.pk).exists():
        raise NotYours


def locked(version: PlanVersion) -> PlanVersion:
    """The version as it is now, with nobody else able to change it until the transaction ends."""
    lock(version.plan_id)
    return PlanVersion.objects.select_related("patient").get(pk=version.pk)


def hold_forms(version: PlanVersion) -> None:
    """No form that the version asks for or has limits on is changed or retired before the version is out (P2)."""
    asked = version.schedules.exclude(questionnaire_code="").values_list("questionnaire_code", flat=True)
    hold({*asked, *version.thresholds.values_list("quantity", flat=True)})
