"""Lock one: the only way a view gets a patient (architecture section 6).

Role × organisation × agreement × care relation. «Not yours» and «does not exist» answer the same, and every look is
logged. Lock two, row-level security, stands behind it and has already hidden other municipalities.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts.actor import Actor
from accounts.enums import Role
from accounts.roles import Permission
from audit.enums import Action
from audit.services import Refused, record_access
from patients.models import Enrolment, Patient


def visible_patients(by: Actor) -> QuerySet[Patient]:
    """The patients this actor may open: a service's own enrolled, a GP's own listed, a coordinator's municipality."""
    patients = Patient.objects.filter(municipality_id__in=by.municipality_ids)
    if not by.may(Permission.SEE_PATIENT):
        return patients.none()
    if by.role == Role.GP:
        return patients.filter(gp=by.user)
    if by.service_id:
        # Care relation: the enrolment names the service. An ended course ends the access with it.
        open_here = Enrolment.objects.filter(service_id=by.service_id, ended_on__isnull=True)
        return patients.filter(pk__in=open_here.values("patient_id"))
    return patients


def patients_of_controller(by: Actor) -> QuerySet[Patient]:
    """Every patient of the municipality whose privacy officer this is, also those whose course has ended."""
    if not by.may(Permission.READ_ACCESS_LOG):
        return Patient.objects.none()
    return Patient.objects.filter(municipality_id__in=by.municipality_ids)


def get_patient(
    patient_id: UUID,
    *,
    by: Actor | None,
    now: datetime,
    action: Action = Action.OPEN_PATIENT,
    permission: Permission = Permission.SEE_PATIENT,
    object_id: str = "",
    among: Callable[[Actor], QuerySet[Patient]] = visible_patients,
) -> Patient:
    """The patient, with the look logged. Raises `Refused` (a logged 404) when this actor may not see or do it.

    `among` is whom the actor may open here; an app above may have a reason of its own to widen it.
    """
    if by is None or not by.may(permission):
        raise Refused(action, patient_id=patient_id, object_id=object_id)
    found = among(by).select_related("municipality", "gp").filter(pk=patient_id).first()
    if found is None:
        raise Refused(action, patient_id=patient_id, object_id=object_id)
    record_access(
        action,
        municipality_id=found.municipality_id,
        patient_id=found.pk,
        by=by,
        now=now,
        object_id=object_id,
    )
    return found


def get_patient_for_insight(patient_id: UUID, *, by: Actor | None, now: datetime, action: Action) -> Patient:
    """A patient who has asked who looked (R-301): for the privacy officer, and for whoever may see the patient."""
    officer = by is not None and by.may(Permission.READ_ACCESS_LOG)
    return get_patient(
        patient_id,
        by=by,
        now=now,
        action=action,
        permission=Permission.READ_ACCESS_LOG if officer else Permission.SEE_PATIENT,
        among=patients_of_controller if officer else visible_patients,
    )
