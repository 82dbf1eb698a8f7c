"""How a version was gone through, and that the patient accepts it (R-039, R-048)."""

from datetime import date, datetime

from django.db import transaction

from accounts.actor import Actor
from careplans.enums import ReviewForm
from careplans.models import PatientAcceptance, PlanMeeting, PlanVersion
from careplans.services.locks import locked, require_writer
from careplans.services.refusals import AlreadyAccepted


@transaction.atomic
def record_meeting(
    *,
    version: PlanVersion,
    form: ReviewForm,
    held_on: date,
    participants: str,
    duration_minutes: int | None,
    note: str,
    by: Actor,
    now: datetime,
) -> PlanMeeting:
    """The multidisciplinary meeting, or how it was done by agreement instead. Raises NotYours."""
    require_writer(version.patient, by=by, now=now)
    return PlanMeeting.objects.create(
        version=version,
        municipality_id=version.municipality_id,
        form=form,
        held_on=held_on,
        participants=participants.strip(),
        duration_minutes=duration_minutes,
        note=note.strip(),
        registered_at=now,
        registered_by=by.user,
    )


@transaction.atomic
def record_acceptance(
    *, version: PlanVersion, accepted_on: date, how: str, by: Actor, now: datetime
) -> PatientAcceptance:
    """The patient said yes to this version. Raises NotYours, AlreadyAccepted."""
    require_writer(version.patient, by=by, now=now)
    version = locked(version)
    if PatientAcceptance.objects.filter(version=version).exists():
        raise AlreadyAccepted
    return PatientAcceptance.objects.create(
        version=version,
        municipality_id=version.municipality_id,
        accepted_on=accepted_on,
        how=how.strip(),
        registered_at=now,
        registered_by=by.user,
    )
