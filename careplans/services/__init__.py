"""Writing the self-care plan: draft, proposal, and the doctor's decision (R-029 to R-048, R-083).

A proposal is frozen from the moment it is sent, so a version id always names the same content: what the doctor read is
what the doctor approves. To change a proposal the nurse withdraws it, or the doctor returns it; then a new version is
written. Everything here locks the patient's one Plan row first, so that two steps never cross.
"""

from careplans.services.changing import DoctorsChanges, approve_with_changes, content_with
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
from careplans.services.held import CourseStopped, hold
from careplans.services.ladder import AlreadyReminded, NotDue, note_opening, order_notice, record_contact, remind
from careplans.services.pausing import move_pause, register_pause
from careplans.services.problems import problems_of
from careplans.services.refusals import AlreadyDecided, LittleData, NotYours, PlanProblems, VersionIsOpen, WrongStep
from careplans.services.routine import Agreed, agree, may_agree, note_look
from careplans.services.routines import write_routine
from careplans.services.trial import Trial, start_trial

__all__ = [
    "Agreed",
    "AlreadyDecided",
    "AlreadyReminded",
    "CourseStopped",
    "DoctorsChanges",
    "Held",
    "LittleData",
    "NotDue",
    "NotYours",
    "PlanContent",
    "PlanProblems",
    "Trial",
    "VersionIsOpen",
    "WrongStep",
    "add_task",
    "agree",
    "approve",
    "approve_with_changes",
    "content_of",
    "content_with",
    "create_draft",
    "decides_for",
    "evaluate",
    "has_hpr_number",
    "has_plan_in_force",
    "hold",
    "keep_course_tasks",
    "keep_guidance_tasks",
    "keep_start_up_tasks",
    "may_agree",
    "move_pause",
    "note_curves_opened",
    "note_look",
    "note_opening",
    "order_notice",
    "problems_of",
    "record_contact",
    "register_pause",
    "remind",
    "return_with_question",
    "revise",
    "save_task",
    "send_to_gp",
    "start_trial",
    "withdraw",
    "write_routine",
]
