"""The personas: nurse Kari follows municipality A and B, nurse Ola municipality C and must see nothing of theirs."""

from dataclasses import dataclass
from datetime import timedelta

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import DeviceCredential, User
from careplans.models import PlanVersion
from organisations.enums import ServiceKind
from organisations.models import (
    FollowUpService,
    GpPractice,
    Municipality,
)
from patients.enums import Sex
from patients.models import Patient
from tests.factories.accounts import actor_of, make_device, make_membership, make_user
from tests.factories.careplans import add_schedule, approve, make_draft
from tests.factories.clock import NOW
from tests.factories.organisations import make_agreement, make_service
from tests.factories.patients import make_enrolment, make_patient

A, B, C = 340100, 341700, 110300  # Kongsvinger, Grue, Stavanger


@dataclass
class World:
    """Everyone and everything that exists before a test begins."""

    a: Municipality
    b: Municipality
    c: Municipality
    joint: FollowUpService  # follows A (its owner) and B (by agreement)
    own_c: FollowUpService  # follows C only
    kari: User  # nurse of the joint service
    berit: User  # another nurse of the joint service
    ola: User  # nurse of C's service: must see nothing of A and B
    dahl: User  # GP with Per and Solveig on the list
    siri: User  # coordinator of B
    ness: User  # administrator of A: no clinical content
    eva: User  # leader of the joint service
    pia: User  # privacy officer of A: who can see and who has seen, no clinical content
    per: Patient  # A, COPD, plan version 1 approved 90 days ago
    solveig: Patient  # B, heart failure, plan approved
    nils: Patient  # C, plan approved by another GP
    per_tablet: DeviceCredential
    solveig_tablet: DeviceCredential
    nils_tablet: DeviceCredential
    per_plan: PlanVersion

    def actor(self, user: User) -> Actor:
        """The person at work, as services take it."""
        return actor_of(user)


def make_world() -> World:
    """Everything committed or in the running transaction, as the fixture decides."""
    a, b, c = (Municipality.objects.get(pk=pk) for pk in (A, B, C))
    joint = make_service("DHO Solør–Odal", owner=A, kind=ServiceKind.JOINT_CENTRE)
    make_agreement(joint, B)
    own_c = make_service("Oppfølgingstjenesten i Stavanger", owner=C)
    people = {
        "kari": make_user("kari", "Kari", "Nordmann"),
        "berit": make_user("berit", "Berit", "Lunde"),
        "ola": make_user("ola", "Ola", "Berg"),
        "dahl": make_user("dahl", "Anne", "Dahl", hpr_number="1234567"),
        "siri": make_user("siri", "Siri", "Moen"),
        "ness": make_user("ness", "Nils", "Ness"),
        "eva": make_user("eva", "Eva", "Strand"),
        "pia": make_user("pia", "Pia", "Voll"),
    }
    lie = make_user("lie", "Tor", "Lie", hpr_number="7654321")
    practice = GpPractice.objects.create(name="Kongsvinger legesenter", located_in=a)
    practice_c = GpPractice.objects.create(name="Stavanger legesenter", located_in=c)
    for office, party in ((practice, a), (practice, b), (practice_c, c)):
        make_agreement(None, party.pk, practice=office)
    make_membership(lie, Role.GP, practice=practice_c)
    make_membership(people["kari"], Role.NURSE, service=joint)
    make_membership(people["berit"], Role.NURSE, service=joint)
    make_membership(people["ola"], Role.NURSE, service=own_c)
    make_membership(people["dahl"], Role.GP, practice=practice)
    make_membership(people["siri"], Role.COORDINATOR, authority=b)
    make_membership(people["ness"], Role.MUNICIPAL_ADMINISTRATOR, authority=a)
    make_membership(people["eva"], Role.SERVICE_LEADER, service=joint)
    make_membership(people["pia"], Role.PRIVACY_OFFICER, authority=a)

    per = make_patient(A, "Per", "Aasen", gp=people["dahl"], sex=Sex.MALE, cave="penicillin")
    solveig = make_patient(B, "Solveig", "Eide", gp=people["dahl"], sex=Sex.FEMALE, cave="")
    nils = make_patient(C, "Nils", "Iversen", gp=lie, sex=Sex.MALE)
    started = NOW - timedelta(days=90)
    for patient, service in ((per, joint), (solveig, joint), (nils, own_c)):
        make_enrolment(patient, service, started_on=started.date())
    per_draft = make_draft(per, people["kari"], now=started)
    add_schedule(per_draft)
    per_plan = approve(per_draft, people["dahl"], now=started)
    approve(make_draft(solveig, people["kari"], now=started), people["dahl"], now=started)
    approve(make_draft(nils, people["ola"], now=started), lie, now=started)
    return World(
        a=a,
        b=b,
        c=c,
        joint=joint,
        own_c=own_c,
        **people,
        per=per,
        solveig=solveig,
        nils=nils,
        per_tablet=make_device(per, people["kari"]),
        solveig_tablet=make_device(solveig, people["kari"]),
        nils_tablet=make_device(nils, people["ola"]),
        per_plan=per_plan,
    )
