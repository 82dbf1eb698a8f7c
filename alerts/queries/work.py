"""Finding what waits for the workers, across all municipalities; and telling the nurses when it waits too long.

What crosses municipalities gives ids only. Whoever then works on a row limits itself to that row's municipality.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection

from careplans.enums import DeliveryState
from dho.lib import rls
from measurements.models import QuestionnaireResponse, Reading
from organisations.models import Municipality

TOO_LONG: Final = timedelta(seconds=60)
UNDELIVERED: Final = [DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.WAITING]

# Fewer than this are one piece of work, and then the order inside it does not matter.
_WORTH_ORDERING: Final = 50

_WAITING: Final = """
SELECT municipality_id, patient_id, sum(facts), min(oldest) FROM (
    SELECT municipality_id, patient_id, count(*) AS facts, min(received_at) AS oldest
    FROM measurements_reading WHERE assessed_at IS NULL AND received_at < %(before)s GROUP BY 1, 2
  UNION ALL
    SELECT municipality_id, patient_id, count(*), min(received_at)
    FROM measurements_questionnaireresponse WHERE assessed_at IS NULL AND received_at < %(before)s GROUP BY 1, 2
) waiting GROUP BY 1, 2
"""

# The value beside the red band of the version that is approved now. It decides only the order of the work. What the
# colour is, the scorer alone says, by the version of the fact's own time.
_LIKELY_RED: Final = """
WITH fact AS (
    SELECT r.patient_id, r.type_id AS subject, r.value, r.value2
    FROM measurements_reading r
    WHERE r.assessed_at IS NULL AND r.received_at < %(before)s
  UNION ALL
    SELECT a.patient_id, q.code, a.score, NULL
    FROM measurements_questionnaireresponse a
    JOIN measurements_questionnaire q ON q.id = a.questionnaire_id
    WHERE a.assessed_at IS NULL AND a.received_at < %(before)s
), band AS (
    SELECT v.patient_id, COALESCE(q.type_id, t.quantity) AS subject, q.position, t.red_low, t.red_high
    FROM careplans_threshold t
    JOIN careplans_planversion v ON v.id = t.version_id AND v.status = 'APPROVED'
    LEFT JOIN measurements_quantity q ON q.code = t.quantity
    WHERE t.kind IN ('BAND', 'SCORE') AND (t.red_low IS NOT NULL OR t.red_high IS NOT NULL)
)
SELECT DISTINCT fact.patient_id
FROM fact JOIN band ON band.patient_id = fact.patient_id AND band.subject = fact.subject
WHERE CASE WHEN band.position = 2 THEN fact.value2 ELSE fact.value END < band.red_low
   OR CASE WHEN band.position = 2 THEN fact.value2 ELSE fact.value END > band.red_high
"""


@dataclass(frozen=True, slots=True)
class WaitingPatient:
    """A patient with facts that nobody has assessed, and how many."""

    municipality_id: int
    patient_id: UUID
    facts: int
    likely_red: bool


@contextmanager
def everywhere() -> Iterator[None]:
    """A transaction that sees every municipality. For queries that give ids, and for the nightly check."""
    with rls.acting_for(Municipality.objects.values_list("pk", flat=True), actor="worker"):
        yield


def waiting_patients(limit: int, *, before: datetime) -> list[WaitingPatient]:
    """Patients with facts received before that time and not assessed, likely red first, then the longest wait."""
    with everywhere(), connection.cursor() as cursor:
        cursor.execute(_WAITING, {"before": before})
        rows = cursor.fetchall()
    red = _likely_red({row[0] for row in rows}, before) if len(rows) > _WORTH_ORDERING else set()
    rows.sort(key=lambda row: (row[1] not in red, row[3], str(row[1])))
    return [WaitingPatient(row[0], row[1], int(row[2]), row[1] in red) for row in rows[:limit]]


def _likely_red(municipality_ids: set[int], before: datetime) -> set[UUID]:
    with rls.acting_for(municipality_ids, actor="worker"), connection.cursor() as cursor:
        # The planner takes what row-level security admits for a handful of rows and would compare each with each.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(_LIKELY_RED, {"before": before})
        found = {row[0] for row in cursor.fetchall()}
        cursor.execute("SET LOCAL enable_nestloop = on")
        return found


def still_waiting(keys: Iterable[tuple[int, UUID]]) -> list[tuple[int, UUID]]:
    """Those of the patients who still have facts that nobody has assessed."""
    patients = {patient_id: municipality_id for municipality_id, patient_id in keys}
    with rls.acting_for(patients.values(), actor="worker"):
        found = {
            patient_id
            for facts in (Reading, QuestionnaireResponse)
            for patient_id in facts.objects.filter(patient_id__in=patients, assessed_at__isnull=True)
            .values_list("patient_id", flat=True)
            .distinct()
        }
    return [(patients[patient_id], patient_id) for patient_id in sorted(found)]
