"""Templates: the service's own, written as drafts, never changed once in use, and nothing of them approved."""

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.urls import reverse

from careplans.data.templates import TEMPLATES
from careplans.forms.sections import sections_of
from careplans.models import PlanTemplate, PlanTemplateVersion, Threshold
from careplans.queries.course_of_plan import templates_for
from careplans.queries.subjects import Subjects
from careplans.scoring import RuleSet, problems
from careplans.services import (
    NameTaken,
    NotYours,
    WrongStep,
    activate,
    as_json,
    from_json,
    new_template,
    new_template_version,
    retire,
    save_template_section,
)
from careplans.services.sections import stamp_of
from tests.careplans.test_content_round_trip import posted
from tests.factories.accounts import let_in
from tests.factories.careplans import make_template
from tests.factories.clock import NOW


@pytest.fixture
def kari(world):
    return world.actor(world.kari)


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_each_common_template_can_be_read_judged_and_edited(db, name):
    version = PlanTemplateVersion.objects.get(template__name=name, template__service=None)
    content, subjects = from_json(version.content), Subjects.current()
    assert version.status == "ACTIVE"
    rows = [Threshold(id=str(number), **row) for number, row in enumerate(content.thresholds)]
    assert problems(RuleSet("", tuple(row.rule() for row in rows), subjects.names.quantities)) == ()
    assert {row["zone"] for row in content.measures} == {"GREEN", "YELLOW", "RED"}
    assert all(
        section.is_valid()
        for section in sections_of(content, posted(content, subjects), subjects=subjects, template=True)
    )


def test_the_life_of_a_template(world, kari):
    draft = new_template(name="Kols hos oss", by=kari, now=NOW)
    part = {"habitual_state": "Puster greit."}
    stamp = stamp_of(from_json(draft.content), "vanlig")
    draft = save_template_section(version=draft, section="vanlig", part=part, stamp=stamp, by=kari)
    first = activate(version=draft, by=kari, now=NOW)
    assert from_json(first.content).habitual_state == "Puster greit."
    with pytest.raises(WrongStep):
        save_template_section(version=first, section="vanlig", part=part, stamp=stamp, by=kari)
    second = activate(version=new_template_version(template=first.template, by=kari, now=NOW), by=kari, now=NOW)
    retire(version=second, by=kari, now=NOW)
    assert list(first.template.versions.values_list("number", "status")) == [(1, "RETIRED"), (2, "RETIRED")]
    assert second.pk not in set(templates_for(kari, active_only=True).values_list("pk", flat=True))


def test_a_name_stands_once(world, kari):
    new_template(name="Kols hos oss", by=kari, now=NOW)
    with pytest.raises(NameTaken):
        new_template(name=" Kols hos oss ", by=kari, now=NOW)
    # The refusal is the database's own, and what the request does next still goes through.
    assert PlanTemplate.objects.filter(name="Kols hos oss").count() == 1
    with pytest.raises(IntegrityError, match="template_name_unique"), transaction.atomic():
        PlanTemplate.objects.create(service=None, name="Kols")


def test_nobody_writes_anothers(world, kari):
    own = make_template(world.joint, world.kari)
    common = PlanTemplateVersion.objects.get(template__name="Kols", template__service=None)
    ola = world.actor(world.ola)
    for step in (
        lambda: retire(version=own, by=ola, now=NOW),
        lambda: retire(version=common, by=ola, now=NOW),
        lambda: new_template(name="x", copy_of=own, by=ola, now=NOW),
        lambda: new_template(name="x", by=world.actor(world.dahl), now=NOW),
    ):
        with pytest.raises(NotYours):
            step()
    assert new_template(name="x", copy_of=common, by=ola, now=NOW).content == common.content


@pytest.mark.parametrize("change", [{"content": {}}, {"number": 9}, {"status": "DRAFT", "activated_at": None}])
def test_what_is_in_use_never_changes(world, change):
    version = make_template(world.joint, world.kari)
    with pytest.raises(InternalError, match=r"never changes|no step"), transaction.atomic():
        PlanTemplateVersion.objects.filter(pk=version.pk).update(**change)
    with pytest.raises(InternalError, match="never deleted"), transaction.atomic():
        PlanTemplateVersion.objects.filter(pk=version.pk).delete()


def test_the_page_makes_edits_and_takes_into_use(world, as_kari, kari):
    answer = as_kari.post(reverse("plan-templates"), {"name": "Kols hos oss"})
    version = PlanTemplateVersion.objects.get(template__name="Kols hos oss")
    address = reverse("plan-template", args=[version.pk])
    assert (answer.status_code, answer["Location"]) == (302, address)
    content = from_json(version.content)
    data = posted(content, Subjects.current())
    for section in sections_of(content, subjects=Subjects.current(), template=True):
        data[f"stamp-{section.key}"] = stamp_of(content, section.key)
    data = {name: data.getlist(name) for name in data} | {"viktig-goals": "Gå tur.\nSynge."}
    assert as_kari.post(address, data).status_code == 302
    version.refresh_from_db()
    assert [row["text"] for row in from_json(version.content).goals] == ["Gå tur.", "Synge."]
    # What the first page knew is old now, and what is typed over it is not lost.
    data["viktig-goals"] = "Noe annet."
    answer = as_kari.post(address, data)
    assert (answer.status_code, "Noe annet." in answer.text) == (409, True)
    as_kari.post(reverse("plan-template-step", args=[version.pk]), {"step": "activate"})
    version.refresh_from_db()
    assert version.status == "ACTIVE"
    assert "Denne versjonen kan ikke endres." in as_kari.get(address).text
    assert as_kari.post(address, data).status_code == 409
    again = as_kari.post(reverse("plan-template-step", args=[version.pk]), {"step": "activate"})
    assert again.status_code == 302


def test_the_page_asks_for_a_name(as_kari):
    answer = as_kari.post(reverse("plan-templates"), {"name": ""})
    assert answer.status_code == 422
    assert "Navn: skriv hva malen skal hete." in answer.text


def test_the_leader_writes_too_and_another_service_sees_nothing(world):
    version = make_template(world.joint, world.kari)
    leader = let_in(Client(), world.eva)
    assert "Kols hos oss" in leader.get(reverse("plan-templates")).text
    other = let_in(Client(), world.ola)
    assert "Kols hos oss" not in other.get(reverse("plan-templates")).text
    assert other.get(reverse("plan-template", args=[version.pk])).status_code == 404


def test_json_of_a_template_is_stable(world):
    version = make_template(world.joint, world.kari)
    content = as_json(from_json(version.content))
    assert as_json(from_json(content)) == content
