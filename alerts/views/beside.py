"""What stands beside the case on the patient page: advice, who answers for what, and the way to the hospital."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission
from alerts.enums import Level
from alerts.queries.guidance import cards_for
from alerts.queries.hospital import departments_for, hospital_of, latest_slots
from alerts.queries.patient import OpenAlert
from careplans.models import PlanVersion
from careplans.queries.ending import days_left
from patients.models import Enrolment, Patient
from patients.queries import responsibility


def beside_case(
    patient: Patient,
    alerts: Sequence[OpenAlert],
    enrolment: Enrolment | None,
    plan: PlanVersion | None,
    *,
    by: Actor,
    now: datetime,
    reading: bool,
) -> dict[str, Any]:
    """`reading` is a visit by emergency access, in which nothing is written. As many queries whatever is open."""
    today = timezone.localdate(now)
    follows_up = by.may(Permission.TRIAGE) and not reading
    departments = departments_for(patient, by=by, now=now, on=today) if follows_up else []
    red = any(each.alert.level == Level.RED for each in alerts)
    return {
        "guidance": [(each, each.overdue(today)) for each in cards_for(alerts, enrolment)],
        "departments": departments if red else [],
        "may_request": bool(departments) and red,
        "slots": latest_slots(patient),
        "may_log": hospital_of(by) is not None and not reading,
        "responsibility": responsibility(patient),
        "plan_days_left": days_left(plan, now=now) if plan else None,
    }
