"""Synthetic people."""

from datetime import date
from itertools import count
from random import Random

from accounts.models import User
from dho.lib.addresses import indexes_of
from dho.lib.encryption import blind_index
from dho.lib.national_id import make_synthetic
from patients.enums import EnrolmentStatus, NationalIdKind, Sex, TargetGroup
from patients.models import Enrolment, HomeAddress, PathwayStep, Patient, Pause
from tests.factories.clock import NOW

_numbers = count(1)


def make_patient(municipality_id: int, given: str, family: str, **fields) -> Patient:
    """A synthetic patient of the municipality; each call makes another national id."""
    birth_date = fields.pop("birth_date", date(1948, 3, 14))
    national_id = make_synthetic(birth_date, Random(next(_numbers))).value
    # One birth date has only some hundred numbers, so two draws can be alike.
    while Patient.objects.filter(national_id_index=blind_index(national_id)).exists():
        national_id = make_synthetic(birth_date, Random(next(_numbers))).value
    fields.setdefault("sex", Sex.UNKNOWN)
    return Patient.objects.create(
        municipality_id=municipality_id,
        given_name=given,
        family_name=family,
        birth_date=birth_date,
        national_id=national_id,
        national_id_index=blind_index(national_id),
        national_id_kind=NationalIdKind.FNR,
        synthetic=True,
        phone="99 00 00 01",
        **fields,
    )


def make_home(patient: Patient, street: str = "Storgata 12 B", code: str = "2211", place: str = "Kongsvinger"):
    """Where the patient lives."""
    indexes = indexes_of(street, code)
    return HomeAddress.objects.create(
        municipality_id=patient.municipality_id,
        patient=patient,
        street=street,
        postal_code=code,
        place=place,
        address_index=indexes.address,
        neighbourhood_index=indexes.neighbourhood,
        registered_at=NOW,
        registered_by=User.objects.get(username="kari"),
    )


def make_enrolment(patient: Patient, service, **fields) -> Enrolment:
    """An active course at the service."""
    fields.setdefault("status", EnrolmentStatus.ACTIVE)
    if fields["status"] != EnrolmentStatus.START_UP:
        fields.setdefault("started_on", date(2026, 6, 1))
    fields.setdefault("allocated_on", fields.get("started_on") or date(2026, 6, 1))
    fields.setdefault("target_groups", [TargetGroup.COPD])
    return Enrolment.objects.create(
        municipality_id=patient.municipality_id,
        patient=patient,
        service=service,
        **fields,
    )


def end_course(patient: Patient, on: date | None = None, reason: str = "OWN_WISH", *, by: User | None = None) -> None:
    """The patient's open course is over, as the service does it: the step first, then the course."""
    course = Enrolment.objects.get(patient=patient, ended_on__isnull=True)
    PathwayStep.objects.create(
        municipality_id=patient.municipality_id,
        patient=patient,
        enrolment=course,
        from_status=course.status,
        to_status=EnrolmentStatus.ENDED,
        at=NOW,
        by=by or User.objects.get(username="kari"),
    )
    course.status, course.ended_on, course.end_reason = EnrolmentStatus.ENDED, on or NOW.date(), reason
    course.save()


def pause(patient: Patient, first_day: date, last_day: date, *, by: User | None = None) -> Pause:
    """Days on which nothing is expected of the patient."""
    return Pause.objects.create(
        municipality_id=patient.municipality_id,
        patient=patient,
        enrolment=Enrolment.objects.get(patient=patient, ended_on__isnull=True),
        first_day=first_day,
        last_day=last_day,
        reason="Ferie.",
        registered_at=NOW,
        registered_by=by or User.objects.get(username="kari"),
    )
