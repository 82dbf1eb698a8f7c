"""Devices' credentials, and people's memberships. Everything public is named here."""

from accounts.services.credentials import (
    RevokedDevice,
    UnknownDevice,
    identify_device,
    issue_credential,
    revoke_credential,
)
from accounts.services.memberships import (
    AccountRefused,
    end_membership,
    give_membership,
    register_person,
)

__all__ = [
    "AccountRefused",
    "RevokedDevice",
    "UnknownDevice",
    "end_membership",
    "give_membership",
    "identify_device",
    "issue_credential",
    "register_person",
    "revoke_credential",
]
