"""Writing the access log, and sealing it."""

from audit.services.recording import (
    Refused,
    record_access,
    record_device_access,
    record_device_refusal,
    record_list_access,
    record_refusal,
)
from audit.services.sealing import seal

__all__ = [
    "Refused",
    "record_access",
    "record_device_access",
    "record_device_refusal",
    "record_list_access",
    "record_refusal",
    "seal",
]
