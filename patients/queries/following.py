"""Which services could follow up or see a patient, and the handovers between them."""

from collections.abc import Collection
from datetime import date
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.actor import Actor
from accounts.models import Membership, User
from accounts.roles import RIGHTS, Permission
from organisations.enums import Shared
from organisations.models import Agreement, FollowUpService
from patients.access import blocks_of
from patients.enums import HandoverAnswer
from patients.models import AccessBlock, Handover, Patient

# Red must find somebody who may close it.
_FOLLOW_UP: Final = [role for role, rights in RIGHTS.items() if {Permission.TRIAGE, Permission.CLOSE_RED} <= rights]

# With one of these there is something to read about a patient.
TO_READ: Final = (Shared.READINGS, Shared.PLAN)


def reaching_services(municipality_id: int, *, on: date, sharing: Collection[Shared] = ()) -> QuerySet[FollowUpService]:
    """The municipality's own services, and those with an agreement in force that day on any of these things (R-156)."""
    agreed = Agreement.objects.in_force(on).filter(party_id=municipality_id, service=OuterRef("pk"))
    if sharing:
        agreed = agreed.filter(shares__overlap=list(sharing))
    return FollowUpService.objects.open().filter(Q(owner_id=municipality_id) | Exists(agreed)).order_by("name", "pk")


def possible_receivers(municipality_id: int, *, on: date) -> QuerySet[FollowUpService]:
    """Those who may see the municipality's patients that day or later: an agreement may begin with the handover."""
    agreed = Agreement.objects.filter(party_id=municipality_id, service=OuterRef("pk")).exclude(valid_until__lt=on)
    return FollowUpService.objects.open().filter(Q(owner_id=municipality_id) | Exists(agreed)).order_by("name", "pk")


def reaches(service: FollowUpService, municipality_id: int, *, on: date, sharing: Collection[Shared]) -> bool:
    """Whether the municipality shares any of these things with the service that day."""
    found = reaching_services(municipality_id, on=on, sharing=sharing)
    return found.filter(pk=service.pk).exists()


def can_follow_up(service: FollowUpService, patient: Patient, *, on: date, without: User | None = None) -> bool:
    """Whether a nurse works there that day whom the patient has not blocked, `without` one whom she is about to."""
    blocked = AccessBlock.objects.filter(patient=patient, lifted_at__isnull=True, user__isnull=False)
    nurses = Membership.objects.in_force(on).filter(service=service, role__in=_FOLLOW_UP)
    nurses = nurses.exclude(user__in=blocked.values("user_id"))
    return (nurses.exclude(user=without) if without else nurses).exists()


def open_handovers(patient: Patient) -> QuerySet[Handover]:
    """Proposed or accepted and not moved yet: at most one for the open course."""
    waiting = Q(answer="") | Q(answer=HandoverAnswer.ACCEPTED, moved_at__isnull=True)
    return Handover.objects.filter(waiting, patient=patient, enrolment__ended_on__isnull=True)


def incoming_handovers(by: Actor) -> QuerySet[Handover]:
    """What other services have asked the actor's own to take, and what it has taken but not got; soonest first.

    Without patients who have blocked this very person: a colleague answers.
    """
    if by.service_id is None:
        return Handover.objects.none()
    waiting = Q(answer="") | Q(answer=HandoverAnswer.ACCEPTED, moved_at__isnull=True)
    return (
        Handover.objects.filter(
            waiting,
            to_service_id=by.service_id,
            municipality_id__in=by.reaches(Permission.HAND_OVER),
            enrolment__ended_on__isnull=True,
        )
        .exclude(Exists(blocks_of(by, patient="patient_id")))
        .select_related("patient", "municipality", "from_service", "proposed_by")
        .defer("patient__national_id")
        .order_by("takes_effect_on", "proposed_at", "pk")
    )
