"""Lock one for the pages about a case: the patients of the service, and those it still has an open case with."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.actor import Actor
from accounts.roles import Permission
from alerts.queries.queue import entries_of
from audit.enums import Action
from patients.access import get_patient, visible_patients
from patients.models import Patient


def patients_with_case(
    by: Actor, *, now: datetime, permission: Permission = Permission.SEE_PATIENT
) -> QuerySet[Patient]:
    """Whom the actor may open, and whose open row stands in the actor's own queue.

    Something may come in, or be left open, when the course has ended. Then the row must not be one that nobody can
    open (P1); with the row the access ends as well.
    """
    visible = visible_patients(by, now=now, permission=permission)
    return Patient.objects.filter(Q(pk__in=visible.values("pk")) | Q(pk__in=entries_of(by).values("patient_id")))


def get_case_patient(
    patient_id: UUID | None,
    *,
    by: Actor | None,
    now: datetime,
    action: Action,
    permission: Permission,
    object_id: str = "",
) -> Patient:
    """As `patients.access.get_patient`, among the patients of `patients_with_case`. Raises `Refused`."""
    return get_patient(
        patient_id,
        by=by,
        now=now,
        action=action,
        permission=permission,
        object_id=object_id,
        among=patients_with_case,
    )
