"""What changes who sees a patient and who follows up. Everything public is named here."""

from patients.services.authorities import NewAuthority, give_authority, withdraw_authority
from patients.services.blocking import block_access, concerns_gp, lift_block
from patients.services.closing import StillNeeded, close_organisation
from patients.services.contact import Contact, contact_permission, save_contact
from patients.services.corrections import (
    AlreadyDecided,
    decide_correction,
    receive_correction,
    receive_insight_request,
)
from patients.services.emergency import open_emergency_access, review_emergency_access
from patients.services.handover import (
    accept_handover,
    decline_handover,
    propose_handover,
    take_effect,
    withdraw_handover,
    withdraw_of_ended,
)
from patients.services.pathway import begin, take_step
from patients.services.rights import NotPossible, NotYours
from patients.services.sharing import end_sharing, share_patient

__all__ = [
    "AlreadyDecided",
    "Contact",
    "NewAuthority",
    "NotPossible",
    "NotYours",
    "StillNeeded",
    "accept_handover",
    "begin",
    "block_access",
    "close_organisation",
    "concerns_gp",
    "contact_permission",
    "decide_correction",
    "decline_handover",
    "end_sharing",
    "give_authority",
    "lift_block",
    "open_emergency_access",
    "propose_handover",
    "receive_correction",
    "receive_insight_request",
    "review_emergency_access",
    "save_contact",
    "share_patient",
    "take_effect",
    "take_step",
    "withdraw_authority",
    "withdraw_handover",
    "withdraw_of_ended",
]
