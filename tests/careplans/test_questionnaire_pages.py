"""The pages of questionnaires: the list, one form, and what its maker does with it."""

from datetime import time, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from careplans.scoring import RuleKind
from careplans.services.problems import problems_of
from careplans.views import questionnaires as views
from measurements.enums import FormStatus
from measurements.models import Questionnaire
from measurements.services.questionnaires import activate
from tests.database import see_everything
from tests.factories.accounts import let_in
from tests.factories.careplans import add_schedule, approve, make_draft, propose
from tests.factories.clock import NOW
from tests.factories.questionnaires import BRANCHING, after, choice, make_form, yes_no

HEAD = {"title": "Hoste i dag", "higher_is": "WORSE", "grace_hours": "2"}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def browser_of(user) -> Client:
    browser = Client()
    let_in(browser, user)
    return browser


@pytest.fixture
def eva(world) -> Client:
    return browser_of(world.eva)


@pytest.fixture
def draft(world):
    return make_form(world.joint, world.eva, status=FormStatus.DRAFT)


@pytest.fixture
def active(world):
    return make_form(world.joint, world.eva)


def schedule(world, code="hoste") -> None:
    """Per's plan asks for the form."""
    at = NOW - timedelta(days=1)
    version = make_draft(world.per, world.kari, now=at)
    add_schedule(version, None, questionnaire_code=code, weekdays=[0], times=[time(9)])
    approve(version, world.dahl, now=at)


def address(name, form, *args) -> str:
    return reverse(name, args=[form.pk, *args])


def errors(page) -> dict[str, list[str]]:
    assert page.status_code == 422
    return {field: list(found) for field, found in page.context["form"].errors.items()}


def state(form) -> str:
    see_everything()
    return Questionnaire.objects.get(pk=form.pk).status


# The list.


def test_it_lists_own_and_common_forms_with_how_many_answer_them(world, eva, active):
    make_form(world.joint, world.eva, version=2, status=FormStatus.DRAFT)
    make_form(world.own_c, world.ola, code="annen", title="Fremmed")
    schedule(world)
    page = eva.get(reverse("questionnaires"))
    own = [
        (row.form.code, row.form.version, row.draft.version, asked, writes)
        for row, asked, writes in page.context["own"]
    ]
    assert own == [("hoste", 1, 2, 1, True)]
    assert [(row.form.title, asked, writes) for row, asked, writes in page.context["common"]] == [
        (title, 0, False)
        for title in (
            "Formen i dag",
            "Observasjon til NEWS2",
            "Psykisk helse i dag",
            "Symptomer ved diabetes",
            "Symptomer ved hjertesvikt",
            "Symptomer ved kols",
            "Symptomer ved kreft",
        )
    ]
    assert "Fremmed" not in page.text


def test_it_says_what_to_do_when_there_are_none(world, eva):
    assert "Dere har ingen egne skjemaer." in eva.get(reverse("questionnaires")).text
    text = browser_of(world.kari).get(reverse("questionnaires")).text
    assert "En leder kan lage dem." in text
    assert reverse("questionnaire-new") not in text


def test_the_list_asks_the_database_equally_often_for_one_form_and_for_five(world, eva, django_assert_max_num_queries):
    make_form(world.joint, world.eva)
    with django_assert_max_num_queries(40) as first:
        eva.get(reverse("questionnaires"))
    for number in range(4):
        make_form(world.joint, world.eva, code=f"form_{number}")
    with django_assert_max_num_queries(len(first)):
        eva.get(reverse("questionnaires"))


# One form.


def test_it_is_shown_as_the_patient_reads_it_with_its_conditions(world, active):
    page = browser_of(world.kari).get(address("questionnaire", active))
    preview = [(each.worded.text, each.asked, each.answers) for each in page.context["preview"].items]
    assert preview == [
        ("Cough?", "", []),
        ("Colour?", "Cough?", ["Some", "Much"]),
        ("Blood?", "Colour?", ["Green"]),
        ("Worry?", "", []),
        ("Degrees?", "", []),
        ("Note?", "", []),
    ]
    assert "Svarene gir fra 0 til 17 poeng." in page.text
    assert "Lag ny versjon" not in page.text


