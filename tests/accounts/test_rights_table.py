"""docs/rights.md read as data: its tables are the code's, and each organisational model is configuration only."""

from datetime import timedelta
from pathlib import Path

import pytest

from accounts.enums import AT_SERVICE, Role
from accounts.roles import MAY_GIVE, NEEDS, RIGHTS, Permission
from organisations.enums import ServiceKind, Shared
from organisations.models import GpPractice, HealthTrust
from patients.access import patients_to_decide_for, visible_patients
from patients.citizens import Citizen
from patients.enums import GIVEN_TO_RELATIVES, Scope
from patients.models import CareRelation
from tests.factories.accounts import actor_of, make_membership, make_user
from tests.factories.citizens import give_authority, own_citizen, relative_citizen
from tests.factories.clock import NOW
from tests.factories.organisations import ALWAYS, make_agreement, make_service
from tests.factories.patients import make_enrolment, make_patient
from tests.factories.world import A, B

PAGE = (Path(__file__).parents[2] / "docs" / "rights.md").read_text(encoding="utf-8")
DISTRICT = 30101


def table(name: str) -> list[list[str]]:
    """The rows of one marked table."""
    lines = PAGE.split(f"<!-- table: {name} -->\n", 1)[1].split("\n\n", 1)[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def names(cell: str) -> list[str]:
    return [] if cell == "–" else cell.split(", ")


def test_the_page_and_the_code_give_each_role_the_same_permissions():
    told = {role: (label, frozenset(names(permissions))) for role, label, permissions, _ in table("rights")}
    assert told == {role: (role.label, permissions) for role, permissions in RIGHTS.items()}
    assert set(RIGHTS) == set(Role)


def test_every_role_has_its_limits_in_words():
    assert [role for role, *_, limits in table("rights") if not limits] == []


def test_every_permission_is_somebodys():
    assert set().union(*RIGHTS.values()) == set(Permission)


def test_the_page_and_the_code_need_the_same_of_an_agreement():
    assert dict(table("needs")) == NEEDS


def test_the_page_and_the_code_let_the_same_people_give_roles():
    told = {giver: frozenset(names(roles)) for giver, roles in table("gives")}
    assert told == {giver: roles for giver, roles in MAY_GIVE.items() if roles}


def people_of(service, home: int, unit) -> dict[str, Role]:
    """Staff by the name that the table gives them."""
    people = {}
    places = {"GP": "practice", "COORDINATOR": "authority", "MUNICIPAL_ADMINISTRATOR": "authority"}
    practice = GpPractice.objects.create(name="Legekontoret", located_in_id=home)
    make_agreement(None, home, practice=practice)
    for name in ("GP", "COORDINATOR", "MUNICIPAL_ADMINISTRATOR"):
        people[name] = make_user(name.lower(), name, "Ansatt")
        place = {"practice": practice} if places[name] == "practice" else {"authority_id": home}
        make_membership(people[name], Role(name), **place)
    if unit is not None:
        people["UNIT_NURSE"] = make_user("unit_nurse", "Enhetens", "Sykepleier")
        make_membership(people["UNIT_NURSE"], Role.NURSE, service=unit)
    return people


def build(kind, owner, agreement, relation, staff):
    """The model as configuration: (patient, actors by name)."""
    home = DISTRICT if kind == ServiceKind.DISTRICT else A
    owners = {
        "own": {"owner": home},
        "host": {"owner": B},
        "trust": {"owner": None, "trust": HealthTrust.objects.first()},
    }
    service = make_service("Tjenesten", kind=ServiceKind(kind), **owners[owner])
    if agreement == "ended":
        make_agreement(service, home, valid_until=NOW.date() - timedelta(days=1))
    elif agreement != "–":
        make_agreement(service, home, shares=[Shared(name) for name in names(agreement)])
    unit = None if relation == "course" else make_service("Egen enhet", owner=home)
    people = people_of(service, home, unit)
    for name in names(staff):
        people[name] = make_user(f"staff_{name.lower()}", name, "Ansatt")
        make_membership(people[name], Role(name), service=service)
    patient = make_patient(home, "Liv", "Bakke", gp=people["GP"])
    make_enrolment(patient, unit or service)
    if relation == "shared":
        CareRelation.objects.create(
            municipality_id=home,
            patient=patient,
            service=service,
            valid_from=ALWAYS,
            given_at=NOW,
            given_by=people["COORDINATOR"],
        )
    return patient, {name: actor_of(user) for name, user in people.items()}


@pytest.mark.parametrize("row", [pytest.param(row, id=row[0]) for row in table("models")])
def test_each_organisational_model_is_configuration(world, row):
    _, _, kind, owner, agreement, relation, staff, sees, triages, approves = row
    patient, actors = build(kind, owner, agreement, relation, staff)

    def able(*permissions: Permission) -> set[str]:
        return {
            name
            for name, by in actors.items()
            if any(patient in visible_patients(by, now=NOW, permission=each) for each in permissions)
        }

    decides = {
        name
        for name, by in actors.items()
        if by.may(Permission.APPROVE_PLAN) and patient in patients_to_decide_for(by, now=NOW)
    }
    found = (able(Permission.SEE_PATIENT, Permission.SEE_PLAN), able(Permission.TRIAGE), decides)
    assert found == (set(names(sees)), set(names(triages)), set(names(approves)))
    # Nobody of the other personas, who work elsewhere or for others, sees the patient.
    others = [world.actor(person) for person in (world.kari, world.ola, world.dahl, world.eva, world.vera)]
    assert [by.user.username for by in others if patient in visible_patients(by, now=NOW)] == []


def test_the_models_use_every_kind_of_service():
    assert {kind for _, _, kind, *_ in table("models")} == set(ServiceKind)
    assert {name for row in table("models") for name in names(row[6])} == set(AT_SERVICE) - {Role.SERVICE_LEADER}


def test_the_page_and_the_code_give_citizens_the_same_scopes(world):
    authority = give_authority(world.per, scopes=list(GIVEN_TO_RELATIVES))
    citizens = {
        "patient": own_citizen(world.per),
        "tablet": Citizen(world.per, device=world.per_tablet),
        "relative": relative_citizen(authority),
    }
    told = {code: (label, dict(zip(citizens, who, strict=True))) for code, label, *who in table("scopes")}
    yes = {"patient": "yes", "tablet": "yes", "relative": "if given"}
    assert told == {
        scope.value: (
            str(scope.label),
            {who: yes[who] if citizen.may(scope) else "no" for who, citizen in citizens.items()},
        )
        for scope in Scope
    }
