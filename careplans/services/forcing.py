"""What may be put in force without a new decision: all but limits and medical measures (R-044, ADR 24)."""

from datetime import datetime

from django.db import transaction

from accounts.actor import Actor
from careplans.enums import VersionStatus
from careplans.models import PlanVersion
from careplans.queries.carried import approval_to_carry
from careplans.services.locks import hold_forms, locked, require_writer
from careplans.services.problems import hindrances
from careplans.services.refusals import NeedsDoctor, PlanProblems, WrongStep


@transaction.atomic
def put_in_force(*, version: PlanVersion, by: Actor, now: datetime) -> PlanVersion:
    """The draft takes effect on the approval in force: same doctor, same last day, same limits and medical measures.

    Raises NotYours, WrongStep unless it is a draft, PlanProblems, and NeedsDoctor where anything that the doctor
    answers for differs, or no approval is in force. The database looks again (P2).
    """
    require_writer(version.patient, by=by, now=now)
    version = locked(version)
    if version.status != VersionStatus.DRAFT:
        raise WrongStep(version.status)
    hold_forms(version)
    if found := hindrances(version, now=now):
        raise PlanProblems([each.text for each in found])
    root = approval_to_carry(version, now=now)
    if root is None:
        raise NeedsDoctor
    PlanVersion.objects.filter(plan_id=version.plan_id, status=VersionStatus.APPROVED).update(
        status=VersionStatus.SUPERSEDED, superseded_at=now
    )
    version.status, version.approved_from, version.approved_at = VersionStatus.APPROVED, root, now
    version.approved_by, version.valid_until = root.approved_by, root.valid_until
    version.sent_at, version.sent_by = now, by.user
    version.save()
    return version
