"""Every address says what it writes in the access log, and does write it: one row, also for what was refused.

The list comes from the URL resolver, so a view that says nothing fails here, and so does one whose rows nobody checks.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.enums import Role
from audit.enums import Action, Basis, basis_of
from audit.logged import declaration_of
from audit.models import AccessEntry
from measurements.enums import SubmittedAs
from organisations.enums import PartnerKind, Shared
from organisations.models import Partner
from patients.enums import Scope
from patients.models import Handover
from tests.database import see_everything
from tests.factories.accounts import make_membership, make_system, make_user, token_of
from tests.factories.care import share
from tests.factories.citizens import give_authority, let_in_citizen, own_citizen, relative_citizen
from tests.factories.clock import NOW
from tests.factories.intake import make_handler
from tests.factories.measurements import make_typed
from tests.factories.organisations import make_agreement, make_service
from tests.rules.test_doors import browser_of, red_per  # noqa: F401 - a fixture

METHODS = ("GET", "POST")


@dataclass(frozen=True)
class Look:
    """Who asks for what, and the one row that is expected; for a list, one row for each municipality."""

    door: str
    action: Action
    person: str = "kari"
    method: str = "get"
    data: dict = field(default_factory=dict)
    status: int = 200
    # Whose record: Per's, or nobody's in a list. `towns` are the municipalities whose log it stands in.
    patient: bool = True
    towns: str = "a"
    allowed: bool = True
    # Where it is not the action's own.
    basis: Basis | None = None

    def __str__(self) -> str:
        return f"{self.door}-{self.action}-{self.person}"


def refused(door: str, action: Action, person: str = "ola", status: int = 404, **fields) -> Look:
    """A look that is turned away: it stands in the log of the municipality that the person works for."""
    towns = {"ola": "c", "ness": "a", "siri": "b", "eva": "a"}[person]
    return Look(door, action, person, status=status, towns=towns, allowed=False, **fields)


def own(door: str, action: Action, **fields) -> Look:
    """What Per sees himself."""
    return Look(door, action, "own", basis=Basis.OWN, **fields)


def relatives(door: str, action: Action, **fields) -> Look:
    """What his daughter sees, whose authority covers all that can be given."""
    return Look(door, action, "tone", basis=Basis.AUTHORITY, **fields)


def beyond(door: str, action: Action, person: str, **fields) -> Look:
    """What a relative is refused whose authority covers one thing only, another."""
    return Look(door, action, person, status=404, allowed=False, basis=Basis.AUTHORITY, **fields)


POST = {"method": "post"}
# Per's own number is put in when the request is made.
PER = {"national_id": "PER", "reason": "Hun ringte og er svært tungpustet."}
LIST = {"patient": False}
REFERRED = {
    "municipality": "340100", "national_id": "PER", "given_name": "Per", "family_name": "Aasen", "sex": "M",
    "received_on": "16.11.2026", "reason": "Mange innleggelser.",
}  # fmt: skip
LOOKS = [
    Look("patients", Action.LIST_PATIENTS, towns="ab", **LIST),
    Look("patients", Action.SEARCH_PATIENTS, towns="ab", data={"finn": "Aasen"}, **LIST, **POST),
    refused("patients", Action.LIST_PATIENTS, "ness", 403, **LIST),
    Look("patient", Action.OPEN_PATIENT),
    Look("patient", Action.CLAIM, data={"step": "claim"}, status=302, **POST),
    Look("patient", Action.HANDLE, status=422, **POST),
    refused("patient", Action.OPEN_PATIENT),
    refused("patient", Action.CLAIM, data={"step": "claim"}, **POST),
    Look("explanation", Action.OPEN_EXPLANATION),
    Look("explanation", Action.HANDLE, status=422, **POST),
    # Row-level security hides the assessment, so nobody knows whose it is.
    refused("explanation", Action.OPEN_EXPLANATION, patient=False),
    refused("explanation", Action.OPEN_EXPLANATION, "ness"),
    Look("devices", Action.OPEN_DEVICES),
    refused("devices", Action.OPEN_DEVICES),
    Look("device-issue", Action.ISSUE_DEVICE, data={"label": "Nettbrett"}, **POST),
    refused("device-issue", Action.ISSUE_DEVICE, **POST),
    Look("device-revoke", Action.REVOKE_DEVICE, status=302, **POST),
    refused("device-revoke", Action.REVOKE_DEVICE, **POST),
    Look("device-pair", Action.FIND_TABLET),
    Look("device-pair", Action.PAIR_DEVICE, status=422, data={"step": "confirm"}, **POST),
    refused("device-pair", Action.FIND_TABLET),
    refused("device-pair", Action.PAIR_DEVICE, data={"step": "confirm"}, **POST),
    Look("device-pin", Action.RESET_PIN, status=302, data={"identified": "on"}, **POST),
    refused("device-pin", Action.RESET_PIN, **POST),
    Look("plan-patient", Action.OPEN_PLAN),
    refused("plan-patient", Action.OPEN_PLAN),
    Look("plan-compare", Action.OPEN_PLAN),
    refused("plan-compare", Action.OPEN_PLAN),
    Look("plan-begin", Action.OPEN_PLAN),
    Look("plan-begin", Action.WRITE_PLAN, status=422, **POST),
    refused("plan-begin", Action.OPEN_PLAN),
    refused("plan-begin", Action.WRITE_PLAN, **POST),
    Look("plan-take-over", Action.OPEN_PLAN),
    Look("plan-take-over", Action.WRITE_PLAN, status=422, **POST),
    refused("plan-take-over", Action.OPEN_PLAN),
    refused("plan-take-over", Action.WRITE_PLAN, **POST),
    # Approved, so nothing to write on.
    Look("plan-edit", Action.OPEN_PLAN, status=302),
    Look("plan-edit", Action.WRITE_PLAN, status=409, **POST),
    refused("plan-edit", Action.OPEN_PLAN, patient=False),
    refused("plan-edit", Action.WRITE_PLAN, patient=False, **POST),
    Look("plan-send", Action.OPEN_PLAN, status=302),
    Look("plan-send", Action.WRITE_PLAN, status=302, **POST),
    refused("plan-send", Action.OPEN_PLAN, patient=False),
    refused("plan-send", Action.WRITE_PLAN, patient=False, **POST),
    Look("plan-preview", Action.OPEN_PLAN),
    refused("plan-preview", Action.OPEN_PLAN, patient=False),
    Look("plan-change", Action.WRITE_PLAN, status=302, **POST),
    refused("plan-change", Action.WRITE_PLAN, patient=False, **POST),
    Look("plan-withdraw", Action.WRITE_PLAN, status=302, **POST),
    refused("plan-withdraw", Action.WRITE_PLAN, patient=False, **POST),
    Look("plan-meeting", Action.WRITE_PLAN, status=422, **POST),
    refused("plan-meeting", Action.WRITE_PLAN, patient=False, **POST),
    Look("plan-acceptance", Action.WRITE_PLAN, status=422, **POST),
    refused("plan-acceptance", Action.WRITE_PLAN, patient=False, **POST),
    Look("plan-export", Action.EXPORT_PLAN),
    refused("plan-export", Action.EXPORT_PLAN, patient=False),
    Look("plans", Action.LIST_PLANS, "dahl", towns="ab", **LIST),
    refused("plans", Action.LIST_PLANS, "ness", 403, **LIST),
    Look("plan-decide", Action.OPEN_PLAN),
    Look("plan-decide", Action.DECIDE_PLAN, "dahl", status=409, data={"question": "Hvorfor?"}, **POST),
    refused("plan-decide", Action.OPEN_PLAN, patient=False),
    refused("plan-decide", Action.DECIDE_PLAN, "siri", patient=False, **POST),
    Look("plan-print", Action.PRINT_PLAN),
    refused("plan-print", Action.PRINT_PLAN, patient=False),
    Look("plan-pdf", Action.PRINT_PLAN),
    refused("plan-pdf", Action.PRINT_PLAN, patient=False),
    Look("plan-patients-print", Action.PRINT_PLAN),
    refused("plan-patients-print", Action.PRINT_PLAN, patient=False),
    Look("plan-patients-pdf", Action.PRINT_PLAN),
    refused("plan-patients-pdf", Action.PRINT_PLAN, patient=False),
    Look("plans-waiting", Action.LIST_WAITING_PLANS, towns="ab", **LIST),
    refused("plans-waiting", Action.LIST_WAITING_PLANS, "ness", 403, **LIST),
    Look("plan-remind", Action.CONTACT_DOCTOR, status=302, **POST),
    refused("plan-remind", Action.CONTACT_DOCTOR, patient=False, **POST),
    Look("plan-call", Action.CONTACT_DOCTOR),
    Look("plan-call", Action.CONTACT_DOCTOR, status=422, **POST),
    refused("plan-call", Action.CONTACT_DOCTOR, patient=False),
    Look("doctor-contact", Action.CONTACT_DOCTOR),
    Look("doctor-contact", Action.CONTACT_DOCTOR, status=422, **POST),
    refused("doctor-contact", Action.CONTACT_DOCTOR),
    Look("patient-curves", Action.SEND_CURVES),
    Look("patient-curves", Action.SEND_CURVES, status=422, **POST),
    refused("patient-curves", Action.SEND_CURVES),
    Look("curve-report", Action.OPEN_CURVES, "dahl"),
    refused("curve-report", Action.OPEN_CURVES, patient=False),
    Look("curve-report-pdf", Action.OPEN_CURVES),
    refused("curve-report-pdf", Action.OPEN_CURVES, patient=False),
    Look("gp-tasks", Action.LIST_GP_TASKS, "dahl", towns="ab", **LIST),
    refused("gp-tasks", Action.LIST_GP_TASKS, "ness", 403, **LIST),
    Look("gp-look", Action.GP_LOOK, "dahl", status=302, **POST),
    refused("gp-look", Action.GP_LOOK, **POST),
    Look("gp-routine", Action.GP_ROUTINE),
    Look("gp-routine", Action.GP_ROUTINE, "dahl", status=422, **POST),
    refused("gp-routine", Action.GP_ROUTINE),
    refused("gp-routine", Action.GP_ROUTINE, "siri", **POST),
    Look("courses", Action.LIST_COURSES, towns="ab", **LIST),
    refused("courses", Action.LIST_COURSES, "ness", 403, **LIST),
    Look("course", Action.OPEN_COURSE),
    refused("course", Action.OPEN_COURSE, patient=False),
    *[
        each
        for door, status in (
            ("course-trial", 422),
            ("course-evaluation", 422),
            ("course-pause", 422),
            ("course-pause-end", 422),
            ("course-task-new", 422),
            ("course-task", 302),
        )
        for each in (
            Look(door, Action.OPEN_COURSE),
            Look(door, Action.CHANGE_COURSE, status=status, **POST),
            refused(door, Action.CHANGE_COURSE, patient=False, **POST),
        )
    ],
    Look("course-end", Action.OPEN_COURSE),
    Look("course-end", Action.END_COURSE, status=422, **POST),
    refused("course-end", Action.END_COURSE, "ness", **POST),
    Look("meeting", Action.OPEN_MEETING),
    Look("meeting", Action.OPEN_MEETING, "ravn"),
    Look("meeting", Action.CHANGE_AGENDA, status=422, **POST),
    refused("meeting", Action.OPEN_MEETING, patient=False),
    Look("meeting-item", Action.OPEN_MEETING),
    Look("meeting-item", Action.DECIDE_IN_MEETING, status=422, **POST),
    Look("meeting-item", Action.DECIDE_IN_MEETING, "ravn", status=302, data={"decision": "NONE"}, **POST),
    # Row-level security hides the item, so nobody knows whose it is.
    refused("meeting-item", Action.OPEN_MEETING, patient=False),
    refused("meeting-item", Action.DECIDE_IN_MEETING, "siri", patient=False, **POST),
    Look("outpatient", Action.LIST_SLOTS, towns="ab", **LIST),
    Look("outpatient", Action.LIST_SLOTS, "ravn", **LIST),
    refused("outpatient", Action.LIST_SLOTS, "ness", 403, **LIST),
    Look("outpatient-one", Action.ANSWER_SLOT),
    Look("outpatient-one", Action.ANSWER_SLOT, "ravn", status=422, **POST),
    refused("outpatient-one", Action.ANSWER_SLOT, patient=False),
    Look("outpatient-new", Action.REQUEST_SLOT),
    Look("outpatient-new", Action.REQUEST_SLOT, status=422, **POST),
    refused("outpatient-new", Action.REQUEST_SLOT),
    Look("activities", Action.LIST_ACTIVITIES, "ravn", **LIST),
    refused("activities", Action.LIST_ACTIVITIES, "ness", 403, **LIST),
    Look("activities-csv", Action.LIST_ACTIVITIES, "ravn", **LIST),
    refused("activities-csv", Action.LIST_ACTIVITIES, "ness", 403, **LIST),
    Look("activity-new", Action.LOG_ACTIVITY, "ravn"),
    Look("activity-new", Action.LOG_ACTIVITY, "ravn", status=422, **POST),
    refused("activity-new", Action.LOG_ACTIVITY),
    Look("activity-correct", Action.LOG_ACTIVITY, "ravn"),
    refused("activity-correct", Action.LOG_ACTIVITY, patient=False),
    Look("plans-ending", Action.LIST_PLANS, towns="ab", **LIST),
    refused("plans-ending", Action.LIST_PLANS, "ness", 403, **LIST),
    Look("queue", Action.OPEN_QUEUE, towns="ab", **LIST),
    refused("queue", Action.OPEN_QUEUE, "ness", 403, **LIST),
    Look("queue-list", Action.OPEN_QUEUE, towns="ab", **LIST),
    refused("queue-list", Action.OPEN_QUEUE, "eva", 403, **LIST),
    Look("queue-claim", Action.CLAIM, status=302, **POST),
    refused("queue-claim", Action.CLAIM, **POST),
    refused("queue-claim", Action.CLAIM, "ness", 403, **POST),
    Look("queue-release", Action.CLAIM, status=302, **POST),
    refused("queue-release", Action.CLAIM, **POST),
    Look("queue-done", Action.HANDLE, status=302, **POST),
    refused("queue-done", Action.HANDLE, **POST),
    Look("queue-undo", Action.HANDLE, status=302, **POST),
    refused("queue-undo", Action.HANDLE, **POST),
    Look("access-log", Action.READ_LOG, "vera", **LIST),
    refused("access-log", Action.READ_LOG, "siri", 403, **LIST),
    Look("log-review", Action.READ_LOG, "vera", **LIST),
    refused("log-review", Action.READ_LOG, "ness", 403, **LIST),
    Look("log-review-one", Action.REVIEW_LOG, "vera"),
    Look("log-review-one", Action.REVIEW_LOG, "vera", status=302, data={"outcome": "LAWFUL", "note": "Vakt."}, **POST),
    refused("log-review-one", Action.REVIEW_LOG, "ness", 403, **LIST),
    Look("patient-log", Action.PRINT_LOG, "vera"),
    Look("patient-log", Action.PRINT_LOG, "kari"),
    refused("patient-log", Action.PRINT_LOG),
    Look("patient-log-pdf", Action.PRINT_LOG, "vera"),
    refused("patient-log-pdf", Action.PRINT_LOG),
    Look("patient-export", Action.EXPORT, "vera"),
    refused("patient-export", Action.EXPORT, "siri"),
    Look("patient-export-json", Action.EXPORT, "vera"),
    refused("patient-export-json", Action.EXPORT, "ness"),
    Look("patient-export-pdf", Action.EXPORT, "vera"),
    refused("patient-export-pdf", Action.EXPORT),
    Look("insight-requests", Action.REQUEST_INSIGHT, "vera"),
    Look(
        "insight-requests",
        Action.REQUEST_INSIGHT,
        "vera",
        status=302,
        data={"asked_on": "16.11.2026", "channel": "LETTER"},
        **POST,
    ),
    refused("insight-requests", Action.REQUEST_INSIGHT),
    Look("corrections", Action.CORRECT, "vera"),
    Look("corrections", Action.CORRECT, "vera", status=302, data={"what": "Feil vekt."}, **POST),
    refused("corrections", Action.CORRECT),
    Look("correction-decide", Action.CORRECT, "vera"),
    refused("correction-decide", Action.CORRECT, **POST),
    Look("contact", Action.OPEN_CONTACT),
    Look("contact", Action.CHANGE_CONTACT, status=422, **POST),
    refused("contact", Action.OPEN_CONTACT),
    refused("contact", Action.CHANGE_CONTACT, "ness", **POST),
    Look("referrals", Action.LIST_REFERRALS, towns="ab", **LIST),
    Look("referrals", Action.LIST_REFERRALS, "hege", **LIST),
    refused("referrals", Action.LIST_REFERRALS, "ness", 403, **LIST),
    # Per has the service already: looked up, and not received.
    Look("referral-new", Action.REFER, status=422, data=REFERRED, **POST),
    refused("referral-new", Action.REFER, "ness", 403, **LIST),
    Look("referral", Action.OPEN_REFERRAL, "hege"),
    refused("referral", Action.OPEN_REFERRAL, patient=False),
    refused("referral", Action.OPEN_REFERRAL, "ness"),
    Look("referral-assess", Action.ASSESS_REFERRAL, "hege", status=422, **POST),
    refused("referral-assess", Action.ASSESS_REFERRAL, "eva", **POST),
    Look("referral-allocate", Action.DECIDE_REFERRAL, "hege", status=302, **POST),
    refused("referral-allocate", Action.DECIDE_REFERRAL, "ness", **POST),
    Look("referral-decline", Action.DECIDE_REFERRAL, "hege", status=422, **POST),
    refused("referral-decline", Action.DECIDE_REFERRAL, patient=False, **POST),
    Look("referral-letter", Action.PRINT_LETTER, "hege"),
    refused("referral-letter", Action.PRINT_LETTER, patient=False),
    Look("referral-letter-pdf", Action.PRINT_LETTER, "hege"),
    refused("referral-letter-pdf", Action.PRINT_LETTER, "ness"),
    Look("deliveries", Action.LIST_DELIVERIES, "arne", towns="b", **LIST),
    refused("deliveries", Action.LIST_DELIVERIES, "ness", 403, **LIST),
    Look("access", Action.OPEN_ACCESS),
    refused("access", Action.OPEN_ACCESS),
    Look("access-share", Action.SHARE_PATIENT, status=422, **POST),
    refused("access-share", Action.SHARE_PATIENT, **POST),
    Look("access-unshare", Action.SHARE_PATIENT, status=302, **POST),
    refused("access-unshare", Action.SHARE_PATIENT, **POST),
    Look("handover-propose", Action.HAND_OVER, status=422, **POST),
    refused("handover-propose", Action.HAND_OVER, **POST),
    Look("handover-withdraw", Action.HAND_OVER, status=302, **POST),
    refused("handover-withdraw", Action.HAND_OVER, **POST),
    Look("handovers", Action.LIST_HANDOVERS, towns="ab", **LIST),
    refused("handovers", Action.LIST_HANDOVERS, "ness", 403, **LIST),
    Look("handover-answer", Action.HAND_OVER, "helle", status=302, data={"answer": "yes"}, **POST),
    refused("handover-answer", Action.HAND_OVER, patient=False, **POST),
    Look("access-block", Action.BLOCK_ACCESS, status=422, **POST),
    refused("access-block", Action.BLOCK_ACCESS, **POST),
    Look("access-lift", Action.BLOCK_ACCESS, status=302, **POST),
    refused("access-lift", Action.BLOCK_ACCESS, **POST),
    Look("emergency", Action.LOOK_UP, "mona", data=PER, **POST),
    Look("emergency", Action.EMERGENCY_ACCESS, "mona", status=302, data=PER | {"confirmed": "yes"}, **POST),
    refused("emergency", Action.EMERGENCY_ACCESS, status=422, data=PER, patient=False, **POST),
    Look("emergencies", Action.LIST_EMERGENCIES, "vera", **LIST),
    refused("emergencies", Action.LIST_EMERGENCIES, "ness", 403, **LIST),
    Look("emergency-review", Action.REVIEW_EMERGENCY, "vera"),
    refused("emergency-review", Action.REVIEW_EMERGENCY, patient=False),
    own("citizen-home", Action.OPEN_OWN),
    relatives("citizen-home", Action.OPEN_OWN),
    own("citizen-measure", Action.OPEN_OWN),
    relatives("citizen-measure", Action.OPEN_OWN),
    beyond("citizen-measure", Action.OPEN_OWN, "reader"),
    own("citizen-measure-type", Action.OPEN_OWN),
    relatives("citizen-measure-type", Action.SUBMIT, status=422, **POST),
    beyond("citizen-measure-type", Action.SUBMIT, "reader", **POST),
    own("citizen-measure-sent", Action.OPEN_OWN),
    beyond("citizen-measure-sent", Action.OPEN_OWN, "reader"),
    # What Per sent himself is not hers to be told of here.
    beyond("citizen-measure-sent", Action.OPEN_OWN, "tone"),
    own("citizen-readings", Action.OPEN_OWN),
    relatives("citizen-readings", Action.OPEN_OWN),
    beyond("citizen-readings", Action.OPEN_OWN, "sender"),
    own("citizen-plan", Action.OPEN_OWN),
    beyond("citizen-plan", Action.OPEN_OWN, "sender"),
    own("citizen-plan-pdf", Action.OPEN_OWN),
    beyond("citizen-plan-pdf", Action.OPEN_OWN, "sender"),
    own("citizen-log", Action.READ_OWN_LOG),
    relatives("citizen-log", Action.READ_OWN_LOG),
    beyond("citizen-log", Action.READ_OWN_LOG, "sender"),
    own("citizen-log-pdf", Action.READ_OWN_LOG),
    beyond("citizen-log-pdf", Action.READ_OWN_LOG, "sender"),
    own("citizen-relatives", Action.OPEN_OWN),
    beyond("citizen-relatives", Action.OPEN_OWN, "tone"),
    own("citizen-authority-give", Action.OPEN_OWN),
    own("citizen-authority-give", Action.AUTHORISE, status=422, **POST),
    beyond("citizen-authority-give", Action.AUTHORISE, "tone", **POST),
    own("citizen-authority-withdraw", Action.AUTHORISE, status=302, **POST),
    beyond("citizen-authority-withdraw", Action.AUTHORISE, "tone", **POST),
    Look("authority-give", Action.AUTHORISE, status=422, **POST),
    refused("authority-give", Action.AUTHORISE, **POST),
    Look("authority-withdraw", Action.AUTHORISE, status=302, **POST),
    refused("authority-withdraw", Action.AUTHORISE, **POST),
    Look("residents", Action.LIST_PATIENTS, "bo", **LIST),
    refused("residents", Action.LIST_PATIENTS, "ness", 403, **LIST),
    Look("measure", Action.OPEN_SUBMIT, "bo"),
    refused("measure", Action.OPEN_SUBMIT),
    Look("measure-type", Action.OPEN_SUBMIT, "bo"),
    Look("measure-type", Action.SUBMIT, "bo", status=422, **POST),
    refused("measure-type", Action.SUBMIT, **POST),
    Look("measure-sent", Action.OPEN_SUBMIT, "bo"),
    refused("measure-sent", Action.OPEN_SUBMIT),
    Look("api-readings", Action.READ_READINGS, "tablet"),
    Look("api-plan", Action.READ_PLAN, "tablet"),
    Look("api-questionnaires", Action.READ_QUESTIONNAIRES, "tablet"),
    Look("api-readings", Action.SYSTEM_READINGS, "epj"),
    Look("api-plan", Action.SYSTEM_PLAN, "epj"),
    Look("api-questionnaires", Action.SYSTEM_FORMS, "epj"),
    Look("api-readings", Action.SYSTEM_READINGS, "gateway", status=404, allowed=False, patient=False),
    Look("api-plan", Action.SYSTEM_PLAN, "gateway", status=404, allowed=False, patient=False),
    Look("api-questionnaires", Action.SYSTEM_FORMS, "gateway", status=404, allowed=False, patient=False),
    Look("api-readings", Action.READ_READINGS, "revoked", status=401, allowed=False),
    Look("api-plan", Action.READ_PLAN, "revoked", status=401, allowed=False),
    Look("api-questionnaires", Action.READ_QUESTIONNAIRES, "revoked", status=401, allowed=False),
]
# Whoever is let in at all sees what it may there; the others go to the sign-in.
NEVER_REFUSED = {"citizen-home"}
SYSTEMS = {"epj", "gateway"}
CITIZENS = {"own", "tone", "sender", "reader"}
# Relatives whose authority covers one thing only.
LIMITED = {"sender": (Scope.SUBMIT, "15817012346"), "reader": (Scope.READ_LOG, "15817012347")}


def doors(patterns=None):
    """All addresses with their names and views."""
    for entry in patterns or get_resolver().url_patterns:
        if isinstance(entry, URLResolver):
            yield from doors(entry.url_patterns)
        elif isinstance(entry, URLPattern):
            yield entry.name, entry


def methods(view) -> list[str]:
    """GET and POST, where a class does not say that it has one of them only."""
    made_by = getattr(view, "view_class", None) or getattr(view, "cls", None)
    return [method for method in METHODS if made_by is None or hasattr(made_by, method.lower())]


def declared(door: str) -> set[Action]:
    """Every action that the view says it may log, whatever the method."""
    view = next(entry.callback for name, entry in doors() if name == door)
    return {action for method in METHODS if (found := declaration_of(view, method)) for action in found.actions}


@pytest.fixture
def places(world, request) -> dict[str, UUID]:
    """The arguments that lead to what is Per's. Helle works where he may be handed over to, Mona somewhere else.

    Arne drives equipment for B.
    """
    found = request.getfixturevalue("red_per")
    world.helle = make_user("helle", "Helle", "Aas")
    receiver = Handover.objects.get(pk=found["handover_id"]).to_service
    make_membership(world.helle, Role.NURSE, service=receiver)
    world.mona = make_user("mona", "Mona", "Vik")
    make_membership(world.mona, Role.NURSE, service=make_service("Legevakten", owner=world.a.pk))
    world.hege = make_handler(world.a.pk)
    world.citizens = {"own": own_citizen(world.per), "tone": relative_citizen(give_authority(world.per))}
    world.epj, world.gateway = (make_system(world.a.pk, world.ness) for _ in range(2))
    home = make_service("Solsiden bofellesskap", owner=world.a.pk)
    world.bo = make_user("bo", "Bo", "Haug")
    make_membership(world.bo, Role.GROUP_HOME_STAFF, service=home)
    share(world.per, home, world.kari)
    found["bos_client_id"] = make_typed(
        world.per, world.bo, "spo2", 93, at=NOW, submitted_as=SubmittedAs.GROUP_HOME
    ).client_id
    for name, (scope, national_id) in LIMITED.items():
        authority = give_authority(world.per, name="Turid Aasen", national_id=national_id, scopes=[scope])
        world.citizens[name] = relative_citizen(authority)
    depot = Partner.objects.create(name="Utstyrslageret", kind=PartnerKind.LOGISTICS)
    make_agreement(None, world.b.pk, partner=depot, shares=[Shared.EQUIPMENT])
    world.arne = make_user("arne", "Arne", "Moe")
    make_membership(world.arne, Role.LOGISTICS, partner=depot)
    return found


def ask(world, places, look: Look) -> HttpResponse:
    """The request itself, after the log has been marked."""
    needed = next(entry.pattern.converters for name, entry in doors() if name == look.door)
    mine = "bos_" if look.person == "bo" and "client_id" in needed else ""
    address = reverse(look.door, kwargs={name: places[(mine if name == "client_id" else "") + name] for name in needed})
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        if look.person in SYSTEMS:
            # The gateway does not say whose record.
            query = {"patient": str(world.per.pk)} if look.person == "epj" else {}
            token = getattr(world, look.person)[1]
            return Client().get(address, query, headers={"Authorization": f"Bearer {token}"})
        if look.person in ("tablet", "revoked"):
            return Client().get(address, headers={"Authorization": f"Bearer {token_of(world.per_tablet)}"})
        if look.person in CITIZENS:
            browser = let_in_citizen(Client(), world.citizens[look.person])
            return getattr(browser, look.method)(address, look.data)
        data = {name: world.per.national_id if value == "PER" else value for name, value in look.data.items()}
        return getattr(browser_of(world, look.person), look.method)(address, data)


def actor_of_look(world, look: Look):
    """Whose id stands in the row."""
    if look.person in CITIZENS:
        return world.citizens[look.person].user
    if look.person in SYSTEMS:
        return getattr(world, look.person)[0]
    return world.per_tablet if look.person in ("tablet", "revoked") else getattr(world, look.person)


def test_every_view_says_what_it_logs_or_why_nothing():
    asked = [(name, method, entry.callback) for name, entry in doors() for method in methods(entry.callback)]
    assert [(name, method) for name, method, view in asked if declaration_of(view, method) is None] == []
    reasons = {
        name: found.why for name, method, view in asked if (found := declaration_of(view, method)) and not found.actions
    }
    assert {name for name, why in reasons.items() if len(why) < 20} == set()


def test_every_action_that_a_view_declares_is_looked_for_here():
    shown = {(look.door, look.action) for look in LOOKS if look.allowed}
    assert {(name, action) for name, _ in doors() for action in declared(name)} == shown
    refusing = {look.door for look in LOOKS if look.allowed} - NEVER_REFUSED
    assert {look.door for look in LOOKS if not look.allowed} == refusing


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_one_look_leaves_exactly_its_row(world, places, look):
    if look.person == "revoked":
        type(world.per_tablet).objects.filter(pk=world.per_tablet.pk).update(
            revoked_at=NOW, revoked_by=world.kari, revoked_why="STAFF"
        )
    if look.door == "device-pin":
        type(world.per_tablet).objects.filter(pk=world.per_tablet.pk).update(paired=True, pin_hash="!")
    person = actor_of_look(world, look)
    before = list(AccessEntry.objects.values_list("pk", flat=True))
    answer = ask(world, places, look)
    see_everything()
    rows = (
        AccessEntry.objects.exclude(pk__in=before)
        .order_by("municipality_id", "id")
        .values(
            "action", "basis", "allowed", "actor_id", "patient_id", "municipality_id", "request_id", "address", "at"
        )
    )
    assert answer.status_code in (look.status, 503 if look.door.endswith("-pdf") else look.status)
    assert list(rows) == [
        {
            "action": look.action,
            "basis": look.basis or basis_of(look.action),
            "allowed": look.allowed,
            "actor_id": person.pk,
            "patient_id": world.per.pk if look.patient else None,
            "municipality_id": town,
            "request_id": answer["X-Request-Id"],
            "address": "127.0.0.1",
            "at": NOW + timedelta(minutes=1),
        }
        for town in sorted(getattr(world, letter).pk for letter in look.towns)
    ]


@pytest.mark.parametrize("token", ["", "dho_340100_" + "0" * 32 + "_hemmelig-tilgang"])
def test_a_device_that_nobody_knows_leaves_no_row(world, token):
    """Anyone can send nonsense; rows about nobody would only bury the others."""
    answer = Client().get(reverse("api-readings"), headers={"Authorization": f"Bearer {token}"})
    see_everything()
    assert (answer.status_code, AccessEntry.objects.count()) == (401, 0)


def test_what_a_device_sends_in_is_no_look(world):
    body = {
        "id": str(uuid4()),
        "type": "pulse",
        "value": 70,
        "unit": "/min",
        "taken_at": NOW.isoformat(),
        "source": "DEVICE",
    }
    headers = {"Authorization": f"Bearer {token_of(world.per_tablet)}"}
    answer = Client().post(reverse("api-readings"), body, content_type="application/json", headers=headers)
    see_everything()
    assert (answer.status_code, AccessEntry.objects.count()) == (201, 0)


def test_the_polls_of_an_open_queue_are_one_look_for_each_hour(as_kari, world):
    with time_machine.travel(NOW, tick=False) as clock:
        as_kari.get(reverse("queue"))
        for minutes in (1, 58):
            clock.shift(timedelta(minutes=minutes))
            as_kari.get(reverse("queue-list"))
        see_everything()
        assert AccessEntry.objects.count() == 2  # one for each of her two municipalities
        clock.shift(timedelta(minutes=1))
        as_kari.get(reverse("queue-list"))
        see_everything()
        assert AccessEntry.objects.count() == 4
