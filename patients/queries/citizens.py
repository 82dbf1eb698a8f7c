"""Whom a person outside the staff may act for: asked anew at each request, so that what has ended is ended at once."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import DeviceCredential, User
from dho.lib.origin import NOWHERE, Origin
from patients.citizens import Citizen
from patients.models import AccessBlock, Patient, RelativeAuthority

_NOBODY: Final = ""


def own_records(national_id_index: str | None, *, now: datetime) -> QuerySet[Patient]:
    """The records of the person with this national id, one for each municipality that has one; none of the dead.

    The record of a municipality that the person has left is still hers to read.
    """
    alive = ~Q(deceased_on__lte=timezone.localdate(now))
    found = Patient.objects.filter(alive, national_id_index=national_id_index or _NOBODY)
    return found.select_related("municipality").order_by("moved_on", "municipality__name", "pk")


def authorities_of(national_id_index: str | None, *, now: datetime) -> QuerySet[RelativeAuthority]:
    """The authorities in force that this person holds, with their patients.

    None where the patient is dead or has moved away, nor where the patient has blocked the very person.
    """
    on = timezone.localdate(now)
    blocked = AccessBlock.objects.filter(
        patient=OuterRef("patient"), user__national_id_index=OuterRef("national_id_index"), lifted_at__isnull=True
    )
    return (
        RelativeAuthority.objects.in_force(on)
        .filter(~Q(patient__deceased_on__lte=on), ~Q(patient__moved_on__lte=on), ~Exists(blocked))
        .filter(national_id_index=national_id_index or _NOBODY)
        .select_related("patient", "patient__municipality")
        .order_by("patient__family_name", "patient__given_name", "pk")
    )


def citizens_for(user: User, *, now: datetime) -> list[Citizen]:
    """Everyone the signed-in person may act for in the municipalities admitted now: the own record first."""
    own = [Citizen(each, user=user) for each in own_records(user.national_id_index, now=now)]
    others = authorities_of(user.national_id_index, now=now)
    return own + [Citizen(each.patient, user=user, authority=each) for each in others]


def citizen_for(
    user: User, *, patient_id: UUID, authority_id: UUID | None, now: datetime, origin: Origin = NOWHERE
) -> Citizen | None:
    """The signed-in person acting for this patient, by this authority or for herself; None once that has ended."""
    if authority_id is None:
        own = own_records(user.national_id_index, now=now).filter(pk=patient_id).first()
        return Citizen(own, user=user, origin=origin) if own else None
    found = authorities_of(user.national_id_index, now=now).filter(pk=authority_id, patient=patient_id).first()
    return Citizen(found.patient, user=user, authority=found, origin=origin) if found else None


def citizen_with(device: DeviceCredential, *, now: datetime, origin: Origin = NOWHERE) -> Citizen | None:
    """The patient's tablet; None once it is revoked or the patient dead."""
    alive = ~Q(deceased_on__lte=timezone.localdate(now))
    found = Patient.objects.filter(alive, pk=device.patient_id).select_related("municipality").first()
    return Citizen(found, device=device, origin=origin) if found and device.revoked_at is None else None


def authorities_given(patient: Patient, *, now: datetime) -> tuple[list[RelativeAuthority], list[RelativeAuthority]]:
    """The patient's authorities that hold today, and those that are over; the newest first."""
    on = timezone.localdate(now)
    rows = list(patient.authorities.select_related("given_by", "withdrawn_by").order_by("-given_at", "-pk"))
    holding = [each for each in rows if each.withdrawn_at is None and each.valid_until >= on]
    return holding, [each for each in rows if each not in holding]
