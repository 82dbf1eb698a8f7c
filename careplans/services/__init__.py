"""Writing the self-care plan: draft, proposal, and the doctor's decision (R-029 to R-048, R-083).

A proposal is frozen from the moment it is sent, so a version id always names the same content: what the doctor read is
what the doctor approves. To change a proposal the nurse withdraws it, or the doctor returns it; then a new version is
written. Everything here locks the patient's one Plan row first, so that two steps never cross.
"""

from careplans.services.content import PlanContent, content_of
from careplans.services.curves import note_curves_opened
from careplans.services.deciding import approve, decides_for, has_hpr_number, return_with_question
from careplans.services.drafting import create_draft, revise, send_to_gp, withdraw
from careplans.services.ladder import (
    AlreadyReminded,
    NotDue,
    note_opening,
    order_notice,
    record_contact,
    remind,
)
from careplans.services.problems import problems_of
from careplans.services.refusals import AlreadyDecided, NotYours, PlanProblems, VersionIsOpen, WrongStep
from careplans.services.routine import Agreed, agree, may_agree, note_look

__all__ = [
    "Agreed",
    "AlreadyDecided",
    "AlreadyReminded",
    "NotDue",
    "NotYours",
    "PlanContent",
    "PlanProblems",
    "VersionIsOpen",
    "WrongStep",
    "agree",
    "approve",
    "content_of",
    "create_draft",
    "decides_for",
    "has_hpr_number",
    "may_agree",
    "note_curves_opened",
    "note_look",
    "note_opening",
    "order_notice",
    "problems_of",
    "record_contact",
    "remind",
    "return_with_question",
    "revise",
    "send_to_gp",
    "withdraw",
]
