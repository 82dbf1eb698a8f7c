"""Readings and answers as they stand after they were received."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from accounts.models import DeviceCredential, User
from measurements.enums import Source, Timing
from measurements.models import Questionnaire, QuestionnaireResponse, Reading
from patients.models import Patient

UNITS = {
    "spo2": "%", "pulse": "/min", "blood_pressure": "mm[Hg]", "weight": "kg", "temperature": "Cel",
    "glucose": "mmol/L", "respiration_rate": "/min", "fev1": "L", "pef": "L/min",
}  # fmt: skip


def make_reading(
    device: DeviceCredential,
    type_id: str,
    value: str | int | Decimal | None,
    *,
    at: datetime,
    received_at: datetime | None = None,
    value2: str | int | None = None,
    client_id: UUID | None = None,
    source: Source = Source.DEVICE,
    timing: Timing = Timing.ON_TIME,
) -> Reading:
    """One reading from the patient's device, not yet assessed."""
    return Reading.objects.create(
        municipality_id=device.municipality_id,
        patient_id=device.patient_id,
        type_id=type_id,
        client_id=client_id or uuid4(),
        value=None if value is None else Decimal(value),
        value2=None if value2 is None else Decimal(value2),
        sent_value=str(value) if value2 is None else f"{value}/{value2}",
        sent_unit=UNITS[type_id],
        taken_at=at,
        received_at=received_at or at,
        timing=timing,
        source=source,
        submitted_by_device=device,
    )


def make_typed(patient: Patient, user: User, type_id: str, value: str | int, *, at: datetime, **fields) -> Reading:
    """One reading that a person typed in; `submitted_as` where that was not the patient."""
    fields.setdefault("source", Source.PROXY if fields.get("submitted_as") else Source.MANUAL)
    return Reading.objects.create(
        municipality_id=patient.municipality_id,
        patient=patient,
        type_id=type_id,
        client_id=uuid4(),
        value=Decimal(value),
        sent_value=str(value),
        sent_unit=UNITS[type_id],
        taken_at=at,
        received_at=at,
        submitted_by_user=user,
        **fields,
    )


def make_response(
    device: DeviceCredential,
    code: str,
    answers: dict[str, object],
    *,
    at: datetime,
    score: int | None = None,
    received_at: datetime | None = None,
) -> QuestionnaireResponse:
    """The answers to the current version of a form, not yet assessed."""
    return QuestionnaireResponse.objects.create(
        municipality_id=device.municipality_id,
        patient_id=device.patient_id,
        questionnaire=Questionnaire.objects.get(code=code, current=True),
        client_id=uuid4(),
        answers=answers,
        score=score,
        taken_at=at,
        received_at=received_at or at,
        submitted_by_device=device,
    )
