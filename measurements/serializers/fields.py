"""Fields that take exactly what the document says, with our codes and texts."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from measurements.enums import Source
from measurements.parsers import NUMBER, Literal
from measurements.refusals import CODES
from measurements.services import SubmittedNumber

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TIMESTAMP: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?([Zz]|[+-]\d\d:\d\d)?", re.ASCII)
# Control characters, of which PostgreSQL cannot hold NUL, and lone surrogates, which UTF-8 cannot.
_NOT_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199

Converted = TypeVar("Converted")


def fail(code: str) -> ValidationError:
    """The error of this code, with its text."""
    return ValidationError(CODES[code][2], code)


def _each(data: dict[str, Any], convert: Callable[[Any], Converted]) -> dict[str, Converted]:
    """Every value converted, or every error under its own name."""
    found: dict[str, Converted] = {}
    errors: dict[str, Any] = {}
    for name, value in data.items():
        try:
            found[name] = convert(value)
        except ValidationError as error:
            errors[name] = error.detail
    if errors:
        raise ValidationError(errors)
    return found


class StrictField(serializers.Field):
    """A field that says `required` and `null` in our words."""

    default_error_messages = {"required": CODES["required"][2], "null": CODES["null"][2]}


@extend_schema_field({"type": "string", "format": "uuid"})
class IdField(StrictField):
    """A UUID in its usual form."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str) or not _UUID.fullmatch(data):
            raise fail("not_a_uuid")
        return UUID(data)


class TextField(StrictField):
    """Text that a database and a screen can hold."""

    def __init__(self, *, max_length: int, blank: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.max_length, self.blank = max_length, blank

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or isinstance(data, Literal) or _NOT_TEXT.search(data):
            raise fail("not_text")
        if len(data) > self.max_length:
            raise fail("too_long")
        if not (self.blank or data.strip()):
            raise fail("blank")
        return data


@extend_schema_field(
    {
        "oneOf": [{"type": "number"}, {"type": "string", "pattern": f"^(?:{NUMBER.pattern})$"}],
        "description": "Et tall, eller et tall i hermetegn, med punktum som desimaltegn. Alle sifre tas vare på.",
        "example": 92,
    }
)
class NumberField(StrictField):
    """A number, as the text it was written with."""

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, str) and NUMBER.fullmatch(data):
            return str(data)
        comma = isinstance(data, str) and NUMBER.fullmatch(data.replace(",", ".", 1))
        raise fail("decimal_comma" if comma else "not_a_number")


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": 32767, "example": 1})
class VersionField(StrictField):
    """A small whole number."""

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, Literal) or not re.fullmatch(r"[1-9][0-9]{0,4}", data) or int(data) > 32767:
            raise fail("not_an_integer")
        return int(data)


@extend_schema_field(
    {
        "type": "string",
        "format": "date-time",
        "description": "ISO 8601 med forskyvning fra UTC. Årstall fra 1900 til 2199.",
        "example": "2026-11-18T10:00:00+01:00",
    }
)
class TimestampField(StrictField):
    """A moment. Without an offset it would be a guess, and for an hour each autumn one that cannot be settled."""

    def to_internal_value(self, data: Any) -> datetime:
        form = _TIMESTAMP.fullmatch(data) if isinstance(data, str) else None
        if form is None:
            raise fail("not_a_timestamp")
        if form[1] is None:
            raise fail("timestamp_needs_offset")
        try:
            moment = datetime.fromisoformat(data.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            raise fail("not_a_timestamp") from None
        # Years that no clock means, and that reckoning in Oslo time on a screen could not hold.
        if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            raise fail("timestamp_out_of_range")
        return moment


@extend_schema_field({"type": "string", "enum": [Source.DEVICE, Source.MANUAL, Source.PROXY]})
class SourceField(StrictField):
    """How the value came about. Staff register on the screens, not here."""

    def to_internal_value(self, data: Any) -> Source:
        if not isinstance(data, str) or data not in {Source.DEVICE, Source.MANUAL, Source.PROXY}:
            raise fail("unknown_source")
        return Source(data)


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {
            "oneOf": [{"type": "string"}, {"type": "boolean"}, {"type": "number"}],
            "nullable": True,
        },
        "example": {"breath": "usual", "cough": "more"},
        "description": "Svar etter spørsmålenes koder i /api/v1/questionnaires/. null betyr ikke besvart.",
    }
)
class AnswersField(StrictField):
    """Answers by item code. What each may be is for the form."""

    _text = TextField(max_length=10_000, blank=True)

    def to_internal_value(self, data: Any) -> dict[str, str | bool | SubmittedNumber | None]:
        if not isinstance(data, dict):
            raise fail("not_an_object")
        return _each(data, self._answer)

    def _answer(self, answer: Any) -> str | bool | SubmittedNumber | None:
        if answer is None or isinstance(answer, bool):
            return answer
        return SubmittedNumber(str(answer)) if isinstance(answer, Literal) else self._text.to_internal_value(answer)


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {
            "oneOf": [{"type": "number"}, {"type": "string", "pattern": f"^(?:{NUMBER.pattern})$"}]
        },
        "example": {"systolic": 138, "diastolic": 82},
    }
)
class NumbersField(StrictField):
    """A panel's numbers by quantity code."""

    child = NumberField()

    def to_internal_value(self, data: Any) -> dict[str, str]:
        if not isinstance(data, dict):
            raise fail("not_an_object")
        return _each(data, self.child.to_internal_value)


class StrictSerializer(serializers.Serializer[Any]):
    """A JSON object with no other fields than these: a misspelt field must not be dropped in silence."""

    default_error_messages = {"required": CODES["required"][2], "null": CODES["null"][2]}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, dict):
            raise fail("not_an_object")
        unknown = {
            name: [ErrorDetail(CODES["unknown_field"][2], "unknown_field")] for name in data if name not in self.fields
        }
        try:
            value = super().to_internal_value(data)
        except ValidationError as error:
            raise ValidationError(unknown | error.detail) from None  # type: ignore[operator]
        if unknown:
            raise ValidationError(unknown)
        return value