@pytest.mark.parametrize(
    ("lang", "title"),
    [("nb", "Symptomer ved kols"), ("nn", "Symptom ved kols"), ("en", "COPD symptoms"), ("x", "Symptomer ved kols")],
)
def test_the_preview_is_read_in_the_language_chosen(world, eva, lang, title):
    form = Questionnaire.objects.get(code="symptoms_copd", current=True)
    assert eva.get(address("questionnaire", form), {"lang": lang}).context["preview"].title == title


def test_a_common_form_is_read_and_not_written(world, eva):
    form = Questionnaire.objects.get(code="symptoms_copd", current=True)
    page = eva.get(address("questionnaire", form))
    assert (page.context["writes"], "Det kan ikke endres her." in page.text) == (False, True)
    for name in ("questionnaire-version", "questionnaire-retire"):
        assert eva.post(address(name, form)).status_code == 403
    assert state(form) == FormStatus.ACTIVE


def test_the_municipality_that_owns_the_service_reads_its_forms_and_does_not_write_them(world, active):
    ness = browser_of(world.ness)
    assert ness.get(address("questionnaire", active)).context["writes"] is False
    assert ness.post(address("questionnaire-version", active)).status_code == 403


def test_a_form_of_others_is_as_if_it_did_not_exist(world, active):
    ola = browser_of(world.ola)
    assert ola.get(address("questionnaire", active)).status_code == 404
    assert ola.get(reverse("questionnaire", args=[0])).status_code == 404


def test_what_keeps_a_draft_from_use_is_said_with_a_link_to_the_question(world, eva):
    rows = [choice("a", ("x", 0)), yes_no("b", shown_if=after("c", True)), yes_no("c")]
    form = make_form(world.joint, world.eva, *rows, status=FormStatus.DRAFT)
    page = eva.get(address("questionnaire", form))
    assert [problem.item for problem in page.context["problems"]] == ["a", "b"]
    assert 'href="#sporsmal-a"' in page.text
    assert address("questionnaire-activate", form) not in page.text


# New, and the form as a whole.


def test_a_leader_makes_a_draft_of_the_service(world, eva):
    answer = eva.post(reverse("questionnaire-new"), {"title": "  Pust   og søvn "})
    see_everything()
    made = Questionnaire.objects.get(code="pust_og_sovn")
    assert (answer.url, made.title, made.service, made.status) == (
        address("questionnaire", made),
        "Pust og søvn",
        world.joint,
        FormStatus.DRAFT,
    )


@pytest.mark.parametrize(
    ("title", "error"),
    [
        ("", "Navn på skjemaet: fyll inn feltet."),
        ("   ", "Navn på skjemaet: fyll inn feltet."),
        ("x" * 121, "Navn på skjemaet: skriv høyst 120 tegn."),
        ("ab", "Navn på skjemaet: skriv minst 3 tegn."),
    ],
)
def test_a_form_has_a_name(eva, title, error):
    page = eva.post(reverse("questionnaire-new"), {"title": title})
    assert errors(page) == {"title": [error]}
    assert page.context["form"]["title"].value() == title
    see_everything()
    assert not Questionnaire.objects.filter(status=FormStatus.DRAFT).exists()


