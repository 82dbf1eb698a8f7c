"""POST /api/v1/questionnaire-responses/: answers held against the form's version, with their score."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from measurements.models import QuestionnaireResponse, RefusedSubmission
from tests import database
from tests.factories.clock import NOW
from tests.measurements.tablet import COPD_ANSWERS, RESPONSES, Tablet, response


@pytest.fixture(autouse=True)
def _at_ten_o_clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def tablet(world) -> Tablet:
    return Tablet(world.per_tablet)


DAILY = {"day_form": "usual", "sleep": "worse", "appetite": "usual", "pain": 3, "worried": True, "call_me": False}


def daily(**changes) -> dict:
    return response(questionnaire="daily_form", answers=DAILY | changes)


def test_it_stores_the_answers_with_their_score(world, tablet):
    body = response()
    answer = tablet.post(RESPONSES, body)
    assert (answer.status_code, answer.json()) == (
        201,
        {"id": body["id"], "received_at": "2026-11-18T09:00:00Z", "timing": "ON_TIME"},
    )
    database.see_everything()
    found = QuestionnaireResponse.objects.select_related("questionnaire").get(client_id=body["id"])
    assert (found.municipality_id, found.patient_id, found.submitted_by_device_id) == (
        world.a.pk,
        world.per.pk,
        world.per_tablet.pk,
    )
    assert (found.questionnaire.code, found.questionnaire.version, found.answers, found.score) == (
        "symptoms_copd",
        1,
        COPD_ANSWERS,
        Decimal(4),
    )
    assert (found.taken_at, found.received_at, found.assessed_at) == (NOW - timedelta(minutes=30), NOW, None)


def test_it_stores_every_kind_of_answer_and_leaves_out_what_is_open(tablet):
    body = daily(pain=3.5, comment=None)
    assert tablet.post(RESPONSES, body).status_code == 201
    database.see_everything()
    found = QuestionnaireResponse.objects.get(client_id=body["id"])
    assert (found.answers, found.score) == (DAILY | {"pain": 3.5}, Decimal(2))


def test_it_flags_a_strange_clock_and_drops_nothing(tablet):
    answers = [
        tablet.post(RESPONSES, response(taken_at=(NOW + off).isoformat())).json()["timing"]
        for off in (timedelta(minutes=6), timedelta(days=-31))
    ]
    assert answers == ["FUTURE", "OLD"]


def test_it_gives_the_same_answer_when_the_same_is_sent_again(tablet):
    body = daily()
    first = tablet.post(RESPONSES, body)
    again = tablet.post(RESPONSES, body | {"answers": daily(pain=3.0, comment=None)["answers"]})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    database.see_everything()
    assert QuestionnaireResponse.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"answers": COPD_ANSWERS | {"breath": "usual"}},
        {"answers": COPD_ANSWERS | {"comment": "Tung i dag"}},
        {"taken_at": "2026-11-18T09:31:00+01:00"},
    ],
)
def test_it_refuses_other_content_under_the_same_id_and_keeps_it(tablet, changes):
    body = response()
    tablet.post(RESPONSES, body)
    answer = tablet.post(RESPONSES, body | changes)
    assert (answer.status_code, answer.json()["code"]) == (409, "id_reused")
    database.see_everything()
    assert QuestionnaireResponse.objects.get().answers == COPD_ANSWERS
    assert RefusedSubmission.objects.get().codes == ["id_reused"]


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"questionnaire": "nonsense"}, [("questionnaire", "unknown_questionnaire")]),
        ({"version": 99}, [("questionnaire", "unknown_questionnaire")]),
        ({"version": "1"}, [("version", "not_an_integer")]),
        ({"version": 1.5}, [("version", "not_an_integer")]),
        ({"version": 0}, [("version", "not_an_integer")]),
        ({"version": 40000}, [("version", "not_an_integer")]),
        ({"version": True}, [("version", "not_an_integer")]),
        ({"answers": None}, [("answers", "required")]),
        ({"answers": []}, [("answers", "not_an_object")]),
        ({"answers": COPD_ANSWERS | {"x": "1"}}, [("answers.x", "unknown_item")]),
        ({"answers": COPD_ANSWERS | {"\x00": "1"}}, [("answers.\x00", "unknown_item")]),
        ({"answers": COPD_ANSWERS | {"\ud800": "1"}}, [("answers.?", "unknown_item")]),
        ({"answers": COPD_ANSWERS | {"breath": None}}, [("answers.breath", "required")]),
        ({"answers": COPD_ANSWERS | {"breath": "terrible"}}, [("answers.breath", "unknown_option")]),
        ({"answers": COPD_ANSWERS | {"breath": 1}}, [("answers.breath", "unknown_option")]),
        ({"answers": COPD_ANSWERS | {"breath": True}}, [("answers.breath", "unknown_option")]),
        ({"answers": COPD_ANSWERS | {"breath": ["usual"]}}, [("answers.breath", "not_text")]),
        ({"answers": COPD_ANSWERS | {"comment": 1}}, [("answers.comment", "not_text")]),
        ({"answers": COPD_ANSWERS | {"comment": "\x00"}}, [("answers.comment", "not_text")]),
        ({"answers": COPD_ANSWERS | {"comment": "x" * 2001}}, [("answers.comment", "too_long")]),
        ({"answers": {}}, [(f"answers.{code}", "required") for code in COPD_ANSWERS]),
    ],
)
def test_it_refuses_naming_the_item(tablet, changes, errors):
    answer = tablet.post(RESPONSES, response(**changes))
    found = [(error["field"], error["code"]) for error in answer.json()["errors"]]
    assert (answer.status_code, found) == (400, errors)
    database.see_everything()
    assert QuestionnaireResponse.objects.count() == 0
    assert RefusedSubmission.objects.get().codes == sorted({code for _, code in errors})


@pytest.mark.parametrize(
    ("item", "answer", "code"),
    [
        ("pain", "3", "not_a_number"),
        ("pain", 11, "out_of_range"),
        ("pain", -1, "out_of_range"),
        ("pain", 1e30, "out_of_range"),
        ("pain", 3.1234567890123456, "too_long"),
        ("worried", "true", "not_a_boolean"),
        ("worried", 1, "not_a_boolean"),
    ],
)
def test_it_holds_numbers_and_yes_or_no_to_their_kind(tablet, item, answer, code):
    problem = tablet.post(RESPONSES, daily(**{item: answer})).json()
    assert (problem["status"], problem["errors"][0]["field"], problem["code"]) == (400, f"answers.{item}", code)


@pytest.mark.parametrize("number", [b"1e400", b"-1e400", b"1e99999999999999999999"])
def test_it_refuses_numbers_beyond_every_form(tablet, number):
    body = response(questionnaire="daily_form", answers=DAILY | {"pain": "HERE"})
    raw = json.dumps(body).encode().replace(b'"HERE"', number)
    assert (tablet.post(RESPONSES, raw).status_code, tablet.post(RESPONSES, raw).json()["code"]) == (
        400,
        "out_of_range",
    )


def test_it_names_the_accepted_options(tablet):
    problem = tablet.post(RESPONSES, response(answers=COPD_ANSWERS | {"cough": "x"})).json()
    assert problem["detail"] == "Bruk ett av disse: usual, more, much_more."


def test_it_refuses_an_unknown_device(world):
    assert Tablet(None, token="feil").post(RESPONSES, response()).status_code == 401
    database.see_everything()
    assert QuestionnaireResponse.objects.count() == 0
