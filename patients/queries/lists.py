"""Lists of patients, always through the one access rule."""

import re
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from accounts.actor import Actor
from accounts.models import DeviceCredential
from dho.lib.encryption import blind_index
from patients.access import visible_patients
from patients.models import Enrolment, Patient

SHOWN_AT_MOST = 100


def find_patients(by: Actor, *, text: str, now: datetime) -> QuerySet[Any]:
    """The actor's own patients, by family name; `text` is part of a name, or a whole national id of 11 digits.

    Each has `target_groups` and `status` of the open enrolment.
    """
    enrolment = Enrolment.objects.filter(patient=OuterRef("pk"), ended_on__isnull=True)
    # The national id can be searched for, but a list has no need of it decrypted.
    found = visible_patients(by, now=now).select_related("municipality").defer("national_id")
    digits = re.sub(r"\s", "", text)
    if re.fullmatch(r"[0-9]{11}", digits):
        found = found.filter(national_id_index=blind_index(digits))
    else:
        for word in text.replace(",", " ").split():
            found = found.filter(Q(given_name__icontains=word) | Q(family_name__icontains=word))
    return found.annotate(
        target_groups=Subquery(enrolment.values("target_groups")[:1]),
        status=Subquery(enrolment.values("status")[:1]),
    ).order_by("family_name", "given_name", "birth_date", "pk")


def credentials_of(patient: Patient) -> QuerySet[DeviceCredential]:
    """Every device that has or had access for the patient, those with access first, newest first."""
    found = DeviceCredential.objects.filter(patient_id=patient.pk, municipality_id=patient.municipality_id)
    return found.select_related("issued_by", "revoked_by").order_by(
        F("revoked_at").desc(nulls_first=True), "-issued_at", "-pk"
    )
