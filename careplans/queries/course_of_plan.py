"""The plan of one patient as those who write it see it: every version, and what can be done next."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Membership
from careplans.enums import TemplateStatus, VersionStatus
from careplans.models import OPEN_STATUSES, PlanTemplateVersion, PlanVersion
from careplans.queries.gp import latest_enrolment, readable
from patients.models import Enrolment, Patient
from patients.queries import in_hospitals_phase


def find_written(version_id: UUID, *, by: Actor | None, now: datetime) -> PlanVersion | None:
    """The version, if lock two lets it be seen and it is no draft of somebody else's."""
    found = PlanVersion.objects.select_related("plan", "municipality", "began_from__template", "edited_by", "sent_by")
    return found.filter(readable(by, now=now), pk=version_id).first()


@dataclass(frozen=True, slots=True)
class PlanCourse:
    """The versions of a patient's plan, newest first."""

    versions: list[PlanVersion]
    open: PlanVersion | None
    # There is an open draft that this person may not read.
    hidden: bool
    in_force: PlanVersion | None
    # A plan that a hospital's doctor approved, after the course has come to the municipality.
    unseen_by_gp: bool

    @property
    def newest_sent(self) -> PlanVersion | None:
        """What a new version is made from: the newest that was sent, whatever became of it."""
        return next((each for each in self.versions if each.status != VersionStatus.DRAFT), None)


def plan_course(patient: Patient, *, by: Actor, now: datetime) -> PlanCourse:
    """Every version that this person may read, what is open, and what is in force."""
    every = PlanVersion.objects.filter(patient=patient)
    versions = list(
        every.filter(readable(by, now=now))
        .select_related("created_by", "sent_by", "approved_by", "began_from__template", "approved_from")
        .prefetch_related("meetings__registered_by", "acceptance")
        .order_by("-number")
    )
    standing = next((each for each in versions if each.status in OPEN_STATUSES), None)
    in_force = next((each for each in versions if each.in_force_at(now)), None)
    return PlanCourse(
        versions=versions,
        open=standing,
        hidden=standing is None and every.filter(status__in=OPEN_STATUSES).exists(),
        in_force=in_force,
        unseen_by_gp=in_force is not None and _is_the_hospitals(in_force, latest_enrolment(patient.pk, now=now)),
    )


def _is_the_hospitals(version: PlanVersion, course: Enrolment | None) -> bool:
    if in_hospitals_phase(course) or version.patient.gp_id == version.approved_by_id:
        return False
    return Membership.objects.filter(user=version.approved_by_id, role=Role.SPECIALIST).exists()


def templates_for(by: Actor, *, active_only: bool = False) -> QuerySet[PlanTemplateVersion]:
    """The versions of the common templates and of the own service's, by name."""
    mine = Q(template__service__isnull=True)
    if by.service_id:
        mine |= Q(template__service_id=by.service_id)
    found = PlanTemplateVersion.objects.filter(mine).select_related("template", "created_by", "activated_by")
    if active_only:
        found = found.filter(status=TemplateStatus.ACTIVE)
    return found.order_by("template__name", "template__service_id", "-number")
