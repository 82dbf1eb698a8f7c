"""Writing the self-care plan: draft, proposal, and the doctor's decision (R-029 to R-048, R-083).

A proposal is frozen from the moment it is sent, so a version id always names the same content: what the doctor read is
what the doctor approves. To change a proposal the nurse withdraws it, or the doctor returns it; then a new version is
written. Everything here locks the patient's one Plan row first, so that two steps never cross.
"""

from careplans.services.as_json import Unreadable, as_json, from_json
from careplans.services.changing import DoctorsChanges, approve_with_changes, content_with
from careplans.services.closing import close_plan
from careplans.services.content import PlanContent, content_of
from careplans.services.course_tasks import (
    add_task,
    keep_course_tasks,
    keep_guidance_tasks,
    keep_start_up_tasks,
    save_task,
)
from careplans.services.curves import note_curves_opened
from careplans.services.deciding import approve, decides_for, has_hpr_number, return_with_question
from careplans.services.drafting import create_draft, revise, send_to_gp, withdraw
from careplans.services.evaluating import Held, evaluate, has_plan_in_force
from careplans.services.forcing import put_in_force
from careplans.services.held import CourseStopped, hold
from careplans.services.individual import confirm, unconfirmed, words_of
from careplans.services.ladder import AlreadyReminded, NotDue, note_opening, order_notice, record_contact, remind
from careplans.services.meeting import record_acceptance, record_meeting
from careplans.services.pausing import move_pause, register_pause
from careplans.services.problems import Hindrance, hindrances, problems_of, warnings_of
from careplans.services.refusals import (
    AlreadyAccepted,
    AlreadyDecided,
    LittleData,
    NameTaken,
    NeedsDoctor,
    NotYours,
    Overtaken,
    PlanProblems,
    VersionIsOpen,
    WrongStep,
)
from careplans.services.routine import Agreed, agree, may_agree, note_look
from careplans.services.routines import write_routine
from careplans.services.taking_over import elsewhere, exported, take_over_file, take_over_version
from careplans.services.templates import (
    activate,
    new_template,
    new_template_version,
    retire,
    save_template_section,
    writes_templates,
)
from careplans.services.trial import Trial, start_trial
from careplans.services.writing import begin_plan, save_section

__all__ = [
    "Agreed",
    "AlreadyAccepted",
    "AlreadyDecided",
    "AlreadyReminded",
    "CourseStopped",
    "DoctorsChanges",
    "Held",
    "Hindrance",
    "LittleData",
    "NameTaken",
    "NeedsDoctor",
    "NotDue",
    "NotYours",
    "Overtaken",
    "PlanContent",
    "PlanProblems",
    "Trial",
    "Unreadable",
    "VersionIsOpen",
    "WrongStep",
    "activate",
    "add_task",
    "agree",
    "approve",
    "approve_with_changes",
    "as_json",
    "begin_plan",
    "close_plan",
    "confirm",
    "content_of",
    "content_with",
    "create_draft",
    "decides_for",
    "elsewhere",
    "evaluate",
    "exported",
    "from_json",
    "has_hpr_number",
    "has_plan_in_force",
    "hindrances",
    "hold",
    "keep_course_tasks",
    "keep_guidance_tasks",
    "keep_start_up_tasks",
    "may_agree",
    "move_pause",
    "new_template",
    "new_template_version",
    "note_curves_opened",
    "note_look",
    "note_opening",
    "order_notice",
    "problems_of",
    "put_in_force",
    "record_acceptance",
    "record_contact",
    "record_meeting",
    "register_pause",
    "remind",
    "retire",
    "return_with_question",
    "revise",
    "save_section",
    "save_task",
    "save_template_section",
    "send_to_gp",
    "start_trial",
    "take_over_file",
    "take_over_version",
    "unconfirmed",
    "warnings_of",
    "withdraw",
    "words_of",
    "write_routine",
    "writes_templates",
]
