"""The doctor is told that something waits: the rows are leased, sent and marked as every other notice (R-125; ADR 27).

One that cannot be delivered stands as failed on the plan's ladder, where the nurse is then asked to ring.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F
from django.utils import timezone

from accounts.models import User
from alerts.queries.work import everywhere
from alerts.services.channels import DoctorChannel, Notice, NotSent
from alerts.services.dispatching import AT_ONCE, LEASE, due, settled
from careplans.enums import DeliveryState, NoticeKind, VersionStatus
from careplans.models import DoctorNotice, PlanVersion
from careplans.queries.gp import latest_enrolment
from dho.lib import rls
from patients.models import Enrolment, Patient
from patients.queries import in_hospitals_phase

CHANNEL = DoctorChannel()


def order_plan_notices(*, now: datetime) -> int:
    """A notice for each proposal that has none; how many. The version itself says that it was sent, so none is lost."""
    with everywhere():
        told = DoctorNotice.objects.filter(kind=NoticeKind.PLAN).values("version")
        followed = Enrolment.objects.filter(ended_on__isnull=True).values("patient")
        proposed = PlanVersion.objects.filter(status=VersionStatus.PROPOSED, patient__in=followed)
        waiting = proposed.exclude(pk__in=told)
        notices = [
            DoctorNotice(
                municipality_id=version.municipality_id,
                patient_id=version.patient_id,
                kind=NoticeKind.PLAN,
                version=version,
                on=timezone.localdate(now),
                created_at=now,
                created_by_id=version.sent_by_id,
                next_try_at=now,
            )
            for version in waiting
        ]
        DoctorNotice.objects.bulk_create(notices, ignore_conflicts=True)
        return len(notices)


def send_doctor_notices(*, now: datetime) -> int:
    """Send what is due, at most 16 notices; how many arrived. To be called outside any transaction."""
    return sum(_mark(notice, _send(notice, now), now) for notice in _lease(now))


def _lease(now: datetime) -> Sequence[DoctorNotice]:
    with everywhere():
        rows = DoctorNotice.objects.filter(due(now)).order_by("attempts", "next_try_at")
        leased = list(rows.select_for_update(skip_locked=True)[:AT_ONCE])
        DoctorNotice.objects.filter(pk__in=[each.pk for each in leased]).update(
            state=DeliveryState.SENDING, lease_until=now + LEASE, attempts=F("attempts") + 1
        )
        return leased


def _send(notice: DoctorNotice, now: datetime) -> NotSent | None:
    try:
        CHANNEL.send(Notice(notice.pk, _address(notice, now), "", now))
    except NotSent as error:
        return error
    except Exception as error:  # noqa: BLE001 - the outer edge: whatever it was, it was not delivered
        return NotSent(type(error).__name__)
    return None


def _address(notice: DoctorNotice, now: datetime) -> str:
    """The GP's own address; in the hospital's phase the department's, for any of its doctors decides (C3)."""
    with rls.acting_for([notice.municipality_id], actor="worker"):
        patient = Patient.objects.only("pk").get(pk=notice.patient_id)
        course = latest_enrolment(patient.pk, now=now)
        if course is not None and in_hospitals_phase(course):
            return course.service.notify_email
        return User.objects.filter(listed_patients=patient).values_list("email", flat=True).first() or ""


def _mark(notice: DoctorNotice, error: NotSent | None, now: datetime) -> bool:
    """Write how it went, unless another sender has taken over after our lease ran out."""
    with rls.acting_for([notice.municipality_id], actor="worker"):
        ours = DoctorNotice.objects.filter(pk=notice.pk, state=DeliveryState.SENDING, lease_until=now + LEASE)
        return bool(ours.update(**settled(error, attempts=notice.attempts + 1, now=now))) and error is None
