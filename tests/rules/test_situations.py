"""Every address about a patient × role × how the patient is out of reach: all answer as if the patient did not exist.

Body, headers and number of questions to the database are the same, so that not even the time tells (P3, G10).
"""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alerts.enums import AlertKind, Level
from alerts.models import Alert, Assessment, QueueEntry
from audit.enums import Action
from audit.services import record_access
from careplans.scoring import SCORER_VERSION
from organisations.models import Agreement
from patients.models import AccessBlock, CorrectionRequest
from tests.database import see_everything
from tests.factories.accounts import make_device
from tests.factories.care import block, make_handover, make_hospital, open_in_emergency, share
from tests.factories.careplans import approve, make_curves, make_draft
from tests.factories.citizens import give_authority
from tests.factories.clock import NOW
from tests.factories.courses import task as course_task
from tests.factories.hospital import make_activity, make_item, make_meeting, make_slot
from tests.factories.intake import make_referral
from tests.factories.measurements import make_reading
from tests.factories.organisations import make_service
from tests.factories.patients import end_course, make_enrolment, make_patient, pause
from tests.rules.test_doors import DOORS, browser_of, doors, without_token

IDS = [
    "patient_id", "assessment_id", "version_id", "credential_id", "request_id", "entry_id",
    "relation_id", "handover_id", "block_id", "emergency_id", "authority_id", "referral_id", "report_id",
    "enrolment_id", "task_id", "pause_id", "item_id", "slot_id", "activity_id",
]  # fmt: skip
# Not ids: they say nothing about anybody.
OTHER = {
    "pattern": "NO_TASK", "type_code": "spo2", "client_id": UUID(int=1), "letter": "informasjon",
    "questionnaire_id": 1, "item_code": "breath", "item_type": "choice", "template_version_id": UUID(int=2),
}  # fmt: skip
# Who has some patient of their own, so that being refused is about this one.
PEOPLE = ["kari", "dahl", "siri"]


def case_of(world, patient, *, gp, service) -> dict[str, object]:
    """The patient with a plan, a tablet and a red case, and the arguments that lead to what is the patient's."""
    draft = make_draft(patient, world.kari, now=NOW - timedelta(days=30))
    version = approve(draft, gp, now=NOW - timedelta(days=30))
    tablet = make_device(patient, world.kari)
    reading = make_reading(tablet, "spo2", 84, at=NOW)
    shared = {"patient": patient, "municipality_id": patient.municipality_id}
    alert = Alert.objects.create(
        **shared, service=service, kind=AlertKind.ASSESSMENT, subject="spo2", level=Level.RED, headline="SpO₂ 84 %",
        detail="under rød grense 86 %", opened_at=NOW, waiting_since=NOW, deadline=NOW,
    )  # fmt: skip
    assessment = Assessment.objects.create(
        **shared, reading=reading, plan_version=version, colour="RED", reasons=[], scorer_version=SCORER_VERSION,
        assessed_at=NOW, alert=alert,
    )  # fmt: skip
    QueueEntry.objects.create(
        **shared, service=service, level=Level.RED, alert=alert, alert_count=1, waiting_since=NOW, deadline=NOW
    )
    request = CorrectionRequest.objects.create(**shared, what="Feil.", received_at=NOW, received_by=world.vera)
    look = record_access(
        Action.OPEN_PATIENT, municipality_id=patient.municipality_id, patient_id=patient.pk,
        by=world.actor(world.eva), now=NOW,
    )  # fmt: skip
    home = make_service("Hjemmesykepleien", owner=patient.municipality_id)
    cared_for = [
        share(patient, home, world.eva),
        make_handover(patient, home, world.eva),
        block(patient, world.eva, user=world.ness),
        open_in_emergency(patient, world.berit),
        give_authority(patient),
        make_referral(patient, world.eva),
        make_curves(patient, world.eva),
    ]
    course = patient.enrolments.get()
    department = make_hospital()
    meeting = make_meeting(service, department, world.eva)
    run = [
        course,
        course_task(course, world.kari),
        pause(patient, NOW.date(), NOW.date()),
        make_item(meeting, patient, world.eva),
        make_slot(patient, department, world.eva),
        make_activity(patient, department, world.eva),
    ]
    known = [patient, assessment, version, tablet, request, look, *cared_for, *run]
    ids = [each.pk for each in known]
    return dict(zip(IDS, ids, strict=True))


