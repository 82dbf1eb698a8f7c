"""What changes who sees a patient and who follows up. Everything public is named here."""

from patients.services.allocating import Answers, Decided, allocate, assess, decline
from patients.services.authorities import NewAuthority, give_authority, withdraw_authority
from patients.services.blocking import block_access, concerns_gp, lift_block
from patients.services.closing import StillNeeded, close_organisation
from patients.services.contact import Contact, contact_permission, save_contact
from patients.services.corrections import AlreadyDecided, decide_correction, receive_correction, receive_insight_request
from patients.services.emergency import open_emergency_access, review_emergency_access
from patients.services.handover import (
    accept_handover,
    decline_handover,
    propose_handover,
    take_effect,
    withdraw_handover,
    withdraw_of_ended,
)
from patients.services.information import choose_decider, configures, current_text, record_given, write_text
from patients.services.leaving import let_go
from patients.services.pathway import begin, take_step
from patients.services.referring import NewReferral, Person, find_or_register, refer
from patients.services.rights import NotPossible, NotYours
from patients.services.sharing import end_sharing, share_patient

__all__ = [
    "AlreadyDecided",
    "Answers",
    "Contact",
    "Decided",
    "NewAuthority",
    "NewReferral",
    "NotPossible",
    "NotYours",
    "Person",
    "StillNeeded",
    "accept_handover",
    "allocate",
    "assess",
    "begin",
    "block_access",
    "choose_decider",
    "close_organisation",
    "concerns_gp",
    "configures",
    "contact_permission",
    "current_text",
    "decide_correction",
    "decline",
    "decline_handover",
    "end_sharing",
    "find_or_register",
    "give_authority",
    "let_go",
    "lift_block",
    "open_emergency_access",
    "propose_handover",
    "receive_correction",
    "receive_insight_request",
    "record_given",
    "refer",
    "review_emergency_access",
    "save_contact",
    "share_patient",
    "take_effect",
    "take_step",
    "withdraw_authority",
    "withdraw_handover",
    "withdraw_of_ended",
    "write_text",
]
