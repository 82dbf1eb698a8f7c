"""The nightly repair of queue rows. They are kept in the same transaction as the alerts, so there should be none."""

from datetime import datetime
from uuid import UUID

from alerts.queries.invariants import wrong_queue_rows
from alerts.services.desk import Desk, lock_patients
from alerts.services.rounds import patient_by_patient
from dho.lib import rls


def repair(*, now: datetime) -> list[str]:
    """Make every queue row say what the open alerts say, where they should stand; whose was wrong, for the log."""
    wrong = wrong_queue_rows(now=now)
    return [str(patient[1]) for patient in wrong if patient_by_patient(_put_right, [patient], now=now)]


def _put_right(municipality_id: int, patient_id: UUID, *, now: datetime) -> int:
    with rls.acting_for([municipality_id], actor="worker"):
        lock_patients([patient_id], wait=True)
        Desk({patient_id: municipality_id}, now=now).put_right(patient_id)
        return 1
