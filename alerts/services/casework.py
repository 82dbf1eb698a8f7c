"""What a nurse does with a patient's case: takes it, lets it go, finishes it, and takes that back (R-100, R-101).

Everything holds the patient's row first (see `desk`). The door of each page has logged the look already; the lasting
account of what was done is the Handling.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from accounts.actor import Actor
from accounts.models import User
from accounts.roles import Permission
from alerts.enums import AlertKind, AlertState, CloseReason, HandlingAction, Level, Outcome
from alerts.models import Alert, Handling, QueueEntry
from alerts.services.desk import Desk, lock_patients
from careplans.models import Measure

UNDO_WITHIN: Final = timedelta(seconds=30)
# Which levels need words and not only an outcome (AT-32; "ikke vurdert" is our addition).
NEEDS_NOTE: Final = frozenset({Level.RED, Level.YELLOW, Level.NOT_ASSESSED})


class AlreadyClaimed(Exception):
    """Another nurse has the case: `owner`, `since`."""

    def __init__(self, owner: User, since: datetime) -> None:
        super().__init__("claimed by another")
        self.owner, self.since = owner, since


class StaleCase(Exception):
    """The case has changed since the nurse saw it: `entry` as it is now, None when nothing is open any more."""

    def __init__(self, entry: QueueEntry | None) -> None:
        super().__init__("the case has changed")
        self.entry = entry


class NotDocumented(Exception):
    """An outcome or a note is missing (AT-32): `fields` among outcomes, note and measure_ids."""

    def __init__(self, fields: Sequence[str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = list(fields)


class OnlyNurseClosesRed(Exception):
    """Only the nurse role closes red (R-101)."""


class NotYours(Exception):
    """Another nurse's case, or another service's."""


class TooLate(Exception):
    """There is nothing of this person's own to undo within 30 seconds."""


@transaction.atomic
def claim(*, patient_id: UUID, by: Actor, now: datetime) -> QueueEntry:
    """Take the case; exactly one nurse gets it. Taking one's own again changes nothing.

    Raises AlreadyClaimed, NotYours for another service's, StaleCase when nothing is open.
    """
    entry = _locked_entry(patient_id, by=by)
    if entry.owner is not None and entry.owner_id != by.user.pk:
        raise AlreadyClaimed(entry.owner, _since(entry))
    if entry.owner is None:
        _set_owner(entry, by.user, now)
        _handle(HandlingAction.CLAIM, entry, by=by, now=now)
    return entry


@transaction.atomic
def release(*, patient_id: UUID, by: Actor, now: datetime) -> QueueEntry:
    """Let the case go, so that anyone can take it. Raises NotYours, also when nothing is open any more."""
    try:
        entry = _locked_entry(patient_id, by=by)
    except StaleCase as gone:
        raise NotYours from gone
    if entry.owner_id != by.user.pk:
        raise NotYours
    _set_owner(entry, None, None)
    _handle(HandlingAction.RELEASE, entry, by=by, now=now)
    return entry


@transaction.atomic
def finish(
    *,
    patient_id: UUID,
    seen: int,
    outcomes: list[str],
    measure_ids: list[UUID],
    note: str,
    by: Actor,
    now: datetime,
) -> Handling:
    """Close exactly the alerts the nurse saw (`seen` is the row's `change` on her screen), with what was done (R-100).

    A case nobody has taken is taken and finished in one. Raises StaleCase, NotYours, OnlyNurseClosesRed, NotDocumented.
    """
    entry = _locked_entry(patient_id, by=by)
    if entry.owner is not None and entry.owner_id != by.user.pk:
        raise NotYours
    if entry.change != seen:
        raise StaleCase(entry)
    if entry.level == Level.RED and not by.may(Permission.CLOSE_RED):
        raise OnlyNurseClosesRed
    if missing := _missing(entry, outcomes, measure_ids, note):
        raise NotDocumented(missing)
    done = {"outcomes": outcomes, "measure_ids": measure_ids, "note": note.strip()}
    handling = _handle(HandlingAction.DONE, entry, by=by, now=now, **done)
    desk = Desk({patient_id: entry.municipality_id}, now=now)
    for alert in desk.alerts(patient_id):
        # only a contact with the doctor closes what asks for it.
        if alert.kind != AlertKind.DOCTOR:
            desk.close(alert, CloseReason.HANDLED, handling=handling)
    desk.save()
    return handling


