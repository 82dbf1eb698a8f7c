"""POST /api/v1/questionnaire-responses/ for a form with branching: answers judged exactly by what was shown."""

from decimal import Decimal

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings

from careplans.queries.scored import as_scored
from measurements.enums import FormStatus
from measurements.models import QuestionnaireItem, QuestionnaireResponse, RefusedSubmission
from measurements.queries import KnownForm
from measurements.services import SubmittedNumber
from measurements.services.responses import _checked
from tests import database
from tests.factories.clock import NOW
from tests.factories.questionnaires import make_form
from tests.measurements.tablet import RESPONSES, Tablet, response
from tests.measurements.test_branching import answered_forms, is_visible

PLAIN = {"cough": "no", "worry": 2}
WHOLE = {"cough": "much", "colour": "green", "blood": True, "worry": 4, "degrees": 38.5, "note": "Verre i natt"}


@pytest.fixture(autouse=True)
def _at_ten_o_clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def form(world):
    return make_form(world.joint, world.eva)


@pytest.fixture
def tablet(world, form) -> Tablet:
    return Tablet(world.per_tablet)


def hoste(**changes) -> dict:
    return response(questionnaire="hoste", answers={k: v for k, v in changes.items() if v is not None})


@pytest.mark.parametrize(("answers", "score"), [(PLAIN, 2), (WHOLE, 11), (WHOLE | {"blood": False}, 8)])
def test_it_stores_what_was_shown_and_sums_its_points(tablet, answers, score):
    body = hoste(**answers)
    assert tablet.post(RESPONSES, body).status_code == 201
    database.see_everything()
    found = QuestionnaireResponse.objects.get(client_id=body["id"])
    assert (found.answers, found.score) == (answers, Decimal(score))


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        # Hidden by the answer, and hidden by a hidden one.
        ({"colour": "green"}, [("answers.colour", "hidden_item")]),
        (
            {"colour": "green", "blood": True},
            [("answers.colour", "hidden_item"), ("answers.blood", "hidden_item")],
        ),
        ({"blood": True}, [("answers.blood", "hidden_item")]),
        ({"cough": "much", "colour": "clear", "blood": False}, [("answers.blood", "hidden_item")]),
        # Shown and required, one link after the other.
        ({"cough": "some"}, [("answers.colour", "required")]),
        ({"cough": "some", "colour": "green"}, [("answers.blood", "required")]),
        # While the first must be put right nobody knows what it shows.
        ({"cough": "loud"}, [("answers.cough", "unknown_option")]),
        ({"cough": "loud", "colour": "green", "blood": True}, [("answers.cough", "unknown_option")]),
        ({"cough": None, "colour": "green"}, [("answers.cough", "required")]),
        (
            {"cough": "loud", "colour": "blue"},
            [("answers.cough", "unknown_option"), ("answers.colour", "unknown_option")],
        ),
        # The kinds of number.
        ({"worry": 2.5}, [("answers.worry", "not_an_integer")]),
        ({"worry": 11}, [("answers.worry", "out_of_range")]),
        ({"worry": "2"}, [("answers.worry", "not_a_number")]),
        ({"degrees": 38.55}, [("answers.degrees", "too_many_decimals")]),
    ],
)
def test_it_refuses_naming_the_item(tablet, changes, errors):
    answer = tablet.post(RESPONSES, hoste(**PLAIN | changes))
    found = [(error["field"], error["code"]) for error in answer.json()["errors"]]
    assert (answer.status_code, found) == (400, errors)
    database.see_everything()
    assert QuestionnaireResponse.objects.count() == 0
    assert RefusedSubmission.objects.get().codes == sorted({code for _, code in errors})


def test_it_says_which_question_hides_it(tablet):
    problem = tablet.post(RESPONSES, hoste(**PLAIN, colour="green")).json()
    assert problem["detail"] == (
        "Spørsmålet vises bare etter bestemte svar på «cough», og de er ikke gitt. Fjern svaret."
    )


def test_a_hidden_question_left_open_in_so_many_words_is_no_answer(tablet):
    body = hoste(**PLAIN)
    body["answers"] |= {"colour": None, "blood": None}
    assert tablet.post(RESPONSES, body).status_code == 201


@pytest.mark.parametrize(
    ("status", "expected"), [(FormStatus.DRAFT, 400), (FormStatus.ACTIVE, 201), (FormStatus.RETIRED, 201)]
)
def test_a_tablet_may_answer_what_was_once_in_use_and_never_a_draft(world, status, expected):
    make_form(world.joint, world.eva, status=status)
    answer = Tablet(world.per_tablet).post(RESPONSES, hoste(**PLAIN))
    assert answer.status_code == expected
    assert expected == 201 or answer.json()["code"] == "unknown_questionnaire"


def test_the_scorer_is_told_what_was_not_asked(world, form, tablet):
    tablet.post(RESPONSES, hoste(**PLAIN))
    database.see_everything()
    found = QuestionnaireResponse.objects.select_related("questionnaire").get()
    assert as_scored(found).hidden == {"colour", "blood"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answered_forms())
def test_ingest_refuses_exactly_what_the_oracle_refuses(made):
    items, answers = made
    form = KnownForm(0, {item.code: item for item in items})
    checked, errors = _checked(form, {code: _sent(item, answers) for code, item in form.items.items()})
    visible = {item.code: is_visible(item, items, answers) for item in items}
    missing = {each.code for each in items if each.required and visible[each.code] and each.code not in answers}
    told = {(error.field.removeprefix("answers."), error.code) for error in errors}
    # With a missing answer in between it is not said what it would have shown; the rest is told exactly.
    loose = {each.code for each in items if _hangs_on(each, items, missing)}
    hidden = {code for code in answers if not visible[code]} - loose
    assert {pair for pair in told if pair[0] not in loose} == {(code, "required") for code in missing} | {
        (code, "hidden_item") for code in hidden
    }
    if not errors:
        assert checked == answers


def _sent(item: QuestionnaireItem, answers: dict):
    """As the serializer hands it on."""
    answer = answers.get(item.code)
    return SubmittedNumber(str(answer)) if item.scale and answer is not None else answer


def _hangs_on(item: QuestionnaireItem, items: list[QuestionnaireItem], missing: set[str]) -> bool:
    if not item.shown_if:
        return False
    asked = next(each for each in items if each.code == item.shown_if["item"])
    return asked.code in missing or _hangs_on(asked, items, missing)
