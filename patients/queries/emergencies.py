"""Emergency accesses: of a patient, for the privacy officer, and what was opened meanwhile."""

import re

from django.db.models import F, QuerySet

from accounts.actor import Actor
from accounts.roles import Permission
from audit.models import AccessEntry
from dho.lib.encryption import blind_index
from patients.models import EmergencyAccess, Patient


def find_for_emergency(by: Actor, national_id: str) -> Patient | None:
    """The person's record in a municipality that the actor reaches; of two, the one not moved away from."""
    found = Patient.objects.filter(
        municipality_id__in=by.reaches(Permission.EMERGENCY_ACCESS),
        national_id_index=blind_index(re.sub(r"\s", "", national_id)),
    )
    return found.select_related("municipality").order_by(F("moved_on").desc(nulls_first=True)).first()


def emergencies_of(patient: Patient) -> QuerySet[EmergencyAccess]:
    """Every emergency access to the patient's record, newest first."""
    return EmergencyAccess.objects.filter(patient=patient).select_related("user").order_by("-began_at", "-pk")


def reviewable(by: Actor) -> QuerySet[EmergencyAccess]:
    """For the privacy officer: those of the own municipality, unreviewed first, then the newest."""
    return (
        EmergencyAccess.objects.filter(municipality_id__in=by.reaches(Permission.READ_ACCESS_LOG))
        .select_related("user", "patient", "reviewed_by")
        .defer("patient__national_id")
        .order_by(F("reviewed_at").desc(nulls_first=True), "-began_at", "-pk")
    )


def unreviewed(by: Actor) -> int:
    """How many wait for the privacy officer's review."""
    return reviewable(by).filter(reviewed_at__isnull=True).count()


def looks_during(emergency: EmergencyAccess) -> QuerySet[AccessEntry]:
    """What the person opened of the patient's record while it lasted, in order; actions only, no content."""
    return AccessEntry.objects.filter(
        patient_id=emergency.patient_id,
        actor_id=emergency.user_id,
        allowed=True,
        at__range=(emergency.began_at, emergency.ends_at),
    ).order_by("at", "pk")
