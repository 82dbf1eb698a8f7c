"""A reading that a person typed in: the patient, a relative, the staff of a group home, or the patient on a tablet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.actor import Actor
from accounts.roles import Permission
from measurements.enums import Source, SubmittedAs
from measurements.models import Quantity, Reading
from measurements.refusals import Refused
from measurements.services.readings import Sender, Stored, SubmittedReading, store_from
from patients.access import own_patients
from patients.citizens import Citizen
from patients.enums import Scope
from patients.models import Patient
from patients.services import NotYours
from patients.services.rights import lock_patient


@dataclass(frozen=True, slots=True)
class TypedReading:
    """What stands in the form: numbers digit by digit, in the order and the unit of the type's quantities."""

    client_id: UUID
    type_id: str
    numbers: Sequence[str]


@transaction.atomic
def store_typed(*, patient: Patient, typed: TypedReading, by: Citizen | Actor, now: datetime) -> Stored | Refused:
    """Store what was typed, measured now. Sent again with the same id it is the same reading. Raises NotYours."""
    _require(by, patient, now=now)
    # Two clicks at once: the second waits, and then finds what the first has written.
    lock_patient(patient.pk)
    standing = Reading.objects.filter(patient=patient, client_id=typed.client_id).first()
    quantities = list(Quantity.objects.filter(type_id=typed.type_id).order_by("position"))
    one = len(quantities) == 1
    submitted = SubmittedReading(
        client_id=typed.client_id,
        type=typed.type_id,
        value=typed.numbers[0] if one else None,
        values=None if one else dict(zip((each.code for each in quantities), typed.numbers, strict=True)),
        unit=quantities[0].unit if quantities else "",
        taken_at=standing.taken_at if standing else now,
        source=Source.PROXY if _submitted_as(by) else Source.MANUAL,
        device_model="",
        device_serial="",
    )
    return store_from(sender=_sender(by, patient), submitted=[submitted], now=now)[0]


def _require(by: Citizen | Actor, patient: Patient, *, now: datetime) -> None:
    if isinstance(by, Actor):
        allowed = own_patients(by, now=now, permission=Permission.SUBMIT).filter(pk=patient.pk).exists()
    else:
        allowed = by.patient_id == patient.pk and by.may(Scope.SUBMIT)
    if not allowed:
        raise NotYours


def _submitted_as(by: Citizen | Actor) -> str:
    if isinstance(by, Actor):
        return SubmittedAs.GROUP_HOME
    return SubmittedAs.RELATIVE if by.authority else ""


def _sender(by: Citizen | Actor, patient: Patient) -> Sender:
    device = by.device if isinstance(by, Citizen) else None
    return Sender(
        municipality_id=patient.municipality_id,
        patient_id=patient.pk,
        device_id=device.pk if device else None,
        user_id=by.user.pk if by.user else None,
        submitted_as=_submitted_as(by),
    )
