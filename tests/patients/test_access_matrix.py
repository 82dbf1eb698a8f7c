"""Who may what with whose record: the rights of C2 and C3 as one table, asked of lock one (P3, AT-39, AT-54).

Rows are people, columns are situations, and a cell names what holds: R sees the record, P the plan, T triages, A
approves the plan as the doctor who decides, D hands out devices. Everything that is not named is refused.
"""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from accounts.enums import Role
from accounts.models import User
from accounts.queries import work_of
from accounts.roles import Permission
from organisations.enums import PartnerKind
from organisations.models import Agreement, FollowUpService, HealthCommunity, Partner
from patients.access import patients_to_decide_for, visible_patients
from patients.models import Patient
from tests.factories.accounts import make_membership, make_user
from tests.factories.care import block, make_hospital, open_in_emergency, share
from tests.factories.clock import NOW
from tests.factories.organisations import make_agreement, make_service
from tests.factories.patients import make_enrolment, make_patient

LETTERS = {
    "R": Permission.SEE_PATIENT,
    "P": Permission.SEE_PLAN,
    "T": Permission.TRIAGE,
    "D": Permission.MANAGE_DEVICES,
}
YESTERDAY = NOW.date() - timedelta(days=1)

# own: the patient of the care relation; other: same municipality, no relation; foreign: another municipality.
# ended: own, but the agreement (for the municipality's own people: the membership) ended yesterday.
# blocked: the patient's block against the person. dead, moved: own, since yesterday.
# emergency: `other`, after emergency access was opened; past: own, blocked and opened in an emergency.
SITUATIONS = ["own", "other", "foreign", "ended", "blocked", "dead", "moved", "emergency", "past"]
TABLE = {
    #                           own      other    foreign ended  blocked dead    moved   emergency past
    "holder nurse":           ("R P T D", "",      "",     "",    "",     "R P T D", "R P T D", "R P", "R P"),
    "holder health worker":   ("R P T",   "",      "",     "",    "",     "R P T",   "R P T",   "",    ""),
    "holder leader":          ("",        "",      "",     "",    "",     "",        "",        "",    ""),
    "shared nurse":           ("R P",     "",      "",     "",    "",     "",        "",        "R P", "R P"),
    "GP":                     ("R P A",   "",      "",     "",    "",     "",        "",        "R P", "R P"),
    "GP office nurse":        ("R P",     "",      "",     "",    "",     "",        "",        "",    ""),
    "home nurse":             ("P",       "",      "",     "",    "",     "",        "",        "",    ""),
    "group home":             ("P",       "",      "",     "",    "",     "",        "",        "",    ""),
    "specialist in phase":    ("R P A",   "",      "",     "",    "",     "R P A",   "R P A",   "R P", "R P"),
    "hospital nurse in phase": ("R P T D", "",     "",     "",    "",     "R P T D", "R P T D", "R P", "R P"),
    "specialist outside":     ("R P",     "",      "",     "",    "",     "",        "",        "R P", "R P"),
    "coordinator":            ("R P D",   "R P D", "",     "",    "",     "R P D",   "R P D",   "R P D", ""),
    "case handler":           ("",        "",      "",     "",    "",     "",        "",        "",    ""),
    "municipal leader":       ("",        "",      "",     "",    "",     "",        "",        "",    ""),
    "economy":                ("",        "",      "",     "",    "",     "",        "",        "",    ""),
    "administrator":          ("",        "",      "",     "",    "",     "",        "",        "",    ""),
    "privacy officer":        ("",        "",      "",     "",    "",     "",        "",        "",    ""),
    "community coordinator":  ("",        "",      "",     "",    "",     "",        "",        "",    ""),
    "logistics":              ("",        "",      "",     "",    "",     "",        "",        "",    ""),
    "support":                ("",        "",      "",     "",    "",     "",        "",        "",    ""),
    "analyst":                ("",        "",      "",     "",    "",     "",        "",        "",    ""),
}  # fmt: skip

AUTHORITY = {
    "coordinator": Role.COORDINATOR,
    "case handler": Role.CASE_HANDLER,
    "municipal leader": Role.MUNICIPAL_LEADER,
    "economy": Role.ECONOMY,
    "administrator": Role.MUNICIPAL_ADMINISTRATOR,
    "privacy officer": Role.PRIVACY_OFFICER,
}
PARTNERS = {
    "logistics": (Role.LOGISTICS, PartnerKind.LOGISTICS),
    "support": (Role.SUPPORT, PartnerKind.SUPPLIER),
    "analyst": (Role.ANALYST, PartnerKind.RESEARCH),
}
SHARED_WITH = {
    "shared nurse": Role.NURSE,
    "home nurse": Role.HOME_NURSE,
    "group home": Role.GROUP_HOME_STAFF,
    "specialist outside": Role.SPECIALIST,
}
HELD_BY = {
    "holder nurse": Role.NURSE,
    "holder health worker": Role.HEALTH_WORKER,
    "holder leader": Role.SERVICE_LEADER,
    "specialist in phase": Role.SPECIALIST,
    "hospital nurse in phase": Role.HOSPITAL_NURSE,
}


