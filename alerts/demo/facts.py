"""From what was taken to the rows that the interface would have stored."""

from decimal import Decimal
from functools import cache
from random import Random
from typing import Final

from alerts.demo.answers import score_of
from alerts.demo.course import Taken
from alerts.demo.records import Record
from alerts.demo.seeded import uuid_at
from measurements.data.catalogue import MEASUREMENT_TYPES
from measurements.enums import Source
from measurements.models import Questionnaire, QuestionnaireResponse, Reading
from measurements.services.readings import timing_of

Fact = Reading | QuestionnaireResponse
UNITS: Final = {each.code: each.units[0].text for each in MEASUREMENT_TYPES}
MODELS: Final = {
    "spo2": "Oksymeter O2",
    "pulse": "Oksymeter O2",
    "blood_pressure": "Blodtrykksmåler B1",
    "weight": "Badevekt V3",
    "glucose": "Blodsukkerapparat G5",
    "temperature": "Øretermometer T2",
    "fev1": "Spirometer S4",
}


def facts_of(record: Record, taken: list[Taken], rng: Random) -> list[Fact]:
    """Readings and answered forms, not yet saved and not assessed, in the order they were received."""
    serial = f"{rng.randrange(10**8):08d}"
    in_order = sorted(taken, key=lambda each: (each.received_at, each.taken_at))
    return [_fact(record, each, serial, rng) for each in in_order]


def save(facts: list[Fact]) -> None:
    """Store the rows, all waiting to be assessed."""
    Reading.objects.bulk_create([fact for fact in facts if isinstance(fact, Reading)], batch_size=2000)
    QuestionnaireResponse.objects.bulk_create(
        [fact for fact in facts if isinstance(fact, QuestionnaireResponse)], batch_size=2000
    )


def _fact(record: Record, taken: Taken, serial: str, rng: Random) -> Fact:
    common = {
        "id": uuid_at(rng, taken.received_at),
        "municipality_id": record.patient.municipality_id,
        "patient_id": record.patient.pk,
        "client_id": uuid_at(rng, taken.received_at),
        "taken_at": taken.taken_at,
        "received_at": taken.received_at,
        "timing": timing_of(taken.taken_at, taken.received_at),
        "submitted_by_device": record.tablet,
    }
    if taken.answers is not None:
        score = Decimal(score_of(taken.code, taken.answers))
        return QuestionnaireResponse(questionnaire=_form(taken.code), answers=taken.answers, score=score, **common)
    measured = taken.source == Source.DEVICE
    return Reading(
        type_id=taken.code,
        value=Decimal(taken.values[0]),
        value2=Decimal(taken.values[1]) if len(taken.values) > 1 else None,
        sent_value="/".join(taken.values),
        sent_unit=UNITS[taken.code],
        source=taken.source,
        device_model=MODELS.get(taken.code, "") if measured else "",
        device_serial=serial if measured and taken.code in MODELS else "",
        **common,
    )


@cache
def _form(code: str) -> Questionnaire:
    return Questionnaire.objects.get(code=code, current=True)