def test_the_head_of_a_draft_is_changed(eva, draft):
    bands = {"low_1": "0", "high_1": "4", "text_1": "Lite", "low_2": "5", "high_2": "17", "text_2": "Mye"}
    when = {"weekdays": ["0", "2"], "times": "20.00, 8:30", "grace_hours": "1,5"}
    answer = eva.post(address("questionnaire-change", draft), HEAD | bands | when | {"title": "Hoste"})
    assert answer.url == address("questionnaire", draft)
    see_everything()
    draft.refresh_from_db()
    assert (draft.title, draft.weekdays, draft.times, draft.grace_minutes) == (
        "Hoste",
        [0, 2],
        [time(8, 30), time(20)],
        90,
    )
    assert draft.bands == [{"low": 0, "high": 4, "text": "Lite"}, {"low": 5, "high": 17, "text": "Mye"}]
    again = eva.get(address("questionnaire-change", draft)).context["form"]
    assert (again["times"].value(), again["grace_hours"].value(), again["text_2"].value()) == (
        "08.30, 20.00",
        "1,50",
        "Mye",
    )


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"title": ""}, {"title": ["Navn på skjemaet: fyll inn feltet."]}),
        ({"higher_is": ""}, {"higher_is": ["Hva betyr poengsummen? Velg en."]}),
        ({"times": "09.00"}, {"weekdays": ["Velg både dager og klokkeslett, eller la begge stå tomme."]}),
        ({"weekdays": ["0"]}, {"times": ["Velg både dager og klokkeslett, eller la begge stå tomme."]}),
        (
            {"times": "kvart over ni", "weekdays": ["0"]},
            {"times": ["Klokkeslett: skriv tidene som 08.00, 20.00. Vi forsto ikke «kvart»."]},
        ),
        (
            {"times": "25.00", "weekdays": ["0"]},
            {"times": ["Klokkeslett: skriv tidene som 08.00, 20.00. Vi forsto ikke «25.00»."]},
        ),
        ({"grace_hours": "0"}, {"grace_hours": ["Frist: skriv et tall fra 0,25 til 24 timer."]}),
        (
            {"grace_hours": "x"},
            {"grace_hours": ["Frist etter klokkeslettet, i timer: skriv et tall, for eksempel 37,5."]},
        ),
        ({"low_1": "0", "high_1": "17"}, {"text_1": ["Poengsummen, rad 1: fyll inn fra, til og beskrivelse."]}),
        ({"text_3": "Alt"}, {"low_3": ["Poengsummen, rad 3: fyll inn fra, til og beskrivelse."]}),
        (
            {"low_1": "9", "high_1": "2", "text_1": "Alt"},
            {"high_1": ["Poengsummen, rad 1: «til» kan ikke være mindre enn «fra»."]},
        ),
        (
            {"low_1": "-1", "high_1": "17", "text_1": "Alt"},
            {
                "low_1": [
                    "Fra (rad 1): skriv et helt tall fra 0 til 9999.",
                ]
            },
        ),
        (
            {"low_1": "0", "high_1": "5", "text_1": "Lite", "low_2": "5", "high_2": "17", "text_2": "Mye"},
            {"text_1": ["Poengsummen: «Lite» og «Mye» dekker de samme poengene."]},
        ),
        (
            {"low_1": "0", "high_1": "4", "text_1": "Lite", "low_2": "6", "high_2": "17", "text_2": "Mye"},
            {"text_1": ["Poengsummen: det mangler en beskrivelse av 5 poeng."]},
        ),
        (
            {"low_1": "0", "high_1": "3", "text_1": "Lite"},
            {"text_1": ["Poengsummen: beskrivelsene må dekke alle summer fra 0 til 17."]},
        ),
    ],
)
def test_wrong_input_is_told_at_the_field_and_kept(eva, draft, change, expected):
    page = eva.post(address("questionnaire-change", draft), HEAD | {"text_5": ""} | change)
    assert errors(page) == expected
    assert {name: page.context["form"][name].value() for name in change} == change
    see_everything()
    draft.refresh_from_db()
    assert (draft.title, draft.bands, draft.times) == ("Hoste i dag", [], [])


# The steps.


def test_it_is_taken_into_use_after_what_that_means_is_read(world, eva, active):
    schedule(world)
    eva.post(address("questionnaire-version", active))
    see_everything()
    second = Questionnaire.objects.get(code="hoste", version=2)
    review = eva.get(address("questionnaire-activate", second))
    assert "Versjon 1 går ut av bruk med en gang." in review.text
    assert "1 pasient får den nye versjonen neste gang" in review.text
    assert (state(active), state(second)) == (FormStatus.ACTIVE, FormStatus.DRAFT)
    answer = eva.post(address("questionnaire-activate", second), follow=True)
    assert "Hoste i dag, versjon 2, er tatt i bruk." in answer.text
    assert (state(active), state(second)) == (FormStatus.RETIRED, FormStatus.ACTIVE)


