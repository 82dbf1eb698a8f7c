"""Open cases follow the patient: to the service that should have them, the day that changes.

An agreement begins or ends at midnight in Oslo, a course is handed over, the patient blocks a service: whatever it was,
a case must not be left where nobody sees it. The watch asks in each round, so nobody has to remember to move anything.
"""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from alerts.queries.placing import misplaced
from alerts.queries.work import everywhere
from alerts.services.desk import Desk, lock_patients
from alerts.services.rounds import patient_by_patient
from dho.lib import rls


def follow_services(*, now: datetime) -> int:
    """Move the open cases that stand with another service than the one that should have them; how many."""
    with everywhere():
        found = misplaced(on=timezone.localdate(now))
    return patient_by_patient(_move, found, now=now)


def _move(municipality_id: int, patient_id: UUID, *, now: datetime) -> int:
    """One patient's case, in one transaction; left to the next round when somebody works on the patient."""
    with rls.acting_for([municipality_id], actor="worker"):
        if not lock_patients([patient_id], wait=False):
            return 0
        Desk({patient_id: municipality_id}, now=now).put_right(patient_id)
        return 1
