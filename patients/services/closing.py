"""An organisation that closes: nobody works there any more, so nobody may be left alone by it."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission
from organisations.models import FollowUpService, Organisation
from patients.queries.closing import what_keeps_open


class StillNeeded(Exception):
    """A service that follows somebody up, or is asked to, cannot be closed."""


@transaction.atomic
def close_organisation(*, organisation: Organisation, by: Actor, now: datetime) -> Organisation:
    """Close it from today; nothing is deleted. Raises PermissionDenied for another's, StillNeeded for one in use.

    Courses are counted under the lock that a new course waits for (trigger `service_is_open`).
    """
    found = type(organisation).objects.select_for_update().get(pk=organisation.pk)
    if not by.may(Permission.MANAGE_AGREEMENTS) or found.keeper_id is None or found.keeper_id != by.employer_id:
        raise PermissionDenied
    if found.closed_on is None:
        if isinstance(found, FollowUpService) and what_keeps_open(found).any:
            raise StillNeeded
        found.closed_on = timezone.localdate(now)
        found.save(update_fields=["closed_on"])
    return found
