"""Storing readings: exact, each client id once, and nothing dropped that can be understood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from uuid_utils.compat import uuid7

from dho.lib.doorbell import ring_after_commit
from measurements.enums import Source, Timing
from measurements.models import Reading, UnitSynonym
from measurements.queries import KnownType, types_for
from measurements.refusals import FieldError, Refused, field_error
from measurements.services.machine import Machine, sent_by
from measurements.units import NotRepresentable, UnknownUnit, find_unit, to_canonical

FUTURE_AFTER: Final = timedelta(minutes=5)
OLD_AFTER: Final = timedelta(days=30)
LONGEST_NUMBER: Final = 80


@dataclass(frozen=True, slots=True)
class SubmittedReading:
    """A reading as sent, well-formed but not yet held against the catalogue. Numbers are text, digit by digit."""

    client_id: UUID
    type: str
    value: str | None
    values: Mapping[str, str] | None
    unit: str
    taken_at: datetime
    source: Source
    device_model: str
    device_serial: str


@dataclass(frozen=True, slots=True)
class Stored:
    """What is answered for a reading or response that stands in the database. Only the first answer is `created`."""

    client_id: UUID
    received_at: datetime
    timing: str
    created: bool


class Row(NamedTuple):
    """What differs between the readings of a batch, in the order of `_INSERT`."""

    id: UUID
    type_id: str
    client_id: UUID
    value: Decimal | None
    value2: Decimal | None
    sent_value: str
    sent_unit: str
    taken_at: datetime
    timing: str
    source: str
    device_model: str
    device_serial: str

    @property
    def content(self) -> tuple[object, ...]:
        """What must be the same for the same id. 92 and 92.0 are the same number."""
        return (
            self.type_id,
            _numbers(self.sent_value),
            self.sent_unit,
            self.taken_at,
            self.source,
            self.device_model,
            self.device_serial,
        )


# The hot path: one statement for any number of readings. RETURNING tells which of them were new.
_INSERT: Final = """
    INSERT INTO measurements_reading (
        municipality_id, patient_id, submitted_by_device_id, submitted_by_user_id, submitted_by_system_id,
        submitted_as, received_at,
        id, type_id, client_id, value, value2, sent_value, sent_unit, taken_at, timing, source,
        device_model, device_serial
    )
    SELECT %s, %s, %s, %s, %s, %s, %s, new.*
    FROM unnest(
        %s::uuid[], %s::text[], %s::uuid[], %s::numeric[], %s::numeric[], %s::text[], %s::text[], %s::timestamptz[],
        %s::text[], %s::text[], %s::text[], %s::text[]
    ) AS new
    ON CONFLICT (patient_id, client_id) DO NOTHING
    RETURNING client_id
