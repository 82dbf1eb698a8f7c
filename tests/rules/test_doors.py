"""Every address × every role, against Per of municipality A: who gets in is written here, and nowhere else by accident.

The list of doors comes from the URL resolver: a new view without a row here fails.
"""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.enums import Role
from alerts.enums import AlertKind, Level
from alerts.models import Alert, Assessment, GuidanceCard, QueueEntry
from audit.enums import Action
from audit.models import AccessEntry
from audit.services import record_access
from careplans.scoring import SCORER_VERSION
from measurements.enums import FormStatus
from organisations.models import Agreement, HealthTrust
from patients.enums import InsightChannel
from patients.models import CorrectionRequest, InformationText, InsightRequest
from tests.database import see_everything
from tests.factories.accounts import let_in, make_membership, make_system, make_user
from tests.factories.care import block, make_handover, open_in_emergency, share
from tests.factories.careplans import make_curves, make_template
from tests.factories.citizens import give_authority, own_user
from tests.factories.clock import NOW
from tests.factories.courses import task as course_task
from tests.factories.hospital import make_activity, make_cooperation, make_item, make_meeting, make_slot
from tests.factories.intake import make_referral
from tests.factories.measurements import make_reading, make_typed
from tests.factories.organisations import make_agreement, make_service
from tests.factories.patients import pause
from tests.factories.questionnaires import make_form

PEOPLE = ["nobody", "kari", "ola", "dahl", "lie", "siri", "ness", "eva", "vera"]
IN, LOGIN, NO, GONE, WRONG = 200, 302, 403, 404, 422


def only(*allowed, code=IN, others=GONE, nobody=LOGIN):
    """Those named get in; the other signed-in people get `others`; nobody is sent to the login page."""
    return {person: nobody if person == "nobody" else code if person in allowed else others for person in PEOPLE}


