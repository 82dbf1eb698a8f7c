"""Standing jobs that go from patient to patient: what fails for one must never stop the others."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from dho.lib.outage import is_outage

log = logging.getLogger(__name__)


def patient_by_patient(
    work: Callable[..., int], patients: Iterable[tuple[int, UUID, *tuple[Any, ...]]], *, now: datetime
) -> int:
    """Do the work for each (municipality, patient, what more it needs); how much was done in all.

    The work has a transaction of its own for each patient. A lost database is raised.
    """
    total = 0
    for patient in patients:
        try:
            total += work(*patient, now=now)
        except Exception as error:
            if is_outage(error):
                raise
            # The outer edge of one patient's work: it stays undone, which the checks show. Ids only in the line.
            log.exception("this round failed for patient %s", patient[1])
    return total
