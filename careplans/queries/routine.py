"""What waits for the GP, and nothing else (R-125, R-126, R-129, AT-53)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext

from accounts.actor import Actor
from careplans.enums import RoutineMode
from careplans.models import GpLook, GpRoutine
from patients.access import patients_to_decide_for
from patients.models import Patient


@dataclass(frozen=True, slots=True)
class AgreedLook:
    """A look agreed for this day or earlier. It is never late: between the days nobody has asked the GP to look."""

    patient: Patient
    routine: GpRoutine
    due_on: date

    @property
    def week(self) -> str:
        """«avtalt uke 49»."""
        return gettext("avtalt uke %(week)s") % {"week": self.due_on.isocalendar().week}


def routine_of(patient: Patient, *, now: datetime) -> GpRoutine | None:
    """What holds today for the patient; None where nothing has been agreed."""
    return GpRoutine.objects.filter(patient=patient).holding(now).select_related("registered_by").first()


def gp_routines_of(patient: Patient) -> list[GpRoutine]:
    """Everything that was ever agreed, newest first."""
    found = GpRoutine.objects.filter(patient=patient).select_related("registered_by")
    return list(found.order_by("-valid_from", "-registered_at", "-pk"))


def agreed_looks(by: Actor, *, now: datetime) -> list[AgreedLook]:
    """The looks that are due for the doctor's own patients, the oldest first. On message: none (AT-53)."""
    own = patients_to_decide_for(by, now=now)
    routines = GpRoutine.objects.filter(patient__in=own.values("pk")).holding(now)
    routines = routines.select_related("patient__municipality").defer("patient__national_id")
    looked = last_looks([routine.patient_id for routine in routines])
    found = [
        AgreedLook(routine.patient, routine, due)
        for routine in routines
        if (due := next_look(routine, looked.get(routine.patient_id))) is not None
    ]
    today = timezone.localdate(now)
    due_now = [each for each in found if each.due_on <= today]
    return sorted(due_now, key=lambda each: (each.due_on, each.patient.name, str(each.patient.pk)))


def last_looks(patient_ids: list[UUID]) -> dict[UUID, date]:
    """The day of each patient's last agreed look."""
    rows = GpLook.objects.filter(patient__in=patient_ids).values("patient").annotate(last=Max("on"))
    return dict(rows.values_list("patient", "last"))


def next_look(routine: GpRoutine, looked_on: date | None) -> date | None:
    """An interval after the last look, or after the agreement began; None where the GP looks only on message."""
    if routine.mode != RoutineMode.AT_INTERVALS or routine.interval_days is None:
        return None
    return max(routine.valid_from, looked_on or routine.valid_from) + timedelta(days=routine.interval_days)