# name: (method, what each person gets). Objects are Per's; 404 is the same answer as for what does not exist.
DOORS = {
    "login": ("get", only(*PEOPLE, nobody=IN, code=LOGIN)),
    "account_login": ("get", only(*PEOPLE, nobody=IN, code=LOGIN)),
    "mfa_authenticate": ("get", only(*PEOPLE, code=LOGIN)),
    # HelseID is not set up here; tests/accounts/test_helseid.py has it.
    "helseid": ("get", only(nobody=GONE)),
    "helseid-answer": ("get", only(nobody=GONE)),
    # The patient's own pages are no door for staff: tests/rules/test_citizen_doors.py has those who get in.
    "citizen-login": ("get", only(*PEOPLE, nobody=IN)),
    "idporten": ("get", only(nobody=GONE)),
    "idporten-answer": ("get", only(nobody=GONE)),
    "citizen-choose": ("get", only(others=LOGIN)),
    "citizen-home": ("get", only(others=LOGIN)),
    "citizen-measure": ("get", only(others=LOGIN)),
    "citizen-measure-type": ("get", only(others=LOGIN)),
    "citizen-measure-sent": ("get", only(others=LOGIN)),
    "citizen-readings": ("get", only(others=LOGIN)),
    "citizen-plan": ("get", only(others=LOGIN)),
    "citizen-plan-pdf": ("get", only(others=LOGIN)),
    "citizen-log": ("get", only(others=LOGIN)),
    "citizen-log-pdf": ("get", only(others=LOGIN)),
    "citizen-relatives": ("get", only(others=LOGIN)),
    "citizen-authority-give": ("get", only(others=LOGIN)),
    "citizen-authority-withdraw": ("post", only(others=LOGIN)),
    # For the staff of a group home: tests/tablet/test_on_behalf_page.py has those who get in.
    "residents": ("get", only(others=NO)),
    "measure": ("get", only()),
    "measure-type": ("get", only()),
    "measure-sent": ("get", only()),
    "logout": ("post", only(*PEOPLE, code=LOGIN)),
    "language": ("post", only(*PEOPLE, code=LOGIN)),
    "session": ("get", only(*PEOPLE, nobody=401)),
    "sessions": ("get", only(*PEOPLE)),
    "sessions-end-all": ("post", only(*PEOPLE, code=LOGIN)),
    # The session and the passkey are Berit's; one's own are in tests/accounts.
    "session-end": ("post", only()),
    "mfa_remove_webauthn": ("post", only()),
    "mfa_index": ("get", only(*PEOPLE)),
    "mfa_activate_totp": ("get", only(*PEOPLE)),
    "mfa_deactivate_totp": ("post", only()),
    "mfa_add_webauthn": ("get", only(*PEOPLE)),
    "mfa_view_recovery_codes": ("get", only()),
    "mfa_generate_recovery_codes": ("post", only(*PEOPLE, code=LOGIN)),
    "account_reauthenticate": ("get", only(*PEOPLE)),
    "mfa_reauthenticate": ("get", only(*PEOPLE, code=LOGIN)),
    "home": ("get", None),
    "choose-role": ("post", None),
    "profile": ("get", only(*PEOPLE)),
    "accessibility": ("get", only(*PEOPLE, nobody=IN)),
    # What belongs to municipality A: its agreement with Dahl's practice, and Kari's role in the service it owns.
    "people": ("get", only("ness", "eva", others=NO)),
    "person-new": ("get", only("ness", "eva", others=NO)),
    "person": ("get", only("ness", "eva", others=NO)),
    "membership-end": ("get", only("ness", "eva", others=NO)),
    "person-national-id": ("get", only("ness", "eva", others=NO)),
    "person-address": ("get", only("ness", "eva", others=NO)),
    "own-address": ("get", only(*PEOPLE)),
    # The joint service, which municipality A owns.
    "organisations": ("get", only("ness", others=NO)),
    "organisation-new": ("get", only("ness", others=NO)),
    "organisation": ("get", only("ness", others=NO)),
    "organisation-change": ("get", only("ness", others=NO)),
    "organisation-close": ("get", only("ness", others=NO)),
    # A logistics partner gets in: tests/patients/test_deliveries_page.py.
    "deliveries": ("get", only(others=NO)),
    "agreements": ("get", only("ness", others=NO)),
    "agreement-new": ("get", only("ness", others=NO)),
    "agreement": ("get", only("ness", others=NO)),
    "agreement-change": ("get", only("ness", others=NO)),
    "agreement-end": ("get", only("ness", others=NO)),
    "access-matrix": ("get", only("ness", "vera", others=NO)),
    "access-matrix-csv": ("get", only("ness", "vera", others=NO)),
    "patients": ("get", only("kari", "ola", "siri", "dahl", "lie", others=NO)),
    "patient": ("get", only("kari", "dahl")),
    "explanation": ("get", only("kari", "dahl")),
    "contact": ("get", only("kari")),
    "referrals": ("get", only("kari", "ola", "dahl", "lie", "siri", others=NO)),
    "referral-new": ("get", only("kari", "ola", "dahl", "lie", "siri", others=NO)),
    # A's case handler gets in: tests/patients/test_referral_pages.py.
    "referral": ("get", only()),
    "referral-assess": ("get", only()),
    "referral-allocate": ("get", only()),
    "referral-decline": ("get", only()),
    "referral-letter": ("get", only()),
    "referral-letter-pdf": ("get", only()),
    "intake-setup": ("get", only("ness", others=NO)),
    "information-text": ("get", only("ness", others=NO)),
    "systems": ("get", only("ness", others=NO)),
    "system-new": ("get", only("ness", others=NO)),
    "system-renew": ("post", only("ness", others=NO)),
    "system-withdraw": ("post", only("ness", others=NO, code=LOGIN)),
    "devices": ("get", only("kari")),
    "device-pair": ("get", only("kari")),
    # Per's tablet was issued, not paired, so it has no PIN; the good outcome is in tests/patients.
    "device-pin": ("post", only()),
    # The tablet's own door is for whoever holds a paired tablet: tests/tablet.
    "tablet": ("get", only(*PEOPLE, nobody=IN)),
    "tablet-connect": ("post", only(*PEOPLE, code=LOGIN)),
    "tablet-code": ("get", only(*PEOPLE, code=LOGIN)),
    "tablet-pin": ("get", only(*PEOPLE, code=LOGIN)),
    "tablet-pin-new": ("get", only(*PEOPLE, code=LOGIN)),
    "tablet-lock": ("post", only(*PEOPLE, code=LOGIN)),
    "device-issue": ("post", only("kari")),
    "device-revoke": ("post", only("kari", code=LOGIN)),
    "access-log": ("get", only("vera", others=NO)),
    "log-review": ("get", only("vera", others=NO)),
    "log-review-one": ("get", only("vera", others=NO)),
    "patient-log": ("get", only("kari", "dahl", "vera")),
    "patient-log-pdf": ("get", only("kari", "dahl", "vera")),
    "patient-export": ("get", only("vera")),
    "patient-export-json": ("get", only("vera")),
    "patient-export-pdf": ("get", only("vera")),
    "insight-requests": ("get", only("vera")),
    "corrections": ("get", only("vera")),
    "correction-decide": ("get", only("vera")),
    "access": ("get", only("kari", "dahl")),
    "access-share": ("post", only("kari", code=WRONG)),
    "access-unshare": ("post", only("kari", code=LOGIN)),
    "handover-propose": ("post", only("kari", code=WRONG)),
    "handover-withdraw": ("post", only("kari", code=LOGIN)),
    "access-block": ("post", only("kari", code=WRONG)),
    "access-lift": ("post", only("kari", code=LOGIN)),
    "authority-give": ("post", only("kari", code=WRONG)),
    "authority-withdraw": ("post", only("kari", code=LOGIN)),
    "emergency": ("get", only("kari", "ola", "dahl", "lie", others=NO)),
    "emergencies": ("get", only("vera", others=NO)),
    "emergency-review": ("get", only("vera")),
    # The receiving service gets in: tests/alerts.
    "handovers": ("get", only("kari", "ola", "eva", others=NO)),
    "handover-answer": ("post", only()),
    "plans": ("get", only("dahl", "lie", others=NO)),
    "plan-patient": ("get", only("kari", "dahl")),
    "plan-compare": ("get", only("kari", "dahl")),
    "plan-begin": ("get", only("kari", "dahl")),
    "plan-take-over": ("get", only("kari", "dahl")),
    # Per's plan is approved, so there is nothing to write on: they are sent to the list of versions.
    "plan-edit": ("get", only("kari", "dahl", code=LOGIN)),
    "plan-send": ("get", only("kari", "dahl", code=LOGIN)),
    "plan-preview": ("get", only("kari", "dahl")),
    "plan-change": ("post", only("kari", "dahl", code=LOGIN)),
    "plan-withdraw": ("post", only("kari", "dahl", code=LOGIN)),
    "plan-meeting": ("post", only("kari", "dahl", code=WRONG)),
    "plan-acceptance": ("post", only("kari", "dahl", code=WRONG)),
    "plan-export": ("get", only("kari", "dahl")),
    # The template is the joint service's own, and in use.
    "plan-templates": ("get", only("kari", "ola", "eva", others=NO)),
    "plan-template": ("get", only("kari", "eva", others=NO) | {"ola": GONE}),
    "plan-template-step": ("post", only("kari", "eva", code=LOGIN, others=NO) | {"ola": GONE}),
    "plan-decide": ("get", only("kari", "dahl")),
    # Only the plan's own page gives the mark that is asked for: tests/careplans/test_recount.py.
    "plan-recount": ("post", only()),
    "plan-print": ("get", only("kari", "dahl")),
    "plan-pdf": ("get", only("kari", "dahl")),
    # A draft of the joint service's own form: its people read it, its leader writes it.
    "questionnaires": ("get", only("kari", "ola", "dahl", "lie", "siri", "ness", "eva", others=NO)),
    "questionnaire-new": ("get", only("ness", "eva", others=NO)),
    "questionnaire": ("get", only("kari", "eva") | {"vera": NO}),
    "questionnaire-change": ("get", only("eva", others=NO) | {"ness": GONE}),
    "question-new": ("get", only("eva", others=NO) | {"ness": GONE}),
    "question": ("get", only("eva", others=NO) | {"ness": GONE}),
    "question-move": ("post", only("eva", others=NO, code=LOGIN) | {"ness": GONE}),
    "question-remove": ("post", only("eva", others=NO, code=LOGIN) | {"ness": GONE}),
    "questionnaire-activate": ("get", only("eva", others=NO) | {"ness": GONE}),
    # For what is in use: tests/careplans/test_questionnaire_pages.py has those who get in.
    "questionnaire-retire": ("get", only(others=NO) | {"ness": GONE, "eva": GONE}),
    "questionnaire-version": ("post", only(others=NO) | {"ness": GONE, "eva": GONE}),
    "questionnaire-discard": ("post", only("eva", others=NO, code=LOGIN) | {"ness": GONE}),
    "plan-patients-print": ("get", only("kari", "dahl")),
    "plan-patients-pdf": ("get", only("kari", "dahl")),
    "plans-waiting": ("get", only("kari", "ola", others=NO)),
    # Per's plan is decided, so there is nothing to remind of: told on the list.
    "plan-remind": ("post", only("kari", code=LOGIN)),
    "plan-call": ("get", only("kari")),
    "gp-tasks": ("get", only("dahl", "lie", others=NO)),
    "gp-look": ("post", only("dahl", code=LOGIN)),
    "gp-routine": ("get", only("kari", "dahl")),
    "doctor-contact": ("get", only("kari")),
    "courses": ("get", only("kari", "ola", "siri", others=NO)),
    "course": ("get", only("kari")),
    "course-trial": ("get", only("kari")),
    "course-evaluation": ("get", only("kari")),
    "course-pause": ("get", only("kari")),
    "course-pause-end": ("get", only("kari")),
    "course-task-new": ("get", only("kari")),
    "course-task": ("get", only("kari")),
    "course-end": ("get", only("kari")),
    "routines": ("get", only("kari", "ola", "siri", "ness", "eva", others=NO)),
    "routine": ("get", only("kari", "ola", "siri", "ness", "eva", others=NO)),
    "caseload": ("get", only("ness", "eva", others=NO)),
    "guidance": ("get", only(*(person for person in PEOPLE if person != "vera"), others=NO)),
    "guidance-new": ("get", only("ness", "eva", others=NO)),
    # One that the product brings along.
    "guidance-card": ("get", only(*(person for person in PEOPLE if person != "vera"), others=NO)),
    # The hospital's own staff get in as well: tests/alerts.
    "meetings": ("get", only("kari", "ola", others=NO)),
    "meeting": ("get", only("kari")),
    "meeting-item": ("get", only("kari")),
    "outpatient": ("get", only("kari", "ola", others=NO)),
    "outpatient-one": ("get", only("kari")),
    "outpatient-new": ("get", only("kari")),
    # Only the hospital's own staff: tests/alerts/test_activities.py.
    "activities": ("get", only(others=NO)),
    "activities-csv": ("get", only(others=NO)),
    "activity-correct": ("get", only()),
    "activity-new": ("get", only()),
    "contact-point": ("get", only(others=NO)),
    "plans-ending": ("get", only("kari", "ola", others=NO)),
    "patient-curves": ("get", only("kari")),
    "curve-report": ("get", only("kari", "dahl")),
    # 503 where the machine cannot make PDFs; nobody else gets as far.
    "curve-report-pdf": ("get", only("kari", "dahl")),
    "queue": ("get", only("kari", "ola", others=NO)),
    "queue-list": ("get", only("kari", "ola", others=NO, nobody=401)),
    "queue-claim": ("post", None),
    "queue-release": ("post", None),
    "queue-done": ("post", None),
    "queue-undo": ("post", None),
    "api": ("get", only(*PEOPLE, nobody=IN)),
    "api-schema": ("get", only(*PEOPLE, nobody=IN)),
    # Devices only: a person's session is no credential there.
    "api-readings": ("get", only(others=401, nobody=401)),
    "api-readings-batch": ("post", only(others=401, nobody=401)),
    "api-responses": ("post", only(others=401, nobody=401)),
    "api-plan": ("get", only(others=401, nobody=401)),
    "api-questionnaires": ("get", only(others=401, nobody=401)),
    # Who asks for a key has none; a person's session is nothing there. What is posted here is no form of the RFC's.
    "api-oauth-device": ("post", only(others=400, nobody=400)),
    "api-oauth-token": ("post", only(others=400, nobody=400)),
}
# Acts whose good outcome has tests of its own; here only that everybody else is kept out.
ACTS = {"queue-claim", "queue-release", "queue-done", "queue-undo"}
ONLY_POST = {"logout", "choose-role", "device-issue", "device-revoke", "session-end", "sessions-end-all"} | {
    "mfa_deactivate_totp",
    "mfa_remove_webauthn",
    "mfa_generate_recovery_codes",
}
FOR_EVERYONE = {"home", "choose-role"}
POSTED = {name for name, (method, _) in DOORS.items() if method == "post" and not name.startswith("api-")}


