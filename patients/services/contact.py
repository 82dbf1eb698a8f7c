"""How to reach a patient: telephone, home address, language and what to take into account."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.actor import Actor
from accounts.roles import Permission
from dho.lib.addresses import indexes_of
from patients.models import HomeAddress, Patient
from patients.services.rights import lock_patient, require


@dataclass(frozen=True, slots=True)
class Contact:
    """What is registered; an empty street is no address."""

    phone: str
    language: str
    communication: str
    street: str
    postal_code: str
    place: str


def contact_permission(by: Actor) -> Permission:
    """What lets the actor see and change how to reach a patient: who enrols does, and who hands out equipment."""
    return Permission.ENROL if by.may(Permission.ENROL) else Permission.MANAGE_DEVICES


@transaction.atomic
def save_contact(*, patient: Patient, contact: Contact, by: Actor, now: datetime) -> Patient:
    """Keep the new details; the change log has them before and after, but of the address only that it changed.

    Raises NotYours.
    """
    require(by, contact_permission(by), patient, now=now)
    found = lock_patient(patient.pk)
    found.phone, found.language, found.communication = contact.phone, contact.language, contact.communication
    found.save(update_fields=["phone", "language", "communication"])
    _save_address(found, contact, by=by, now=now)
    return found


def _save_address(patient: Patient, contact: Contact, *, by: Actor, now: datetime) -> None:
    """Only when it is another, or the log would say that somebody changed it."""
    wanted = (contact.street, contact.postal_code, contact.place)
    home = HomeAddress.objects.filter(patient=patient).first()
    if wanted == ((home.street, home.postal_code, home.place) if home else ("", "", "")):
        return
    home = home or HomeAddress(patient=patient, municipality_id=patient.municipality_id)
    indexes = indexes_of(contact.street, contact.postal_code)
    home.street, home.postal_code, home.place = wanted
    home.address_index, home.neighbourhood_index = indexes.address, indexes.neighbourhood
    home.registered_at, home.registered_by = now, by.user
    home.save()
