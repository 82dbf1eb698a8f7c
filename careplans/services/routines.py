"""A municipality writes its own checklist or routine document: always a new version (R-009, R-027)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.actor import Actor
from accounts.roles import Permission
from careplans.models import Routine
from organisations.models import Municipality
from patients.services import NotYours


@transaction.atomic
def write_routine(*, kind: str, title: str, text: str, items: Sequence[str], by: Actor, now: datetime) -> Routine:
    """The next version, in force at once; tasks that began with an older one keep it. Raises NotYours."""
    if not by.may(Permission.CONFIGURE) or by.employer_id is None:
        raise NotYours
    # Two who write at once wait for each other, and each gets a number of the own.
    Municipality.objects.select_for_update(no_key=True).get(pk=by.employer_id)
    return Routine.objects.create(
        owner_id=by.employer_id,
        kind=kind,
        number=Routine.objects.filter(owner_id=by.employer_id, kind=kind).count() + 1,
        title=title.strip(),
        text=text.strip(),
        items=list(items),
        created_at=now,
        created_by=by.user,
    )
