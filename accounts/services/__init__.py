"""Devices' credentials, systems, people's memberships, and lost second factors. Everything public is named here."""

from accounts.services.credentials import (
    ExpiredToken,
    RevokedDevice,
    UnknownDevice,
    identify_device,
    issue_credential,
    record_seen,
    revoke_credential,
)
from accounts.services.identity import AccountRefused, give_national_id, register_address, register_national_id
from accounts.services.memberships import (
    end_membership,
    give_membership,
    register_person,
)
from accounts.services.pairing import (
    AskingTablet,
    UnknownCode,
    find_asking,
    pair_device,
    refuse_pairing,
    show_code,
)
from accounts.services.pins import Opening, PinRefused, check_choice, open_with_pin, reset_pin, set_pin
from accounts.services.positions import set_position
from accounts.services.second_factor import forget_second_factor
from accounts.services.systems import (
    SystemAtWork,
    WithdrawnSystem,
    identify_system,
    register_system,
    renew_secret,
    withdraw_system,
)
from accounts.services.tokens import answer_token_request, find_by_refresh_token, purge_tokens

__all__ = [
    "AccountRefused",
    "AskingTablet",
    "ExpiredToken",
    "Opening",
    "PinRefused",
    "RevokedDevice",
    "SystemAtWork",
    "UnknownCode",
    "UnknownDevice",
    "WithdrawnSystem",
    "answer_token_request",
    "check_choice",
    "end_membership",
    "find_asking",
    "find_by_refresh_token",
    "forget_second_factor",
    "give_membership",
    "give_national_id",
    "identify_device",
    "identify_system",
    "issue_credential",
    "open_with_pin",
    "pair_device",
    "purge_tokens",
    "record_seen",
    "refuse_pairing",
    "register_address",
    "register_national_id",
    "register_person",
    "register_system",
    "renew_secret",
    "reset_pin",
    "revoke_credential",
    "set_pin",
    "set_position",
    "show_code",
    "withdraw_system",
]
