"""Who runs a course: those who enrol in the municipality, and those who follow up where the service holds it."""

from datetime import datetime
from uuid import UUID

from accounts.actor import Actor
from accounts.roles import Permission
from audit.enums import Action
from audit.services import Refused
from patients.access import get_patient
from patients.models import Enrolment


def course_permission(by: Actor) -> Permission:
    """What lets this actor see and run courses: ENROL at the municipality, TRIAGE at the service (R-158, R-159)."""
    return Permission.ENROL if by.may(Permission.ENROL) else Permission.TRIAGE


def open_course(enrolment_id: UUID, *, by: Actor | None, now: datetime, action: Action) -> Enrolment:
    """The course with its patient, the look logged; «not yours» and «does not exist» answer the same.

    Raises `Refused`.
    """
    if by is None:
        raise Refused(action, object_id=str(enrolment_id))
    found = Enrolment.objects.select_related("service", "referral").filter(pk=enrolment_id).first()
    patient = get_patient(
        found.patient_id if found else None,
        by=by,
        now=now,
        action=action,
        permission=course_permission(by),
        object_id=str(enrolment_id),
    )
    assert found is not None  # noqa: S101 - without one there is no patient, and nobody was let in
    found.patient = patient
    return found
