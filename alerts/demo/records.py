"""Patients, their relatives, their enrolment and their tablet."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from accounts.actor import Actor
from accounts.enums import RevokedWhy
from accounts.models import DeviceCredential
from alerts.demo.cast import Character, Condition, Course, Story
from alerts.demo.clock import local_date
from alerts.demo.homes import give_home
from alerts.demo.seeded import rng_for, secret_of, uuid_at
from dho.lib.encryption import blind_index
from dho.lib.national_id import make_synthetic
from organisations.models import FollowUpService
from patients.enums import EndReason, EnrolmentStatus, PlanBasis, Sex, TargetGroup
from patients.models import Enrolment, Patient, Pause, Relative
from patients.services import begin, take_step

# Tablets that stay in the drawer: nobody knows their secret, so the simulator leaves these patients alone.
_STILL: Final = {Story.NOT_TODAY, Story.SILENT, Story.REFUSED, Story.WRONG_CLOCK, Story.IMPOSSIBLE}
_CAVE: Final = ("penicillin", "sulfa", "kodein", "acetylsalisylsyre", "jod kontrast")
_GROUPS: Final = {
    Condition.COPD: [TargetGroup.COPD],
    Condition.HEART_FAILURE: [TargetGroup.HEART_FAILURE],
    Condition.DIABETES: [TargetGroup.DIABETES],
    Condition.MIXED: [TargetGroup.COMPLEX_NEEDS, TargetGroup.HEART_FAILURE],
}
_RELATIONS: Final = (("Silje", "datter"), ("Anders", "sønn"), ("Grete", "søster"), ("Hilde", "nabo"), ("Mona", "niese"))
_TRIAL: Final = timedelta(days=28)
ENDED_DAYS_AGO: Final = 20
PAUSED_DAYS: Final = 12


@dataclass(frozen=True)
class Record:
    """A patient with the enrolment and the tablet."""

    patient: Patient
    enrolment: Enrolment
    tablet: DeviceCredential


def make_record(
    character: Character, *, seed: int, service: FollowUpService, nurse: Actor, gp: Actor, now: datetime
) -> Record:
    """Everything about the person that is not plan or measurement."""
    rng = rng_for(seed, "record", character.number)
    started = now - timedelta(days=_days_enrolled(character.course, rng))
    patient = _patient(character, gp, started, rng)
    give_home(patient, seed=seed, number=character.number, by=nurse.user, at=started)
    if rng.random() < 0.6:
        name, relation = rng.choice(_RELATIONS)
        Relative.objects.create(
            id=uuid_at(rng, started),
            municipality_id=patient.municipality_id,
            patient=patient,
            name=f"{name} {character.family}",
            relation=relation,
            phone=_phone(rng),
        )
    enrolment = _enrolment(character, patient, service, nurse, started, now, rng)
    return Record(patient, enrolment, _tablet(character, patient, nurse, started, rng))


def end_course(character: Character, record: Record, *, seed: int, nurse: Actor, now: datetime) -> None:
    """What has happened to a course that is over; nobody writes a plan for the patient after that."""
    rng, ended = rng_for(seed, "end", character.number), now - timedelta(days=ENDED_DAYS_AGO)
    enrolment, tablet = record.enrolment, record.tablet
    reason = rng.choice([EndReason.NO_BENEFIT, EndReason.OWN_WISH, EndReason.TOO_ILL])
    take_step(enrolment, EnrolmentStatus.ENDED, by=nurse, now=ended, ended_on=local_date(ended), end_reason=reason)
    tablet.revoked_at, tablet.revoked_by, tablet.revoked_why = ended, nurse.user, RevokedWhy.STAFF
    tablet.save()


def _days_enrolled(course: Course, rng: Random) -> int:
    if course.in_trial:
        return rng.randint(6, 9)
    return 30 if course == Course.NEW else rng.randint(130, 300)


def _patient(character: Character, gp: Actor, started: datetime, rng: Random) -> Patient:
    national_id = make_synthetic(character.birth_date, rng, sex="female" if character.sex == Sex.FEMALE else "male")
    return Patient.objects.create(
        id=uuid_at(rng, started),
        municipality_id=character.town,
        given_name=character.given,
        family_name=character.family,
        birth_date=character.birth_date,
        sex=character.sex,
        national_id=national_id.value,
        national_id_index=blind_index(national_id.value),
        national_id_kind=national_id.kind,
        synthetic=national_id.synthetic,
        phone=_phone(rng),
        language=character.language,
        communication=character.communication,
        cave=rng.choice([None, "", "", "", rng.choice(_CAVE)]),
        gp=gp.user,
    )


def _enrolment(
    character: Character,
    patient: Patient,
    service: FollowUpService,
    nurse: Actor,
    started: datetime,
    now: datetime,
    rng: Random,
) -> Enrolment:
    """The course, with its first step; a paused patient is away for some weeks."""
    course = character.course
    enrolment = Enrolment.objects.create(
        id=uuid_at(rng, started),
        municipality_id=patient.municipality_id,
        patient=patient,
        service=service,
        status=EnrolmentStatus.TRIAL if course.in_trial else EnrolmentStatus.ACTIVE,
        target_groups=_GROUPS[character.condition],
        allocated_on=local_date(started),
        started_on=local_date(started),
        trial_ends_on=local_date(started) + _TRIAL,
        basis="" if course.in_trial else PlanBasis.SELF_CARE_PLAN,
    )
    begin(enrolment, by=nurse, now=started, why="Overført fra tidligere løsning.")
    if course == Course.PAUSED:
        Pause.objects.create(
            id=uuid_at(rng, now),
            municipality_id=patient.municipality_id,
            patient=patient,
            enrolment=enrolment,
            first_day=local_date(now) - timedelta(days=PAUSED_DAYS),
            last_day=local_date(now) + timedelta(days=PAUSED_DAYS),
            reason="Reise.",
            registered_at=now - timedelta(days=PAUSED_DAYS),
            registered_by=nurse.user,
        )
    return enrolment


def _tablet(character: Character, patient: Patient, nurse: Actor, started: datetime, rng: Random) -> DeviceCredential:
    credential_id = uuid_at(rng, started)
    secret = secrets.token_urlsafe(32) if character.story in _STILL else secret_of(credential_id)
    return DeviceCredential.objects.create(
        id=credential_id,
        municipality_id=patient.municipality_id,
        patient_id=patient.pk,
        label="Nettbrett",
        secret_hash=DeviceCredential.hash_secret(secret),
        issued_at=started,
        issued_by=nurse.user,
    )


def _phone(rng: Random) -> str:
    """The 99 00 series of examples."""
    return f"99 00 {rng.randrange(100):02d} {rng.randrange(100):02d}"
