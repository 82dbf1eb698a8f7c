"""Reading the catalogue, the forms, and what was received."""

import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Prefetch, Q

from measurements.models import (
    MeasurementType,
    Quantity,
    Questionnaire,
    QuestionnaireItem,
    Reading,
    UnitSynonym,
)
from patients.models import Enrolment

PAGE_SIZE: Final = 100


@dataclass(frozen=True, slots=True)
class KnownType:
    """A type of the catalogue: its quantities' codes in the order they are stored, and its units by their text."""

    code: str
    quantities: tuple[str, ...]
    units: Mapping[str, UnitSynonym]


@dataclass(frozen=True, slots=True)
class KnownForm:
    """One version of a questionnaire with its items by code."""

    id: int
    items: Mapping[str, QuestionnaireItem]


# The catalogue changes by migration only, so each process keeps it. The lock is for its threads.
_lock = threading.Lock()
_types: Mapping[str, KnownType] = {}
_forms: dict[tuple[str, int], KnownForm] = {}


def types_for(wanted: Iterable[tuple[str, str]]) -> Mapping[str, KnownType]:
    """The catalogue by type code. It is read again only when it lacks one of the wanted (type, unit) pairs."""
    global _types  # noqa: PLW0603 - one catalogue per process
    types = _types
    if not types or any(code not in types or unit not in types[code].units for code, unit in wanted):
        with _lock:
            _types = types = _read_types()
    return types


def _read_types() -> dict[str, KnownType]:
    in_order = Prefetch("quantities", Quantity.objects.order_by("position"))
    return {
        found.code: KnownType(
            code=found.code,
            quantities=tuple(quantity.code for quantity in found.quantities.all()),
            units={unit.text: unit for unit in found.units.all()},
        )
        for found in MeasurementType.objects.prefetch_related(in_order, "units")
    }


def find_form(code: str, version: int) -> KnownForm | None:
    """That version of the questionnaire, current or not: a tablet may answer an older one offline."""
    with _lock:
        if (code, version) not in _forms:
            found = Questionnaire.objects.filter(code=code, version=version).prefetch_related("items").first()
            if found is None:
                return None
            _forms[code, version] = KnownForm(found.pk, {item.code: item for item in found.items.all()})
        return _forms[code, version]


def is_followed_up(patient_id: UUID, *, municipality_id: int) -> bool:
    """Whether the municipality has this patient in a course of the service that has not ended."""
    courses = Enrolment.objects.filter(patient_id=patient_id, municipality_id=municipality_id)
    return courses.filter(ended_on__isnull=True).exists()


def current_questionnaires(codes: Iterable[str]) -> list[Questionnaire]:
    """The versions in use of these questionnaires, with their items."""
    return list(
        Questionnaire.objects.filter(code__in=list(codes), current=True).prefetch_related("items").order_by("code")
    )


class InvalidCursor(ValueError):
    """The cursor is not one that we made."""


def readings_page(
    patient_id: UUID, *, type_id: str | None, since: datetime | None, cursor: str | None
) -> tuple[list[Reading], str | None]:
    """The patient's readings, newest first, and the cursor of the next page. Raises InvalidCursor."""
    readings = Reading.objects.filter(patient_id=patient_id).order_by("-taken_at", "-id")
    if type_id:
        readings = readings.filter(type_id=type_id)
    if since:
        readings = readings.filter(taken_at__gte=since)
    if cursor:
        taken_at, reading_id = _read_cursor(cursor)
        readings = readings.filter(Q(taken_at__lt=taken_at) | Q(taken_at=taken_at, id__lt=reading_id))
    found = list(readings[: PAGE_SIZE + 1])
    last = found[PAGE_SIZE - 1] if len(found) > PAGE_SIZE else None
    return found[:PAGE_SIZE], _cursor(last) if last else None


def _cursor(reading: Reading) -> str:
    """A place between two readings that stays right while new ones arrive."""
    return urlsafe_b64encode(f"{reading.taken_at.isoformat()}|{reading.pk.hex}".encode()).decode()


def _read_cursor(cursor: str) -> tuple[datetime, UUID]:
    try:
        taken_at, _, reading_id = urlsafe_b64decode(cursor).decode("ascii").partition("|")
        place = datetime.fromisoformat(taken_at), UUID(reading_id)
    except ValueError:
        raise InvalidCursor from None
    if place[0].tzinfo is None:
        raise InvalidCursor
    return place
