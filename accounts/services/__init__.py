"""Devices' credentials, people's memberships, and lost second factors. Everything public is named here."""

from accounts.services.credentials import (
    RevokedDevice,
    UnknownDevice,
    identify_device,
    issue_credential,
    revoke_credential,
)
from accounts.services.identity import AccountRefused, give_national_id, register_address, register_national_id
from accounts.services.memberships import (
    end_membership,
    give_membership,
    register_person,
)
from accounts.services.second_factor import forget_second_factor

__all__ = [
    "AccountRefused",
    "RevokedDevice",
    "UnknownDevice",
    "end_membership",
    "forget_second_factor",
    "give_membership",
    "give_national_id",
    "identify_device",
    "issue_credential",
    "register_address",
    "register_national_id",
    "register_person",
    "revoke_credential",
]
