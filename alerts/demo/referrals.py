"""Referrals of the demo, each at its own place between received and decided."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from alerts.demo.clock import local_date
from alerts.demo.places import KONGSVINGER
from alerts.demo.seeded import rng_for, uuid_at
from alerts.demo.staff import Staff
from dho.lib.encryption import blind_index
from dho.lib.national_id import make_synthetic
from patients.enums import Criterion, EndReason, ReferralOrigin, Sex, TargetGroup, TextGiven
from patients.models import Patient, Referral
from patients.services import Answers, NewReferral, assess, decline, refer


@dataclass(frozen=True)
class Candidate:
    """Somebody who has been referred, how many days ago, by whom and why."""

    given: str
    family: str
    sex: Sex
    born: date
    days_ago: int
    by: str
    origin: ReferralOrigin
    referrer: str
    reason: str
    groups: tuple[TargetGroup, ...] = ()


_HOSPITAL: Final = Candidate(
    "Torunn", "Brenden", Sex.FEMALE, date(1949, 5, 6), 3, "ravn", ReferralOrigin.HOSPITAL, "Lungeavdelingen",
    "To innleggelser for kolsforverring i høst.", (TargetGroup.COPD,),
)  # fmt: skip
_CITIZEN: Final = Candidate(
    "Odd", "Myhre", Sex.MALE, date(1957, 8, 21), 1, "hege", ReferralOrigin.CITIZEN, "",
    "Har diabetes og vil følge med på blodsukkeret selv.",
)  # fmt: skip
_ASSESSED: Final = Candidate(
    "Gunnvor", "Sand", Sex.FEMALE, date(1944, 2, 11), 8, "hege", ReferralOrigin.GP, "Anne Dahl, Kongsvinger legesenter",
    "Hjertesvikt, vekten svinger.", (TargetGroup.HEART_FAILURE,),
)  # fmt: skip
_DECLINED: Final = Candidate(
    "Arvid", "Lunde", Sex.MALE, date(1938, 11, 2), 12, "hege", ReferralOrigin.HOME_NURSING, "Hjemmesykepleien",
    "Faller ofte, og er urolig om natten.",
)  # fmt: skip


def make_referrals(staff: Staff, *, seed: int, now: datetime) -> None:
    """Two that nobody has assessed, one that waits for its decision, and one that was declined."""
    for each in (_HOSPITAL, _CITIZEN):
        _refer(each, staff, seed=seed, now=now)
    by = staff.by_username["hege"]
    waiting = _refer(_ASSESSED, staff, seed=seed, now=now)
    assess(referral_id=waiting.pk, answers=_answers(), by=by, now=now - timedelta(days=2))
    declined = _refer(_DECLINED, staff, seed=seed, now=now)
    unmet = (Criterion.COMPETENT, Criterion.JUSTIFIABLE)
    assess(referral_id=declined.pk, answers=_answers(*unmet, insecurity=True), by=by, now=now - timedelta(days=7))
    why = "Målingene kan gjøre deg mer urolig. Hjemmesykepleien kommer til deg om kvelden i stedet."
    then = now - timedelta(days=6)
    decline(
        referral_id=declined.pk,
        reason=EndReason.INSECURITY,
        why=why,
        given_how=TextGiven.LETTER,
        given_on=local_date(then),
        by=by,
        now=then,
    )


def _refer(candidate: Candidate, staff: Staff, *, seed: int, now: datetime) -> Referral:
    by, then = staff.by_username[candidate.by], now - timedelta(days=candidate.days_ago)
    groups = [str(each) for each in candidate.groups]
    new = NewReferral(candidate.origin, candidate.referrer, local_date(then), candidate.reason, groups)
    return refer(patient=_person(candidate, seed, then), family_name=candidate.family, new=new, by=by, now=then)


def _person(candidate: Candidate, seed: int, then: datetime) -> Patient:
    """Not by the service: the same seed gives the same id."""
    rng = rng_for(seed, "referral", candidate.family)
    number = make_synthetic(candidate.born, rng, sex="female" if candidate.sex == Sex.FEMALE else "male")
    return Patient.objects.create(
        id=uuid_at(rng, then),
        municipality_id=KONGSVINGER,
        given_name=candidate.given,
        family_name=candidate.family,
        birth_date=candidate.born,
        sex=candidate.sex,
        national_id=number.value,
        national_id_index=blind_index(number.value),
        national_id_kind=number.kind,
        synthetic=number.synthetic,
        phone="99 00 00 00",
    )


def _answers(*unmet: Criterion, insecurity: bool = False) -> Answers:
    columns = {
        "insecurity": insecurity, "login": "BANK_ID", "tablet": "LOAN", "coverage": "GOOD", "risk": "HIGH",
        "target_groups": ["HEART_FAILURE"] if not unmet else [], "cross_sector": True, "replaces": "SUPPLEMENTS",
        "present_services": ["HOME_NURSING"], "relatives_part": "",
    }  # fmt: skip
    met: dict[str, bool] = {each: each not in unmet for each in Criterion}
    return Answers(met=met, notes=dict.fromkeys(Criterion, ""), columns=columns)