"""


@dataclass(frozen=True, slots=True)
class Sender:
    """For whom, and by which device, system or person; a person on behalf of the patient says in what capacity."""

    municipality_id: int
    patient_id: UUID
    device_id: UUID | None
    user_id: UUID | None = None
    system_id: UUID | None = None
    submitted_as: str = ""


def store_readings(
    *, credential: Machine, submitted: Sequence[SubmittedReading | Refused], now: datetime
) -> list[Stored | Refused]:
    """`store_from` a device, about its own patient, or a system, about the one that it named."""
    device, system = sent_by(credential)
    sender = Sender(credential.municipality_id, credential.patient_id, device, system_id=system)
    return store_from(sender=sender, submitted=submitted, now=now)


@transaction.atomic(savepoint=False)
def store_from(
    *, sender: Sender, submitted: Sequence[SubmittedReading | Refused], now: datetime
) -> list[Stored | Refused]:
    """Store the patient's readings and say of each, in order, what became of it.

    An item that was refused already keeps its place. Resending gives the first answer again; other content under the
    same id is `id_reused`. Nothing is judged here (architecture section 4): the worker is told after commit.
    """
    types = types_for((item.type, item.unit) for item in submitted if isinstance(item, SubmittedReading))
    prepared = [_prepare(item, types, now) for item in submitted]
    first: dict[UUID, Row] = {}
    for row in prepared:
        if isinstance(row, Row):
            first.setdefault(row.client_id, row)
    inserted = _insert(sender, sorted(first.values(), key=lambda row: row.client_id), now) if first else set()
    earlier = _standing(sender, first.keys() - inserted)
    if inserted:
        ring_after_commit("alerts.assess", f"{sender.municipality_id}:{sender.patient_id}")
    standing = {pk: (first[pk], now) for pk in inserted} | earlier
    return [row if isinstance(row, Refused) else _answer(row, *standing[row.client_id]) for row in prepared]


def timing_of(taken_at: datetime, now: datetime) -> Timing:
    """Whether the time of measuring can be trusted. More than 5 min ahead or 30 days back is flagged, never dropped."""
    if taken_at > now + FUTURE_AFTER:
        return Timing.FUTURE
    return Timing.OLD if taken_at < now - OLD_AFTER else Timing.ON_TIME


def _prepare(item: SubmittedReading | Refused, types: Mapping[str, KnownType], now: datetime) -> Row | Refused:
    if isinstance(item, Refused):
        return item
    known = types.get(item.type)
    if known is None:
        return Refused(field_error("type", "unknown_type", accepted=", ".join(types)))
    try:
        unit = find_unit(item.unit, known.units.values())
    except UnknownUnit as error:
        return Refused(field_error("unit", "unknown_unit", accepted=", ".join(error.accepted)))
    misplaced = _misplaced(item, known)
    if misplaced:
        return Refused(*misplaced)
    sent = [item.value or ""] if item.values is None else [item.values[code] for code in known.quantities]
    values = [_canonical(text, unit) for text in sent]
    return Row(
        id=uuid7(),
        type_id=known.code,
        client_id=item.client_id,
        value=values[0],
        value2=values[1] if len(values) > 1 else None,
        sent_value="/".join(_cut(text, LONGEST_NUMBER // len(sent) - 1) for text in sent),
        sent_unit=unit.text,
        taken_at=item.taken_at,
        timing=timing_of(item.taken_at, now),
        source=item.source,
        device_model=item.device_model,
        device_serial=item.device_serial,
    )


def _misplaced(item: SubmittedReading, known: KnownType) -> list[FieldError]:
    """One number belongs in `value`, a panel's in `values`, all of them and no others."""
    if len(known.quantities) == 1:
        if item.values is not None:
            return [field_error("values", "use_value")]
        return [] if item.value is not None else [field_error("value", "required")]
    if item.value is not None or item.values is None:
        field = "values" if item.value is None else "value"
        return [field_error(field, "use_values", accepted=", ".join(known.quantities))]
    missing = [code for code in known.quantities if code not in item.values]
    unknown = [code for code in item.values if code not in known.quantities]
    return [field_error(f"values.{code}", "required") for code in missing] + [
        field_error(f"values.{code}", "unknown_field") for code in unknown
    ]


def _canonical(text: str, unit: UnitSynonym) -> Decimal | None:
    """The number in the canonical unit, or None when no column can hold it: then it cannot be judged (P2)."""
    if len(text) >= LONGEST_NUMBER:
        return None
    try:
        return to_canonical(Decimal(text), unit)
    except (InvalidOperation, NotRepresentable):
        return None


def _cut(text: str, longest: int) -> str:
    """The text within its column; the sign shows that digits are missing."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _numbers(sent_value: str) -> object:
    try:
        return tuple(Decimal(text) for text in sent_value.split("/"))
    except InvalidOperation:
        return sent_value


def _insert(sender: Sender, rows: Sequence[Row], now: datetime) -> set[UUID]:
    """Insert in the order of the client ids, so that two batches with the same readings cannot deadlock."""
    owner: list[Any] = [
        sender.municipality_id, sender.patient_id, sender.device_id, sender.user_id, sender.system_id,
        sender.submitted_as, now,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, owner + [list(column) for column in zip(*rows, strict=True)])
        return {client_id for (client_id,) in cursor.fetchall()}


def _standing(sender: Sender, client_ids: set[UUID]) -> dict[UUID, tuple[Row, datetime]]:
    """The readings that stood there before, with the time they were received."""
    if not client_ids:
        return {}
    found = Reading.objects.filter(patient_id=sender.patient_id, client_id__in=client_ids)
    return {row[2]: (Row(*row[:-1]), row[-1]) for row in found.values_list(*Row._fields, "received_at")}


def _answer(row: Row, standing: Row, received_at: datetime) -> Stored | Refused:
    if row.content != standing.content:
        return Refused(field_error("id", "id_reused"))
    return Stored(row.client_id, received_at, standing.timing, created=row is standing)
