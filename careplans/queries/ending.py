"""Plans that end soon, or have ended with nothing after them: short-lived limits must not run out unseen (R-152)."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission
from careplans.enums import VersionStatus
from careplans.models import PlanVersion
from patients.access import own_patients
from patients.models import Enrolment

WARNED_BEFORE: Final = timedelta(days=7)


def days_left(version: PlanVersion, *, now: datetime) -> int | None:
    """How many days the version still judges, 0 on the last one; None while that is more than a week."""
    if version.valid_until is None or version.last_day is None or version.valid_until > now + WARNED_BEFORE:
        return None
    return (version.last_day - timezone.localdate(now)).days


def ending_plans(by: Actor, *, now: datetime) -> QuerySet[PlanVersion]:
    """The approved versions of those whom the person follows up that end within a week or have ended, soonest first.

    When one has ended nothing judges: the version before it does not come back (P2).
    """
    followed = own_patients(by, now=now, permission=Permission.TRIAGE).values("pk")
    running = Enrolment.objects.filter(patient=OuterRef("patient"), ended_on__isnull=True)
    found = PlanVersion.objects.filter(
        Exists(running), patient__in=followed, status=VersionStatus.APPROVED, valid_until__lte=now + WARNED_BEFORE
    )
    return found.select_related("patient").defer("patient__national_id").order_by("valid_until", "pk")
