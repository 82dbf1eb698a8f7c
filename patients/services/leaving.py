"""What the end of a course means for who sees the patient (R-017, R-140)."""

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from accounts.actor import Actor
from patients.enums import EndReason
from patients.models import CareRelation, Enrolment, Patient

_DAY_OF = {EndReason.DEAD: "deceased_on", EndReason.MOVED: "moved_on"}


def let_go(enrolment: Enrolment, *, by: Actor, now: datetime) -> None:
    """Nobody reads along any longer: the patient was shared for this course. The patient's row is held.

    For who has died or moved, the course's last day is written on the patient, unless a day stands there.
    """
    lasting = Q(valid_until__isnull=True) | Q(valid_until__gte=timezone.localdate(now))
    shared = CareRelation.objects.filter(lasting, patient_id=enrolment.patient_id, ended_at__isnull=True)
    shared.update(ended_at=now, ended_by=by.user)
    if column := _DAY_OF.get(EndReason(enrolment.end_reason)):
        gone = Patient.objects.filter(pk=enrolment.patient_id, **{f"{column}__isnull": True})
        gone.update(**{column: enrolment.ended_on})
