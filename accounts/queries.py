"""Where a person works, and whom that lets them reach: the facts behind every actor."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.actor import Actor
from accounts.enums import AT_AUTHORITY, AT_PARTNER, AT_PRACTICE, AT_SERVICE, Role
from accounts.models import Membership, SystemClient, User
from accounts.roles import MAY_GIVE, Permission
from organisations.enums import Shared
from organisations.models import Agreement, FollowUpService, GpPractice, Municipality, Partner

# One statement written by hand, because every request of every page asks it; a union is planned in half the time of
# five joins. Whom a membership reaches: the municipality that owns the service or is the authority itself, and those
# with an agreement in force that day, as far as it shares; a partner's people only the one that let the person in
# (`party`). A health community reaches nobody: aggregates only.
_AGREED: Final = """organisations_agreement g
        WHERE (g.service_id = m.service_id OR g.practice_id = m.practice_id OR g.partner_id = m.partner_id)
        AND (m.party_id IS NULL OR g.party_id = m.party_id)
        AND g.valid_from <= %(on)s AND COALESCE(g.valid_until >= %(on)s, true)"""
# The other way round, from the municipality: first which organisations, so that an index finds their memberships.
_PARTY_TO: Final = """FROM organisations_agreement g WHERE g.party_id = %(municipality)s
            AND g.valid_from <= %(on)s AND COALESCE(g.valid_until >= %(on)s, true)"""
_WORK: Final = f"""
SELECT m.user_id, m.id, m.role, o.name, m.service_id, m.practice_id, m.partner_id, o.employer, o.own,
    (SELECT jsonb_object_agg(g.party_id, g.shares) FROM {_AGREED})
FROM accounts_membership m
CROSS JOIN LATERAL (
    SELECT name, closed_on, owner_id, owner_id FROM organisations_followupservice WHERE id = m.service_id
    UNION ALL SELECT name, closed_on, located_in_id, NULL FROM organisations_gppractice WHERE id = m.practice_id
    UNION ALL SELECT name, NULL, id, id FROM organisations_municipality WHERE id = m.authority_id
    UNION ALL SELECT name, NULL, NULL, NULL FROM organisations_healthcommunity WHERE code = m.community_id
    UNION ALL SELECT name, closed_on, NULL, NULL FROM organisations_partner WHERE id = m.partner_id
) o (name, closed_on, employer, own)
WHERE m.valid_from <= %(on)s AND COALESCE(m.valid_until >= %(on)s, true)
    AND COALESCE(o.closed_on > %(on)s, true) AND $whose
ORDER BY m.valid_from, m.id
"""  # noqa: S608 - constants
_OF_ONE: Final = _WORK.replace("$whose", "m.user_id = %(user)s")
_REACHING: Final = _WORK.replace(
    "$whose",
    f"""(
        m.authority_id = %(municipality)s
        OR m.service_id = ANY (ARRAY(
            SELECT id FROM organisations_followupservice WHERE owner_id = %(municipality)s
            UNION ALL SELECT g.service_id {_PARTY_TO}
        ))
        OR m.practice_id = ANY (ARRAY(SELECT g.practice_id {_PARTY_TO}))
        OR m.party_id = %(municipality)s AND m.partner_id = ANY (ARRAY(SELECT g.partner_id {_PARTY_TO}))
    )""",  # noqa: S608 - constants
)
_IN_THESE: Final = _WORK.replace("$whose", "m.id = ANY (%(memberships)s::uuid[])")


def work_of(user: User, *, on: date) -> list[Actor]:
    """The person as an actor in each membership in force on that day, oldest first: what the person chooses among."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_ONE, {"user": user.pk, "on": on})
        return [_actor(user, *row) for _, *row in cursor.fetchall()]


def work_reaching(municipality_id: int, *, on: date) -> list[Actor]:
    """Everybody's work that reaches the municipality that day, by the same statement; two queries in all."""
    with connection.cursor() as cursor:
        cursor.execute(_REACHING, {"municipality": municipality_id, "on": on})
        rows = cursor.fetchall()
    users = User.objects.in_bulk({row[0] for row in rows})
    return [_actor(users[user_id], *row) for user_id, *row in rows]


def actors_in(memberships: Iterable[Membership], *, on: date) -> list[Actor]:
    """The actors of these memberships, whose users are loaded; one statement. What is not in force that day is not."""
    users = {each.pk: each.user for each in memberships}
    with connection.cursor() as cursor:
        cursor.execute(_IN_THESE, {"memberships": list(users), "on": on})
        return [_actor(users[row[0]], *row) for _, *row in cursor.fetchall()]


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


