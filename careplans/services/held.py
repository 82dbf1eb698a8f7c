"""The course of a patient whose row is held: what every step of running it begins with."""

from datetime import datetime

from accounts.actor import Actor
from careplans.access import course_permission
from careplans.enums import CourseProblem
from patients.models import Enrolment
from patients.services.rights import lock_patient, require


class CourseStopped(Exception):
    """It cannot be done as things stand: `problem` says why on the screen, at `field` where it is about one."""

    def __init__(self, problem: CourseProblem, field: str | None = None) -> None:
        super().__init__(str(problem.value))
        self.problem, self.field = problem, field


def hold(enrolment: Enrolment, *, by: Actor, now: datetime) -> Enrolment:
    """The course as it stands, with the patient's row held until the transaction ends. Raises NotYours."""
    require(by, course_permission(by), enrolment.patient, now=now)
    lock_patient(enrolment.patient_id)
    courses = Enrolment.objects.select_related("service", "patient").defer("service__webhook_secret")
    return courses.get(pk=enrolment.pk)
