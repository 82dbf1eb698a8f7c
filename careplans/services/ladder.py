"""The steps up the ladder while a plan waits for the doctor: opened, reminded, called (ux.md 4.3, R-130; ADR 27)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission
from careplans.enums import ContactWay, NoticeKind, VersionStatus
from careplans.models import DoctorContact, DoctorNotice, PlanOpening, PlanVersion
from careplans.queries.gp import latest_enrolment
from careplans.queries.ladder import hours_for, ladder_of
from careplans.services.locks import locked
from careplans.services.refusals import NotYours, WrongStep
from patients.access import own_patients, patients_to_decide_for
from patients.models import Patient


class AlreadyReminded(Exception):
    """Somebody has reminded the doctor today: `notice`."""

    def __init__(self, notice: DoctorNotice) -> None:
        super().__init__("reminded today")
        self.notice = notice


class NotDue(Exception):
    """Too early for a reminder: seven days have not passed. The next step is due `on`."""

    def __init__(self, on: date) -> None:
        super().__init__("too early to remind")
        self.on = on


def note_opening(*, version: PlanVersion, by: Actor, now: datetime) -> None:
    """Remember the first time that a doctor who decides opens a proposal. Others, and later times, leave no row."""
    if version.status != VersionStatus.PROPOSED or not by.may(Permission.APPROVE_PLAN):
        return
    if PlanOpening.objects.filter(version=version).exists():
        return
    if patients_to_decide_for(by, now=now).filter(pk=version.patient_id).exists():
        opening = PlanOpening(municipality_id=version.municipality_id, version=version, at=now, by=by.user)
        # Two windows of the same doctor: one of them was first.
        PlanOpening.objects.bulk_create([opening], ignore_conflicts=True)


@transaction.atomic
def remind(*, version: PlanVersion, by: Actor, now: datetime) -> DoctorNotice:
    """Send the doctor a reminder that a plan waits. It says so and no more, and is sent after this transaction.

    Raises NotYours, WrongStep unless the plan waits, AlreadyReminded, NotDue before seven days have passed.
    """
    if not own_patients(by, now=now, permission=Permission.TRIAGE).filter(pk=version.patient_id).exists():
        raise NotYours
    version = locked(version)
    if version.status != VersionStatus.PROPOSED:
        raise WrongStep(version.status)
    today = timezone.localdate(now)
    if standing := version.notices.filter(kind=NoticeKind.REMINDER, on=today).first():
        raise AlreadyReminded(standing)
    ladder = ladder_of(version, hours=hours_for(latest_enrolment(version.patient_id, now=now)), now=now)
    if not ladder.may_remind:
        raise NotDue(ladder.due_on)
    return order_notice(version, NoticeKind.REMINDER, by=by, now=now)


def order_notice(version: PlanVersion, kind: NoticeKind, *, by: Actor | None, now: datetime) -> DoctorNotice:
    """The row that a notice is to be sent; the watch sends it."""
    return DoctorNotice.objects.create(
        municipality_id=version.municipality_id,
        patient_id=version.patient_id,
        kind=kind,
        version=version,
        on=timezone.localdate(now),
        created_at=now,
        created_by=by.user if by else version.sent_by,
        next_try_at=now,
    )


@transaction.atomic
def record_contact(
    *,
    patient: Patient,
    version: PlanVersion | None,
    how: ContactWay,
    reached: bool,
    outcome: str,
    by: Actor,
    now: datetime,
) -> DoctorContact:
    """Somebody of the service has sought the doctor: attempt and result, both kept (R-088, R-130).

    The door, or the service that calls this, has asked whose patient it is.
    Raises NotYours outside the municipalities where this person handles cases, or ValueError without an outcome or
    with another patient's plan.
    """
    if patient.municipality_id not in by.reaches(Permission.TRIAGE):
        raise NotYours
    if not outcome.strip():
        raise ValueError("A contact needs an outcome.")
    if version is not None and version.patient_id != patient.pk:
        raise ValueError("The plan is another patient's.")
    return DoctorContact.objects.create(
        municipality_id=patient.municipality_id,
        patient=patient,
        version=version,
        how=how,
        reached=reached,
        outcome=outcome.strip(),
        at=now,
        by=by.user,
    )