@transaction.atomic
def undo(*, patient_id: UUID, by: Actor, now: datetime) -> Handling:
    """Take back one's own latest taking or finishing, within 30 seconds. Raises TooLate, or NotYours.

    What was finished is open again and the nurse's own. Where a new alert of the same kind has opened meanwhile, that
    one takes over what the old one said, so that there is still only one.
    """
    municipalities = lock_patients([patient_id], wait=True)
    last = Handling.objects.filter(patient_id=patient_id).order_by("at", "id").last()
    if last is None or last.by_id != by.user.pk or not timedelta(0) <= now - last.at <= UNDO_WITHIN:
        raise TooLate
    desk = Desk(municipalities, now=now)
    if desk.service_of(patient_id).pk != by.service_id or last.municipality_id not in by.reaches(Permission.TRIAGE):
        raise NotYours
    if last.action == HandlingAction.DONE:
        entry = _reopen(last, desk, by=by, now=now)
    elif last.action == HandlingAction.CLAIM:
        entry = _let_go(last)
    else:
        raise TooLate
    return _handle(HandlingAction.UNDO, entry, by=by, now=now)


def _locked_entry(patient_id: UUID, *, by: Actor) -> QueueEntry:
    lock_patients([patient_id], wait=True)
    entry = QueueEntry.objects.select_related("owner").filter(patient_id=patient_id).first()
    if entry is None:
        raise StaleCase(None)
    if entry.service_id != by.service_id or entry.municipality_id not in by.reaches(Permission.TRIAGE):
        raise NotYours
    return entry


def _since(entry: QueueEntry) -> datetime:
    # The check constraint `queue_claimed_pair` holds that an owned row has its time.
    return entry.claimed_at or entry.waiting_since


def _set_owner(entry: QueueEntry, owner: User | None, at: datetime | None) -> None:
    entry.owner, entry.claimed_at = owner, at
    entry.save(update_fields=["owner", "claimed_at"])
    entry.refresh_from_db(fields=["change"])


def _handle(action: HandlingAction, entry: QueueEntry, *, by: Actor, now: datetime, **done: Any) -> Handling:
    alerts = Alert.objects.filter(patient_id=entry.patient_id, state=AlertState.OPEN)
    return Handling.objects.create(
        municipality_id=entry.municipality_id,
        patient_id=entry.patient_id,
        action=action,
        level=entry.level,
        alert_ids=sorted(alerts.values_list("pk", flat=True), key=str),
        at=now,
        by=by.user,
        role=by.role,
        **done,
    )


def _missing(entry: QueueEntry, outcomes: list[str], measure_ids: list[UUID], note: str) -> list[str]:
    """The fields that do not say enough. A measure must stand in one of the patient's own plan versions."""
    fields = []
    if not outcomes or set(outcomes) - set(Outcome.values):
        fields.append("outcomes")
    if entry.level in NEEDS_NOTE and not note.strip():
        fields.append("note")
    own = Measure.objects.filter(pk__in=measure_ids, version__patient_id=entry.patient_id)
    if measure_ids and own.count() != len(set(measure_ids)):
        fields.append("measure_ids")
    return fields


def _let_go(claimed: Handling) -> QueueEntry:
    entry = QueueEntry.objects.filter(patient_id=claimed.patient_id, owner_id=claimed.by_id).first()
    if entry is None:
        raise TooLate
    _set_owner(entry, None, None)
    return entry


def _reopen(done: Handling, desk: Desk, *, by: Actor, now: datetime) -> QueueEntry:
    for alert in Alert.objects.filter(handling=done).order_by("pk"):
        newer = desk.find(alert.patient_id, AlertKind(alert.kind), alert.subject)
        if newer is None:
            desk.reopen(alert)
        else:
            _merge(alert, newer, desk)
    desk.save()
    # Hers again, unless a colleague has taken what came meanwhile.
    QueueEntry.objects.filter(patient_id=done.patient_id, owner__isnull=True).update(owner=by.user, claimed_at=now)
    return QueueEntry.objects.get(patient_id=done.patient_id)


def _merge(old: Alert, newer: Alert, desk: Desk) -> None:
    """The newer alert says the worse of the two. The undoing names it, so the machine does not lower it again."""
    worse = old if old.level < newer.level else newer
    desk.change(
        newer,
        level=worse.level,
        headline=worse.headline,
        detail=worse.detail,
        count=newer.count + old.count,
        waiting_since=min(newer.waiting_since, old.waiting_since),
        deadline=min(newer.deadline, old.deadline),
    )