def test_the_first_version_concerns_nobody_yet(eva, draft):
    assert (
        "Ingen pasienter får det før det står i planen deres." in eva.get(address("questionnaire-activate", draft)).text
    )


def test_what_is_not_right_is_not_taken_into_use(world, eva):
    form = make_form(world.joint, world.eva, choice("a", ("x", 0)), status=FormStatus.DRAFT)
    page = eva.post(address("questionnaire-activate", form))
    assert (page.status_code, "«A?»: et valg trenger minst to svar." in page.text) == (422, True)
    assert 'role="alert"' in eva.get(address("questionnaire-activate", form)).text
    assert state(form) == FormStatus.DRAFT


def limited(world, **rule) -> None:
    """Per's plan in force has a limit on the form."""
    at = NOW - timedelta(days=1)
    version = make_draft(world.per, world.kari, limits=[{"quantity": "hoste"} | rule], now=at)
    approve(version, world.dahl, now=at)


ANSWER = {"kind": RuleKind.ANSWER, "item": "cough", "red_answers": ["much"]}
SCORE = {"kind": RuleKind.SCORE, "yellow_high": 4, "red_high": 8}
COUGH = choice("cough", ("no", 0), ("some", 1), ("much", 2))


@pytest.mark.parametrize(
    ("rule", "change", "told"),
    [
        # Other answers, another condition, or the question gone: the limit would not see what the doctor meant it to.
        (ANSWER, {"options": [*COUGH["options"], {"value": "worst", "label": "Verst", "points": 3}]}, "cough"),
        (ANSWER, {"options": COUGH["options"][:2]}, "cough"),
        (ANSWER, {"code": "hosting"}, "cough"),
        (ANSWER, {"options": [option | {"points": 9} for option in COUGH["options"]]}, None),
        (ANSWER, {"text": "Hvor mye hoster du?"}, None),
        (SCORE, {"options": [option | {"points": 9} for option in COUGH["options"]]}, ""),
        (SCORE, {"required": False}, ""),
        (SCORE, {"text": "Hvor mye hoster du?"}, None),
    ],
)
def test_a_version_that_a_doctors_limits_would_judge_otherwise_is_not_taken_into_use(
    world, eva, active, rule, change, told
):
    limited(world, **rule)
    eva.post(address("questionnaire-version", active))
    see_everything()
    second = Questionnaire.objects.get(code="hoste", version=2)
    second.items.filter(code="cough").update(**change)
    # What was shown after «cough» follows its new name.
    if "code" in change:
        second.items.filter(code="colour").update(shown_if=after("hosting", "some", "much"))
    page = eva.post(address("questionnaire-activate", second))
    see_everything()
    if told is None:
        assert (page.status_code, state(second)) == (302, FormStatus.ACTIVE)
        return
    assert (page.status_code, told in [each.item for each in page.context["problems"]]) == (422, True)
    assert "planen til 1 av pasientene har en grense for" in page.text
    assert (state(active), state(second)) == (FormStatus.ACTIVE, FormStatus.DRAFT)


def test_limits_of_a_plan_that_is_over_hold_nothing_back(world, eva, active):
    limited(world, **ANSWER)
    see_everything()
    approve(make_draft(world.per, world.kari), world.dahl)
    eva.post(address("questionnaire-version", active))
    second = Questionnaire.objects.get(code="hoste", version=2)
    second.items.filter(code="cough").update(options=COUGH["options"][:2])
    second.items.filter(code="colour").update(shown_if=after("cough", "some"))
    assert eva.post(address("questionnaire-activate", second)).status_code == 302


