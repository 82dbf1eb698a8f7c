"""The promises P1–P4 (architecture.md 1), asked of what stands in the database. An empty answer means they hold.

The queries are written apart from the code that makes the rows, so that the two cannot be wrong in the same way.
Answers carry ids only.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pgtrigger
from django.db import connection
from django.utils import timezone

from accounts.roles import Permission, roles_with
from alerts.queries.placing import misplaced
from alerts.queries.work import everywhere
from audit.queries.chain import find_faults
from patients.models import Patient

GRACE: Final = timedelta(seconds=60)
# The watch looks at deadlines every half minute; after an outage it catches up.
GRACE_OF_THE_WATCH: Final = timedelta(minutes=5)
_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Breach:
    """One broken promise: its name, how many rows break it, and the ids of the first of them."""

    name: str
    count: int
    ids: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name}: {self.count} ({', '.join(self.ids)})"


# What the row of each patient must say. Where it should stand is asked apart.
_QUEUE: Final = """
    SELECT COALESCE(made.patient_id, q.patient_id) FROM (
        SELECT DISTINCT ON (patient_id) patient_id, id, level,
            count(*) OVER w AS alerts, min(waiting_since) OVER w AS since, min(deadline) OVER w AS due
        FROM alerts_alert WHERE state = 'OPEN'
        WINDOW w AS (PARTITION BY patient_id)
        ORDER BY patient_id, level, deadline, waiting_since, subject COLLATE "C", id
    ) made
    FULL JOIN alerts_queueentry q ON q.patient_id = made.patient_id
    WHERE (q.alert_id, q.level, q.alert_count, q.waiting_since, q.deadline)
        IS DISTINCT FROM (made.id, made.level, made.alerts::int, made.since, made.due)
       OR EXISTS (
           SELECT 1 FROM alerts_alert x
           WHERE x.patient_id = q.patient_id AND x.state = 'OPEN' AND x.service_id <> q.service_id
       )
