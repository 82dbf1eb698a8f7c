"""Urgent slots and what the hospital did: lists, and the department's one contact point (R-142, R-145, R-146)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.actor import Actor
from alerts.enums import ActivityKind, AlertState, Level
from alerts.models import Alert, HospitalActivity, OutpatientRequest
from alerts.queries.meetings import departments_of, shared_with, takes_part
from organisations.models import FollowUpService
from patients.access import own_patients
from patients.models import CareRelation, Patient

SHOWN_FOR: Final = timedelta(days=30)
# Of these together one counts per patient and calendar month (S-09: XS08). The codes themselves are tariff data.
COUNTED_ONCE_A_MONTH: Final = frozenset({ActivityKind.PATIENT_TALK, ActivityKind.TRANSFER, ActivityKind.ENDING})
# What counts each time: the meeting of the hospital and the follow-up centre (R-208: XS09), and the consultation.
COUNTED: Final = frozenset({ActivityKind.MEETING, ActivityKind.OUTPATIENT})


def hospital_of(by: Actor | None) -> UUID | None:
    """The hospital department where the person works; only its own staff register its activities (R-219).

    No municipality employs them: a trust's services have none.
    """
    return by.service_id if by is not None and takes_part(by) and by.employer_id is None else None


def is_red(patient: Patient) -> bool:
    """Whether something red about the patient waits for somebody."""
    return Alert.objects.filter(patient=patient, state=AlertState.OPEN, level=Level.RED).exists()


def departments_for(patient: Patient, *, by: Actor, now: datetime, on: date) -> list[FollowUpService]:
    """The departments that the patient is shared with and that see her today."""
    near = CareRelation.objects.in_force(on).filter(patient=patient, service__trust__isnull=False)
    found = departments_of(by, on=on).filter(pk__in=near.values("service_id"))
    return [each for each in found if shared_with(each.pk, by=by, now=now).filter(pk=patient.pk).exists()]


def slots_of(by: Actor, *, now: datetime) -> QuerySet[OutpatientRequest]:
    """Requests about the patients this person sees, the unanswered first and however old; what is over for a month."""
    mine = Q(department_id=by.service_id) | Q(patient__enrolments__service_id=by.service_id) & Q(
        patient__enrolments__ended_on__isnull=True
    )
    found = OutpatientRequest.objects.filter(mine, patient__in=own_patients(by, now=now).values("pk"))
    recent = found.filter(
        Q(answer="")
        | (Q(closed_at__isnull=True) | Q(closed_at__gt=now - SHOWN_FOR)) & Q(requested_at__gt=now - 3 * SHOWN_FOR)
    )
    related = recent.select_related("patient", "department", "requested_by", "answered_by")
    return related.defer("patient__national_id", "department__webhook_secret").order_by("-answer", "wanted_by", "pk")


def has_unanswered_slot(patient_id: UUID) -> bool:
    """Whether a department has been asked for an urgent slot and nobody has written down what it answered."""
    return OutpatientRequest.objects.filter(patient_id=patient_id, answer="").exists()


def latest_slots(patient: Patient) -> list[OutpatientRequest]:
    """What stands on the patient page: the newest requests, the last ones first."""
    found = OutpatientRequest.objects.filter(patient=patient).select_related("department")
    return list(found.defer("department__webhook_secret").order_by("-requested_at")[:3])


@dataclass(frozen=True, slots=True)
class Line:
    """One activity of the month, and whether it would be counted."""

    activity: HospitalActivity
    counts: bool


def activities_of(by: Actor, *, first: date, last: date, now: datetime) -> list[Line]:
    """The department's activities of the days, with the patients that are shared with it now; corrected rows gone."""
    rows = HospitalActivity.objects.filter(
        department_id=by.service_id,
        on__range=(first, last),
        replaced_by__isnull=True,
        withdrawn=False,
        patient__in=own_patients(by, now=now).values("pk"),
    )
    found = rows.select_related("patient", "registered_by").defer("patient__national_id").order_by("on", "pk")
    return counted(found)


def counted(activities: Iterable[HospitalActivity]) -> list[Line]:
    """Marks those that would be counted: of some kinds only the first of each patient in a calendar month (S-09)."""
    taken: set[tuple[UUID, int, int]] = set()
    lines = []
    for each in activities:
        month = (each.patient_id, each.on.year, each.on.month)
        once = each.kind in COUNTED_ONCE_A_MONTH
        lines.append(Line(each, each.kind in COUNTED or (once and month not in taken)))
        taken |= {month} if once else set()
    return lines
