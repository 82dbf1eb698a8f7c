"""Fullmakt: what a patient lets a relative do, given and withdrawn by the patient, or registered for her by staff."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import User
from accounts.roles import Permission
from dho.lib.encryption import blind_index
from dho.lib.national_id import NationalId
from patients.citizens import Citizen
from patients.enums import Consent, Obstacle, Scope
from patients.models import AUTHORITY_LASTS, Patient, RelativeAuthority
from patients.services.rights import NotPossible, NotYours, lock_patient, require

# Who registers the patient's own wish about access: the same who register a block for her (docs/rights.md).
REGISTERED_WITH: Final = Permission.BLOCK_ACCESS


@dataclass(frozen=True, slots=True)
class NewAuthority:
    """What is given, as the form says it. The national id is only recognised by, and is not kept."""

    name: str
    relation: str
    national_id: NationalId
    scopes: list[Scope]
    last_day: date


@transaction.atomic
def give_authority(
    *, patient: Patient, new: NewAuthority, by: Citizen | Actor, now: datetime, consent: Consent = Consent.OWN
) -> RelativeAuthority:
    """Let the relative act from today to the last day. Staff say by `consent` how the patient agreed.

    Raises NotYours, NotPossible.
    """
    giver = _giver(by, patient, now=now)
    if isinstance(by, Actor) == (consent == Consent.OWN):
        raise NotYours
    lock_patient(patient.pk)
    index, today = blind_index(new.national_id.value), timezone.localdate(now)
    if obstacle := _obstacle(patient, index, today, new.last_day, giver):
        raise NotPossible(obstacle)
    return RelativeAuthority.objects.create(
        municipality_id=patient.municipality_id,
        patient=patient,
        name=new.name,
        relation=new.relation,
        national_id_index=index,
        scopes=sorted(new.scopes),
        valid_from=today,
        valid_until=new.last_day,
        given_at=now,
        given_by=giver,
        consent=consent,
    )


@transaction.atomic
def withdraw_authority(*, authority: RelativeAuthority, by: Citizen | Actor, now: datetime) -> None:
    """The relative is out from now on, also in an open browser. Raises NotYours, NotPossible when it is over."""
    giver = _giver(by, authority.patient, now=now)
    lock_patient(authority.patient_id)
    standing = RelativeAuthority.objects.exclude(valid_until__lt=timezone.localdate(now))
    standing = standing.filter(pk=authority.pk, withdrawn_at__isnull=True)
    if not standing.update(withdrawn_at=now, withdrawn_by=giver):
        raise NotPossible(Obstacle.AUTHORITY_ENDED)


def _giver(by: Citizen | Actor, patient: Patient, *, now: datetime) -> User:
    if isinstance(by, Actor):
        require(by, REGISTERED_WITH, patient, now=now)
        return by.user
    if by.patient_id != patient.pk or not by.may(Scope.GIVE_ACCESS) or by.user is None:
        raise NotYours
    return by.user


def _obstacle(patient: Patient, index: str, today: date, last_day: date, giver: User) -> Obstacle | None:
    if patient.departure(today):
        return Obstacle.NOT_HERE
    if index == patient.national_id_index:
        return Obstacle.OWN_AUTHORITY
    if index == giver.national_id_index:
        return Obstacle.AUTHORITY_TO_ONESELF
    if not today <= last_day <= today + AUTHORITY_LASTS:
        return Obstacle.AUTHORITY_TOO_LONG
    held = RelativeAuthority.objects.filter(
        patient=patient, national_id_index=index, withdrawn_at__isnull=True, valid_until__gte=today
    )
    return Obstacle.HAS_AUTHORITY if held.exists() else None
