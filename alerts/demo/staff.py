"""The people who work in the demo, and how they sign in."""

import base64
import hashlib
import time
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth.hashers import make_password

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Membership, User
from accounts.queries import work_of
from alerts.demo.homes import home_of_staff
from alerts.demo.places import EIDSKOG, GRUE, KONGSVINGER, STAVANGER, TOWNS, Places
from alerts.demo.seeded import rng_for, uuid_at
from dho.lib.encryption import blind_index
from dho.lib.national_id import make_synthetic
from dho.lib.numbers import OSLO

# Known to everyone on purpose, and refused in production together with everything else here.
PASSWORD: Final = "demo-hjemme-2026"  # noqa: S105
_HIRED: Final = datetime(2024, 1, 2, 8, tzinfo=OSLO)


@dataclass(frozen=True)
class Employee:
    """Who, with which login, in which role, where: a service of `Places`, a practice, or a municipality's number."""

    username: str
    given: str
    family: str
    role: Role
    place: str | int
    hpr: str = ""


STAFF: Final = (
    Employee("ida", "Ida", "Holm", Role.NURSE, "joint", "9000011"),
    Employee("jonas", "Jonas", "Lien", Role.NURSE, "joint", "9000012"),
    Employee("berit", "Berit", "Lunde", Role.NURSE, "joint", "9000013"),
    Employee("eva", "Eva", "Strand", Role.SERVICE_LEADER, "joint"),
    Employee("ola", "Ola", "Berg", Role.NURSE, "own", "9000021"),
    Employee("hanne", "Hanne", "Tjelta", Role.NURSE, "own", "9000022"),
    Employee("dahl", "Anne", "Dahl", Role.GP, "kongsvinger", "9000031"),
    Employee("vik", "Tomas", "Vik", Role.GP, "kongsvinger", "9000032"),
    Employee("hansen", "Grete", "Hansen", Role.GP, "skotterud", "9000033"),
    Employee("nguyen", "Minh", "Nguyen", Role.GP, "skarnes", "9000034"),
    Employee("lie", "Tor", "Lie", Role.GP, "storhaug", "9000035"),
    Employee("siri", "Siri", "Moen", Role.COORDINATOR, GRUE),
    Employee("ness", "Nils", "Ness", Role.MUNICIPAL_ADMINISTRATOR, KONGSVINGER),
    Employee("vera", "Vera", "Vik", Role.PRIVACY_OFFICER, KONGSVINGER),
    Employee("rye", "Randi", "Rye", Role.COORDINATOR, STAVANGER),
    Employee("gran", "Gro", "Gran", Role.MUNICIPAL_ADMINISTRATOR, GRUE),
    Employee("sand", "Tove", "Sand", Role.HOME_NURSE, "home", "9000041"),
    Employee("ravn", "Sigrid", "Ravn", Role.SPECIALIST, "hospital", "9000042"),
    Employee("moe", "Arne", "Moe", Role.LOGISTICS, "depot"),
    Employee("bo", "Bo", "Haug", Role.GROUP_HOME_STAFF, "group_home"),
    Employee("hege", "Hege", "Dal", Role.CASE_HANDLER, KONGSVINGER),
)
# Which GPs have the patients of a municipality on their lists; the first has most of them.
GPS_OF: Final[dict[int, tuple[str, ...]]] = {
    town: {EIDSKOG: ("hansen",), STAVANGER: ("lie",), KONGSVINGER: ("dahl", "vik"), GRUE: ("dahl", "vik")}.get(
        town, ("nguyen",)
    )
    for town in TOWNS
}


@dataclass(frozen=True)
class Staff:
    """Everyone by user name, at work today."""

    by_username: dict[str, Actor]
    joint_nurses: tuple[Actor, ...]
    own_nurses: tuple[Actor, ...]

    def nurses_of(self, town: int) -> tuple[Actor, ...]:
        """The nurses who follow up the municipality's patients."""
        return self.own_nurses if town == STAVANGER else self.joint_nurses


def make_staff(seed: int, places: Places, *, today: date) -> Staff:
    """Users and memberships. One hash for all: argon2 is slow on purpose, and the password is no secret."""
    password = make_password(PASSWORD)
    actors = {each.username: _hire(seed, each, places, password, today) for each in STAFF}
    return Staff(
        actors,
        tuple(actors[each.username] for each in STAFF if each.role == Role.NURSE and each.place == "joint"),
        tuple(actors[each.username] for each in STAFF if each.role == Role.NURSE and each.place == "own"),
    )


def _hire(seed: int, employee: Employee, places: Places, password: str, today: date) -> Actor:
    rng = rng_for(seed, "staff", employee.username)
    home = home_of_staff(employee.username)
    user = User.objects.create(
        id=uuid_at(rng, _HIRED),
        username=employee.username,
        password=password,
        first_name=employee.given,
        last_name=employee.family,
        email=f"{employee.username}@example.org",
        hpr_number=employee.hpr,
        national_id_index=blind_index(national_id_of(employee)),
        national_id_registered_at=_HIRED,
        address_index=home.address,
        neighbourhood_index=home.neighbourhood,
        address_registered_at=_HIRED if home.neighbourhood else None,
        date_joined=_HIRED,
    )
    Membership.objects.create(
        id=uuid_at(rng, _HIRED),
        user=user,
        role=employee.role,
        valid_from=_HIRED.date(),
        service=places.services.get(str(employee.place)),
        partner=places.depot if employee.place == "depot" else None,
        party_id=KONGSVINGER if employee.place == "depot" else None,
        practice=places.practices.get(str(employee.place)),
        authority_id=employee.place if isinstance(employee.place, int) else None,
    )
    return work_of(user, on=today)[0]


def national_id_of(employee: Employee) -> str:
    """A synthetic number that stays the same, so that the provider of the demo can tell it too."""
    rng = rng_for(0, "national id", employee.username)
    return make_synthetic(date(1980, 1, 1 + STAFF.index(employee)), rng).value


def secret_of(username: str) -> str:
    """The secret of the person's code app. No secret at all, like the password."""
    return base64.b32encode(hashlib.sha1(f"dho demo {username}".encode(), usedforsecurity=False).digest()).decode()


def code_now(username: str) -> str:
    """What the person's code app shows now."""
    return format_hotp_value(hotp_value(secret_of(username), int(time.time()) // 30))


def give_apps() -> None:
    """A code app to everybody of the staff who has none, also in a demo loaded by an older version."""
    without = User.objects.filter(username__in=[each.username for each in STAFF])
    for user in without.exclude(authenticator__type=Authenticator.Type.TOTP):
        TOTP.activate(user, secret_of(user.username))


def claims() -> list[dict[str, Any]]:
    """What the demo's stand-in for HelseID says of each employee, and of one who signs in too weakly."""
    ida = STAFF[0]
    return [_claims_of(each, each.username, level="4") for each in STAFF] + [_claims_of(ida, "ida-nivaa-3", level="3")]


def _claims_of(employee: Employee, sub: str, *, level: str) -> dict[str, Any]:
    found = {
        "sub": sub,
        "helseid://claims/identity/pid": national_id_of(employee),
        "helseid://claims/identity/security_level": level,
    }
    return {**found, "helseid://claims/hpr/hpr_number": employee.hpr} if employee.hpr else found


def employees_at_work(*, today: date) -> list[tuple[Employee, str]]:
    """Those of the staff who exist here, with the name of where they work."""
    users = User.objects.in_bulk([each.username for each in STAFF], field_name="username")
    found = {username: work_of(user, on=today) for username, user in users.items()}
    return [(each, found[each.username][0].organisation) for each in STAFF if found.get(each.username)]
