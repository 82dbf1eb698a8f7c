"""Who sent something in for a patient over REST: the patient's own device, or a system of the municipality."""

from typing import Protocol
from uuid import UUID

from accounts.models import DeviceCredential


class Machine(Protocol):
    """What is stored of who sent: `DeviceCredential`, or `accounts.services.SystemAtWork` at one patient."""

    @property
    def pk(self) -> UUID: ...
    @property
    def municipality_id(self) -> int: ...
    @property
    def patient_id(self) -> UUID: ...


def sent_by(machine: Machine) -> tuple[UUID | None, UUID | None]:
    """The columns «by device» and «by system». A system must never look like the patient's device."""
    return (machine.pk, None) if isinstance(machine, DeviceCredential) else (None, machine.pk)
