"""Where a person works, and whom that lets them reach: the facts behind every actor."""

from datetime import date
from typing import Final

from django.db import connection

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import User

# One statement written by hand, because every request of every page asks it. A service reaches the municipality that
# owns it and those with an agreement in force that day, a practice those that have let it in, an authority itself.
_WORK: Final = """
SELECT m.id, m.role, COALESCE(s.name, p.name, a.name), m.service_id, m.practice_id,
    COALESCE(s.owner_id, p.located_in_id, m.authority_id),
    ARRAY(
        SELECT party_id FROM organisations_serviceagreement g
        WHERE g.service_id = m.service_id AND g.valid_from <= %(on)s AND COALESCE(g.valid_until >= %(on)s, true)
      UNION ALL
        SELECT party_id FROM organisations_practiceconnection c
        WHERE c.practice_id = m.practice_id AND c.valid_from <= %(on)s AND COALESCE(c.valid_until >= %(on)s, true)
      UNION ALL
        SELECT reached FROM unnest(ARRAY[s.owner_id, m.authority_id]) reached WHERE reached IS NOT NULL
    )
FROM accounts_membership m
LEFT JOIN organisations_followupservice s ON s.id = m.service_id
LEFT JOIN organisations_gppractice p ON p.id = m.practice_id
LEFT JOIN organisations_municipality a ON a.id = m.authority_id
WHERE m.user_id = %(user)s AND m.valid_from <= %(on)s AND COALESCE(m.valid_until >= %(on)s, true)
ORDER BY m.valid_from, m.id
"""


def work_of(user: User, *, on: date) -> list[Actor]:
    """The person as an actor in each membership in force on that day, oldest first: what the person chooses among."""
    with connection.cursor() as cursor:
        cursor.execute(_WORK, {"user": user.pk, "on": on})
        return [
            Actor(
                user=user,
                membership_id=membership,
                role=Role(role),
                organisation=organisation,
                service_id=service,
                practice_id=practice,
                employer_id=employer,
                municipality_ids=frozenset(reached),
            )
            for membership, role, organisation, service, practice, employer, reached in cursor.fetchall()
        ]
