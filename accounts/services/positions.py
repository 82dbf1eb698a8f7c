"""How much of a position somebody has for digital home follow-up (R-158, S-06)."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Membership, Position
from accounts.queries import memberships_managed_by
from accounts.roles import MAY_GIVE


@transaction.atomic
def set_position(*, membership_id: UUID, percent: int, valid_from: date, by: Actor, now: datetime) -> Position:
    """From that day the position is so large; what was registered before holds until the day before.

    Raises PermissionDenied where the actor does not manage the membership.
    """
    managed = memberships_managed_by(by, on=timezone.localdate(now)).filter(role__in=MAY_GIVE[by.role])
    if not managed.order_by().filter(pk=membership_id).exists():
        raise PermissionDenied
    # Two who register at once wait for each other.
    Membership.objects.select_for_update(no_key=True).get(pk=membership_id)
    for before in Position.objects.filter(membership_id=membership_id).exclude(valid_until__lt=valid_from):
        before.valid_until = max(valid_from, before.valid_from) - timedelta(days=1)
        before.save(update_fields=["valid_until"])
    return Position.objects.create(
        membership_id=membership_id, percent=percent, valid_from=valid_from, registered_at=now, registered_by=by.user
    )
