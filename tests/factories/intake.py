"""From referral to allocation: who decides, and cases on their way."""

from datetime import date

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import User
from organisations.enums import ServiceKind
from organisations.models import FollowUpService, HealthTrust
from patients.enums import (
    Criterion,
    DecisionForm,
    ReferralOrigin,
    ReferralStatus,
    TextGiven,
)
from patients.models import CriteriaAssessment, Patient, Referral
from patients.services import Answers, Decided, assess, begin
from tests.factories.accounts import actor_of, make_membership, make_user
from tests.factories.clock import NOW
from tests.factories.organisations import make_agreement, make_service
from tests.factories.patients import make_patient

COLUMNS = {
    "insecurity": False, "insecurity_note": "", "login": "BANK_ID", "tablet": "OWN", "coverage": "GOOD",
    "target_groups": ["COPD"], "risk": "HIGH", "cross_sector": False, "present_services": ["NONE"],
    "replaces": "SUPPLEMENTS", "relatives_part": "",
}  # fmt: skip
# How and when who is declined was told.
TOLD = {"given_how": TextGiven.LETTER, "given_on": NOW.date()}
# The same as a person fills it in.
FORM = {
    **{f"met_{each}": "yes" for each in Criterion},
    **{f"note_{each}": "" for each in Criterion},
    **{name: value for name, value in COLUMNS.items() if name not in ("insecurity", "cross_sector")},
    "insecurity": "no", "cross_sector": "no",
}  # fmt: skip


def make_handler(municipality_id: int, username: str = "hege", given: str = "Hege", family: str = "Dal") -> User:
    """A case handler of the municipality's allocation office."""
    user = make_user(username, given, family)
    make_membership(user, Role.CASE_HANDLER, authority_id=municipality_id)
    return user


def make_hospital(*parties: int) -> tuple[FollowUpService, User]:
    """A hospital's department with an agreement with each of these, and a nurse of it."""
    trust = HealthTrust.objects.get(pk="ahus")
    department = make_service("Lungeavdelingen", owner=None, trust=trust, kind=ServiceKind.HOSPITAL_COOPERATION)
    for party in parties:
        make_agreement(department, party)
    nurse = make_user("line", "Line", "Ek")
    make_membership(nurse, Role.HOSPITAL_NURSE, service=department)
    return department, nurse


def make_referral(patient: Patient, by: User, **fields) -> Referral:
    """A referral that nobody has looked at yet, with its first step."""
    known = {
        "origin": ReferralOrigin.HOSPITAL, "received_on": date(2026, 11, 2), "reason": "Mange innleggelser.",
        "registered_at": NOW,
    }  # fmt: skip
    referral = Referral.objects.create(
        municipality_id=patient.municipality_id, patient=patient, registered_by=by, **known | fields
    )
    begin(referral, by=actor_of(by), now=NOW)
    return referral


def make_candidate(municipality_id: int, by: User, given: str = "Tor", family: str = "Bakke", **fields) -> Referral:
    """Somebody new to the municipality who has been referred."""
    return make_referral(make_patient(municipality_id, given, family), by, **fields)


def answers(*unmet: Criterion, **columns) -> Answers:
    """Yes to all but these."""
    met = {each: each not in unmet for each in Criterion}
    return Answers(met=met, notes=dict.fromkeys(Criterion, ""), columns=COLUMNS | columns)


def assessed(referral: Referral, by: User, *unmet: Criterion, now=NOW, **columns) -> CriteriaAssessment:
    """The referral with an assessment of it."""
    found = assess(referral_id=referral.pk, answers=answers(*unmet, **columns), by=actor_of(by), now=now)
    referral.status = ReferralStatus.ASSESSED
    return found


def decided(service: FollowUpService, **fields) -> Decided:
    """What is decided where nothing is special."""
    known = {
        "gp": None, "decision": DecisionForm.NONE, "decided_on": None, "reference": "", "override_reason": "",
        "given_how": TextGiven.LETTER, "given_on": NOW.date(),
    }  # fmt: skip
    return Decided(service=service, **known | fields)


def actor(user: User) -> Actor:
    """The person at work."""
    return actor_of(user)
