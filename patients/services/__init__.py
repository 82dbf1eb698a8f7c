"""What changes who sees a patient and who follows up. Everything public is named here."""

from patients.services.blocking import block_access, concerns_gp, lift_block
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
)
from patients.services.rights import NotPossible, NotYours
from patients.services.sharing import end_sharing, share_patient

__all__ = [
    "AlreadyDecided",
    "NotPossible",
    "NotYours",
    "accept_handover",
    "block_access",
    "concerns_gp",
    "decide_correction",
    "decline_handover",
    "end_sharing",
    "lift_block",
    "open_emergency_access",
    "propose_handover",
    "receive_correction",
    "receive_insight_request",
    "review_emergency_access",
    "share_patient",
    "take_effect",
    "withdraw_handover",
]
