"""The life of a questionnaire: written, taken into use, followed by a new version, retired; and by whom."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from measurements.content import Problem, band_problems, problems_of, score_range
from measurements.enums import FormStatus
from measurements.models import Questionnaire, QuestionnaireItem
from measurements.queries import may_write, questionnaires_seen_by
from measurements.services.questionnaires import (
    InUse,
    NotReady,
    WrongStep,
    activate,
    code_from,
    discard,
    draft,
    move_item,
    new_version,
    remove_item,
    retire,
    save_head,
    save_item,
)
from tests.factories.accounts import actor_of, make_membership, make_user
from tests.factories.clock import NOW
from tests.factories.measurements import make_response
from tests.factories.questionnaires import BRANCHING, after, choice, free_text, make_form, number, scale, yes_no


@pytest.fixture
def eva(world):
    return world.actor(world.eva)


def codes(form) -> list[str]:
    return list(form.items.values_list("code", flat=True))


def items_of(*rows) -> list[QuestionnaireItem]:
    return [QuestionnaireItem(position=place, **row) for place, row in enumerate(rows, start=1)]


@pytest.mark.parametrize(
    ("text", "taken", "code"),
    [
        ("Pust og søvn", (), "pust_og_sovn"),
        ("Pust og søvn", ("pust_og_sovn", "pust_og_sovn_2"), "pust_og_sovn_3"),
        ("  Ærlig talt, går det bra?  ", (), "aerlig_talt_gar_det_bra"),
        ("24 timer", (), "s_24_timer"),
        ("???", (), "s"),
        ("x" * 90, (), "x" * 32),
    ],
)
def test_a_code_is_made_of_the_words(text, taken, code):
    assert code_from(text, taken) == code


def test_a_leader_makes_a_form_of_the_service_and_an_administrator_one_of_the_municipality(world, eva):
    made = draft(title="Pust", by=eva, now=NOW)
    assert (made.code, made.version, made.status, made.owner, made.created_by) == (
        "pust", 1, FormStatus.DRAFT, world.joint, world.eva,
    )  # fmt: skip
    other = draft(title="Pust", by=world.actor(world.ness), now=NOW)
    assert (other.code, other.owner) == ("pust_2", world.a)


@pytest.mark.parametrize("person", ["kari", "dahl", "siri", "vera"])
def test_nobody_else_writes_forms(world, person):
    by = world.actor(getattr(world, person))
    form = make_form(world.joint, world.eva, status=FormStatus.DRAFT)
    steps = [
        lambda: draft(title="Pust", by=by, now=NOW),
        lambda: save_head(form=form, by=by),
        lambda: save_item(item=form.items.first(), by=by),
        lambda: move_item(item=form.items.first(), up=False, by=by),
        lambda: remove_item(item=form.items.first(), by=by),
        lambda: activate(form=form, by=by, now=NOW),
        lambda: discard(form=form, by=by),
    ]
    for step in steps:
        with pytest.raises(PermissionDenied):
            step()
    assert (codes(form), may_write(form, by)) == ([row["code"] for row in BRANCHING], False)


def test_a_leader_elsewhere_and_the_owners_own_administrator_write_none_of_the_services(world, eva):
    leader = make_user("lars", "Lars", "Lie")
    make_membership(leader, Role.SERVICE_LEADER, service=world.own_c)
    form = make_form(world.joint, world.eva)
    common = Questionnaire.objects.get(code="symptoms_copd", current=True)
    found = {
        name: may_write(form, by)
        for name, by in (("own", eva), ("c", actor_of(leader)), ("a", world.actor(world.ness)))
    }
    assert (found, may_write(common, eva)) == ({"own": True, "c": False, "a": False}, False)
    with pytest.raises(PermissionDenied):
        new_version(form=common, by=eva, now=NOW)


def test_what_is_seen_is_common_own_or_of_those_who_follow_ones_patients(world, eva):
    make_form(world.joint, world.eva, code="joint")
    make_form(world.joint, world.eva, code="draft", status=FormStatus.DRAFT)
    make_form(world.a, world.ness, code="of_a")
    make_form(world.own_c, world.ola, code="of_c")
    common = set(Questionnaire.objects.filter(service=None, authority=None).values_list("code", flat=True))
    people = {"eva": {"joint", "draft", "of_a"}, "kari": {"joint", "draft", "of_a"}, "siri": {"joint"}}
    people |= {"ness": {"joint", "of_a"}, "dahl": {"joint", "of_a"}, "ola": {"of_c"}}
    for name, own in people.items():
        seen = questionnaires_seen_by(world.actor(getattr(world, name)), on=NOW.date())
        assert (name, {form.code for form in seen} - common) == (name, own)
        assert common <= {form.code for form in seen}


def test_a_question_comes_last_and_changes_places(world, eva):
    form = make_form(world.joint, world.eva, choice("a", ("x", 0), ("y", 1)), status=FormStatus.DRAFT)
    save_item(item=QuestionnaireItem(questionnaire=form, **free_text("b")), by=eva)
    save_item(item=QuestionnaireItem(questionnaire=form, **free_text("c")), by=eva)
    assert codes(form) == ["a", "b", "c"]
    assert move_item(item=form.items.get(code="c"), up=True, by=eva) is True
    assert codes(form) == ["a", "c", "b"]
    assert move_item(item=form.items.get(code="a"), up=False, by=eva) is True
    assert codes(form) == ["c", "a", "b"]
    assert move_item(item=form.items.get(code="c"), up=True, by=eva) is False
    remove_item(item=form.items.get(code="a"), by=eva)
    assert codes(form) == ["c", "b"]


def test_a_draft_is_taken_into_use_and_the_version_before_it_retired(world, eva):
    first = make_form(world.joint, world.eva)
    second = new_version(form=first, by=eva, now=NOW)
    assert (second.version, second.status, codes(second)) == (2, FormStatus.DRAFT, codes(first))
    assert list(second.items.values("text", "options", "shown_if")) == list(
        first.items.values("text", "options", "shown_if")
    )
    # Asked for again it is the same draft.
    assert new_version(form=first, by=eva, now=NOW) == second
    activate(form=second, by=eva, now=NOW)
    states = {form.version: form for form in Questionnaire.objects.filter(code="hoste")}
    assert {version: form.status for version, form in states.items()} == {1: "RETIRED", 2: "ACTIVE"}
    assert (states[2].activated_at, states[2].activated_by, states[1].retired_by) == (NOW, world.eva, world.eva)
    with pytest.raises(WrongStep):
        activate(form=second, by=eva, now=NOW)


def test_answers_stay_with_the_version_they_were_given_to(world, eva):
    first = make_form(world.joint, world.eva, bands=[{"low": 0, "high": 17, "text": "Alt"}])
    response = make_response(world.per_tablet, "hoste", {"cough": "no", "worry": 2}, at=NOW, score=2)
    second = new_version(form=first, by=eva, now=NOW)
    second.title, second.bands = "Ny", []
    save_head(form=second, by=eva)
    activate(form=second, by=eva, now=NOW)
    response.refresh_from_db()
    assert (response.questionnaire.version, response.questionnaire.title, response.band) == (1, "Hoste i dag", "Alt")


def test_a_retired_form_can_get_a_new_version(world, eva):
    form = make_form(world.joint, world.eva)
    retire(form=form, asked_for=lambda: False, by=eva, now=NOW)
    made = new_version(form=form, by=eva, now=NOW)
    activate(form=made, by=eva, now=NOW)
    made.refresh_from_db()
    assert (made.version, made.status) == (2, FormStatus.ACTIVE)


def test_a_form_that_plans_ask_for_is_not_retired(world, eva):
    form = make_form(world.joint, world.eva)
    with pytest.raises(InUse):
        retire(form=form, asked_for=lambda: True, by=eva, now=NOW)
    form.refresh_from_db()
    assert form.status == FormStatus.ACTIVE


def test_what_plans_say_is_looked_for_when_the_form_is_held(world, eva):
    """A plan that is sent between the look at the page and the step counts (P2)."""
    form = make_form(world.joint, world.eva)
    with CaptureQueriesContext(connection) as asked, pytest.raises(InUse):
        retire(form=form, asked_for=lambda: "FOR UPDATE" in "".join(each["sql"] for each in asked), by=eva, now=NOW)
    second = new_version(form=form, by=eva, now=NOW)
    problem = Problem("cough", "Planen har en grense.")
    with CaptureQueriesContext(connection) as asked, pytest.raises(NotReady) as refused:
        activate(
            form=second,
            by=eva,
            now=NOW,
            also=lambda: [problem] if "FOR UPDATE" in "".join(each["sql"] for each in asked) else [],
        )
    assert refused.value.problems == [problem]


def test_a_draft_is_thrown_away_and_nothing_else_is(world, eva):
    form = make_form(world.joint, world.eva)
    second = new_version(form=form, by=eva, now=NOW)
    discard(form=second, by=eva)
    with pytest.raises(WrongStep):
        discard(form=form, by=eva)
    with pytest.raises(WrongStep):
        discard(form=second, by=eva)
    assert list(Questionnaire.objects.filter(code="hoste").values_list("version", flat=True)) == [1]


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        ([], [("", "Skjemaet har ingen spørsmål. Legg til minst ett.")]),
        ([choice("a", ("x", 0))], [("a", "«A?»: et valg trenger minst to svar.")]),
        (
            [yes_no("a", shown_if=after("b", True)), yes_no("b")],
            [("a", "«A?»: vises etter svar på et spørsmål som ikke kommer før. Flytt det, eller endre vilkåret.")],
        ),
        (
            [yes_no("a", shown_if=after("a", True))],
            [("a", "«A?»: vises etter svar på et spørsmål som ikke kommer før. Flytt det, eller endre vilkåret.")],
        ),
        (
            [number("a", 0, 9), yes_no("b", shown_if=after("a", 1))],
            [("b", "«B?»: kan ikke vises etter svar på et tall eller en tekst. Endre vilkåret.")],
        ),
        (
            [choice("a", ("x", 0), ("y", 0)), yes_no("b", shown_if=after("a", "z"))],
            [("b", "«B?»: vises etter et svar som ikke finnes lenger. Endre vilkåret.")],
        ),
        (
            [yes_no("a"), yes_no("b", shown_if=after("a"))],
            [("b", "«B?»: vises etter et svar som ikke finnes lenger. Endre vilkåret.")],
        ),
        ([scale("a"), yes_no("b", shown_if=after("a", 9, 10))], []),
        (BRANCHING, []),
    ],
)
def test_what_must_be_right_first_is_said_question_by_question(rows, problems):
    found = problems_of(Questionnaire(), items_of(*rows))
    assert [(problem.item, problem.text) for problem in found] == problems


def test_what_is_not_right_is_not_taken_into_use(world, eva):
    form = draft(title="Tomt", by=eva, now=NOW)
    with pytest.raises(NotReady) as refused:
        activate(form=form, by=eva, now=NOW)
    assert [problem.text for problem in refused.value.problems] == ["Skjemaet har ingen spørsmål. Legg til minst ett."]
    form.refresh_from_db()
    assert form.status == FormStatus.DRAFT


def band(low: int, high: int, text: str = "") -> dict:
    return {"low": low, "high": high, "text": text or f"{low}–{high}"}


@pytest.mark.parametrize(
    ("bands", "problems"),
    [
        ([], []),
        ([band(0, 17)], []),
        ([band(5, 17), band(0, 4)], []),
        ([band(0, 5), band(5, 17)], ["Poengsummen: «0–5» og «5–17» dekker de samme poengene."]),
        ([band(0, 4), band(6, 17)], ["Poengsummen: det mangler en beskrivelse av 5 poeng."]),
        ([band(1, 17)], ["Poengsummen: beskrivelsene må dekke alle summer fra 0 til 17."]),
        ([band(0, 16)], ["Poengsummen: beskrivelsene må dekke alle summer fra 0 til 17."]),
        ([band(0, 99)], []),
    ],
)
def test_bands_cover_every_sum_once(bands, problems):
    assert band_problems(bands, items_of(*BRANCHING)) == problems


def test_bands_on_a_form_without_points_say_nothing():
    assert band_problems([band(0, 1)], items_of(free_text("a"))) == [
        "Ingen svar gir poeng. Ta bort beskrivelsene av poengsummen, eller gi svarene poeng."
    ]


def test_the_range_of_a_sum_counts_what_may_be_hidden_or_left_open_as_nothing():
    needed = choice("a", ("x", 1), ("y", 3))
    assert score_range(items_of(needed, choice("b", ("x", 1), ("y", 3), required=False))) == (1, 6)
    assert score_range(items_of(needed, yes_no("b", 2, shown_if=after("a", "x")))) == (1, 5)
    assert score_range(items_of(free_text("a"))) is None


@pytest.mark.parametrize(
    ("score", "told"), [(None, ""), (Decimal(0), "Lite"), (Decimal("4.00"), "Lite"), (Decimal(5), "Mye"), (99, "")]
)
def test_a_sum_is_told_by_its_band(score, told):
    form = Questionnaire(bands=[band(0, 4, "Lite"), band(5, 9, "Mye")])
    assert form.band_of(score) == told