def doors(patterns=None):
    """All named addresses of the product with the names of their arguments."""
    for entry in patterns or get_resolver().url_patterns:
        if isinstance(entry, URLResolver):
            yield from doors(entry.url_patterns)
        elif isinstance(entry, URLPattern):
            yield entry.name, sorted(entry.pattern.converters)


def sent_by_per(world):
    """A reading that Per typed in himself, under ID-porten."""
    return make_typed(world.per, own_user(world.per), "pulse", 70, at=NOW)


@pytest.fixture
def red_per(world):
    """Per with a red assessment in Kari's queue, and the arguments that lead to what is his."""
    reading = make_reading(world.per_tablet, "spo2", 84, at=NOW)
    shared = {"patient": world.per, "municipality_id": world.per.municipality_id}
    alert = Alert.objects.create(
        **shared,
        service=world.joint,
        kind=AlertKind.ASSESSMENT,
        subject="spo2",
        level=Level.RED,
        headline="SpO₂ 84 %",
        detail="under rød grense 86 %",
        opened_at=NOW,
        waiting_since=NOW,
        deadline=NOW,
    )
    assessment = Assessment.objects.create(
        **shared,
        reading=reading,
        plan_version=world.per_plan,
        colour="RED",
        reasons=[],
        scorer_version=SCORER_VERSION,
        assessed_at=NOW,
        alert=alert,
    )
    QueueEntry.objects.create(
        **shared,
        service=world.joint,
        level=Level.RED,
        alert=alert,
        alert_count=1,
        waiting_since=NOW,
        deadline=NOW,
    )
    request = CorrectionRequest.objects.create(
        **shared, what="Jeg røyker ikke.", received_at=NOW, received_by=world.vera
    )
    InsightRequest.objects.create(
        **shared,
        asked_on=NOW.date(),
        channel=InsightChannel.LETTER,
        registered_at=timezone.now(),
        registered_by=world.vera,
    )
    look = record_access(
        Action.OPEN_PATIENT,
        municipality_id=world.a.pk,
        patient_id=world.per.pk,
        by=world.actor(world.kari),
        now=NOW - timedelta(days=1),
    )
    home = make_service("Hjemmesykepleien i Kongsvinger", owner=world.a.pk)
    form = make_form(world.joint, world.eva, status=FormStatus.DRAFT)
    hospital = make_cooperation(world)
    world.ravn = hospital.ravn
    meeting = make_meeting(world.joint, hospital.department, world.kari)
    # What the product comes with is in both languages on the page that changes it; this is stored.
    InformationText.objects.create(
        municipality=world.a, kind="COMPLAINT", version=2, bokmal="Klag hit.", nynorsk="Klag hit.", made_at=NOW,
        made_by=world.ness,
    )  # fmt: skip
    return {
        "questionnaire_id": form.pk,
        "item_code": "note",
        "item_type": "choice",
        "enrolment_id": (course := world.per.enrolments.get()).pk,
        "task_id": course_task(course, world.kari).pk,
        "pause_id": pause(world.per, NOW.date(), NOW.date()).pk,
        "routine_kind": "home_visit",
        "request_id": request.pk,
        "entry_id": look.pk,
        "pattern": "NO_TASK",
        "item_id": make_item(meeting, world.per, world.kari).pk,
        "slot_id": make_slot(world.per, hospital.department, world.kari).pk,
        "activity_id": make_activity(world.per, hospital.department, hospital.ravn).pk,
        # A meeting and a card are about nobody: these are no ids that give a patient away.
        "meeting_id": str(meeting.pk),
        "card_id": str(GuidanceCard.objects.get(code="maling-mangler").pk),
        "system_id": make_system(world.a.pk, world.ness)[0].pk,
        "patient_id": world.per.pk,
        "assessment_id": assessment.pk,
        "version_id": world.per_plan.pk,
        "report_id": make_curves(world.per, world.kari).pk,
        "template_version_id": make_template(world.joint, world.kari).pk,
        "credential_id": world.per_tablet.pk,
        "relation_id": share(world.per, home, world.kari).pk,
        "handover_id": make_handover(world.per, home, world.kari).pk,
        "block_id": block(world.per, world.kari, user=world.berit).pk,
        "authority_id": give_authority(world.per, name="Trine Aasen", national_id="15817012348").pk,
        "client_id": sent_by_per(world).client_id,
        "type_code": "spo2",
        "emergency_id": open_in_emergency(world.per, world.berit).pk,
        "referral_id": make_referral(world.per, world.kari).pk,
        "letter": "informasjon",
        "text_kind": "COMPLAINT",
        # Which organisations exist is no secret, so this is no id that gives a patient away.
        "organisation_id": str(world.joint.pk),
        "kind": "tjeneste",
        "agreement_id": Agreement.objects.get(practice__isnull=False, party=world.a).pk,
        "user_id": world.kari.pk,
        "membership_id": world.kari.memberships.get().pk,
        "session_id": UserSession.objects.create(user=world.berit, ip="127.0.0.1", session_key="berits").pk,
        "pk": Authenticator.objects.create(user=world.berit, type="webauthn", data={}).pk,
    }


