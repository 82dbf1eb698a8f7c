"""What differs from another version that got an answer: for the nurse whose proposal was changed, and the doctor."""

from dataclasses import dataclass

from accounts.actor import Actor
from careplans.enums import Decision
from careplans.models import Approval, PlanVersion
from careplans.queries.changes import Difference, differences


@dataclass(frozen=True, slots=True)
class Compared:
    """Another version, the answer it got, and how this one differs from it."""

    version: PlanVersion
    decision: Approval
    differences: list[Difference]


def seen_before(version: PlanVersion, *, by: Actor, present: PlanVersion | None) -> Compared | None:
    """What has changed since this doctor last decided about the plan: there the doctor has surely read it all.

    None where that is the version in force, which the page compares with anyway, or where there is none.
    """
    last = (
        Approval.objects.filter(
            version__plan_id=version.plan_id, decided_by=by.user, version__number__lt=version.number
        )
        .exclude(decision=Decision.CHANGED)
        .select_related("version")
        .order_by("-decided_at", "-pk")
        .first()
    )
    if last is None or (present is not None and last.version_id == present.pk):
        return None
    return Compared(last.version, last, differences(last.version, version))


def changed_from(version: PlanVersion) -> Compared | None:
    """For a version that a doctor wrote by approving with changes: the proposal it came from, and the changes."""
    if version.changed_from is None:
        return None
    return Compared(version.changed_from, version.changed_from.decision, differences(version.changed_from, version))
