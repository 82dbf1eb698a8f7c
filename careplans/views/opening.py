"""How a version is opened: the patient's rules, the look logged."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.core.signing import BadSignature, TimestampSigner
from django.http import Http404

from accounts.actor import Actor, ActorRequest
from accounts.roles import Permission
from audit.enums import Action
from careplans.models import PlanVersion
from careplans.queries.course_of_plan import find_written
from careplans.queries.gp import find_version
from careplans.services import note_opening
from patients.access import get_patient, visible_patients

_MARK: Final = "careplans.opened"
# Longer than any session, shorter than a habit.
_OPEN_FOR: Final = timedelta(hours=12)


def open_version(
    request: ActorRequest,
    version_id: UUID,
    action: Action,
    now: datetime,
    permission: Permission = Permission.SEE_PLAN,
) -> PlanVersion:
    """The version with its patient, the look logged; «not yours» and «does not exist» answer the same."""
    return _opened(request, version_id, find_version(version_id, by=request.actor, now=now), action, now, permission)


def open_written(
    request: ActorRequest,
    version_id: UUID,
    action: Action,
    now: datetime,
    permission: Permission = Permission.DRAFT_PLAN,
) -> PlanVersion:
    """The same for those who write: drafts too, also what a doctor has begun."""
    return _opened(request, version_id, find_written(version_id, by=request.actor, now=now), action, now, permission)


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
    note_opening(version=version, by=acting(request), now=now)
    return version


def acting(request: ActorRequest) -> Actor:
    """Who acts, once a patient has been opened: `get_patient` has refused everybody without a membership."""
    assert request.actor is not None  # noqa: S101
    return request.actor


def opening_mark(request: ActorRequest, version: PlanVersion) -> str:
    """A mark on the page that says who was let in to which version: without it nothing is counted anew."""
    return TimestampSigner(salt=_MARK).sign(f"{request.user.pk}:{version.pk}")


def opened_version(request: ActorRequest, version_id: UUID, now: datetime) -> PlanVersion:
    """The version of a page that this person has opened, and may still see. Raises Http404, whatever is wrong.

    Opening it was logged; a row for each move of a slider would hide that row among hundreds.
    """
    try:
        mark = TimestampSigner(salt=_MARK).unsign(request.POST.get("opened", ""), max_age=_OPEN_FOR)
    except BadSignature:
        raise Http404 from None
    version = find_version(version_id, by=request.actor, now=now)
    if version is None or request.actor is None or mark != f"{request.user.pk}:{version_id}":
        raise Http404
    seen = visible_patients(request.actor, now=now, permission=Permission.SEE_PLAN).filter(pk=version.patient_id)
    if not seen.exists():
        raise Http404
    return version