def browser_of(world, person):
    """The person's browser."""
    browser = Client(raise_request_exception=True)
    if person != "nobody":
        see_everything()
        user = world.nils.gp if person == "lie" else getattr(world, person)
        let_in(browser, user)
    return browser


def without_token(answer):
    """The page without the CSRF token, which differs every time."""
    return re.sub(r'(csrfmiddlewaretoken" value=)"\w+"', r"\1", answer.text)


def test_every_door_is_in_the_matrix():
    assert sorted(name for name, _ in doors()) == sorted(DOORS)


@pytest.mark.parametrize("person", PEOPLE)
def test_every_door_lets_in_exactly_those_it_should(world, red_per, person):
    got, wanted = {}, {}
    for name, arguments in doors():
        method, expected = DOORS[name]
        if name in ACTS | FOR_EVERYONE or (name in ("logout", "login") and person != "nobody"):
            continue
        address = reverse(name, kwargs={argument: red_per[argument] for argument in arguments})
        answer = getattr(browser_of(world, person), method)(address, {"label": "Nettbrett"} if method == "post" else {})
        got[name], wanted[name] = answer.status_code, expected[person]
        if answer.status_code in (NO, GONE):
            assert "Aasen" not in answer.text
    assert got == wanted


@pytest.mark.parametrize("person", [person for person in PEOPLE if person != "kari"])
@pytest.mark.parametrize("name", sorted(ACTS))
def test_only_the_services_own_nurse_acts_on_a_case(world, red_per, person, name):
    before = QueueEntry.objects.values().get()
    answer = browser_of(world, person).post(reverse(name, kwargs={"patient_id": red_per["patient_id"]}))
    assert answer.status_code == {"nobody": LOGIN, "ola": GONE}.get(person, NO)
    see_everything()
    assert QueueEntry.objects.values().get() == before


