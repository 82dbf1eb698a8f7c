"""Who runs a course: the municipality's coordinator, and those who follow up where the service holds it."""

from datetime import datetime
from uuid import UUID

from accounts.actor import Actor
from accounts.roles import Permission
from audit.enums import Action
from audit.services import Refused
from patients.access import get_patient
from patients.models import Enrolment


def course_permission(by: Actor) -> Permission:
    """What lets this actor see and run courses: ENROL at the municipality, TRIAGE at the service (R-158, R-159).

    Evaluations are health information: ENROL counts only for who also has SEE_PATIENT. A case handler has not.
    """
    runs = by.may(Permission.ENROL) and by.may(Permission.SEE_PATIENT)
    return Permission.ENROL if runs else Permission.TRIAGE


def open_course(enrolment_id: UUID, *, by: Actor | None, now: datetime, action: Action) -> Enrolment:
    """The course with its patient, the look logged; «not yours» and «does not exist» answer the same.

    Raises `Refused`.
    """
    if by is None:
        raise Refused(action, object_id=str(enrolment_id))
    # A secret that no key opens must not stop the course (also where it is held, listed and answered).
    courses = Enrolment.objects.select_related("service", "referral").defer("service__webhook_secret")
    found = courses.filter(pk=enrolment_id).first()
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