"""

_CHECKS: Final[dict[str, str]] = {
    "P1 a reading has waited more than 60 s": """
        SELECT id FROM measurements_reading WHERE assessed_at IS NULL AND received_at < %(late)s
    """,
    "P1 an answered form has waited more than 60 s": """
        SELECT id FROM measurements_questionnaireresponse WHERE assessed_at IS NULL AND received_at < %(late)s
    """,
    "P1 a reading is marked as assessed without an assessment": """
        SELECT f.id FROM measurements_reading f WHERE f.assessed_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM alerts_assessment a WHERE a.reading_id = f.id)
    """,
    "P1 an answered form is marked as assessed without an assessment": """
        SELECT f.id FROM measurements_questionnaireresponse f WHERE f.assessed_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM alerts_assessment a WHERE a.response_id = f.id)
    """,
    "P1 an assessment that is not green has no alert that is open or handled": """
        SELECT a.id FROM alerts_assessment a LEFT JOIN alerts_alert x ON x.id = a.alert_id
        WHERE a.colour <> 'GREEN'
        AND NOT EXISTS (SELECT 1 FROM alerts_assessment later WHERE later.supersedes_id = a.id)
        AND (x.id IS NULL OR x.patient_id <> a.patient_id OR x.state = 'CLOSED' AND x.close_reason <> 'HANDLED')
    """,
    "P1 an open alert is milder than what stands behind it": """
        SELECT DISTINCT x.id FROM alerts_alert x JOIN alerts_assessment a ON a.alert_id = x.id
        WHERE x.state = 'OPEN' AND x.kind = 'ASSESSMENT' AND a.colour <> 'GREEN'
        AND NOT EXISTS (SELECT 1 FROM alerts_assessment later WHERE later.supersedes_id = a.id)
        AND x.level > CASE a.colour WHEN 'RED' THEN 1 WHEN 'YELLOW' THEN 2 ELSE 3 END
    """,
    "P1 a queue row differs from the open alerts": _QUEUE,
    "P1 an open case stands where nobody reaches it": """
        SELECT q.patient_id FROM alerts_queueentry q JOIN organisations_followupservice s ON s.id = q.service_id
        WHERE s.owner_id IS DISTINCT FROM q.municipality_id AND NOT EXISTS (
            SELECT 1 FROM organisations_agreement g
            WHERE g.service_id = q.service_id AND g.party_id = q.municipality_id AND 'READINGS' = ANY (g.shares)
            AND %(on)s BETWEEN g.valid_from AND COALESCE(g.valid_until, 'infinity')
        ) OR EXISTS (
            SELECT 1 FROM patients_accessblock b
            WHERE b.patient_id = q.patient_id AND b.service_id = q.service_id AND b.lifted_at IS NULL
        )
    """,
    "P1 a case is held by somebody who cannot handle it": """
        SELECT q.patient_id FROM alerts_queueentry q WHERE q.owner_id IS NOT NULL AND (NOT EXISTS (
            SELECT 1 FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
            WHERE m.user_id = q.owner_id AND m.service_id = q.service_id AND u.is_active AND m.role = ANY (%(triaging)s)
            AND %(on)s BETWEEN m.valid_from AND COALESCE(m.valid_until, 'infinity')
        ) OR EXISTS (
            SELECT 1 FROM patients_accessblock b
            WHERE b.patient_id = q.patient_id AND b.user_id = q.owner_id AND b.lifted_at IS NULL
        ))
    """,
    "P1 a red alert has not been sent to the service": """
        SELECT x.id FROM alerts_alert x JOIN organisations_followupservice s ON s.id = x.service_id
        CROSS JOIN LATERAL (VALUES ('EMAIL', s.notify_email), ('WEBHOOK', s.webhook_url)) AS way(channel, address)
        WHERE x.state = 'OPEN' AND x.level = 1 AND way.address <> ''
        AND NOT EXISTS (
            SELECT 1 FROM alerts_delivery d
            WHERE d.alert_id = x.id AND d.service_id = x.service_id AND d.level = 1 AND d.channel = way.channel
        )
    """,
    "P1 an expected measurement is past its deadline and nobody has looked": """
        SELECT schedule_id FROM alerts_expectation WHERE deadline < %(unwatched)s
    """,
    "P1 a notice has been under way for more than 60 s": """
        SELECT id FROM alerts_delivery WHERE state IN ('QUEUED', 'SENDING', 'WAITING') AND created_at < %(late)s
    """,
    "P1 a notice failed without standing in the queue": """
        SELECT d.id FROM alerts_delivery d WHERE d.state = 'FAILED'
        AND NOT EXISTS (SELECT 1 FROM alerts_alert x WHERE x.kind = 'DELIVERY' AND x.subject = d.id::text)
    """,
    # An approval takes a moment to commit; a fact judged in that moment by the version before it is no breach.
    "P2 something was judged by a version that was not approved and in force": """
        SELECT a.id FROM alerts_assessment a
        LEFT JOIN measurements_reading r ON r.id = a.reading_id
        LEFT JOIN measurements_questionnaireresponse s ON s.id = a.response_id
        CROSS JOIN LATERAL (
            SELECT LEAST(COALESCE(r.taken_at, s.taken_at), COALESCE(r.received_at, s.received_at)) AS judged_at
        ) t
        LEFT JOIN careplans_planversion v ON v.id = a.plan_version_id AND v.patient_id = a.patient_id
            AND v.status IN ('APPROVED', 'SUPERSEDED') AND v.approved_at <= t.judged_at AND v.valid_until > t.judged_at
            AND (v.superseded_at IS NULL OR v.superseded_at > t.judged_at
                 OR v.superseded_at > a.assessed_at - interval '60 seconds')
            AND EXISTS (
                SELECT 1 FROM careplans_approval d
                WHERE d.version_id = COALESCE(v.approved_from_id, v.id) AND d.decision = 'APPROVED'
            )
        WHERE v.id IS NULL AND (a.colour <> 'NOT_ASSESSED' OR a.plan_version_id IS NOT NULL)
    """,
    "P4 a course or a referral stands at another step than its newest says": """
        SELECT e.id FROM patients_enrolment e CROSS JOIN LATERAL (
            SELECT to_status FROM patients_pathwaystep WHERE enrolment_id = e.id ORDER BY at DESC, id DESC LIMIT 1
        ) newest WHERE newest.to_status <> e.status
        UNION ALL
        SELECT r.id FROM patients_referral r CROSS JOIN LATERAL (
            SELECT to_status FROM patients_pathwaystep WHERE referral_id = r.id ORDER BY at DESC, id DESC LIMIT 1
        ) newest WHERE newest.to_status <> r.status
    """,
    "P1 something is expected of a patient whose course has ended": """
        SELECT x.schedule_id FROM alerts_expectation x
        WHERE NOT EXISTS (
            SELECT 1 FROM patients_enrolment e WHERE e.patient_id = x.patient_id
            AND (e.ended_on IS NULL OR e.id IN (
                SELECT s.enrolment_id FROM patients_pathwaystep s
                WHERE s.to_status = 'ENDED' AND s.at > %(unwatched)s
            ))
        )
    """,
    "P3 a table with patient data is open to every municipality": """
        SELECT c.relname FROM pg_class c JOIN pg_attribute m ON m.attrelid = c.oid AND m.attname = 'municipality_id'
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND NOT m.attisdropped
        AND NOT (c.relrowsecurity AND c.relforcerowsecurity
                 AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid))
    """,
    "P3 the application runs as a role that can get past the policies": """
        SELECT rolname FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)
        UNION ALL
        SELECT tablename FROM pg_tables WHERE schemaname = 'public'
        AND pg_has_role(current_user, tableowner, 'USAGE')
    """,
}


def find_breaches(*, now: datetime) -> list[Breach]:
    """Every promise that does not hold now. Reads whole tables: meant for the night, and after a test journey."""
    found = []
    given: dict[str, Any] = {
        "late": now - GRACE,
        "unwatched": now - GRACE_OF_THE_WATCH,
        "on": timezone.localdate(now),
        "triaging": [role.value for role in roles_with(Permission.TRIAGE)],
    }
    with everywhere(), connection.cursor() as cursor:
        for name, sql in _CHECKS.items():
            cursor.execute(sql, given)
            found.append((name, [str(row[0]) for row in cursor.fetchall()]))
        elsewhere = [str(patient_id) for _, patient_id in misplaced(on=timezone.localdate(now))]
    found.append(("P1 an open case stands with another service than it should", elsewhere))
    found.append(("P4 the access log is not what it was (manage.py verify_audit)", _log_faults(now)))
    found.append(("P4 a trigger that keeps history unchanged is missing or switched off", _missing_triggers()))
    return [Breach(name, len(ids), tuple(ids[:_SHOWN])) for name, ids in found if ids]


def wrong_queue_rows(*, now: datetime) -> list[tuple[int, UUID]]:
    """Municipality and id of the patients whose queue row differs from their open alerts, or stands elsewhere."""
    with everywhere(), connection.cursor() as cursor:
        cursor.execute(_QUEUE)
        wrong = [row[0] for row in cursor.fetchall()]
        differing = Patient.objects.filter(pk__in=wrong).values_list("municipality_id", "pk")
        return sorted({*differing, *misplaced(on=timezone.localdate(now))})


def _log_faults(now: datetime) -> list[str]:
    return [str(fault) for fault in find_faults(now=now)]


def _missing_triggers() -> list[str]:
    found: list[str] = []
    for model, trigger in pgtrigger.registered():
        status: tuple[str, Any] = trigger.get_installation_status(model)
        if status != ("INSTALLED", True):
            found.append(f"{model._meta.db_table}:{trigger.name}")  # noqa: SLF001 - Django's documented model API
    return sorted(found)
