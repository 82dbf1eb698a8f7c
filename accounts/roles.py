"""Permission × role: the one table of rights (requirements C2). Default deny. `docs/rights.md` says the same in words.

What a role may do at all stands here; whose patients it holds for is decided in `patients.access`.
"""

from enum import StrEnum
from typing import Final

from accounts.enums import AT_AUTHORITY, AT_PARTNER, AT_PRACTICE, AT_SERVICE, Role
from organisations.enums import Shared


class Permission(StrEnum):
    """What a role may let a person do, by the letters of C2."""

    SEE_PATIENT = "SEE_PATIENT"  # R: readings, plan, what was done
    SEE_PLAN = "SEE_PLAN"  # R: the plan and its measures only
    SUBMIT = "SUBMIT"  # readings on behalf of a patient
    SEE_QUEUE = "SEE_QUEUE"  # T
    TRIAGE = "TRIAGE"  # T
    CLOSE_RED = "CLOSE_RED"  # T, nurses only
    DRAFT_PLAN = "DRAFT_PLAN"  # D
    APPROVE_PLAN = "APPROVE_PLAN"  # A
    ENROL = "ENROL"  # E
    REFER = "REFER"  # to the home municipality, which alone allocates
    MESSAGE = "MESSAGE"  # M
    MANAGE_DEVICES = "MANAGE_DEVICES"  # hand out and revoke
    SEE_DELIVERY = "SEE_DELIVERY"  # device and address, no health data
    SEE_OWN_STATISTICS = "SEE_OWN_STATISTICS"  # S, own organisation
    SEE_SHARED_STATISTICS = "SEE_SHARED_STATISTICS"  # S, aggregates of at least ten
    SETTLE = "SETTLE"  # $
    EXPORT_KPR = "EXPORT_KPR"  # X
    CONFIGURE = "CONFIGURE"  # C
    MANAGE_PEOPLE = "MANAGE_PEOPLE"  # memberships of the own organisation
    MANAGE_AGREEMENTS = "MANAGE_AGREEMENTS"
    SHARE_PATIENT = "SHARE_PATIENT"  # with a service that does not hold the course
    HAND_OVER = "HAND_OVER"  # responsibility from one service to another
    BLOCK_ACCESS = "BLOCK_ACCESS"  # the patient's block, registered for the patient
    EMERGENCY_ACCESS = "EMERGENCY_ACCESS"  # with a written reason
    MANAGE_SYSTEMS = "MANAGE_SYSTEMS"  # other systems that speak to the REST interface
    SEE_ACCESS_MATRIX = "SEE_ACCESS_MATRIX"
    READ_ACCESS_LOG = "READ_ACCESS_LOG"


P = Permission
_TREATS: Final = {P.SEE_PATIENT, P.SEE_PLAN, P.DRAFT_PLAN, P.REFER}
_TRIAGES: Final = _TREATS | {P.SEE_QUEUE, P.TRIAGE, P.CLOSE_RED, P.MESSAGE, P.MANAGE_DEVICES, P.HAND_OVER}

RIGHTS: Final[dict[Role, frozenset[Permission]]] = {
    Role.NURSE: frozenset(_TRIAGES | {P.SHARE_PATIENT, P.BLOCK_ACCESS, P.EMERGENCY_ACCESS}),
    # Notes and drafts; everything but closing red, which is the nurse's.
    Role.HEALTH_WORKER: frozenset(_TREATS | {P.SEE_QUEUE, P.TRIAGE, P.MESSAGE, P.SHARE_PATIENT}),
    Role.SERVICE_LEADER: frozenset({P.SEE_OWN_STATISTICS, P.CONFIGURE, P.MANAGE_PEOPLE, P.HAND_OVER}),
    Role.HOME_NURSE: frozenset({P.SEE_PLAN, P.REFER}),
    Role.GROUP_HOME_STAFF: frozenset({P.SEE_PLAN, P.SUBMIT}),
    Role.SPECIALIST: frozenset(_TREATS | {P.APPROVE_PLAN, P.EMERGENCY_ACCESS}),
    Role.HOSPITAL_NURSE: frozenset(_TRIAGES | {P.SHARE_PATIENT, P.EMERGENCY_ACCESS}),
    Role.GP: frozenset(_TREATS | {P.APPROVE_PLAN, P.EMERGENCY_ACCESS}),
    Role.GP_OFFICE_NURSE: frozenset({P.SEE_PATIENT, P.SEE_PLAN}),
    # Reads its own municipality's patients and hands out equipment; does not triage.
    Role.COORDINATOR: frozenset(
        {P.SEE_PATIENT, P.SEE_PLAN, P.ENROL, P.REFER, P.MANAGE_DEVICES, P.SHARE_PATIENT, P.BLOCK_ACCESS}
    ),
    Role.CASE_HANDLER: frozenset({P.ENROL, P.REFER}),
    Role.MUNICIPAL_LEADER: frozenset({P.SEE_OWN_STATISTICS}),
    Role.ECONOMY: frozenset({P.SETTLE}),
    Role.MUNICIPAL_ADMINISTRATOR: frozenset(
        {P.EXPORT_KPR, P.CONFIGURE, P.MANAGE_PEOPLE, P.MANAGE_AGREEMENTS, P.MANAGE_SYSTEMS, P.SEE_ACCESS_MATRIX}
    ),
    Role.PRIVACY_OFFICER: frozenset({P.READ_ACCESS_LOG, P.SEE_ACCESS_MATRIX}),
    Role.COMMUNITY_COORDINATOR: frozenset({P.SEE_SHARED_STATISTICS}),
    Role.LOGISTICS: frozenset({P.SEE_DELIVERY}),
    Role.SUPPORT: frozenset(),
    Role.ANALYST: frozenset(),
}

# What an agreement must share before the permission holds in that municipality. Others concern no patient.
NEEDS: Final[dict[Permission, Shared]] = {
    P.SEE_PATIENT: Shared.READINGS,
    P.SEE_QUEUE: Shared.READINGS,
    P.TRIAGE: Shared.READINGS,
    P.CLOSE_RED: Shared.READINGS,
    P.MESSAGE: Shared.READINGS,
    P.SUBMIT: Shared.READINGS,
    P.EMERGENCY_ACCESS: Shared.READINGS,
    P.SHARE_PATIENT: Shared.READINGS,
    P.HAND_OVER: Shared.READINGS,
    P.BLOCK_ACCESS: Shared.READINGS,
    P.SEE_PLAN: Shared.PLAN,
    P.DRAFT_PLAN: Shared.PLAN,
    P.APPROVE_PLAN: Shared.PLAN,
    P.MANAGE_DEVICES: Shared.EQUIPMENT,
    P.SEE_DELIVERY: Shared.EQUIPMENT,
}

# Which roles a giver may give, and end: a leader those under the own, the administrator all in its organisations.
MAY_GIVE: Final[dict[Role, frozenset[Role]]] = {
    **dict.fromkeys(Role, frozenset()),
    Role.SERVICE_LEADER: frozenset(AT_SERVICE) - {Role.SERVICE_LEADER},
    Role.MUNICIPAL_ADMINISTRATOR: frozenset([*AT_SERVICE, *AT_PRACTICE, *AT_AUTHORITY, *AT_PARTNER]),
}


def roles_with(permission: Permission) -> list[Role]:
    """The roles that have the permission."""
    return [role for role, rights in RIGHTS.items() if permission in rights]


def allows(role: Role | str, permission: Permission) -> bool:
    """Whether the role has the permission. A misspelt permission or role raises instead of quietly refusing."""
    return Permission(permission) in RIGHTS[Role(role)]
