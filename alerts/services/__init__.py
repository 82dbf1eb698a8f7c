"""What happens to facts, alerts and cases. Everything public is named here."""

from alerts.services.assess import assess_patient, assess_patients
from alerts.services.casework import (
    AlreadyClaimed,
    NotDocumented,
    NotYours,
    OnlyNurseClosesRed,
    StaleCase,
    TooLate,
    claim,
    finish,
    release,
    undo,
)
from alerts.services.curves import send_agreed_curves, send_curves
from alerts.services.desk import NoService
from alerts.services.dispatching import dispatch
from alerts.services.doctor import contact_doctor
from alerts.services.doctor_notices import order_plan_notices, send_doctor_notices
from alerts.services.ending import Ending, NotEnded, end_course
from alerts.services.equipment import watch_refusals
from alerts.services.expecting import examine_deadlines, keep_expectations
from alerts.services.following import follow_services
from alerts.services.freeing import free_lost_claims
from alerts.services.handing_over import accept_handover, carry_out_handovers
from alerts.services.keeping_tasks import keep_tasks
from alerts.services.repairing import repair
from alerts.services.sweeping import assess_fresh, assess_until_done, sweep

__all__ = [
    "AlreadyClaimed",
    "Ending",
    "NoService",
    "NotDocumented",
    "NotEnded",
    "NotYours",
    "OnlyNurseClosesRed",
    "StaleCase",
    "TooLate",
    "accept_handover",
    "assess_fresh",
    "assess_patient",
    "assess_patients",
    "assess_until_done",
    "carry_out_handovers",
    "claim",
    "contact_doctor",
    "dispatch",
    "end_course",
    "examine_deadlines",
    "finish",
    "follow_services",
    "free_lost_claims",
    "keep_expectations",
    "keep_tasks",
    "order_plan_notices",
    "release",
    "repair",
    "send_agreed_curves",
    "send_curves",
    "send_doctor_notices",
    "sweep",
    "undo",
    "watch_refusals",
]
