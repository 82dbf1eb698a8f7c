"""The patient banner: who this is, on every page about one patient (ux.md 2.2)."""

from datetime import datetime
from typing import Any

from accounts.actor import Actor
from dho.lib.numbers import OSLO
from patients.access import emergency_of
from patients.models import Patient


def banner(patient: Patient, *, by: Actor, now: datetime) -> dict[str, Any]:
    """What `alerts/patient_banner.html` shows. The last five digits of the national id are opened by the reader."""
    today = now.astimezone(OSLO).date()
    return {
        "patient": patient,
        "age": patient.age(today),
        "departure": patient.departure(today),
        "emergency": emergency_of(patient, by=by, now=now),
        "birth_digits": patient.national_id[:6],
        "national_id": f"{patient.national_id[:6]} {patient.national_id[6:]}",
    }