def last_employer_of(user: User) -> int | None:
    """The municipality that the person worked for last, also when that is over: where a refused try is kept then."""
    employer = Coalesce("service__owner", "authority", "practice__located_in", "party")
    found = Membership.objects.filter(user=user).annotate(employer=employer).exclude(employer=None)
    latest = found.order_by(F("valid_until").desc(nulls_first=True), "-valid_from")
    return latest.values_list("employer", flat=True).first()


_ROLES_AT: Final = {"authority": AT_AUTHORITY, "service": AT_SERVICE, "practice": AT_PRACTICE, "partner": AT_PARTNER}


@dataclass(frozen=True)
class Workplace:
    """An organisation in which roles can be given: which column of a membership names it, and its key there."""

    kind: str
    key: UUID | int
    name: str
    # At a partner: for whom, as only the municipality that gives the role is reached.
    party: int | None = None

    @property
    def column(self) -> dict[str, UUID | int | None]:
        """The membership's columns that name it."""
        return {f"{self.kind}_id": self.key, "party_id": self.party}

    @property
    def roles(self) -> list[Role]:
        """The roles that people have there."""
        return _ROLES_AT[self.kind]


def workplaces_of(by: Actor, *, on: date) -> list[Workplace]:
    """Where the actor may give and end roles: the own service; or the municipality, and what belongs to it.

    That is the services it owns, the practices located in it, and the partners it has an agreement with that day.
    """
    if by.service_id:
        return [Workplace("service", by.service_id, by.organisation)]
    if by.employer_id is None:
        return []
    agreed = Agreement.objects.in_force(on).filter(party_id=by.employer_id, partner__isnull=False)
    found: dict[str, QuerySet[Any]] = {
        "authority": Municipality.objects.filter(pk=by.employer_id),
        "service": FollowUpService.objects.open().filter(owner_id=by.employer_id),
        "practice": GpPractice.objects.open().filter(located_in_id=by.employer_id),
        "partner": Partner.objects.open().filter(pk__in=agreed.values("partner_id")),
    }
    return [
        Workplace(kind, each.pk, each.name, by.employer_id if kind == "partner" else None)
        for kind, places in found.items()
        for each in places.order_by("name", "pk")
    ]


def memberships_managed_by(by: Actor, *, on: date) -> QuerySet[Membership]:
    """The memberships of those organisations that have not ended before that day, by organisation and name.

    Of a partner's people only those whom the own municipality let in; the others are no business of it.
    """
    keys: dict[str, list[UUID | int]] = {kind: [] for kind in _ROLES_AT}
    for place in workplaces_of(by, on=on):
        keys[place.kind].append(place.key)
    here = Q(*((f"{kind}_id__in", some) for kind, some in keys.items()), _connector=Q.OR)
    own = Q(party=None) | Q(party=by.employer_id)
    lasting = Membership.objects.filter(here, own).exclude(valid_until__lt=on).exclude(valid_until__lt=F("valid_from"))
    people = lasting.select_related("user", "given_by", "service", "practice", "authority", "partner", "community")
    return people.order_by(
        "authority__name",
        "service__name",
        "practice__name",
        "partner__name",
        "user__last_name",
        "user__first_name",
        "pk",
    )


def manages(by: Actor, person: User, *, on: date) -> bool:
    """Whether every role that the person has or will have is the actor's to give and end; never one's own.

    Whoever decides who the person is in HelseID could otherwise become the person in another municipality.
    """
    if person == by.user or not by.may(Permission.MANAGE_PEOPLE):
        return False
    lasting = (
        Membership.objects.filter(user=person).exclude(valid_until__lt=on).exclude(valid_until__lt=F("valid_from"))
    )
    mine = memberships_managed_by(by, on=on).filter(role__in=MAY_GIVE[by.role])
    return not lasting.exclude(pk__in=mine.order_by().values("pk")).exists()


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """The people among those whom the change log names, by what stands there; workers and devices are left out."""
    ids = {actor for actor in actors if _is_id(actor)}
    return {str(pk): user.get_full_name() for pk, user in User.objects.in_bulk(ids).items()}


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def find_person(text: str) -> User | None:
    """The person with exactly this user name or HPR number; a part of one finds nobody."""
    text = text.strip()
    return User.objects.filter(Q(username__iexact=text) | Q(hpr_number=text)).first() if text else None


def systems_of(by: Actor) -> QuerySet[SystemClient]:
    """The systems of the municipality that the actor works for, those with access first."""
    rows = SystemClient.objects.filter(municipality=by.employer_id).select_related("registered_by", "withdrawn_by")
    return rows.order_by(F("withdrawn_at").desc(nulls_first=True), "name", "pk")
