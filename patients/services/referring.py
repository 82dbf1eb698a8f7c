"""A person is referred to the home municipality (R-001, R-022)."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission
from dho.lib.encryption import blind_index
from dho.lib.national_id import NationalId, check_allowed
from patients.enums import Obstacle, ReferralOrigin, ReferralStatus, Sex
from patients.models import Enrolment, Patient, Referral
from patients.queries.referrals import OPEN, decides_for, origin_of
from patients.services.pathway import begin
from patients.services.rights import NotPossible, NotYours, lock_patient


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the referral is about, as it says; the birth date comes from the number."""

    national_id: NationalId
    given_name: str
    family_name: str
    sex: Sex
    phone: str


@dataclass(frozen=True, slots=True)
class NewReferral:
    """What a referral says. `origin` is only asked of the municipality's own staff."""

    origin: ReferralOrigin
    referrer: str
    received_on: date
    reason: str
    target_groups: list[str] = field(default_factory=list)


@transaction.atomic
def find_or_register(*, person: Person, municipality_id: int, by: Actor) -> Patient:
    """The municipality's record of the person; a new one where there is none, never a second.

    What is registered already is not changed. Raises NotYours where the actor does not reach the municipality.
    """
    if municipality_id not in by.reaches(Permission.REFER):
        raise NotYours
    number = person.national_id
    check_allowed(number, settings.PRODUCTION)
    assert number.birth_date is not None  # noqa: S101 - the form takes no number without one
    found, _ = Patient.objects.get_or_create(
        municipality_id=municipality_id,
        national_id_index=blind_index(number.value),
        defaults={
            "national_id": number.value,
            "national_id_kind": number.kind,
            "synthetic": number.synthetic,
            "given_name": person.given_name.strip(),
            "family_name": person.family_name.strip(),
            "birth_date": number.birth_date,
            "sex": person.sex,
            "phone": person.phone,
        },
    )
    return found


@transaction.atomic
def refer(*, patient: Patient, family_name: str, new: NewReferral, by: Actor, now: datetime) -> Referral:
    """Register the referral. Raises NotYours, NotPossible.

    Who decides for the municipality is told what is in the way; others only that it cannot be received, so that
    nobody finds out by numbers who is a patient.
    """
    if patient.municipality_id not in by.reaches(Permission.REFER):
        raise NotYours
    decides = patient.municipality_id in decides_for(by)
    if obstacle := _obstacle(lock_patient(patient.pk), family_name, on=timezone.localdate(now)):
        raise NotPossible(obstacle if decides else Obstacle.NOT_RECEIVED)
    referral = Referral.objects.create(
        municipality_id=patient.municipality_id,
        patient=patient,
        status=ReferralStatus.RECEIVED,
        origin=new.origin if decides else origin_of(by),
        referrer=new.referrer.strip(),
        received_on=new.received_on,
        reason=new.reason.strip(),
        target_groups=new.target_groups,
        registered_at=now,
        registered_by=by.user,
    )
    begin(referral, by=by, now=now)
    return referral


def _obstacle(patient: Patient, family_name: str, *, on: date) -> Obstacle | None:
    if patient.family_name.strip().casefold() != family_name.strip().casefold():
        return Obstacle.OTHER_NAME
    if obstacle := gone(patient, on=on):
        return obstacle
    if Enrolment.objects.filter(patient=patient, ended_on__isnull=True).exists():
        return Obstacle.IN_COURSE
    return Obstacle.REFERRED if Referral.objects.filter(patient=patient, status__in=OPEN).exists() else None


def gone(patient: Patient, *, on: date) -> Obstacle | None:
    """Dead, or moved from the municipality; None for who lives there that day."""
    if patient.deceased_on and patient.deceased_on <= on:
        return Obstacle.DEAD
    return Obstacle.MOVED if patient.moved_on and patient.moved_on <= on else None
