"""Urgent slots and what the hospital did: lists, and the department's one contact point (R-142, R-145, R-146)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When
from django.utils import timezone
from django.utils.translation import gettext

from accounts.actor import Actor
from accounts.roles import Permission
from alerts.enums import ActivityKind, AlertState, Level
from alerts.models import Alert, HospitalActivity, OutpatientRequest
from alerts.queries.meetings import departments_of, shared_with, takes_part
from organisations.models import FollowUpService
from patients.access import blocks_of, own_patients
from patients.models import CareRelation, Enrolment, Handover, Patient

SHOWN_FOR: Final = timedelta(days=30)
# So long after it let go of a patient, the department can still write down the talks that this took.
LET_GO_FOR: Final = timedelta(days=90)
# What the department does as it lets go of a patient.
LETTING_GO: Final = frozenset({ActivityKind.TRANSFER, ActivityKind.ENDING})
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
    followed = Enrolment.objects.filter(patient=OuterRef("patient"), service_id=by.service_id, ended_on__isnull=True)
    mine = Q(department_id=by.service_id) | Q(Exists(followed))
    found = OutpatientRequest.objects.filter(mine, patient__in=own_patients(by, now=now).values("pk"))
    recent = found.filter(
        Q(answer="")
        | (Q(closed_at__isnull=True) | Q(closed_at__gt=now - SHOWN_FOR)) & Q(requested_at__gt=now - 3 * SHOWN_FOR)
    )
    related = recent.select_related("patient", "department", "requested_by", "answered_by")
    return related.defer("patient__national_id", "department__webhook_secret").order_by(
        Case(When(answer="", then=0), default=1), "wanted_by", "pk"
    )  # fmt: skip


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

    @property
    def registered_by(self) -> str:
        """By whom, and from what it was made where no one of the department wrote it (ADR 29)."""
        name = self.activity.registered_by.get_full_name()
        if self.activity.replaces_id is None and self.activity.item_id:
            return gettext("Fra møtereferatet, skrevet av %(name)s") % {"name": name}
        if self.activity.replaces_id is None and self.activity.outpatient_id:
            return gettext("Fra hastetimen, avsluttet av %(name)s") % {"name": name}
        return name


def had_between(department_id: UUID | None, first: date, last: date) -> Q:
    """Whom the department had on one of the days: the course, also one handed on later, or a share."""
    here = {"patient": OuterRef("pk")}
    held = Enrolment.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gte=first), **here, service_id=department_id, allocated_on__lte=last
    )
    handed_on = Handover.objects.filter(
        **here, from_service_id=department_id, moved_at__date__gte=first, enrolment__allocated_on__lte=last
    )
    shared = CareRelation.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=first),
        Q(ended_at__isnull=True) | Q(ended_at__date__gte=first),
        **here,
        service_id=department_id,
        valid_from__lte=last,
    )
    return Q(Exists(held)) | Q(Exists(handed_on)) | Q(Exists(shared))


def patients_of_register(
    by: Actor, *, now: datetime, permission: Permission = Permission.SEE_PATIENT
) -> QuerySet[Patient]:
    """About whom the department may write in its register: those it has, has let go of lately, or has a row about.

    Not those who have blocked it, and only in municipalities that it has an agreement with.
    """
    if hospital_of(by) is None:
        return Patient.objects.none()
    today = timezone.localdate(now)
    written = HospitalActivity.objects.filter(patient=OuterRef("pk"), department_id=by.service_id)
    about = had_between(by.service_id, today - LET_GO_FOR, today) | Q(Exists(written))
    reached = Patient.objects.filter(~Exists(blocks_of(by)), municipality_id__in=by.reaches(permission))
    return reached.filter(about)


def let_go_by(by: Actor, *, now: datetime) -> QuerySet[Patient]:
    """Those the department had until lately and no longer sees: about them, too, a last talk is written down."""
    today = timezone.localdate(now)
    had = patients_of_register(by, now=now).filter(had_between(by.service_id, today - LET_GO_FOR, today))
    seen = own_patients(by, now=now).values("pk")
    return had.exclude(pk__in=seen).defer("national_id").order_by("family_name", "given_name", "pk")


def activities_of(by: Actor, *, first: date, last: date) -> list[Line]:
    """The department's activities of the days, also about those it has let go of (R-146); corrected rows gone."""
    rows = HospitalActivity.objects.filter(
        department_id=by.service_id,
        on__range=(first, last),
        replaced_by__isnull=True,
        withdrawn=False,
        municipality_id__in=by.reaches(Permission.SEE_PATIENT),
    ).exclude(Exists(blocks_of(by, patient="patient")))
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
