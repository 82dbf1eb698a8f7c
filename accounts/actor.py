"""Who acts: one person in one role at one organisation, as services and the log take it (`by=`)."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from accounts.enums import Role
from accounts.models import User
from accounts.roles import Permission, allows
from dho.lib.origin import NOWHERE, Origin


class ActorRequest(HttpRequest):
    """The request of a page: `accounts.middleware` has put the actor on it."""

    actor: "Actor | None"
    origin: Origin


@dataclass(frozen=True, slots=True)
class Actor:
    """A person at work in one membership. `municipality_ids` is what lock two admits; lock one narrows it further."""

    user: User
    membership_id: UUID
    role: Role
    organisation: str
    service_id: UUID | None
    practice_id: UUID | None
    # The municipality that answers for what the person does here; a hospital's own service has none.
    employer_id: int | None
    municipality_ids: frozenset[int]
    # The request in which the person acts, for the access log.
    origin: Origin = NOWHERE

    def may(self, permission: Permission) -> bool:
        """Whether the role gives this permission at all."""
        return allows(self.role, permission)
