"""GET /api/v1/questionnaires/: languages, branching and the kinds of number, beside what test_api_plan.py shows."""

from datetime import time, timedelta

import pytest
import time_machine
from django.test import Client

from measurements.data.questionnaires import QUESTIONNAIRES
from measurements.enums import FORM_LANGUAGES
from measurements.models import Questionnaire
from measurements.queries import ProposedSchedule, form_in, proposed_schedule
from tests import database
from tests.factories.careplans import add_schedule, approve, make_draft
from tests.factories.clock import NOW
from tests.factories.questionnaires import make_form
from tests.measurements.tablet import Tablet

FORMS = "/api/v1/questionnaires/"


@pytest.fixture(autouse=True)
def _at_ten_o_clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def scheduled(world) -> Tablet:
    """Per's tablet, with a plan that asks for the form of diabetes and the service's own."""
    make_form(world.joint, world.eva, texts={"nn": {"title": "Hoste no"}})
    at = NOW - timedelta(days=1)
    draft = make_draft(world.per, world.kari, now=at)
    for code in ("symptoms_diabetes", "hoste"):
        add_schedule(draft, None, questionnaire_code=code, weekdays=[0], times=[time(9)])
    approve(draft, world.dahl, now=at)
    return Tablet(world.per_tablet)


def titles(answer) -> list[str]:
    return [form["title"] for form in answer.json()["questionnaires"]]


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("nb", ["Hoste i dag", "Symptomer ved diabetes"]),
        ("nn", ["Hoste no", "Symptom ved diabetes"]),
        # What is not translated is told in bokmål.
        ("en", ["Hoste i dag", "Diabetes symptoms"]),
    ],
)
def test_it_tells_the_forms_in_the_language_asked_for(scheduled, lang, expected):
    answer = scheduled.get(FORMS, lang=lang)
    assert (titles(answer), answer["Content-Language"]) == (expected, lang)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "nb"),
        ("nn-NO,nn;q=0.9,en;q=0.5", "nn"),
        ("en-GB", "en"),
        ("no", "nb"),
        ("se, pl;q=0.8", "nb"),
        ("pl, nn;q=0.2", "nn"),
        ("*;q=0.1, tull,,", "nb"),
    ],
)
def test_it_goes_by_the_header_when_nothing_is_asked_for(scheduled, header, expected):
    answer = Client().get(FORMS, headers=scheduled.headers | {"Accept-Language": header})
    assert answer["Content-Language"] == expected
    assert scheduled.get(FORMS, lang="nb")["Content-Language"] == "nb"


@pytest.mark.parametrize("lang", ["", "NN", "se", "nb,nn"])
def test_it_refuses_a_language_that_it_does_not_speak(scheduled, lang):
    answer = scheduled.get(FORMS, lang=lang)
    assert (answer.status_code, answer.json()["code"], answer.json()["errors"][0]["field"]) == (
        400,
        "unknown_language",
        "lang",
    )


def test_options_and_help_are_told_in_the_language_too(scheduled):
    diabetes = scheduled.get(FORMS, lang="en").json()["questionnaires"][1]
    assert diabetes["items"][1]["options"] == [{"value": True, "label": "Yes"}, {"value": False, "label": "No"}]
    assert diabetes["items"][0]["help_text"].startswith("Signs of low blood sugar")


def test_branching_and_the_kinds_of_number_stand_where_there_are_some(scheduled):
    cough, colour, _blood, worry, degrees, _note = scheduled.get(FORMS).json()["questionnaires"][0]["items"]
    extra = ("unit", "decimals", "scale", "shown_if")
    assert {name for name in extra if name in cough} == set()
    assert colour["shown_if"] == {"item": "cough", "answers": ["some", "much"]}
    assert (worry["kind"], worry["scale"], worry["decimals"], worry["maximum"]) == ("number", True, 0, "10.00")
    assert (degrees["unit"], degrees["decimals"]) == ("°C", 1)


def test_a_plan_gets_the_version_in_use_and_nothing_when_it_is_retired(world, scheduled):
    database.see_everything()
    first = Questionnaire.objects.get(code="hoste")
    Questionnaire.objects.filter(pk=first.pk).update(status="RETIRED", retired_at=NOW, retired_by=world.eva)
    assert titles(scheduled.get(FORMS)) == ["Symptomer ved diabetes"]
    make_form(world.joint, world.eva, version=2, title="Hoste nå")
    assert titles(scheduled.get(FORMS)) == ["Hoste nå", "Symptomer ved diabetes"]


def test_every_common_form_is_whole_in_all_three_languages(db):
    """Every question, help text and answer of every common form in use."""
    missing = []
    for form in Questionnaire.objects.filter(current=True).prefetch_related("items"):
        missing += [(form.code, lang) for lang in ("nn", "en") if "title" not in form.texts.get(lang, {})]
        for item in form.items.all():
            values = {str(o["value"]).lower() if o["value"] in (True, False) else o["value"] for o in item.options}
            for lang in ("nn", "en"):
                told = item.texts.get(lang, {})
                if not told.get("text") or bool(item.help_text) != bool(told.get("help_text")):
                    missing.append((form.code, item.code, lang))
                if values != set(told.get("options", {})):
                    missing.append((form.code, item.code, lang, "options"))
    assert missing == []


def test_a_translation_is_never_the_same_words_again(db):
    """Short words may be alike; a whole form that is would be forgotten work."""
    for form in Questionnaire.objects.filter(current=True).prefetch_related("items"):
        words = {lang: [each.text for each in form_in(form, lang).items] for lang in FORM_LANGUAGES}
        assert len({tuple(each) for each in words.values()}) == len(FORM_LANGUAGES)


def test_there_is_a_daily_set_for_each_of_the_five_conditions(db):
    forms = {form.code: form for form in Questionnaire.objects.filter(current=True)}
    assert set(forms) == {form.code for form in QUESTIONNAIRES} | {"symptoms_cancer", "symptoms_mental_health"}
    sets = ["symptoms_copd", "symptoms_heart_failure", "symptoms_diabetes", "symptoms_cancer", "symptoms_mental_health"]
    assert {code: 4 <= forms[code].items.count() <= 7 for code in sets} == dict.fromkeys(sets, True)
    daily = ProposedSchedule([0, 1, 2, 3, 4, 5, 6], [time(9)], 180)
    assert {code: proposed_schedule(code) for code in sets} == dict.fromkeys(sets, daily)


@pytest.mark.parametrize("code", ["news2_observation", "ukjent"])
def test_a_form_that_proposes_nothing_has_no_schedule(db, code):
    assert proposed_schedule(code) is None
