"""Where a person works, and whom that lets them reach: the facts behind every actor."""

import json
from datetime import date
from typing import Final
from uuid import UUID

from django.db import connection

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import User
from organisations.enums import Shared

# One statement written by hand, because every request of every page asks it. Whom a membership reaches: the
# municipality that owns the service or is the authority itself, and those with an agreement in force that day, as far
# as it shares. A health community reaches nobody: it sees aggregates only.
_WORK: Final = """
SELECT m.id, m.role, COALESCE(s.name, p.name, a.name, c.name, e.name), m.service_id, m.practice_id, m.partner_id,
    COALESCE(s.owner_id, p.located_in_id, m.authority_id), COALESCE(s.owner_id, m.authority_id),
    (
        SELECT jsonb_object_agg(g.party_id, g.shares) FROM organisations_agreement g
        WHERE (g.service_id = m.service_id OR g.practice_id = m.practice_id OR g.partner_id = m.partner_id)
        AND g.valid_from <= %(on)s AND COALESCE(g.valid_until >= %(on)s, true)
    )
FROM accounts_membership m
LEFT JOIN organisations_followupservice s ON s.id = m.service_id
LEFT JOIN organisations_gppractice p ON p.id = m.practice_id
LEFT JOIN organisations_municipality a ON a.id = m.authority_id
LEFT JOIN organisations_healthcommunity c ON c.code = m.community_id
LEFT JOIN organisations_partner e ON e.id = m.partner_id
WHERE m.user_id = %(user)s AND m.valid_from <= %(on)s AND COALESCE(m.valid_until >= %(on)s, true)
ORDER BY m.valid_from, m.id
"""


def work_of(user: User, *, on: date) -> list[Actor]:
    """The person as an actor in each membership in force on that day, oldest first: what the person chooses among."""
    with connection.cursor() as cursor:
        cursor.execute(_WORK, {"user": user.pk, "on": on})
        return [_actor(user, *row) for row in cursor.fetchall()]


def _actor(
    user: User,
    membership: UUID,
    role: str,
    organisation: str,
    service: UUID | None,
    practice: UUID | None,
    partner: UUID | None,
    employer: int | None,
    own: int | None,
    agreed: str | None,
) -> Actor:
    # Django leaves JSON of a statement by hand as text.
    shared = json.loads(agreed) if agreed else {}
    reach = {int(party): frozenset(map(Shared, shares)) for party, shares in shared.items()}
    if own is not None:
        reach[own] = frozenset(Shared)
    return Actor(
        user=user,
        membership_id=membership,
        role=Role(role),
        organisation=organisation,
        service_id=service,
        practice_id=practice,
        partner_id=partner,
        employer_id=employer,
        reach=reach,
    )
