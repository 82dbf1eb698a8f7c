"""Nobody keeps a case that she can no longer open: her colleagues would see it and not be able to take it (P1)."""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Permission, roles_with
from alerts.models import QueueEntry
from alerts.queries.work import everywhere
from alerts.services.desk import lock_patients
from alerts.services.rounds import patient_by_patient
from dho.lib import rls
from patients.models import AccessBlock


def free_lost_claims(*, now: datetime) -> int:
    """Free the cases whose owner the patient has blocked, or who no longer handles cases at the service; how many."""
    with everywhere():
        found = list(_lost(now).values_list("municipality_id", "patient_id"))
    return patient_by_patient(_free, found, now=now)


def _free(municipality_id: int, patient_id: UUID, *, now: datetime) -> int:
    with rls.acting_for([municipality_id], actor="worker"):
        if not lock_patients([patient_id], wait=False):
            return 0
        return _lost(now).filter(patient_id=patient_id).update(owner=None, claimed_at=None)


def _lost(now: datetime) -> QuerySet[QueueEntry]:
    blocked = AccessBlock.objects.filter(
        Q(user=OuterRef("owner")) | Q(service=OuterRef("service")),
        patient=OuterRef("patient"),
        lifted_at__isnull=True,
    )
    # Another role there, the leader's for one, opens no case: it would be locked to everybody.
    at_work = Membership.objects.in_force(timezone.localdate(now)).filter(
        user=OuterRef("owner"),
        user__is_active=True,
        service=OuterRef("service"),
        role__in=roles_with(Permission.TRIAGE),
    )
    return QueueEntry.objects.filter(Q(Exists(blocked)) | ~Q(Exists(at_work)), owner__isnull=False)
