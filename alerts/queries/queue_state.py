"""What every poll of the queue asks: has anything changed, and is anything standing still?

One statement, written by hand: fifty nurses ask every 15 seconds, and most answers are «nothing».
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from accounts.actor import Actor
from accounts.roles import Permission
from alerts.queries.work import TOO_LONG, UNDELIVERED

_STATE: Final = """
SELECT count(*), COALESCE(max(change), 0), COALESCE(sum(change), 0)::bigint,
       EXISTS (
           SELECT FROM measurements_reading f
           JOIN patients_enrolment e ON e.patient_id = f.patient_id AND e.service_id = %(service)s
           WHERE f.assessed_at IS NULL AND f.received_at < %(since)s
       ) OR EXISTS (
           SELECT FROM measurements_questionnaireresponse f
           JOIN patients_enrolment e ON e.patient_id = f.patient_id AND e.service_id = %(service)s
           WHERE f.assessed_at IS NULL AND f.received_at < %(since)s
       ),
       EXISTS (
           SELECT FROM alerts_delivery d
           WHERE d.service_id = %(service)s AND d.state = ANY (%(undelivered)s) AND d.created_at < %(since)s
       ),
       (SELECT at FROM alerts_heartbeat WHERE name = 'assess')
FROM alerts_queueentry q
WHERE service_id = %(service)s AND municipality_id = ANY (%(municipalities)s)
AND NOT EXISTS (
    SELECT FROM patients_accessblock b WHERE b.patient_id = q.patient_id AND b.lifted_at IS NULL
    AND (b.user_id = %(user)s OR b.service_id = %(service)s)
)
"""


@dataclass(frozen=True, slots=True)
class QueueState:
    """Number of rows, highest and sum of their change numbers; what has waited over 60 s; the worker's last round.

    The sum is there because two transactions can commit in another order than they drew their numbers.
    """

    rows: int
    latest: int
    total: int
    unassessed: bool
    undelivered: bool
    last_assessed_at: datetime | None


def queue_state(by: Actor, *, now: datetime) -> QueueState:
    """The state of the queue of the actor's service, in the municipalities that the actor reaches."""
    given = {
        "service": by.service_id,
        "user": by.user.pk,
        "municipalities": sorted(by.reaches(Permission.SEE_QUEUE)),
        "undelivered": [str(state) for state in UNDELIVERED],
        "since": now - TOO_LONG,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STATE, given)
        return QueueState(*cursor.fetchone())
