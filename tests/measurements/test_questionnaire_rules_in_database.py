"""What the database itself refuses about questionnaires, whoever asks it to."""

import pytest
from django.db import IntegrityError, InternalError, transaction

from audit.models import ChangeEntry
from measurements.enums import FormStatus
from measurements.models import Questionnaire, QuestionnaireItem
from tests.factories.clock import NOW
from tests.factories.questionnaires import choice, free_text, make_form, number

FROZEN = "Cannot update rows|can no longer be changed"


def change(form, **fields) -> int:
    with transaction.atomic():
        return Questionnaire.objects.filter(pk=form.pk).update(**fields)


@pytest.fixture
def draft(world):
    return make_form(world.joint, world.eva, status=FormStatus.DRAFT)


@pytest.fixture
def active(world):
    return make_form(world.joint, world.eva)


@pytest.fixture
def retired(world):
    return make_form(world.joint, world.eva, status=FormStatus.RETIRED)


CONTENT = [
    {"title": "Noe annet"},
    {"bands": [{"low": 0, "high": 99, "text": "Alt"}]},
    {"higher_is": "BETTER"},
    {"grace_minutes": 5},
    {"texts": {"nn": {"title": "Noko anna"}}},
]


@pytest.mark.parametrize("fields", CONTENT)
def test_the_content_of_a_draft_can_be_changed(draft, fields):
    assert change(draft, **fields) == 1


@pytest.mark.parametrize("fields", [*CONTENT, {"activated_at": NOW}])
@pytest.mark.parametrize("state", ["active", "retired"])
def test_the_content_of_what_has_left_draft_stands(request, state, fields):
    with pytest.raises(InternalError, match=FROZEN):
        change(request.getfixturevalue(state), **(fields if "activated_at" not in fields else {"activated_at": None}))


@pytest.mark.parametrize("fields", [{"code": "annen"}, {"version": 7}, {"service_id": None}, {"created_at": None}])
def test_what_a_version_is_stands_also_in_a_draft(draft, fields):
    with pytest.raises(InternalError, match=FROZEN):
        change(draft, **fields)


def test_questions_are_written_in_a_draft_only(draft):
    item = draft.items.first()
    QuestionnaireItem.objects.filter(pk=item.pk).update(text="Et annet spørsmål?")
    QuestionnaireItem.objects.create(questionnaire=draft, position=20, **free_text("mer"))
    assert QuestionnaireItem.objects.filter(pk=item.pk).delete()[0] == 1


@pytest.mark.parametrize("state", ["active", "retired"])
@pytest.mark.parametrize("act", ["insert", "update", "delete"])
def test_questions_of_what_has_left_draft_stand(request, state, act):
    form = request.getfixturevalue(state)
    item = form.items.first()
    acts = {
        "insert": lambda: QuestionnaireItem.objects.create(questionnaire=form, position=20, **free_text("mer")),
        "update": lambda: QuestionnaireItem.objects.filter(pk=item.pk).update(help_text="x"),
        "delete": lambda: QuestionnaireItem.objects.filter(pk=item.pk).delete(),
    }
    with pytest.raises(InternalError, match=FROZEN), transaction.atomic():
        acts[act]()


def test_a_question_is_not_moved_out_of_a_version_in_use(world, active):
    other = make_form(world.joint, world.eva, code="annen", status=FormStatus.DRAFT)
    with pytest.raises(InternalError, match=FROZEN), transaction.atomic():
        active.items.filter(code="note").update(questionnaire=other, position=20, code="ny")


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("draft", FormStatus.RETIRED),
        ("active", FormStatus.DRAFT),
        ("retired", FormStatus.DRAFT),
        ("retired", FormStatus.ACTIVE),
    ],
)
def test_there_is_no_way_back_and_none_around(request, world, state, status):
    who = {"retired_at": NOW, "retired_by": world.eva} if status == FormStatus.RETIRED else {}
    with pytest.raises((InternalError, IntegrityError)):
        change(request.getfixturevalue(state), status=status, **who)


@pytest.mark.parametrize("state", ["active", "retired"])
def test_what_was_in_use_is_never_deleted(request, state):
    form = request.getfixturevalue(state)
    with pytest.raises(InternalError, match=r"Cannot delete|can no longer"), transaction.atomic():
        Questionnaire.objects.filter(pk=form.pk)._raw_delete("default")


