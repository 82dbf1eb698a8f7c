"""Reading the catalogue, the forms, and what was received."""

import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from accounts.actor import Actor
from accounts.roles import Permission
from measurements.enums import FormStatus
from measurements.models import (
    MeasurementType,
    Quantity,
    Questionnaire,
    QuestionnaireItem,
    Reading,
    UnitSynonym,
)
from organisations.models import Agreement
from patients.models import Enrolment

PAGE_SIZE: Final = 100
# Of the versions of one form, which one the list tells of.
_LISTED_FIRST: Final[list[str]] = [FormStatus.ACTIVE, FormStatus.DRAFT, FormStatus.RETIRED]


@dataclass(frozen=True, slots=True)
class KnownType:
    """A type of the catalogue: its quantities' codes in the order they are stored, and its units by their text."""

    code: str
    quantities: tuple[str, ...]
    units: Mapping[str, UnitSynonym]


@dataclass(frozen=True, slots=True)
class KnownForm:
    """One version of a questionnaire with its items by code, in their order."""

    id: int
    items: Mapping[str, QuestionnaireItem]


# The catalogue changes by migration only, and the content of a version that has left draft never, so each process
# keeps them. The lock is for its threads.
_lock = threading.Lock()
_types: Mapping[str, KnownType] = {}
_forms: dict[int, KnownForm] = {}


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
    """That version of the questionnaire, in use or retired: a tablet may answer an older one offline. Never a draft."""
    standing = Questionnaire.objects.filter(code=code, version=version).exclude(status=FormStatus.DRAFT)
    pk = standing.values_list("pk", flat=True).first()
    return None if pk is None else known_form(pk)


def known_form(pk: int) -> KnownForm:
    """The version with its items. Only for one that has left draft: its content is kept by the process for good."""
    with _lock:
        if pk not in _forms:
            items = QuestionnaireItem.objects.filter(questionnaire_id=pk)
            _forms[pk] = KnownForm(pk, {item.code: item for item in items})
        return _forms[pk]


def is_followed_up(patient_id: UUID, *, municipality_id: int) -> bool:
    """Whether the municipality has this patient in a course of the service that has not ended."""
    courses = Enrolment.objects.filter(patient_id=patient_id, municipality_id=municipality_id)
    return courses.filter(ended_on__isnull=True).exists()


def current_questionnaires(codes: Iterable[str]) -> list[Questionnaire]:
    """The versions in use of these questionnaires, with their items."""
    return list(
        Questionnaire.objects.filter(code__in=list(codes), current=True).prefetch_related("items").order_by("code")
    )


@dataclass(frozen=True, slots=True)
class WordedItem:
    """One question in the language it is read in."""

    code: str
    kind: str
    text: str
    help_text: str
    required: bool
    options: list[dict[str, Any]]
    minimum: Decimal | None
    maximum: Decimal | None
    unit: str
    decimals: int | None
    scale: bool
    shown_if: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class WordedForm:
    """One version of a form in one language. What is not translated is told in bokmål."""

    code: str
    version: int
    title: str
    items: list[WordedItem]


def form_in(form: Questionnaire, language: str) -> WordedForm:
    """The form as it is read in that language: nb, nn or en. Prefetch its items for more than one form."""
    told = form.texts.get(language, {})
    items = [_item_in(item, language) for item in form.items.all()]
    return WordedForm(form.code, form.version, told.get("title") or form.title, items)


def _item_in(item: QuestionnaireItem, language: str) -> WordedItem:
    told = item.texts.get(language, {})
    labels = told.get("options", {})
    return WordedItem(
        code=item.code,
        kind=item.kind,
        text=told.get("text") or item.text,
        help_text=told.get("help_text") or item.help_text,
        required=item.required,
        options=[option | {"label": labels.get(_key(option["value"])) or option["label"]} for option in item.options],
        minimum=item.minimum,
        maximum=item.maximum,
        unit=item.unit,
        decimals=item.decimals,
        scale=item.scale,
        shown_if=item.shown_if,
    )


def _key(value: str | bool) -> str:
    """An answer as the name of its translation: true and false as JSON writes them."""
    return str(value).lower() if isinstance(value, bool) else value


@dataclass(frozen=True, slots=True)
class ProposedSchedule:
    """How often a form proposes to be answered (0 = Monday, times of day in Oslo): where a plan may start."""

    weekdays: list[int]
    times: list[time]
    grace_minutes: int


def proposed_schedule(code: str) -> ProposedSchedule | None:
    """What the version in use proposes; None when it proposes nothing, or no version is in use."""
    form = Questionnaire.objects.filter(code=code, status=FormStatus.ACTIVE).first()
    return ProposedSchedule(form.weekdays, form.times, form.grace_minutes) if form and form.times else None


def questionnaires_seen_by(by: Actor, *, on: date) -> QuerySet[Questionnaire]:
    """Common forms, the own organisation's, those of the municipalities reached and of services that follow there."""
    agreed = Agreement.objects.in_force(on).filter(party_id__in=by.municipality_ids, service__isnull=False)
    services = Q(service_id=by.service_id) | Q(service__owner_id__in=by.municipality_ids)
    seen = (
        Q(service__isnull=True, authority__isnull=True)
        | Q(service__isnull=False) & (services | Q(service_id__in=agreed.values("service_id")))
        | Q(authority_id__in=by.municipality_ids)
    )
    found = Questionnaire.objects.filter(seen).select_related("service", "authority")
    # An unfinished draft is only for the organisation that writes it.
    return found.exclude(Q(status=FormStatus.DRAFT) & ~owned_by(by))


@dataclass(frozen=True, slots=True)
class Listed:
    """One form of the list: the version in use, else the latest; and the draft beside it, if there is one."""

    form: Questionnaire
    draft: Questionnaire | None


def listed_questionnaires(by: Actor, *, on: date) -> list[Listed]:
    """What the person may see, each form once, in the order of their names; drafts alone and retired ones too."""
    by_code: dict[str, list[Questionnaire]] = {}
    for form in questionnaires_seen_by(by, on=on).order_by("-version"):
        by_code.setdefault(form.code, []).append(form)
    found = []
    for versions in by_code.values():
        told = min(versions, key=lambda form: _LISTED_FIRST.index(form.status))
        draft = next((form for form in versions if form.status == FormStatus.DRAFT), None)
        found.append(Listed(told, draft if draft != told else None))
    return sorted(found, key=lambda row: row.form.title.casefold())


def owned_by(by: Actor) -> Q:
    """The forms of the organisation where the person works: its service, or its municipality."""
    return Q(service_id=by.service_id) if by.service_id else Q(service__isnull=True, authority_id=by.employer_id or -1)


def may_write(form: Questionnaire, by: Actor) -> bool:
    """Whether the form is the own organisation's, and the role sets up things there."""
    own = form.service_id == by.service_id if by.service_id else form.authority_id == by.employer_id
    return not form.is_common and own and by.may(Permission.CONFIGURE)


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
