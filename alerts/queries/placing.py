"""Where a patient's case belongs: the one rule for new alerts, for those that must move, and for the checks.

A case stands with a service that reaches the patient that day: one of the patient's own municipality, or one with an
agreement in force that shares readings (R-156), and that the patient has not blocked. Of those the one that holds the
course, or held the latest; else one where somebody works the queue; else the municipality's own; else that of the
newest agreement. When none reaches the patient the case stays with the course, where the nightly check finds it.
"""

from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import connection

from accounts.roles import Permission, roles_with
from organisations.enums import Shared
from organisations.models import FollowUpService

# `place.service_id` for each row `one` with patient_id and municipality_id.
PLACE: Final = """
LEFT JOIN LATERAL (
    SELECT e.service_id FROM patients_enrolment e WHERE e.patient_id = one.patient_id
    ORDER BY e.ended_on DESC NULLS FIRST, e.allocated_on DESC LIMIT 1
) course ON true
CROSS JOIN LATERAL (
    SELECT c.service_id, c.admitted AND NOT EXISTS (
        SELECT FROM patients_accessblock b
        WHERE b.patient_id = one.patient_id AND b.service_id = c.service_id AND b.lifted_at IS NULL
    ) AS reaches
    FROM (
        SELECT s.id AS service_id, true AS admitted, true AS own, NULL::date AS since
        FROM organisations_followupservice s WHERE s.owner_id = one.municipality_id
        UNION ALL
        SELECT g.service_id, %(shared)s = ANY (g.shares) AND g.valid_from <= %(on)s
            AND COALESCE(g.valid_until >= %(on)s, true), false, g.valid_from
        FROM organisations_agreement g WHERE g.party_id = one.municipality_id AND g.service_id IS NOT NULL
        UNION ALL
        SELECT course.service_id, false, false, NULL WHERE course.service_id IS NOT NULL
    ) c
    ORDER BY reaches DESC, c.service_id IS NOT DISTINCT FROM course.service_id DESC, EXISTS (
        SELECT FROM accounts_membership m WHERE m.service_id = c.service_id AND m.role = ANY (%(at_the_queue)s)
        AND m.valid_from <= %(on)s AND COALESCE(m.valid_until >= %(on)s, true)
    ) DESC, c.own DESC, c.since DESC NULLS LAST, c.service_id
    LIMIT 1
) place
"""

# The alerts of a case always stand where its row does: they are written together, and the nightly check compares them.
_MISPLACED: Final = f"""
SELECT one.municipality_id, one.patient_id FROM alerts_queueentry one {PLACE}
WHERE one.service_id <> place.service_id
"""  # noqa: S608 - constants of ours

_OF_PATIENTS: Final = f"""
SELECT one.patient_id, place.service_id
FROM unnest(%(patients)s::uuid[], %(municipalities)s::int[]) AS one(patient_id, municipality_id) {PLACE}
"""  # noqa: S608 - constants of ours


def by_day(on: date) -> dict[str, Any]:
    """The parameters of `PLACE`."""
    at_the_queue = [str(role) for role in roles_with(Permission.TRIAGE)]
    return {"on": on, "shared": str(Shared.READINGS), "at_the_queue": at_the_queue}


def services_of(municipalities: dict[UUID, int], *, on: date) -> dict[UUID, FollowUpService]:
    """Each patient's service on that day. Missing only where the municipality never had any.

    It may say somebody for facts that come when nobody should be sending any: they reach a person all the same (R-069).
    """
    given = {"patients": list(municipalities), "municipalities": list(municipalities.values())}
    with connection.cursor() as cursor:
        cursor.execute(_OF_PATIENTS, by_day(on) | given)
        chosen: dict[UUID, UUID] = dict(cursor.fetchall())
    # The secret is read only where something is signed: no judgement may depend on a key (P1).
    services = FollowUpService.objects.defer("webhook_secret").in_bulk(set(chosen.values()))
    return {patient_id: services[service_id] for patient_id, service_id in chosen.items()}


def misplaced(*, on: date) -> list[tuple[int, UUID]]:
    """Municipality and id of the patients whose open case stands with another service than it should."""
    with connection.cursor() as cursor:
        cursor.execute(_MISPLACED, by_day(on))
        return list(cursor.fetchall())
