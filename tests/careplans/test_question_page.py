"""The page of one question: what each type asks its maker, what is refused, and where it stands in the form."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from measurements.enums import FormStatus
from measurements.models import QuestionnaireItem
from tests.database import see_everything
from tests.factories.accounts import let_in
from tests.factories.clock import NOW
from tests.factories.questionnaires import after, choice, make_form, number, yes_no

CHOICE = {"text": "Hvordan er pusten?", "required": "on", "label_1": "Som vanlig", "label_2": "Tyngre", "points_2": "2"}
WHOLE = {"text": "Hvor mange?", "minimum": "0", "maximum": "20", "unit": "", "required": "on"}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def eva(world) -> Client:
    browser = Client()
    let_in(browser, world.eva)
    return browser


@pytest.fixture
def form(world):
    return make_form(world.joint, world.eva, status=FormStatus.DRAFT)


def new(form, item_type) -> str:
    return reverse("question-new", args=[form.pk, item_type])


def one(form, code) -> str:
    return reverse("question", args=[form.pk, code])


def stored(form, code) -> QuestionnaireItem:
    see_everything()
    return form.items.get(code=code)


def codes(form) -> list[str]:
    see_everything()
    return list(form.items.values_list("code", flat=True))


def errors(page) -> dict[str, list[str]]:
    assert page.status_code == 422
    return {field: list(found) for field, found in page.context["form"].errors.items()}


def test_a_choice_is_added_last_with_its_answers_and_points(eva, form):
    answer = eva.post(new(form, "choice"), CHOICE | {"condition": ["cough=1", "cough=2"]})
    assert answer.url == reverse("questionnaire", args=[form.pk]) + "#sporsmal-hvordan_er_pusten"
    made = stored(form, "hvordan_er_pusten")
    assert (made.position, made.kind, made.required, made.shown_if) == (
        7,
        "choice",
        True,
        {"item": "cough", "answers": ["some", "much"]},
    )
    assert made.options == [
        {"value": "som_vanlig", "label": "Som vanlig", "points": 0},
        {"value": "tyngre", "label": "Tyngre", "points": 2},
    ]


@pytest.mark.parametrize(
    ("item_type", "fields", "expected"),
    [
        (
            "boolean",
            {"text": "Feber?", "points_yes": "3"},
            {
                "kind": "boolean",
                "required": False,
                "options": [
                    {"value": True, "label": "Ja", "points": 3},
                    {"value": False, "label": "Nei", "points": 0},
                ],
            },
        ),
        ("whole", WHOLE, {"kind": "number", "minimum": 0, "maximum": 20, "decimals": 0, "unit": "", "scale": False}),
        (
            "decimal",
            WHOLE | {"minimum": "34,5", "maximum": "43", "unit": "°C"},
            {"kind": "number", "decimals": 2, "unit": "°C", "maximum": 43},
        ),
        (
            "scale",
            {"text": "Hvor vondt?", "help_text": "0 er ingenting.", "counts": "on"},
            {"kind": "number", "scale": True, "counts": True, "decimals": 0, "minimum": 0, "maximum": 10},
        ),
        (
            "text",
            {"text": "Noe mer?", "code": "mer"},
            {"kind": "text", "code": "mer", "options": [], "required": False},
        ),
    ],
)
def test_each_type_is_stored_as_what_it_is(eva, form, item_type, fields, expected):
    assert eva.post(new(form, item_type), fields).status_code == 302
    see_everything()
    made = form.items.last()
    assert {name: getattr(made, name) for name in expected} == expected
    assert made.type == item_type


@pytest.mark.parametrize(
    ("item_type", "fields", "expected"),
    [
        ("choice", CHOICE | {"text": " "}, {"text": ["Spørsmålet: fyll inn feltet."]}),
        ("choice", CHOICE | {"text": "x" * 301}, {"text": ["Spørsmålet: skriv høyst 300 tegn."]}),
        ("choice", CHOICE | {"label_2": "", "points_2": ""}, {"label_2": ["Svar 2: et valg trenger minst to svar."]}),
        (
            "choice",
            CHOICE | {"label_1": "", "label_2": "", "points_2": ""},
            {"label_1": ["Svar 1: et valg trenger minst to svar."]},
        ),
        ("choice", CHOICE | {"label_2": "som VANLIG"}, {"label_2": ["Svar 2: dette svaret står to ganger."]}),
        ("choice", CHOICE | {"points_3": "1"}, {"label_3": ["Svar 3: skriv svaret, eller ta bort poengene."]}),
        ("choice", CHOICE | {"points_2": "-1"}, {"points_2": ["Poeng for svar 2: skriv et helt tall fra 0 til 100."]}),
        ("choice", CHOICE | {"points_2": "1,5"}, {"points_2": ["Poeng for svar 2: skriv et helt tall fra 0 til 100."]}),
        ("choice", CHOICE | {"points_2": "101"}, {"points_2": ["Poeng for svar 2: skriv et helt tall fra 0 til 100."]}),
        (
            "choice",
            CHOICE | {"code": "Pust!"},
            {"code": ["Kode: bruk små bokstaver a–z, tall og _, og begynn med en bokstav."]},
        ),
        ("choice", CHOICE | {"code": "cough"}, {"code": ["Kode: «cough» er brukt i et annet spørsmål i skjemaet."]}),
        (
            "choice",
            CHOICE | {"condition": ["cough=1", "worry=3"]},
            {"condition": ["Vis bare hvis: velg svar fra ett spørsmål, ikke flere."]},
        ),
        ("whole", WHOLE | {"minimum": "20"}, {"maximum": ["Høyeste tall: må være større enn laveste tall."]}),
        ("whole", WHOLE | {"minimum": "30"}, {"maximum": ["Høyeste tall: må være større enn laveste tall."]}),
        ("whole", WHOLE | {"minimum": "0,5"}, {"minimum": ["Laveste tall: skriv et helt tall."]}),
        ("whole", WHOLE | {"maximum": ""}, {"maximum": ["Høyeste tall: fyll inn feltet."]}),
        ("whole", WHOLE | {"maximum": "mange"}, {"maximum": ["Høyeste tall: skriv et tall, for eksempel 37,5."]}),
        (
            "decimal",
            WHOLE | {"maximum": "1000000"},
            {"maximum": ["Høyeste tall: skriv et tall under én million med høyst to desimaler."]},
        ),
        (
            "decimal",
            WHOLE | {"maximum": "0,125"},
            {"maximum": ["Høyeste tall: skriv et tall under én million med høyst to desimaler."]},
        ),
        ("scale", {"text": "Hvor vondt?"}, {"help_text": ["Hva er 0, og hva er 10?: fyll inn feltet."]}),
        (
            "boolean",
            {"text": "Feber?", "points_yes": "mye"},
            {"points_yes": ["Poeng for ja: skriv et helt tall fra 0 til 100."]},
        ),
    ],
)
def test_wrong_input_is_told_at_the_field_and_kept(eva, form, item_type, fields, expected):
    before = codes(form)
    page = eva.post(new(form, item_type), fields)
    assert errors(page) == expected
    kept = {name: page.context["form"][name].value() for name in fields if name != "required"}
    assert kept == {name: value for name, value in fields.items() if name != "required"}
    assert codes(form) == before


def test_an_answer_that_is_no_choice_of_an_earlier_question_is_refused(eva, form):
    assert list(errors(eva.post(new(form, "choice"), CHOICE | {"condition": ["note=0"]}))) == ["condition"]


def test_only_what_stands_before_can_decide(eva, form):
    page = eva.get(one(form, "colour"))
    assert [other.code for other, _answers in page.context["form"].condition_groups] == ["cough"]
    assert [chosen for _key, _label, chosen in page.context["form"].condition_groups[0][1]] == [False, True, True]
    assert eva.get(one(form, "cough")).context["form"].condition_groups == []
    assert "Spørsmålet vises alltid." in eva.get(one(form, "cough")).text


def test_an_answer_keeps_its_code_when_its_words_are_mended(eva, form):
    fields = {"text": "Hoster du mye?", "code": "cough", "required": "on"}
    rows = {
        "value_1": "no",
        "label_1": "Nei",
        "value_2": "much",
        "label_2": "Ja, mye",
        "points_2": "3",
        "label_3": "Litt",
    }
    assert eva.post(one(form, "cough"), fields | rows).status_code == 302
    options = [(option["value"], option["label"], option["points"]) for option in stored(form, "cough").options]
    assert options == [("no", "Nei", 0), ("much", "Ja, mye", 3), ("litt", "Litt", 0)]
    # «some» is gone, and what was shown after it is told.
    page = eva.get(reverse("questionnaire", args=[form.pk]))
    assert [problem.item for problem in page.context["problems"]] == ["colour"]


def test_a_made_up_code_of_an_answer_is_not_taken(eva, form):
    eva.post(new(form, "choice"), CHOICE | {"value_1": "<script>", "value_2": "no", "code": "pust"})
    assert [option["value"] for option in stored(form, "pust").options] == ["som_vanlig", "tyngre"]


def test_a_condition_is_taken_away_by_choosing_nothing(eva, form):
    fields = {"text": "Blod?", "code": "blood", "points_yes": "3", "required": "on"}
    eva.post(one(form, "blood"), fields)
    assert stored(form, "blood").shown_if is None


def test_questions_are_moved_and_what_then_makes_no_sense_is_told(eva, form):
    move = reverse("question-move", args=[form.pk, "colour"])
    answer = eva.post(move, {"up": "on"})
    assert answer.url == reverse("questionnaire", args=[form.pk]) + "#sporsmal-colour"
    assert codes(form)[:2] == ["colour", "cough"]
    page = eva.get(reverse("questionnaire", args=[form.pk]))
    assert [(problem.item, problem.text.split(":")[1][:12]) for problem in page.context["problems"]] == [
        ("colour", " vises etter")
    ]
    eva.post(move, {"up": "on"})
    eva.post(move, {"down": "on"})
    assert codes(form)[:2] == ["cough", "colour"]


def test_a_question_is_taken_out(eva, form):
    page = eva.post(reverse("question-remove", args=[form.pk, "cough"]), follow=True)
    assert "«Cough?» er tatt ut." in page.text
    assert codes(form) == ["colour", "blood", "worry", "degrees", "note"]
    assert [problem.item for problem in page.context["problems"]] == ["colour"]


@pytest.mark.parametrize("item_type", ["picture", "number"])
def test_there_are_no_other_types(eva, form, item_type):
    assert eva.get(new(form, item_type)).status_code == 404


def test_a_question_that_is_not_there_is_not_found(eva, form):
    assert eva.get(one(form, "fever")).status_code == 404
    assert eva.post(reverse("question-remove", args=[form.pk, "fever"])).status_code == 404


def test_the_questions_of_a_form_in_use_stand(world, eva):
    form = make_form(
        world.joint,
        world.eva,
        choice("a", ("x", 0), ("y", 1)),
        yes_no("b", shown_if=after("a", "y")),
        number("n", 0, 9),
    )
    for address in (one(form, "a"), new(form, "text")):
        assert eva.post(address, CHOICE).status_code == 404
    for name in ("question-move", "question-remove"):
        assert eva.post(reverse(name, args=[form.pk, "b"])).status_code == 404
    assert codes(form) == ["a", "b", "n"]