@dataclass
class Stage:
    """The person of a row, with the own patient, another of the same municipality, and one of a third."""

    user: User
    own: Patient
    other: Patient
    foreign: Patient


def hired(world, role: Role, **place) -> User:
    """Somebody with this one membership, given by another (support demands it)."""
    user = make_user("rad", "Runa", "Rad", hpr_number="2222222")
    support = {"valid_from": YESTERDAY, "valid_until": NOW.date() + timedelta(days=3)} if role == Role.SUPPORT else {}
    make_membership(user, role, given_by=world.ness, **support, **place)
    return user


def follow(world, service: FollowUpService, patient: Patient) -> None:
    """The service holds the patient's course."""
    patient.enrolments.update(service=service)


def staged(world, row: str) -> Stage:
    """Solveig of B, whom the row has its relation to, where there is one; everybody works for B by agreement only."""
    other = make_patient(world.b.pk, "Arne", "Berg")
    make_enrolment(other, make_service("Oppfølging i Grue", owner=world.b.pk))
    if row in HELD_BY:
        in_phase = row.endswith("phase")
        service = make_hospital() if in_phase else make_service("Nabosenteret", owner=world.c.pk)
        make_agreement(service, world.b.pk)
        follow(world, service, world.solveig)
        user = hired(world, HELD_BY[row], service=service)
    elif row in SHARED_WITH:
        outside = row == "specialist outside"
        service = make_hospital() if outside else make_service("De andre", owner=world.c.pk)
        make_agreement(service, world.b.pk)
        share(world.solveig, service, world.kari)
        user = hired(world, SHARED_WITH[row], service=service)
    elif row in AUTHORITY:
        user = hired(world, AUTHORITY[row], authority=world.b)
    elif row in PARTNERS:
        role, kind = PARTNERS[row]
        partner = Partner.objects.create(name="Partneren", kind=kind)
        make_agreement(None, world.b.pk, partner=partner, shares=["EQUIPMENT"])
        user = hired(world, role, partner=partner)
    elif row == "community coordinator":
        user = hired(world, Role.COMMUNITY_COORDINATOR, community=HealthCommunity.objects.first())
    elif row == "GP":
        user = world.dahl
    else:
        user = hired(world, Role.GP_OFFICE_NURSE, practice=world.dahl.memberships.get().practice)
    return Stage(user, world.solveig, other, world.nils)


def arrange(world, stage: Stage, situation: str) -> Patient:
    """Make the situation, and give the patient it is about."""
    if situation in ("blocked", "past"):
        block(stage.own, world.kari, user=stage.user)
    if situation == "ended":
        Agreement.objects.filter(party=world.b).update(valid_until=YESTERDAY)
        stage.user.memberships.filter(authority__isnull=False).update(valid_until=YESTERDAY)
    if situation == "dead":
        Patient.objects.filter(pk=stage.own.pk).update(deceased_on=YESTERDAY)
    if situation == "moved":
        Patient.objects.filter(pk=stage.own.pk).update(moved_on=YESTERDAY)
    patient = {"other": stage.other, "foreign": stage.foreign, "emergency": stage.other}.get(situation, stage.own)
    if situation in ("emergency", "past"):
        open_in_emergency(patient, stage.user)
    return patient


def rights(user: User, patient: Patient) -> str:
    """The letters that hold, in the order of the table."""
    found = ""
    for actor in work_of(user, on=NOW.date()):
        for letter, permission in LETTERS.items():
            if visible_patients(actor, now=NOW, permission=permission).filter(pk=patient.pk).exists():
                found += letter
        if patients_to_decide_for(actor, now=NOW).filter(pk=patient.pk).exists():
            found += "A"
    return " ".join(letter for letter in "RPTAD" if letter in found)


def test_the_table_has_every_role():
    roles = {*HELD_BY.values(), *SHARED_WITH.values(), *AUTHORITY.values(), Role.GP, Role.GP_OFFICE_NURSE}
    assert roles | {role for role, _ in PARTNERS.values()} | {Role.COMMUNITY_COORDINATOR} == set(Role)
    assert {len(cells) for cells in TABLE.values()} == {len(SITUATIONS)}


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("row", TABLE)
def test_each_person_may_exactly_what_the_table_says(world, row, situation):
    stage = staged(world, row)
    patient = arrange(world, stage, situation)
    assert rights(stage.user, patient) == TABLE[row][SITUATIONS.index(situation)]
