"""The doctor's steps: approve, or send back with a question (R-040, R-041)."""

import re
from datetime import datetime

from django.db import transaction

from accounts.actor import Actor
from careplans.enums import Decision, VersionStatus
from careplans.models import Approval, PlanVersion
from careplans.services.locks import locked
from careplans.services.proof import content_hash
from careplans.services.refusals import AlreadyDecided, NotYours, WrongStep
from patients.access import patients_to_decide_for
from patients.models import Patient


@transaction.atomic
def approve(*, version: PlanVersion, valid_until: datetime, by: Actor, now: datetime) -> Approval:
    """The patient's own GP approves; the version scores from this instant, and the one before it stops (R-040, R-041).

    Raises NotYours, AlreadyDecided, or ValueError for a validity that is already over.
    """
    version = waiting_for(version, by=by, now=now)
    if valid_until <= now:
        raise ValueError("An approval must be valid for some time.")
    # First out with the old: the database never holds two approved versions, and the two meet at the same instant.
    PlanVersion.objects.filter(plan_id=version.plan_id, status=VersionStatus.APPROVED).update(
        status=VersionStatus.SUPERSEDED, superseded_at=now
    )
    version.status, version.approved_at, version.approved_by = VersionStatus.APPROVED, now, by.user
    version.valid_until = valid_until
    version.save(update_fields=["status", "approved_at", "approved_by", "valid_until"])
    return decide(version, Decision.APPROVED, by=by, now=now)


@transaction.atomic
def return_with_question(*, version: PlanVersion, question: str, by: Actor, now: datetime) -> Approval:
    """The GP sends the proposal back. Raises NotYours, AlreadyDecided, or ValueError without a question."""
    version = waiting_for(version, by=by, now=now)
    if not question.strip():
        raise ValueError("A returned plan needs a question.")
    version.status = VersionStatus.RETURNED
    version.save(update_fields=["status"])
    return decide(version, Decision.RETURNED, by=by, now=now, question=question.strip())


def decides_for(patient: Patient, *, by: Actor, now: datetime) -> bool:
    """Whether this is the doctor who decides about the patient's plan (C3)."""
    return patients_to_decide_for(by, now=now).filter(pk=patient.pk).exists()


def has_hpr_number(by: Actor) -> bool:
    """An approval names the doctor's HPR number (R-041), so there is none without."""
    return re.fullmatch(r"[0-9]{1,9}", by.user.hpr_number) is not None


def waiting_for(version: PlanVersion, *, by: Actor, now: datetime) -> PlanVersion:
    """Only the patient's own doctor, with an HPR number, decides what waits in an open course (R-040, R-041, C3)."""
    if not decides_for(version.patient, by=by, now=now) or not has_hpr_number(by):
        raise NotYours
    version = locked(version)
    if version.status == VersionStatus.DRAFT:
        raise WrongStep(version.status)
    if version.status != VersionStatus.PROPOSED:
        raise AlreadyDecided(version)
    if not version.patient.enrolments.filter(ended_on__isnull=True).exists():
        raise NotYours
    return version


def decide(version: PlanVersion, decision: Decision, *, by: Actor, now: datetime, question: str = "") -> Approval:
    """The row that says who decided what, when, and about which content (R-041, P4)."""
    return Approval.objects.create(
        version=version,
        municipality_id=version.municipality_id,
        decision=decision,
        decided_at=now,
        decided_by=by.user,
        hpr_number=by.user.hpr_number,
        name=by.user.get_full_name(),
        question=question,
        content_sha256=content_hash(version),
    )
