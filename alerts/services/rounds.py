"""Standing jobs that go from patient to patient: what fails for one must never stop the others."""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from dho.lib.outage import is_outage

log = logging.getLogger(__name__)


class Work(Protocol):
    """What is done for one patient, in a transaction of its own."""

    def __call__(self, municipality_id: int, patient_id: UUID, /, *, now: datetime) -> int:
        """How much was done."""


def patient_by_patient(work: Work, patients: Iterable[tuple[int, UUID]], *, now: datetime) -> int:
    """Do the work for each (municipality, patient); how much was done in all. A lost database is raised."""
    total = 0
    for municipality_id, patient_id in patients:
        try:
            total += work(municipality_id, patient_id, now=now)
        except Exception as error:
            if is_outage(error):
                raise
            # The outer edge of one patient's work: it stays undone, which the checks show. Ids only in the line.
            log.exception("this round failed for patient %s", patient_id)
    return total
