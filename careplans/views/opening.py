"""How a version is opened: the patient's rules, the look logged."""

from datetime import datetime
from uuid import UUID

from accounts.actor import Actor, ActorRequest
from accounts.roles import Permission
from audit.enums import Action
from careplans.models import PlanVersion
from careplans.queries.course_of_plan import find_written
from careplans.queries.gp import find_version
from patients.access import get_patient


def open_version(
    request: ActorRequest,
    version_id: UUID,
    action: Action,
    now: datetime,
    permission: Permission = Permission.SEE_PLAN,
) -> PlanVersion:
    """The version with its patient, the look logged; «not yours» and «does not exist» answer the same."""
    return _opened(request, version_id, find_version(version_id, by=request.actor), action, now, permission)


def open_written(
    request: ActorRequest,
    version_id: UUID,
    action: Action,
    now: datetime,
    permission: Permission = Permission.DRAFT_PLAN,
) -> PlanVersion:
    """The same for those who write: drafts too, also what a doctor has begun."""
    return _opened(request, version_id, find_written(version_id, by=request.actor), action, now, permission)


def _opened(
    request: ActorRequest,
    version_id: UUID,
    version: PlanVersion | None,
    action: Action,
    now: datetime,
    permission: Permission,
) -> PlanVersion:
    patient = get_patient(
        version.patient_id if version else None,
        by=request.actor,
        now=now,
        action=action,
        permission=permission,
        object_id=str(version_id),
    )
    assert version is not None  # noqa: S101 - without one there is no patient, and nobody was let in
    version.patient = patient
    return version


def acting(request: ActorRequest) -> Actor:
    """Who acts, once a patient has been opened: `get_patient` has refused everybody without a membership."""
    assert request.actor is not None  # noqa: S101
    return request.actor
