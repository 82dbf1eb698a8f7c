"""The nightly repair of queue rows. They are kept in the same transaction as the alerts, so there should be none."""

from datetime import datetime

from alerts.queries.invariants import wrong_queue_rows
from alerts.services.desk import Desk, lock_patients
from dho.lib import rls


def repair(*, now: datetime) -> list[str]:
    """Make every queue row say what the open alerts say, where they should stand; whose was wrong, for the log."""
    repaired = []
    for municipality_id, patient_id in wrong_queue_rows(now=now):
        with rls.acting_for([municipality_id], actor="worker"):
            lock_patients([patient_id], wait=True)
            Desk({patient_id: municipality_id}, now=now).put_right(patient_id)
        repaired.append(str(patient_id))
    return repaired
