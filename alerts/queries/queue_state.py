"""What every poll of the queue asks: has anything changed, and is anything standing still?

One statement, written by hand: fifty nurses ask every 15 seconds, and most answers are «nothing». Only while a reading
of theirs does stand still is a second one asked, whose it is: that one takes longer to plan than to run.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission
from alerts.queries.placing import PLACE, by_day
from alerts.queries.work import TOO_LONG, UNDELIVERED

_WAITING: Final = "assessed_at IS NULL AND received_at < %(since)s"
_STATE: Final = f"""
SELECT count(*), COALESCE(max(change), 0), COALESCE(sum(change), 0)::bigint,
       EXISTS (SELECT FROM measurements_reading WHERE {_WAITING})
           OR EXISTS (SELECT FROM measurements_questionnaireresponse WHERE {_WAITING}),
       EXISTS (
           SELECT FROM alerts_delivery d
           WHERE d.service_id = %(service)s AND d.state = ANY (%(undelivered)s) AND d.created_at < %(since)s
       ),
       (SELECT jsonb_object_agg(name, at) FROM alerts_heartbeat)
FROM alerts_queueentry q
WHERE service_id = %(service)s AND municipality_id = ANY (%(municipalities)s)
AND NOT EXISTS (
    SELECT FROM patients_accessblock b WHERE b.patient_id = q.patient_id AND b.lifted_at IS NULL
    AND (b.user_id = %(user)s OR b.service_id = %(service)s)
)
"""  # noqa: S608 - constants of ours
_WAITING_HERE: Final = f"""
SELECT EXISTS (
    SELECT FROM (
        SELECT patient_id, municipality_id FROM measurements_reading WHERE {_WAITING}
        UNION ALL
        SELECT patient_id, municipality_id FROM measurements_questionnaireresponse WHERE {_WAITING}
    ) one {PLACE} WHERE place.service_id = %(service)s
)
"""  # noqa: S608 - constants of ours


@dataclass(frozen=True, slots=True)
class QueueState:
    """Number of rows, highest and sum of their change numbers; what has waited over 60 s; each job's last round.

    The sum is there because two transactions can commit in another order than they drew their numbers.
    """

    rows: int
    latest: int
    total: int
    unassessed: bool
    undelivered: bool
    beats: dict[str, datetime]

    @property
    def last_assessed_at(self) -> datetime | None:
        """When everything that had come was last assessed."""
        return self.beats.get("assess")


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
        rows, latest, total, waiting, undelivered, beats = cursor.fetchone()
        if waiting:
            cursor.execute(_WAITING_HERE, by_day(timezone.localdate(now)) | given)
            (waiting,) = cursor.fetchone()
    # Django leaves JSON of a statement by hand as text.
    at = {name: datetime.fromisoformat(text) for name, text in json.loads(beats or "{}").items()}
    return QueueState(rows, latest, total, waiting, undelivered, at)
