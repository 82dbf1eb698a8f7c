"""Writing the access log, and sealing it."""

from audit.services.recording import (
    Outsider,
    Refused,
    record_access,
    record_citizen_access,
    record_citizen_refusal,
    record_device_access,
    record_device_refusal,
    record_list_access,
    record_patients_access,
    record_refusal,
    record_system_access,
    record_system_refusal,
)
from audit.services.sealing import seal

__all__ = [
    "Outsider",
    "Refused",
    "record_access",
    "record_citizen_access",
    "record_citizen_refusal",
    "record_device_access",
    "record_device_refusal",
    "record_list_access",
    "record_patients_access",
    "record_refusal",
    "record_system_access",
    "record_system_refusal",
    "seal",
]
