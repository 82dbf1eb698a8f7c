"""Care relations, blocks and emergency accesses as they stand, and a hospital beside the personas."""

from datetime import timedelta

from accounts.models import User
from organisations.enums import ServiceKind
from organisations.models import FollowUpService, HealthTrust
from patients.models import AccessBlock, CareRelation, EmergencyAccess, Handover, Patient
from tests.factories.accounts import actor_of
from tests.factories.clock import NOW
from tests.factories.organisations import WEEKDAYS_8_TO_1530


def make_hospital(name: str = "Lungeavdelingen, Sykehuset Innlandet", **fields) -> FollowUpService:
    """A service owned by a trust: no municipality until an agreement says so."""
    return FollowUpService.objects.create(
        name=name,
        kind=ServiceKind.HOSPITAL_OWN,
        trust=HealthTrust.objects.order_by("code").first(),
        phone="62 53 70 00",
        hours=WEEKDAYS_8_TO_1530.to_json(),
        **fields,
    )


def share(patient: Patient, service: FollowUpService, by: User, **fields) -> CareRelation:
    """The patient shared with the service since long ago."""
    fields.setdefault("valid_from", NOW.date() - timedelta(days=30))
    return CareRelation.objects.create(
        municipality_id=patient.municipality_id, patient=patient, service=service, given_at=NOW, given_by=by, **fields
    )


def block(patient: Patient, by: User, **target) -> AccessBlock:
    """The patient's block against a `user`, `service` or `practice`."""
    return AccessBlock.objects.create(
        municipality_id=patient.municipality_id, patient=patient, blocked_at=NOW, blocked_by=by, **target
    )


def open_in_emergency(patient: Patient, user: User, *, now=NOW, **fields) -> EmergencyAccess:
    """Emergency access that began just now and lasts four hours."""
    actor = actor_of(user)
    fields.setdefault("reason", "Pasienten er bevisstløs på legevakten.")
    return EmergencyAccess.objects.create(
        municipality_id=patient.municipality_id,
        patient=patient,
        user=user,
        role=actor.role,
        organisation=actor.organisation,
        began_at=now,
        ends_at=now + timedelta(hours=4),
        **fields,
    )


def make_handover(patient: Patient, to_service: FollowUpService, by: User, **fields) -> Handover:
    """A proposal for the open course, from today."""
    course = patient.enrolments.get(ended_on__isnull=True)
    fields.setdefault("takes_effect_on", NOW.date())
    return Handover.objects.create(
        municipality_id=patient.municipality_id,
        patient=patient,
        enrolment=course,
        from_service=course.service,
        to_service=to_service,
        proposed_at=NOW,
        proposed_by=by,
        **fields,
    )
