"""The patient banner: who this is, on every page about one patient (ux.md 2.2)."""

from datetime import datetime
from typing import Any

from dho.lib.numbers import OSLO
from patients.models import Patient


def banner(patient: Patient, *, now: datetime) -> dict[str, Any]:
    """What `alerts/patient_banner.html` shows. The last five digits of the national id are opened by the reader."""
    return {
        "patient": patient,
        "age": patient.age(patient.deceased_on or now.astimezone(OSLO).date()),
        "birth_digits": patient.national_id[:6],
        "national_id": f"{patient.national_id[:6]} {patient.national_id[6:]}",
    }