@pytest.mark.parametrize(
    "name", ["patient", "explanation", "devices", "access", "plan-decide", "plan-print", "patient-log"]
)
def test_not_yours_looks_like_what_does_not_exist_and_is_logged(world, red_per, name):
    arguments = next(found for door, found in doors() if door == name)
    browser = browser_of(world, "ola")
    foreign = browser.get(reverse(name, kwargs={argument: red_per[argument] for argument in arguments}))
    missing = browser.get(reverse(name, kwargs={argument: uuid4() for argument in arguments}))
    assert (foreign.status_code, without_token(foreign)) == (missing.status_code, without_token(missing))
    see_everything()
    refused = AccessEntry.objects.filter(actor_id=world.ola.pk, allowed=False)
    assert refused.count() == 2
    assert set(refused.values_list("municipality_id", flat=True)) == {world.c.pk}


def refused_looks_of(user):
    see_everything()
    return list(
        AccessEntry.objects.filter(actor_id=user.pk, allowed=False).values_list(
            "actor_name", "organisation", "municipality_id", "patient_id"
        )
    )


def test_who_has_no_work_any_more_is_named_where_the_person_worked_last(world):
    world.ola.memberships.update(valid_until=timezone.localdate() - timedelta(days=1))
    assert browser_of(world, "ola").get(reverse("patient", args=[world.per.pk])).status_code == GONE
    assert refused_looks_of(world.ola) == [("Ola Berg", "", world.c.pk, world.per.pk)]


