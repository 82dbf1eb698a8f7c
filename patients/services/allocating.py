"""The home municipality assesses a referral, and allocates the service or does not (R-002 to R-006, R-018, R-022)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import User
from organisations.models import FollowUpService
from patients.criteria import needs_reason
from patients.enums import (
    Criterion,
    DecisionForm,
    EndReason,
    EnrolmentStatus,
    Obstacle,
    ReferralStatus,
    TextGiven,
    TextKind,
    Told,
)
from patients.models import Allocation, CriteriaAssessment, CriterionAnswer, Enrolment, Referral
from patients.queries.referrals import OPEN, newest_assessment, patients_to_allocate_for
from patients.services.handover import cannot_receive
from patients.services.information import record_given
from patients.services.pathway import begin, take_step
from patients.services.referring import gone
from patients.services.rights import NotPossible, NotYours, lock_patient


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything that is asked about a referral: the criteria with their notes, and the columns of the assessment."""

    met: Mapping[str, bool]
    notes: Mapping[str, str]
    columns: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Decided:
    """What is decided when the service is allocated, and how the patient was told."""

    service: FollowUpService
    gp: User | None
    decision: DecisionForm
    decided_on: date | None
    reference: str
    override_reason: str
    given_how: TextGiven
    given_on: date
    relatives_told: bool = False
    kinds: list[str] = field(default_factory=lambda: list(TextKind.values))


@transaction.atomic
def assess(*, referral_id: UUID, answers: Answers, by: Actor, now: datetime) -> CriteriaAssessment:
    """Keep a whole assessment; the newest counts, and the earlier ones stay. Raises NotYours, NotPossible."""
    referral = _held(referral_id, by=by)
    if referral.status not in OPEN:
        raise NotPossible(Obstacle.NO_SUCH_STEP)
    whose = {"municipality_id": referral.municipality_id, "patient_id": referral.patient_id}
    assessment = CriteriaAssessment.objects.create(
        **whose, referral=referral, assessed_at=now, assessed_by=by.user, **answers.columns
    )
    CriterionAnswer.objects.bulk_create(
        CriterionAnswer(**whose, assessment=assessment, criterion=each, met=answers.met[each], note=answers.notes[each])
        for each in Criterion
    )
    if referral.status == ReferralStatus.RECEIVED:
        take_step(referral, ReferralStatus.ASSESSED, by=by, now=now)
    return assessment


@transaction.atomic
def allocate(*, referral_id: UUID, decided: Decided, by: Actor, now: datetime) -> Enrolment:
    """Give the person the service: the course begins at the chosen service, and the patient is told.

    Raises NotYours, NotPossible: when somebody has decided meanwhile, when a condition is not met and no reason is
    given (AT-34), when the person is gone, and when nobody at the service could follow up.
    """
    referral, today = _held(referral_id, by=by), timezone.localdate(now)
    patient = referral.patient
    if referral.status != ReferralStatus.ASSESSED:
        raise NotPossible(Obstacle.NO_SUCH_STEP)
    assessment = newest_assessment(referral)
    assert assessment is not None  # noqa: S101 - the step to ASSESSED is only taken with one
    if _unmet(assessment) and not decided.override_reason.strip():
        raise NotPossible(Obstacle.CONDITIONS_UNMET)
    if Enrolment.objects.filter(patient=patient, ended_on__isnull=True).exists():
        raise NotPossible(Obstacle.IN_COURSE)
    if obstacle := gone(patient, on=today) or cannot_receive(decided.service, patient, on=today):
        raise NotPossible(obstacle)
    _keep(referral, assessment, decided, by=by, now=now)
    take_step(referral, ReferralStatus.ALLOCATED, by=by, now=now, why=decided.override_reason[:500])
    if decided.gp and patient.gp_id != decided.gp.pk:
        patient.gp = decided.gp
        patient.save(update_fields=["gp"])
    _tell(referral, decided, by=by, now=now)
    return _begun(referral, assessment, decided.service, by=by, now=now)


@transaction.atomic
def decline(
    *,
    referral_id: UUID,
    reason: EndReason,
    why: str,
    given_how: TextGiven,
    given_on: date,
    by: Actor,
    now: datetime,
) -> Referral:
    """Do not give the service, with a coded reason, the words of the letter, and how and when the person was told.

    Raises NotYours, NotPossible.
    """
    referral = _held(referral_id, by=by)
    take_step(referral, ReferralStatus.DECLINED, by=by, now=now, why=why, declined_reason=reason)
    record_given(
        referral=referral,
        kinds=[TextKind.COMPLAINT],
        given_to=Told.PATIENT,
        given_how=given_how,
        given_on=given_on,
        by=by,
        now=now,
    )
    return referral


def _held(referral_id: UUID, *, by: Actor) -> Referral:
    """The referral as it stands, with the patient's row held. Raises NotYours for everybody but the home's staff."""
    patients = patients_to_allocate_for(by)
    patient_id = Referral.objects.filter(pk=referral_id, patient__in=patients).values_list("patient_id", flat=True)
    found = patient_id.first()
    if found is None:
        raise NotYours
    lock_patient(found)
    return Referral.objects.select_related("patient", "municipality").get(pk=referral_id)


def _unmet(assessment: CriteriaAssessment) -> bool:
    met = {each.criterion: each.met for each in assessment.answers.all()}
    return needs_reason(met, insecurity=assessment.insecurity)


def _keep(
    referral: Referral, assessment: CriteriaAssessment, decided: Decided, *, by: Actor, now: datetime
) -> Allocation:
    formal = decided.decision != DecisionForm.NONE
    return Allocation.objects.create(
        municipality_id=referral.municipality_id,
        patient_id=referral.patient_id,
        referral=referral,
        assessment=assessment,
        allocated_at=now,
        allocated_by=by.user,
        role=by.role,
        override_reason=decided.override_reason.strip(),
        decision=decided.decision,
        decided_on=decided.decided_on if formal else None,
        reference=decided.reference.strip() if formal else "",
    )


def _tell(referral: Referral, decided: Decided, *, by: Actor, now: datetime) -> None:
    told = [Told.PATIENT, *([Told.RELATIVE] if decided.relatives_told else [])]
    for each in told:
        record_given(
            referral=referral,
            kinds=decided.kinds,
            given_to=each,
            given_how=decided.given_how,
            given_on=decided.given_on,
            by=by,
            now=now,
        )


def _begun(
    referral: Referral, assessment: CriteriaAssessment, service: FollowUpService, *, by: Actor, now: datetime
) -> Enrolment:
    course = Enrolment.objects.create(
        municipality_id=referral.municipality_id,
        patient_id=referral.patient_id,
        service=service,
        status=EnrolmentStatus.START_UP,
        target_groups=assessment.target_groups,
        referral=referral,
        allocated_on=timezone.localdate(now),
    )
    begin(course, by=by, now=now)
    return course
