"""Where equipment is and goes, for a logistics partner: name, address, telephone and device, and nothing about health.

Only patients, home addresses and device credentials are read; no course, plan, reading or alert (R-180, R-309).
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import DeviceCredential
from accounts.roles import Permission
from patients.access import equipment_out, visible_patients
from patients.models import HomeAddress, Patient

# What a label may say to somebody outside health care: a thing and its number. All else is written by hand, and could
# name a diagnosis or a person, so the device is called by the end of its own id instead.
_THINGS: Final = "Nettbrett|Telefon|Mobil|Koffert|Sett|Ruter|Gateway|Sender|Enhet"
_PLAIN_LABEL: Final = re.compile(rf"(?:{_THINGS})(?: (?:nr\.? ?)?\d{{1,6}})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Equipment:
    """One device: what it may be called, since when the patient has it, and whether it is to be fetched."""

    name: str
    since: datetime
    fetch_since: datetime | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One address to go to."""

    name: str
    municipality: str
    phone: str
    address: list[str]
    equipment: list[Equipment]


def plain_name(device: DeviceCredential) -> str:
    """The label where it is only a thing and its number, else «Enhet» and the end of the id."""
    label = " ".join(device.label.split())
    return label if _PLAIN_LABEL.fullmatch(label) else f"Enhet {device.pk.hex[-6:]}"


def patients_with_equipment(by: Actor, *, now: datetime) -> QuerySet[Patient]:
    """Those to go to: where something is to be fetched first, then by municipality and name."""
    found = visible_patients(by, now=now, permission=Permission.SEE_DELIVERY)
    to_fetch = equipment_out(timezone.localdate(now)).filter(patient_id=OuterRef("pk"), revoked_at__isnull=False)
    return (
        found.select_related("municipality")
        .only("given_name", "family_name", "phone", "municipality__name")
        .annotate(to_fetch=Exists(to_fetch))
        .order_by("-to_fetch", "municipality__name", "family_name", "given_name", "pk")
    )


def deliveries_to(patients: Sequence[Patient], *, now: datetime) -> list[Delivery]:
    """Their addresses and devices, in the same order: two queries."""
    ids = [patient.pk for patient in patients]
    homes = {home.patient_id: home for home in HomeAddress.objects.filter(patient__in=ids)}
    devices: dict[UUID, list[Equipment]] = defaultdict(list)
    out = equipment_out(timezone.localdate(now)).filter(patient_id__in=ids)
    for each in out.only("patient_id", "label", "issued_at", "revoked_at").order_by("issued_at", "pk"):
        devices[each.patient_id].append(Equipment(plain_name(each), each.issued_at, each.revoked_at))
    return [
        Delivery(
            name=patient.name,
            municipality=patient.municipality.name,
            phone=patient.phone,
            address=homes[patient.pk].lines if patient.pk in homes else [],
            equipment=devices[patient.pk],
        )
        for patient in patients
    ]