def test_who_works_for_no_municipality_is_found_by_the_officer_of_each_that_the_membership_reaches(world):
    department = make_service("Lungeavdelingen", owner=None, trust=HealthTrust.objects.get(pk="ahus"))
    make_agreement(department, world.a.pk)
    make_agreement(department, world.c.pk)
    nurse = make_user("line", "Line", "Ek")
    make_membership(nurse, Role.HOSPITAL_NURSE, service=department)
    browser = let_in(Client(), nurse)
    assert browser.get(reverse("patient", args=[world.per.pk])).status_code == GONE
    assert refused_looks_of(nurse) == [
        ("Line Ek", "Lungeavdelingen", world.c.pk, world.per.pk),
        ("Line Ek", "Lungeavdelingen", world.a.pk, world.per.pk),
    ]
    assert "Line Ek" in browser_of(world, "vera").get(reverse("access-log")).text


# What the forms call what is written in them; a field that no page has does no harm.
WRITTEN = [
    "finn", "note", "question", "what", "reason", "review", "label", "username", "password", "code", "person",
    "national_id", "given_name", "family_name", "email", "hpr_number", "reference", "membership", "workplace", "role",
    "valid_from", "valid_until", "asked_on", "channel", "service", "takes_effect_on", "against", "outcomes", "measures",
    "starts_on", "ends_on", "types", "questionnaires", "times", "grace_minutes", "participants", "basis",
    "other_plan", "frequency", "next_on", "first_day", "last_day", "kind", "title", "text", "due_on", "ticked",
    "items", "percent", "makes_insecure", "seen", "change", "patient", "after", "since", "until", "action", "decision",
    "outcome", "credential", "name",
]  # fmt: skip


@pytest.mark.parametrize("hostile", ["a\x00b", "' OR 1=1 --\uffff", "å" * 5000, "9" * 5000, "[" * 5000])
@pytest.mark.parametrize("person", ["kari", "ness", "vera"])
def test_no_door_breaks_at_what_is_written_in_its_form(world, red_per, person, hostile):
    broken = {}
    for name, arguments in doors():
        if name in ("logout", "sessions-end-all", "choose-role") or name.startswith("api"):
            continue
        address = reverse(name, kwargs={argument: red_per[argument] for argument in arguments})
        browser = browser_of(world, person)
        browser.raise_request_exception = False
        answer = browser.post(address, dict.fromkeys(WRITTEN, hostile) | {"answer": "no", "step": "done"})
        if answer.status_code >= 500:
            broken[name] = answer.status_code
    assert broken == {}


@pytest.mark.parametrize("name", sorted(ACTS | ONLY_POST | POSTED))
def test_nothing_is_changed_by_get(world, red_per, name):
    arguments = next(found for door, found in doors() if door == name)
    address = reverse(name, kwargs={argument: red_per[argument] for argument in arguments})
    assert browser_of(world, "kari").get(address).status_code == 405
