"""What a device is answered."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from measurements.enums import ItemKind, Source, Timing
from measurements.models import Reading
from measurements.problems import error_list
from measurements.queries import KnownType, WordedForm
from measurements.refusals import Refused
from measurements.services import Stored


class FieldErrorSerializer(serializers.Serializer[Any]):
    """One thing to put right."""

    field = serializers.CharField(help_text="Feltets navn, med punktum mellom nivåene. Tomt når det gjelder alt.")
    code = serializers.CharField(help_text="Fast kode for programmer.")
    message = serializers.CharField(help_text="Hva som må gjøres.")


class ProblemSerializer(serializers.Serializer[Any]):
    """Why the request was refused (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="Fast kode for programmer. Alle kodene står på /api/v1/.")
    detail = serializers.CharField(help_text="Hva som må gjøres.")
    errors = FieldErrorSerializer(many=True, required=False)  # type: ignore[assignment] # DRF takes declared fields off the class


class StoredSerializer(serializers.Serializer[Any]):
    """It stands in the database. Sent again with the same content, the answer is the same."""

    id = serializers.UUIDField()
    received_at = serializers.DateTimeField(help_text="Da vi mottok den første gang.")
    timing = serializers.ChoiceField(
        choices=Timing.choices, help_text="FUTURE og OLD: lagret, men klokken på enheten bør stilles."
    )


class ItemAnswerSerializer(serializers.Serializer[Any]):
    """What became of one reading of a batch."""

    id = serializers.UUIDField(allow_null=True, help_text="null når målingen ikke hadde noen gyldig id.")
    status = serializers.IntegerField(help_text="201 lagret, 200 lagret fra før, 400 eller 409 avvist.")
    code = serializers.CharField(help_text="stored, already_stored eller koden for avvisningen.")
    timing = serializers.ChoiceField(choices=Timing.choices, allow_null=True)
    errors = FieldErrorSerializer(many=True)  # type: ignore[assignment] # DRF takes declared fields off the class


class BatchAnswerSerializer(serializers.Serializer[Any]):
    """One answer per reading, in the order they were sent."""

    results = ItemAnswerSerializer(many=True)


class OwnReadingSerializer(serializers.Serializer[Any]):
    """A reading as it is stored. Colours are for those who follow up, and are not told here."""

    id = serializers.UUIDField(help_text="Id-en som enheten ga målingen.")
    type = serializers.CharField()
    values = serializers.DictField(
        child=serializers.CharField(allow_null=True),
        help_text="Etter tallenes koder, i standardenheten. null: tallet kan ikke lagres, se sent_value.",
    )
    sent_value = serializers.CharField(help_text="Slik det ble sendt.")
    sent_unit = serializers.CharField()
    taken_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    timing = serializers.ChoiceField(choices=Timing.choices)
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment] # DRF takes declared fields off the class


class ReadingPageSerializer(serializers.Serializer[Any]):
    """Newest first."""

    readings = OwnReadingSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="Send som «cursor» for å få de neste. null: ingen flere.")


@extend_schema_field({"oneOf": [{"type": "string"}, {"type": "boolean"}]})
class OptionValueField(serializers.Field):
    """A text, or true and false."""

    def to_representation(self, value: str | bool) -> str | bool:
        return value


class OptionSerializer(serializers.Serializer[Any]):
    """One possible answer."""

    value = OptionValueField()
    label = serializers.CharField()  # type: ignore[assignment] # DRF takes declared fields off the class


@extend_schema_field(
    {
        "type": "array",
        "minItems": 1,
        "items": {"oneOf": [{"type": "string"}, {"type": "boolean"}, {"type": "integer"}]},
    }
)
class AnswerListField(serializers.Field):
    """Option values, true and false, or numbers of a scale."""

    def to_representation(self, value: list[str | bool | int]) -> list[str | bool | int]:
        return value


class ShownIfSerializer(serializers.Serializer[Any]):
    """Show the question only when the earlier question `item` is itself shown and has one of these answers."""

    item = serializers.CharField(help_text="Koden til et tidligere spørsmål i skjemaet.")
    answers = AnswerListField(help_text="Spørsmålet vises etter ett av disse svarene.")


# Left out where the question has none of it, so that a form without them looks as it always has.
_WHERE_SET: Final = ("unit", "decimals", "scale", "shown_if")


class ItemSerializer(serializers.Serializer[Any]):
    """One question. The points are for those who follow up.

    Without `shown_if` it is always shown. A hidden question is not answered: an answer to it is refused (hidden_item),
    and it is not missed.
    """

    code = serializers.CharField()
    kind = serializers.ChoiceField(choices=ItemKind.choices)
    text = serializers.CharField()
    help_text = serializers.CharField()  # type: ignore[assignment] # DRF takes declared fields off the class
    required = serializers.BooleanField()  # type: ignore[assignment] # DRF takes declared fields off the class
    options = OptionSerializer(many=True)
    minimum = serializers.DecimalField(max_digits=8, decimal_places=2, allow_null=True)
    maximum = serializers.DecimalField(max_digits=8, decimal_places=2, allow_null=True)
    unit = serializers.CharField(required=False, help_text="Enheten til et tall, for eksempel °C.")
    decimals = serializers.IntegerField(
        required=False, help_text="Høyeste antall desimaler. 0: et helt tall. Uten feltet: så mange som trengs."
    )
    scale = serializers.BooleanField(
        required=False, help_text="true: vis tallet som en skala fra 0 til 10. help_text forklarer endene."
    )
    shown_if = ShownIfSerializer(required=False)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The fields; those that say nothing about this question are left out."""
        row: dict[str, Any] = super().to_representation(instance)
        return {
            name: value
            for name, value in row.items()
            if name not in _WHERE_SET or (value not in (None, "") and value is not False)
        }


class QuestionnaireSerializer(serializers.Serializer[WordedForm]):
    """A form in the version to answer now, in one language."""

    code = serializers.CharField()
    version = serializers.IntegerField()
    title = serializers.CharField()
    items = ItemSerializer(many=True)


def stored(answer: Stored) -> dict[str, Any]:
    """The answer to one reading or response."""
    return {"id": answer.client_id, "received_at": answer.received_at, "timing": answer.timing}


def item_answer(client_id: Any, outcome: Stored | Refused) -> dict[str, Any]:
    """The answer to one reading of a batch."""
    if isinstance(outcome, Refused):
        return {
            "id": client_id,
            "status": outcome.status,
            "code": outcome.code,
            "timing": None,
            "errors": error_list(outcome.errors),
        }
    return {
        "id": outcome.client_id,
        "status": 201 if outcome.created else 200,
        "code": "stored" if outcome.created else "already_stored",
        "timing": outcome.timing,
        "errors": [],
    }


def own_readings(readings: Iterable[Reading], types: Mapping[str, KnownType]) -> list[dict[str, Any]]:
    """The readings as their patient may see them."""
    return [
        {
            "id": reading.client_id,
            "type": reading.type_id,
            "values": {
                code: _plain(value)
                for code, value in zip(types[reading.type_id].quantities, (reading.value, reading.value2), strict=False)
            },
            "sent_value": reading.sent_value,
            "sent_unit": reading.sent_unit,
            "taken_at": reading.taken_at,
            "received_at": reading.received_at,
            "timing": reading.timing,
            "source": reading.source,
        }
        for reading in readings
    ]


def _plain(value: Decimal | None) -> str | None:
    """Every digit and no more: 92.000000 is 92."""
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