def test_a_draft_can_be_thrown_away(draft):
    draft.items.all().delete()
    assert draft.delete()[0] == 1


@pytest.mark.parametrize("status", [FormStatus.ACTIVE, FormStatus.DRAFT])
def test_one_version_of_a_code_is_in_use_and_one_is_a_draft(world, status):
    make_form(world.joint, world.eva, status=status)
    with pytest.raises(IntegrityError, match="questionnaire_one_"), transaction.atomic():
        make_form(world.joint, world.eva, version=2, status=status)


def test_the_same_version_stands_once(world, retired):
    with pytest.raises(IntegrityError, match="questionnaire_version_unique"), transaction.atomic():
        make_form(world.joint, world.eva, status=FormStatus.DRAFT)


@pytest.mark.parametrize("owner", ["own_c", "a", "common"])
def test_a_code_belongs_to_one_owner_in_all_its_versions(world, retired, owner):
    other = world.joint if owner == "common" else getattr(world, owner)
    code = "symptoms_copd" if owner == "common" else "hoste"
    with pytest.raises(IntegrityError, match="questionnaire_code_of_one_owner"), transaction.atomic():
        make_form(other, world.eva, code=code, version=2, status=FormStatus.DRAFT)


def test_a_form_has_at_most_one_owner(world):
    with pytest.raises(IntegrityError, match="questionnaire_at_most_one_owner"), transaction.atomic():
        make_form(world.joint, world.eva, authority=world.a)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"created_by": None}, "questionnaire_created_by_somebody"),
        ({"created_by": None, "created_at": None}, "questionnaire_own_steps_told"),
        ({"activated_at": NOW}, "questionnaire_activated_by_somebody"),
        ({"retired_at": NOW}, "questionnaire_retired_by_somebody"),
        ({"title": ""}, "questionnaire_has_title"),
        ({"status": "GONE", "service": None}, "questionnaire_status_known"),
        ({"weekdays": [0]}, "questionnaire_schedule_whole"),
        ({"weekdays": [7], "times": ["08:00"]}, "questionnaire_schedule_whole"),
    ],
)
def test_a_form_tells_who_did_what_and_when_it_is_answered(world, fields, name):
    row = {"code": "x", "version": 1, "title": "X", "service": world.joint, "created_at": NOW, "created_by": world.eva}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Questionnaire.objects.create(**row | fields)


def test_an_own_form_is_not_in_use_without_somebody_who_took_it_into_use(world, draft):
    with pytest.raises(IntegrityError, match="questionnaire_own_steps_told"):
        change(draft, status=FormStatus.ACTIVE)


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (number("x", 10, 10), "item_number_has_ordered_limits"),
        (number("x", 0, 10) | {"maximum": None}, "item_number_has_ordered_limits"),
        (free_text("x", minimum=1), "item_number_has_ordered_limits"),
        (free_text("x", options=[{"value": "a"}]), "item_options_are_of_a_choice"),
        (number("x", 0, 5, scale=True, decimals=0), "item_scale_is_0_to_10"),
        (number("x", 0, 10, counts=True), "item_scale_is_0_to_10"),
        (choice("x", ("a", 0), ("b", 1), kind="picture"), "item_kind_known"),
        (free_text("x", text=""), "item_has_text_and_code"),
        (free_text("cough"), "item_code_unique"),
        (free_text("x", position=1), "item_position_unique"),
    ],
)
def test_a_question_is_whole(draft, row, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        QuestionnaireItem.objects.create(questionnaire=draft, **{"position": 20} | row)


def test_which_version_is_current_is_told_by_its_status_alone(world, draft):
    assert draft.current is False
    change(draft, status=FormStatus.ACTIVE, activated_at=NOW, activated_by=world.eva)
    draft.refresh_from_db()
    assert draft.current is True


def test_each_step_is_in_the_change_log(world):
    draft = make_form(world.a, world.ness, status=FormStatus.DRAFT)
    change(draft, status=FormStatus.ACTIVE, activated_at=NOW, activated_by=world.eva)
    log = ChangeEntry.objects.filter(table_name="measurements_questionnaire", row_id=str(draft.pk)).order_by("pk")
    assert [(entry.operation, (entry.after or {}).get("status")) for entry in log] == [
        ("INSERT", "DRAFT"),
        ("UPDATE", "ACTIVE"),
    ]
