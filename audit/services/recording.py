"""Writing the access log."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.http import Http404

from audit.enums import Action
from audit.models import AccessEntry


class Person(Protocol):
    """What the log needs to know of who acts; `accounts.actor.Actor` is one."""

    @property
    def user(self) -> Any: ...
    @property
    def role(self) -> Any: ...
    @property
    def organisation(self) -> str: ...
    @property
    def employer_id(self) -> int | None: ...


class Refused(Http404):
    """Not yours and does not exist answer the same. The middleware logs it, then it becomes a 404."""

    def __init__(self, action: Action, *, patient_id: UUID | None = None, object_id: str = "") -> None:
        super().__init__("not found")
        self.action, self.patient_id, self.object_id = action, patient_id, object_id


def _entry(by: Person | None, now: datetime, **fields: Any) -> AccessEntry:
    return AccessEntry(
        at=now,
        actor_id=by.user.pk if by else None,
        actor_name=by.user.get_full_name() if by else "",
        role=str(by.role) if by else "",
        organisation=by.organisation if by else "",
        hpr_number=by.user.hpr_number if by else "",
        **fields,
    )


def record_access(
    action: Action,
    *,
    municipality_id: int,
    patient_id: UUID | None,
    by: Person,
    now: datetime,
    purpose: str = "",
    object_id: str = "",
) -> AccessEntry:
    """A look that was allowed: who, in which role, at whose record, what, when and why (R-300, R-301)."""
    entry = _entry(
        by,
        now,
        action=action,
        municipality_id=municipality_id,
        patient_id=patient_id,
        purpose=purpose,
        object_id=object_id,
        allowed=True,
    )
    entry.save()
    return entry


def record_list_access(action: Action, *, municipality_ids: Iterable[int], by: Person, now: datetime) -> None:
    """A look at a list of patients: one entry for each controller, so that each can read its own."""
    AccessEntry.objects.bulk_create(
        _entry(by, now, action=action, municipality_id=pk, allowed=True) for pk in sorted(municipality_ids)
    )


def record_refusal(refusal: Refused, *, by: Person | None, now: datetime) -> AccessEntry:
    """A look that was refused, kept in the municipality of the one who tried (AT-39)."""
    entry = _entry(
        by,
        now,
        action=refusal.action,
        patient_id=refusal.patient_id,
        object_id=refusal.object_id,
        municipality_id=by.employer_id if by else None,
        allowed=False,
    )
    entry.save()
    return entry
