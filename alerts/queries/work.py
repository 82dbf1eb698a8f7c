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
from django.db.models import Exists, OuterRef

from alerts.enums import DeliveryState
from alerts.models import Delivery, Heartbeat
from dho.lib import rls
from measurements.models import QuestionnaireResponse, Reading
from organisations.models import FollowUpService, Municipality
from patients.models import Enrolment

TOO_LONG: Final = timedelta(seconds=60)
UNDELIVERED: Final = [DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.WAITING]

# Likely red first: the sent value beside the red band of the version that is approved now. It decides only the order of
# the work. What the colour is, the scorer alone says, by the version of the fact's own time.
_WAITING: Final = """
WITH fact AS (
    SELECT r.municipality_id, r.patient_id, r.type_id AS subject, r.value, r.value2, r.received_at
    FROM measurements_reading r
    WHERE r.assessed_at IS NULL AND r.received_at < %(before)s
  UNION ALL
    SELECT a.municipality_id, a.patient_id, q.code, a.score, NULL, a.received_at
    FROM measurements_questionnaireresponse a
    JOIN measurements_questionnaire q ON q.id = a.questionnaire_id
    WHERE a.assessed_at IS NULL AND a.received_at < %(before)s
), band AS (
    SELECT v.patient_id, COALESCE(q.type_id, t.quantity) AS subject, q.position, t.red_low, t.red_high
    FROM careplans_threshold t
    JOIN careplans_planversion v ON v.id = t.version_id AND v.status = 'APPROVED'
    LEFT JOIN measurements_quantity q ON q.code = t.quantity
    WHERE t.kind IN ('BAND', 'SCORE') AND (t.red_low IS NOT NULL OR t.red_high IS NOT NULL)
      AND v.patient_id IN (SELECT patient_id FROM fact)
)
SELECT f.municipality_id, f.patient_id, count(*),
       COALESCE(bool_or(CASE WHEN b.position = 2 THEN f.value2 ELSE f.value END < b.red_low
                     OR CASE WHEN b.position = 2 THEN f.value2 ELSE f.value END > b.red_high), false) AS likely_red,
       min(f.received_at) AS oldest
FROM fact f
LEFT JOIN band b ON b.patient_id = f.patient_id AND b.subject = f.subject
GROUP BY f.municipality_id, f.patient_id
ORDER BY likely_red DESC, oldest, f.patient_id
LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class WaitingPatient:
    """A patient with facts that nobody has assessed, and about how many (a panel may count twice)."""

    municipality_id: int
    patient_id: UUID
    facts: int
    likely_red: bool


@dataclass(frozen=True, slots=True)
class Health:
    """What the red bar of the queue tells: how much has waited over 60 seconds, and when the worker last finished."""

    unassessed_over_60s: int
    undelivered_over_60s: int
    last_assessed_at: datetime | None


@contextmanager
def everywhere() -> Iterator[None]:
    """A transaction that sees every municipality. For queries that give ids, and for the nightly check."""
    with rls.acting_for(Municipality.objects.values_list("pk", flat=True), actor="worker"):
        yield


def waiting_patients(limit: int, *, before: datetime) -> list[WaitingPatient]:
    """Patients with facts received before that time and not assessed, likely red first, then the longest wait."""
    with everywhere(), connection.cursor() as cursor:
        cursor.execute(_WAITING, {"before": before, "limit": limit})
        return [WaitingPatient(row[0], row[1], row[2], row[3]) for row in cursor.fetchall()]


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


def health(service: FollowUpService, *, now: datetime) -> Health:
    """For the red bar. At most 1000 of each are counted, so that it stays cheap when something is very wrong."""
    since = now - TOO_LONG
    ours = Enrolment.objects.filter(service=service, patient_id=OuterRef("patient_id"))
    late = [
        facts.objects.filter(Exists(ours), assessed_at__isnull=True, received_at__lt=since)[:1000].count()
        for facts in (Reading, QuestionnaireResponse)
    ]
    undelivered = Delivery.objects.filter(service=service, state__in=UNDELIVERED, created_at__lt=since)[:1000]
    return Health(sum(late), undelivered.count(), last_assessed_at())


def last_assessed_at() -> datetime | None:
    """When the worker last finished a round of assessing: «sist vurdert kl.»."""
    return Heartbeat.objects.filter(name="assess").values_list("at", flat=True).first()
