"""The plan of a course that ends: nothing of it may rule, or wait for a doctor, in the next (P2, AT-27, AT-52)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from careplans.enums import VersionStatus
from careplans.models import Plan, PlanVersion
from careplans.services.locks import lock


@transaction.atomic
def close_plan(*, patient_id: UUID, now: datetime) -> None:
    """The version in force stops now, and a proposal is withdrawn. The patient's row is held.

    What was measured before now stays judged by the version that was in force then. A draft is only paper: the next
    course goes on with it, and a doctor decides before it rules anything.
    """
    plan = Plan.objects.filter(patient_id=patient_id).first()
    if plan is None:
        return
    lock(plan.pk)
    versions = PlanVersion.objects.filter(plan=plan)
    versions.filter(status=VersionStatus.APPROVED).update(status=VersionStatus.SUPERSEDED, superseded_at=now)
    versions.filter(status=VersionStatus.PROPOSED).update(status=VersionStatus.WITHDRAWN)
