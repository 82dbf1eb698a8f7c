"""Writing the self-care plan: draft, proposal, and the doctor's decision (R-029 to R-048, R-083).

A proposal is frozen from the moment it is sent, so a version id always names the same content: what the doctor read is
what the doctor approves. To change a proposal the nurse withdraws it, or the doctor returns it; then a new version is
written. Everything here locks the patient's one Plan row first, so that two steps never cross.
"""

from careplans.services.as_json import Unreadable, as_json, from_json
from careplans.services.content import PlanContent, content_of
from careplans.services.deciding import approve, decides_for, has_hpr_number, return_with_question
from careplans.services.drafting import create_draft, revise, send_to_gp, withdraw
from careplans.services.forcing import put_in_force
from careplans.services.individual import confirm, unconfirmed, words_of
from careplans.services.meeting import record_acceptance, record_meeting
from careplans.services.problems import Hindrance, hindrances, problems_of, warnings_of
from careplans.services.refusals import (
    AlreadyAccepted,
    AlreadyDecided,
    NameTaken,
    NeedsDoctor,
    NotYours,
    Overtaken,
    PlanProblems,
    VersionIsOpen,
    WrongStep,
)
from careplans.services.taking_over import elsewhere, exported, take_over_file, take_over_version
from careplans.services.templates import (
    activate,
    new_template,
    new_template_version,
    retire,
    save_template_section,
    writes_templates,
)
from careplans.services.writing import begin_plan, save_section

__all__ = [
    "AlreadyAccepted",
    "AlreadyDecided",
    "Hindrance",
    "NameTaken",
    "NeedsDoctor",
    "NotYours",
    "Overtaken",
    "PlanContent",
    "PlanProblems",
    "Unreadable",
    "VersionIsOpen",
    "WrongStep",
    "activate",
    "approve",
    "as_json",
    "begin_plan",
    "confirm",
    "content_of",
    "create_draft",
    "decides_for",
    "elsewhere",
    "exported",
    "from_json",
    "has_hpr_number",
    "hindrances",
    "new_template",
    "new_template_version",
    "problems_of",
    "put_in_force",
    "record_acceptance",
    "record_meeting",
    "retire",
    "return_with_question",
    "revise",
    "save_section",
    "save_template_section",
    "send_to_gp",
    "take_over_file",
    "take_over_version",
    "unconfirmed",
    "warnings_of",
    "withdraw",
    "words_of",
    "writes_templates",
]