def test_a_form_that_plans_ask_for_stays_in_use_and_the_page_says_what_to_do(world, eva, active):
    schedule(world)
    for page, status in (
        (eva.get(address("questionnaire-retire", active)), 200),
        (eva.post(address("questionnaire-retire", active)), 409),
    ):
        assert page.status_code == status
        assert "Planen til 1 pasient ber om skjemaet, eller" in page.text
        assert "eller lag en ny versjon og ta den i bruk." in page.text
    assert state(active) == FormStatus.ACTIVE


def test_plans_in_other_municipalities_keep_it_in_use_too(world, active):
    """A's own form, which a patient of C was given: the administrator of A sees a number, and no more."""
    form = make_form(world.a, world.ness, code="kommunens")
    at = NOW - timedelta(days=1)
    version = make_draft(world.nils, world.ola, now=at)
    add_schedule(version, None, questionnaire_code="kommunens", weekdays=[0], times=[time(9)])
    approve(version, world.nils.gp, now=at)
    page = browser_of(world.ness).post(address("questionnaire-retire", form))
    assert (page.status_code, "Planen til 1 pasient" in page.text, "Iversen" in page.text) == (409, True, False)
    assert state(form) == FormStatus.ACTIVE


def test_a_plan_that_waits_for_the_doctor_keeps_it_in_use_too(world, eva, active):
    version = make_draft(world.solveig, world.kari)
    add_schedule(version, None, questionnaire_code="hoste", weekdays=[0], times=[time(9)])
    propose(version)
    assert eva.get(address("questionnaire", active)).context["asked"] == 0
    assert eva.post(address("questionnaire-retire", active)).status_code == 409


def test_a_plan_with_a_form_that_is_not_in_use_is_not_sent(world, active):
    version = make_draft(world.solveig, world.kari)
    for code in ("hoste", "ukjent"):
        add_schedule(version, None, questionnaire_code=code, weekdays=[0], times=[time(9)])
    told = [text for text in problems_of(version, now=NOW) if "Skjemaet" in text]
    assert told == ["Skjemaet «ukjent» er ikke i bruk. Velg et annet, eller ta det ut av planen."]


def test_a_form_that_no_plan_asks_for_is_taken_out_of_use(world, eva, active):
    assert "Versjonen kan ikke tas i bruk igjen." in eva.get(address("questionnaire-retire", active)).text
    page = eva.post(address("questionnaire-retire", active), follow=True)
    assert "Hoste i dag er ikke i bruk lenger." in page.text
    assert state(active) == FormStatus.RETIRED


def test_a_draft_is_thrown_away(eva, draft):
    page = eva.post(address("questionnaire-discard", draft), follow=True)
    assert "Utkastet til Hoste i dag er slettet." in page.text
    see_everything()
    assert not Questionnaire.objects.filter(pk=draft.pk).exists()


@pytest.mark.parametrize("name", ["questionnaire-change", "questionnaire-activate", "questionnaire-discard"])
def test_what_is_for_drafts_is_not_found_for_what_is_in_use(eva, active, name):
    assert eva.post(address(name, active), HEAD).status_code == 404
    assert state(active) == FormStatus.ACTIVE


def test_whoever_comes_late_is_told_and_changes_nothing(eva, draft, monkeypatch):
    """A colleague takes the draft into use between the look at it and the saving."""

    def first_the_other(*, form, by):
        activate(form=Questionnaire.objects.get(pk=form.pk), by=by, now=NOW)
        return saved(form=form, by=by)

    saved = views.save_head
    monkeypatch.setattr(views, "save_head", first_the_other)
    page = eva.post(address("questionnaire-change", draft), HEAD | {"title": "For sent"})
    assert (page.status_code, "Noen andre kom før deg" in page.text) == (409, True)
    see_everything()
    draft.refresh_from_db()
    assert (draft.title, draft.status) == ("Hoste i dag", FormStatus.ACTIVE)


def test_the_questions_are_as_many_as_were_written(world, eva, active):
    """Nothing is lost on the way to a new version."""
    eva.post(address("questionnaire-version", active))
    see_everything()
    assert Questionnaire.objects.get(version=2, code="hoste").items.count() == len(BRANCHING)
