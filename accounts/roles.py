"""Permission × role: the one table of rights (requirements C2). Default deny."""

from enum import StrEnum

from accounts.enums import Role


class Permission(StrEnum):
    """What a role may let a person do. Whose patients it holds for is decided in `patients.access`."""

    SEE_QUEUE = "SEE_QUEUE"
    TRIAGE = "TRIAGE"
    CLOSE_RED = "CLOSE_RED"
    SEE_PATIENT = "SEE_PATIENT"
    DRAFT_PLAN = "DRAFT_PLAN"
    APPROVE_PLAN = "APPROVE_PLAN"
    MANAGE_DEVICES = "MANAGE_DEVICES"
    READ_ACCESS_LOG = "READ_ACCESS_LOG"


RIGHTS: dict[Role, frozenset[Permission]] = {
    Role.NURSE: frozenset(
        {
            Permission.SEE_QUEUE,
            Permission.TRIAGE,
            Permission.CLOSE_RED,
            Permission.SEE_PATIENT,
            Permission.DRAFT_PLAN,
            Permission.MANAGE_DEVICES,
        }
    ),
    Role.GP: frozenset({Permission.SEE_PATIENT, Permission.DRAFT_PLAN, Permission.APPROVE_PLAN}),
    # Reads its own municipality's patients and hands out equipment; does not triage.
    Role.COORDINATOR: frozenset({Permission.SEE_PATIENT, Permission.MANAGE_DEVICES}),
    # Statistics, register and configuration come in their own issues; no clinical content.
    Role.MUNICIPAL_ADMINISTRATOR: frozenset(),
    Role.SERVICE_LEADER: frozenset(),
    # Controls who has looked in the municipality's records; sees no clinical content.
    Role.PRIVACY_OFFICER: frozenset({Permission.READ_ACCESS_LOG}),
}


def allows(role: Role | str, permission: Permission) -> bool:
    """Whether the role has the permission. A misspelt permission or role raises instead of quietly refusing."""
    return Permission(permission) in RIGHTS[Role(role)]
