"""What a device sends."""

from collections.abc import Iterable
from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError

from measurements.enums import Source
from measurements.problems import refusal_of
from measurements.refusals import Refused
from measurements.serializers.fields import (
    AnswersField,
    IdField,
    NumberField,
    NumbersField,
    SourceField,
    StrictField,
    StrictSerializer,
    TextField,
    TimestampField,
    VersionField,
    fail,
)
from measurements.services import SubmittedReading, SubmittedResponse

LARGEST_BATCH: Final = 500


class InstrumentSerializer(StrictSerializer):
    """The instrument that measured (R-073)."""

    model = TextField(max_length=80, blank=True, default="", help_text="Produsent og modell.")
    serial = TextField(max_length=80, blank=True, default="", help_text="Serienummer.")


class ReadingSerializer(StrictSerializer):
    """One reading."""

    id = IdField(help_text="Lages av enheten, en ny for hver måling. Samme id igjen lagrer ikke på nytt.")
    type = TextField(max_length=32, help_text="Målingstypens kode, for eksempel spo2 eller blood_pressure.")
    value = NumberField(required=False, help_text="For målingstyper med ett tall.")
    values = NumbersField(required=False, help_text="For målingstyper med flere tall, etter tallenes koder.")
    unit = TextField(max_length=20, help_text="UCUM eller en annen godtatt skrivemåte, for eksempel % eller mm[Hg].")
    taken_at = TimestampField(help_text="Når det ble målt.")
    source = SourceField(  # type: ignore[assignment] # DRF takes declared fields off the class
        required=False,
        help_text="DEVICE: overført fra måleutstyr. MANUAL: tastet inn. PROXY: av pårørende eller personell. "
        "Uten feltet: DEVICE når «device» er med, ellers MANUAL.",
    )
    device = InstrumentSerializer(required=False)

    def validate(self, attrs: dict[str, Any]) -> SubmittedReading:
        """The fields as the service takes them."""
        instrument = attrs.get("device")
        return SubmittedReading(
            client_id=attrs["id"],
            type=attrs["type"],
            value=attrs.get("value"),
            values=attrs.get("values"),
            unit=attrs["unit"],
            taken_at=attrs["taken_at"],
            source=attrs.get("source") or (Source.MANUAL if instrument is None else Source.DEVICE),
            device_model=instrument["model"] if instrument else "",
            device_serial=instrument["serial"] if instrument else "",
        )


@extend_schema_field(ReadingSerializer(many=True))
class ReadingListField(StrictField):
    """1 to 500 readings, each of which is checked on its own afterwards."""

    def to_internal_value(self, data: Any) -> list[Any]:
        if not isinstance(data, list):
            raise fail("not_a_list")
        if not data:
            raise fail("empty")
        if len(data) > LARGEST_BATCH:
            raise Refused(code="too_many_readings")
        return data


class BatchSerializer(StrictSerializer):
    """Readings gathered while the network was away."""

    readings = ReadingListField(help_text="Fra 1 til 500 målinger.")


class ResponseSerializer(StrictSerializer):
    """One answered questionnaire."""

    id = IdField(help_text="Lages av enheten, en ny for hver besvarelse.")
    questionnaire = TextField(max_length=40, help_text="Skjemaets kode.")
    version = VersionField(help_text="Versjonen som ble besvart.")
    taken_at = TimestampField(help_text="Når det ble besvart.")
    answers = AnswersField()

    def validate(self, attrs: dict[str, Any]) -> SubmittedResponse:
        """The fields as the service takes them."""
        fields = {name: attrs[name] for name in ("questionnaire", "version", "taken_at", "answers")}
        return SubmittedResponse(client_id=attrs["id"], **fields)


class ReadingQuerySerializer(StrictSerializer):
    """What a device may ask of its own readings."""

    type = TextField(max_length=32, default=None, help_text="Bare denne målingstypen.")
    since = TimestampField(default=None, help_text="Bare målinger tatt da eller senere.")
    cursor = TextField(max_length=200, default=None, help_text="«next» fra forrige svar.")


# Made once: checking changes nothing in a serializer, and making one copies every field.
READING: Final = ReadingSerializer()
BATCH: Final = BatchSerializer()
RESPONSE: Final = ResponseSerializer()
READING_QUERY: Final = ReadingQuerySerializer()


def check(serializer: StrictSerializer, data: Any) -> Any:
    """The checked content. Raises Refused with every error at once."""
    try:
        return serializer.run_validation(data)
    except ValidationError as error:
        raise refusal_of(error) from None


def check_each(items: Iterable[Any]) -> list[SubmittedReading | Refused]:
    """Each reading of a batch: one that is wrong must not hold back the others."""
    checked: list[SubmittedReading | Refused] = []
    for item in items:
        try:
            checked.append(READING.run_validation(item))
        except ValidationError as error:
            checked.append(refusal_of(error))
    return checked
