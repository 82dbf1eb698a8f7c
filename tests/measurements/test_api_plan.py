"""GET /api/v1/plan/ and /api/v1/questionnaires/: the patient's own plan in force, and its forms."""

from datetime import time, timedelta

import pytest
import time_machine

from careplans.enums import Zone
from tests import database
from tests.factories.accounts import make_device
from tests.factories.careplans import CONTACT, SIGNS, add_schedule, approve, make_draft, propose
from tests.factories.clock import NOW
from tests.factories.patients import make_patient
from tests.measurements.tablet import Tablet

PLAN = "/api/v1/plan/"
FORMS = "/api/v1/questionnaires/"


@pytest.fixture(autouse=True)
def _at_ten_o_clock():
    with time_machine.travel(NOW, tick=False):
        yield


def test_it_shows_the_plan_in_the_patients_words(world):
    answer = Tablet(world.per_tablet).get(PLAN)
    assert answer.status_code == 200
    own = {"kind": "OWN", "start_alone": True, "category": "", "category_label": "", "frequency": "", "responsible": ""}
    said = {zone: {"signs": signs, "contact": CONTACT} for zone, signs in SIGNS.items()}
    assert answer.json() == {
        "version": 1,
        "approved_at": "2026-08-20T09:00:00Z",
        "approved_by": {"name": "Anne Dahl", "hpr_number": "1234567"},
        "valid_until": "2036-08-17T09:00:00Z",
        "review_on": "2027-08-20",
        "today": {"colour": None, "text": "Ikke målt i dag", "measures": []},
        "what_matters": "Å kunne gå tur med hunden hver dag.",
        "goals": [],
        "habitual_state": "",
        "zones": [
            said[Zone.GREEN]
            | {
                "zone": "GREEN",
                "label": "Grønn – som vanlig",
                "measures": [{"text": "Faste medisiner. Gå tur hver dag."} | own],
            },
            said[Zone.YELLOW]
            | {
                "zone": "YELLOW",
                "label": "Gul – begynnende forverring",
                "measures": [{"text": "Mål to ganger om dagen."} | own, {"text": "Bruk leppepust og hvil."} | own],
            },
            said[Zone.RED]
            | {
                "zone": "RED",
                "label": "Rød – akutt forverring",
                "measures": [
                    {"text": "Ring pasienten innen 30 min"} | own,
                    {"text": "Mål på nytt etter 15 min hvile"} | own,
                    {"text": "Fortsatt under grensen: ring legevakt 116 117"} | own,
                ],
            },
        ],
        "schedules": [
            {
                "type": "spo2",
                "label": "Oksygenmetning",
                "questionnaire": None,
                "weekdays": [0, 1, 2, 3, 4, 5, 6],
                "times": ["08:00"],
                "grace_minutes": 120,
            }
        ],
        "responsibilities": [],
        "relatives_part": "",
        "outside_hours": "",
        "guidance": None,
    }


def test_it_shows_no_proposal_before_the_doctor_has_approved(world):
    propose(make_draft(world.per, world.kari))
    assert Tablet(world.per_tablet).get(PLAN).json()["version"] == 1


def test_it_shows_the_version_that_replaced_the_first(world):
    approve(make_draft(world.per, world.kari, now=NOW - timedelta(days=1)), world.dahl, now=NOW - timedelta(days=1))
    assert Tablet(world.per_tablet).get(PLAN).json()["version"] == 2


def test_it_says_when_no_plan_is_in_force(world):
    patient = make_patient(world.a.pk, "Ny", "Pasient", gp=world.dahl)
    propose(make_draft(patient, world.kari))
    tablet = Tablet(make_device(patient, world.kari))
    answer = tablet.get(PLAN)
    assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (
        404,
        "application/problem+json",
        "no_plan",
    )
    assert tablet.get(FORMS).json() == {"questionnaires": []}


def test_it_shows_only_the_forms_that_the_plan_asks_for(world):
    at = NOW - timedelta(days=1)
    draft = make_draft(world.per, world.kari, now=at)
    add_schedule(draft, None, questionnaire_code="symptoms_diabetes", weekdays=[0], times=[time(9)])
    approve(draft, world.dahl, now=at)
    forms = Tablet(world.per_tablet).get(FORMS).json()["questionnaires"]
    assert [(form["code"], form["version"], form["title"]) for form in forms] == [
        ("symptoms_diabetes", 1, "Symptomer ved diabetes")
    ]
    assert forms[0]["items"][:2] == [
        {
            "code": "hypo_count",
            "kind": "number",
            "text": "Hvor mange ganger har du hatt føling siden i går?",
            "help_text": "Føling er tegn på lavt blodsukker: skjelving, svette, hjertebank, sult. Skriv 0 for ingen.",
            "required": True,
            "options": [],
            "minimum": "0.00",
            "maximum": "20.00",
        },
        {
            "code": "hypo_help",
            "kind": "boolean",
            "text": "Trengte du hjelp av andre på grunn av lavt blodsukker?",
            "help_text": "",
            "required": True,
            "options": [{"value": True, "label": "Ja"}, {"value": False, "label": "Nei"}],
            "minimum": None,
            "maximum": None,
        },
    ]
    assert Tablet(world.solveig_tablet).get(FORMS).json() == {"questionnaires": []}


def test_it_shows_each_patient_the_own_plan_only(world):
    database.see_everything()
    make_draft(world.nils, world.ola)
    plans = [Tablet(device).get(PLAN).json() for device in (world.per_tablet, world.nils_tablet)]
    assert [len(plan["schedules"]) for plan in plans] == [1, 0]


@pytest.mark.parametrize("path", [PLAN, FORMS])
def test_it_refuses_those_it_does_not_know(world, path):
    assert Tablet(None).get(path).status_code == 401
    assert Tablet(world.per_tablet).post(path, {}).status_code == 405
