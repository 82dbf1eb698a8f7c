"""What the privacy officer found out about an unusual look."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.actor import Actor
from accounts.roles import Permission
from alerts.enums import Pattern
from audit.enums import ReviewOutcome
from audit.models import AccessEntry, AuditReview


@transaction.atomic
def review_look(
    *, entry: AccessEntry, pattern: Pattern, outcome: ReviewOutcome, note: str, by: Actor, now: datetime
) -> AuditReview:
    """Keep the outcome with its note. A second review is another row. Raises PermissionDenied."""
    municipality_id = entry.municipality_id
    if municipality_id not in by.municipality_ids or not by.may(Permission.READ_ACCESS_LOG):
        raise PermissionDenied
    return AuditReview.objects.create(
        municipality_id=municipality_id,
        entry_id=entry.pk,
        pattern=pattern,
        outcome=outcome,
        note=note,
        reviewed_at=now,
        reviewed_by=by.user.pk,
        reviewer_name=by.user.get_full_name(),
    )