def other_tenant(world):
    """A patient of municipality C."""
    patient = make_patient(world.c.pk, "Fremmed", "Ukjent", gp=world.nils.gp)
    make_enrolment(patient, world.own_c)
    return case_of(world, patient, gp=world.nils.gp, service=world.own_c)


def other_patient_of_the_same_tenant(world):
    """A patient of B with another service and another doctor; only B's coordinator has to do with such a patient."""
    patient = make_patient(world.b.pk, "Fremmed", "Ukjent", gp=world.nils.gp)
    Agreement.objects.create(service=world.own_c, party=world.b, controller=world.b, valid_from=date(2020, 1, 1))
    make_enrolment(patient, world.own_c)
    return case_of(world, patient, gp=world.nils.gp, service=world.own_c)


def ended_agreement(world):
    """A patient of B whose agreements with the joint service and the practice ended yesterday."""
    patient = make_patient(world.b.pk, "Fremmed", "Ukjent", gp=world.dahl)
    make_enrolment(patient, world.joint)
    found = case_of(world, patient, gp=world.dahl, service=world.joint)
    Agreement.objects.filter(party=world.b).update(valid_until=NOW.date() - timedelta(days=1))
    return found


def blocked(world):
    """A patient of B who has blocked each of the three."""
    patient = make_patient(world.b.pk, "Fremmed", "Ukjent", gp=world.dahl)
    make_enrolment(patient, world.joint)
    found = case_of(world, patient, gp=world.dahl, service=world.joint)
    for name in PEOPLE:
        AccessBlock.objects.create(
            municipality_id=world.b.pk, patient=patient, user=getattr(world, name), blocked_at=NOW, blocked_by=world.eva
        )
    return found


def ended_course(world):
    """A patient of B whose course is over, whose case is closed and who has another doctor now."""
    patient = make_patient(world.b.pk, "Fremmed", "Ukjent", gp=world.nils.gp)
    make_enrolment(patient, world.joint)
    found = case_of(world, patient, gp=world.nils.gp, service=world.joint)
    end_course(patient)
    QueueEntry.objects.filter(patient=patient).delete()
    return found


SITUATIONS = [other_tenant, other_patient_of_the_same_tenant, ended_agreement, blocked, ended_course]
# The coordinator answers for every patient of the own municipality, whoever follows up.
STILL_IN = {("siri", other_patient_of_the_same_tenant), ("siri", ended_agreement), ("siri", ended_course)}


OUT_OF_REACH = [
    pytest.param(situation, person, id=f"{situation.__name__}-{person}")
    for situation in SITUATIONS
    for person in PEOPLE
    if (person, situation) not in STILL_IN
]


@pytest.mark.parametrize(("situation", "person"), OUT_OF_REACH)
def test_out_of_reach_is_like_not_there(world, situation, person):
    existing = situation(world)
    told = {}
    for name, arguments in doors():
        if not set(IDS) & set(arguments):
            continue
        foreign, missing = (
            answer_of(world, person, name, {argument: (found | OTHER)[argument] for argument in arguments})
            for found in (existing, {argument: uuid4() for argument in IDS})
        )
        # Staff who knock at the patient's own pages are sent to the sign-in, whatever they asked for.
        refusals = (302,) if name.startswith("citizen-") else (403, 404)
        if foreign != missing or foreign[0] not in refusals:
            told[name] = (foreign, missing)
    assert told == {}


def answer_of(world, person, name, arguments) -> tuple[object, ...]:
    """Status, headers, body and number of queries; what differs by chance is taken out."""
    browser = browser_of(world, person)
    address = reverse(name, kwargs=arguments)
    data = {"label": "Nettbrett", "seen": "1"} if DOORS[name][0] == "post" else {}
    with CaptureQueriesContext(connection) as asked:
        answer = getattr(browser, DOORS[name][0])(address, data)
    see_everything()
    by_chance = ("X-Request-Id", "ETag", "Expires")
    headers = {key: value for key, value in answer.headers.items() if key not in by_chance}
    body = without_token(answer).replace(address, "")
    assert "Ukjent" not in body
    return answer.status_code, headers, body, len(asked)


def test_each_situation_would_be_open_without_it(world):
    """Else the test above shows nothing: the same patient without what takes it out of reach can be opened."""
    patient = make_patient(world.b.pk, "Fremmed", "Ukjent", gp=world.dahl)
    make_enrolment(patient, world.joint)
    found = case_of(world, patient, gp=world.dahl, service=world.joint)
    for person in PEOPLE:
        assert browser_of(world, person).get(reverse("patient", args=[found["patient_id"]])).status_code == 200
