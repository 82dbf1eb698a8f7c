"""Rows of the access log, as pages write them."""

from datetime import datetime

from accounts.models import User
from audit.enums import Action, basis_of
from audit.models import AccessEntry
from patients.models import Patient
from tests.factories.clock import NOW


def look_at(patient: Patient, by: User, *, at: datetime = NOW, action: Action = Action.OPEN_PATIENT, **fields):
    """The person has looked at the patient."""
    fields.setdefault("role", "NURSE")
    fields.setdefault("organisation", "DHO Solør–Odal")
    fields.setdefault("municipality_id", patient.municipality_id)
    fields.setdefault("allowed", True)
    fields.setdefault("basis", basis_of(action))
    entry = AccessEntry(
        at=at, actor_id=by.pk, actor_name=by.get_full_name(), patient_id=patient.pk, action=action, **fields
    )
    entry.save(force_insert=True)
    return entry
