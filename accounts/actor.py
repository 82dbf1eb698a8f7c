"""Who acts: one person in one role at one organisation, as services and the log take it (`by=`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from accounts.enums import Role
from accounts.models import User
from accounts.roles import NEEDS, Permission, allows
from audit.services import Outsider
from dho.lib.origin import NOWHERE, Origin
from organisations.enums import Shared


class ActorRequest(HttpRequest):
    """The request of a page: `accounts.middleware` has put the actor on it."""

    actor: "Actor | None"
    origin: Origin
    # What the person may choose among, the actor first.
    work: "list[Actor]"
    # Who acts outside the staff, on the patient's own pages: `tablet.access` has put it there. Never beside an actor.
    citizen: Outsider | None
    # Where that is a paired tablet: after how many seconds without a touch it locks itself.
    tablet_idle: int


@dataclass(frozen=True, slots=True)
class Actor:
    """A person at work in one membership.

    `reach` says which municipalities' patients this membership may concern, and what of them is shared. All of these
    municipalities are what lock two admits; lock one narrows it further.
    """

    user: User
    membership_id: UUID
    role: Role
    organisation: str
    service_id: UUID | None
    practice_id: UUID | None
    partner_id: UUID | None
    # The municipality that answers for what the person does here; a hospital's own service has none.
    employer_id: int | None
    reach: Mapping[int, frozenset[Shared]]
    # The request in which the person acts, for the access log.
    origin: Origin = NOWHERE

    @property
    def municipality_ids(self) -> frozenset[int]:
        """Every municipality that the membership reaches at all."""
        return frozenset(self.reach)

    def may(self, permission: Permission) -> bool:
        """Whether the role gives this permission at all."""
        return allows(self.role, permission)

    def reaches(self, permission: Permission) -> frozenset[int]:
        """The municipalities in whose records the permission holds: none without it, else where enough is shared."""
        if not self.may(permission):
            return frozenset()
        needed = NEEDS.get(permission)
        return frozenset(pk for pk, shared in self.reach.items() if needed is None or needed in shared)
