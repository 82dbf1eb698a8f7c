"""What every step here asks first: may this person, and does the patient's row stand still meanwhile."""

from datetime import datetime
from uuid import UUID

from accounts.actor import Actor
from accounts.roles import Permission
from patients.access import own_patients
from patients.enums import Obstacle
from patients.models import Patient


class NotYours(Exception):
    """This person may not do this with this patient."""


class NotPossible(Exception):
    """It cannot be done as things stand; `obstacle` says why, in a sentence for the screen."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(str(obstacle.value))
        self.obstacle = obstacle


def require(by: Actor, permission: Permission, patient: Patient, *, now: datetime) -> None:
    """Raises NotYours unless the ordinary rules give the permission for this patient. Emergency gives none."""
    if not own_patients(by, now=now, permission=permission).filter(pk=patient.pk).exists():
        raise NotYours


def lock_patient(patient_id: UUID) -> Patient:
    """Hold the patient's row until the transaction ends, as all do who change the case (`alerts.services.desk`).

    NO KEY UPDATE: foreign keys to the patient can still be written meanwhile.
    """
    return Patient.objects.select_for_update(no_key=True).get(pk=patient_id)
