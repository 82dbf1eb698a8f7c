"""The draft is saved section by section: two nurses at once, the wrong state, and what could never be judged."""

from datetime import timedelta
from decimal import Decimal

import pytest

from careplans.enums import Initiator, VersionStatus
from careplans.models import PlanVersion, TemplateConfirmation
from careplans.services import (
    NotYours,
    Overtaken,
    PlanProblems,
    WrongStep,
    begin_plan,
    confirm,
    content_of,
    hindrances,
    problems_of,
    revise,
    save_section,
    send_to_gp,
    unconfirmed,
)
from careplans.services.individual import not_yet_individual, parts_of
from careplans.services.sections import stamp_of
from careplans.services.writing import initiator_of
from tests.factories.accounts import actor_of
from tests.factories.careplans import make_template
from tests.factories.clock import NOW
from tests.factories.patients import make_enrolment, make_patient

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def kari(world):
    return world.actor(world.kari)


@pytest.fixture
def draft(world, kari):
    """Per's version 2."""
    return revise(version=world.per_plan, by=kari, now=NOW)


@pytest.fixture
def patient(world):
    """A patient of Kari's without a plan."""
    patient = make_patient(world.a.pk, "Ny", "Pasient", gp=world.dahl)
    make_enrolment(patient, world.joint)
    return patient


def stamp(draft, section):
    return stamp_of(content_of(draft), section)


class TestSaveSection:
    def test_it_changes_that_section_and_says_who_and_when(self, world, draft, kari):
        before = content_of(draft)
        part = {"habitual_state": "Går til postkassen."}
        saved = save_section(
            version=draft, section="vanlig", part=part, stamp=stamp(draft, "vanlig"), by=kari, now=LATER
        )
        assert (saved.habitual_state, saved.edited_at, saved.edited_by) == ("Går til postkassen.", LATER, world.kari)
        after = content_of(saved)
        assert (after.measures, after.thresholds, after.what_matters) == (
            before.measures, before.thresholds, before.what_matters,
        )  # fmt: skip

    def test_the_second_of_two_nurses_is_told(self, world, draft, kari):
        read = stamp(draft, "vanlig")
        berit = world.actor(world.berit)
        save_section(version=draft, section="vanlig", part={"habitual_state": "A"}, stamp=read, by=berit, now=NOW)
        with pytest.raises(Overtaken):
            save_section(version=draft, section="vanlig", part={"habitual_state": "B"}, stamp=read, by=kari, now=NOW)
        assert PlanVersion.objects.get(pk=draft.pk).habitual_state == "A"

    def test_two_nurses_in_different_sections_never_meet(self, world, draft, kari):
        read = stamp(draft, "ellers")
        berit = world.actor(world.berit)
        save_section(
            version=draft,
            section="vanlig",
            part={"habitual_state": "A"},
            stamp=stamp(draft, "vanlig"),
            by=berit,
            now=NOW,
        )
        part = {"relatives_part": "Datter.", "outside_hours": ""}
        save_section(version=draft, section="ellers", part=part, stamp=read, by=kari, now=NOW)
        found = PlanVersion.objects.get(pk=draft.pk)
        assert (found.habitual_state, found.relatives_part) == ("A", "Datter.")

    def test_what_is_sent_is_closed(self, draft, kari):
        send_to_gp(version=draft, by=kari, now=NOW)
        with pytest.raises(WrongStep):
            save_section(version=draft, section="vanlig", part={"habitual_state": "A"}, stamp="", by=kari, now=NOW)

    def test_it_refuses_those_who_may_not_write(self, world, draft):
        for person in ("ola", "siri", "eva"):
            with pytest.raises(NotYours):
                save_section(
                    version=draft, section="vanlig", part={}, stamp="", by=world.actor(getattr(world, person)), now=NOW
                )

    def test_it_refuses_limits_that_could_never_be_judged(self, draft, kari):
        wrong = {"kind": "BAND", "quantity": "spo2", "red_low": Decimal(90), "yellow_low": Decimal(88)}
        with pytest.raises(PlanProblems):
            save_section(
                version=draft, section="grenser", part={"thresholds": [wrong]}, stamp=stamp(draft, "grenser"),
                by=kari, now=NOW,
            )  # fmt: skip
        assert draft.thresholds.count() == 7

    def test_what_matters_is_never_emptied(self, draft, kari):
        with pytest.raises(PlanProblems):
            save_section(
                version=draft, section="viktig", part={"what_matters": " ", "goals": []},
                stamp=stamp(draft, "viktig"), by=kari, now=NOW,
            )  # fmt: skip


@pytest.mark.parametrize(
    ("limit", "sentence"),
    [
        (
            {"kind": "ANSWER", "quantity": "symptoms_copd", "item": "breath", "red_answers": ["at_rest", "mye"]},
            "svaret «mye» finnes ikke lenger. Fjern krysset.",
        ),
        (
            {"kind": "ANSWER", "quantity": "symptoms_copd", "item": "borte", "red_answers": ["at_rest"]},
            "Grensen for «borte»: spørsmålet er ikke i skjemaet",
        ),
        (
            {"kind": "ANSWER", "quantity": "ukjent", "item": "breath", "red_answers": ["at_rest"]},
            "Grensen for skjemaet «ukjent»: skjemaet er ikke i bruk. Fjern grensen.",
        ),
        (
            {"kind": "SCORE", "quantity": "ukjent", "yellow_high": Decimal(3)},
            "Grensen for skjemaet «ukjent»: skjemaet er ikke i bruk. Fjern grensen.",
        ),
    ],
)
def test_a_limit_on_what_nobody_can_answer_is_not_sent(draft, kari, limit, sentence):
    draft.thresholds.create(municipality_id=draft.municipality_id, **limit)
    found = hindrances(draft, now=NOW)
    assert [(each.section, sentence in each.text) for each in found] == [("grenser", True)]
    with pytest.raises(PlanProblems):
        send_to_gp(version=draft, by=kari, now=NOW)


def test_a_limit_on_a_form_in_use_hinders_nothing(draft):
    for form, item, answer in (("symptoms_copd", "breath", "at_rest"), ("symptoms_diabetes", "hypo_help", "true")):
        limit = {"kind": "ANSWER", "quantity": form, "item": item, "red_answers": [answer]}
        draft.thresholds.create(municipality_id=draft.municipality_id, **limit)
    assert hindrances(draft, now=NOW) == []


class TestBeginPlan:
    def test_who_initiated_it_follows_from_the_role(self, world, patient, kari):
        dahl = actor_of(world.dahl)
        draft = begin_plan(patient=patient, what_matters="Gå tur.", template=None, by=dahl, now=NOW)
        assert (draft.initiator, draft.what_matters, draft.number) == (Initiator.GP, "Gå tur.", 1)
        assert initiator_of(kari) == Initiator.SERVICE

    def test_a_retired_template_begins_nothing(self, world, patient, kari):
        template = make_template(world.joint, world.kari)
        type(template).objects.filter(pk=template.pk).update(status="RETIRED", retired_at=NOW)
        template.refresh_from_db()
        with pytest.raises(WrongStep):
            begin_plan(patient=patient, what_matters="Gå tur.", template=template, by=kari, now=NOW)


class TestFromATemplate:
    """R-045: a template is a proposal, and a plan that is only that cannot be sent."""

    @pytest.fixture
    def begun(self, world, patient, kari):
        template = make_template(world.joint, world.kari)
        return begin_plan(patient=patient, what_matters="Gå tur.", template=template, by=kari, now=NOW)

    def test_every_part_waits_for_somebody(self, begun):
        waiting = set(unconfirmed(begun))
        assert waiting == set(parts_of(content_of(begun)))
        assert {"limit:BAND:spo2", "limit:ANSWER:symptoms_copd:breath", "signs:RED", "measures:GREEN"} <= waiting

    def test_unedited_it_cannot_be_sent(self, begun, kari):
        with pytest.raises(PlanProblems) as refused:
            send_to_gp(version=begun, by=kari, now=NOW)
        told = refused.value.problems
        assert "Grense spo2: endre eller bekreft forslaget fra malen." in told
        assert "Skriv pasientens egne tiltak. Malens tiltak kan ikke stå alene." in told

    def test_ticks_alone_do_not_make_it_the_patients(self, begun, kari):
        confirm(version=begun, parts=unconfirmed(begun), by=kari, now=LATER)
        assert [text for _section, text in not_yet_individual(begun)] == [
            "Skriv pasientens egne tegn. Malens tegn kan ikke stå alene.",
            "Skriv pasientens egne tiltak. Malens tiltak kan ikke stå alene.",
        ]

    def test_edited_and_confirmed_it_can_be_sent(self, world, begun, kari):
        content = content_of(begun)
        texts = [{**row, "signs": "Hoster om natten."} for row in content.zone_texts if row["zone"] == "YELLOW"]
        measures = [{**row, "text": "Hvil i stolen."} for row in content.measures if row["zone"] == "YELLOW"]
        part = {"zone_texts": texts, "measures": measures}
        save_section(version=begun, section="gul", part=part, stamp=stamp(begun, "gul"), by=kari, now=NOW)
        part = {"review_on": (NOW + timedelta(days=90)).date(), "initiator": "SERVICE", "anchoring": ""}
        save_section(version=begun, section="om", part=part, stamp=stamp(begun, "om"), by=kari, now=NOW)
        begun.refresh_from_db()
        waiting = unconfirmed(begun)
        assert "measures:YELLOW" not in waiting
        confirm(version=begun, parts=waiting, by=kari, now=LATER)
        assert problems_of(begun, now=NOW) == []
        sent = send_to_gp(version=begun, by=kari, now=NOW, reason="Måler sjelden.")
        assert sent.status == VersionStatus.PROPOSED
        stored = TemplateConfirmation.objects.filter(version=begun)
        assert set(stored.values_list("confirmed_by", "confirmed_at")) == {(world.kari.pk, LATER)}

    def test_a_changed_limit_needs_no_tick(self, begun, kari):
        limits = [dict(row) for row in content_of(begun).thresholds]
        limits[0]["yellow_low"] = Decimal(89)
        save_section(
            version=begun,
            section="grenser",
            part={"thresholds": limits},
            stamp=stamp(begun, "grenser"),
            by=kari,
            now=NOW,
        )
        waiting = unconfirmed(begun)
        assert "limit:BAND:spo2" not in waiting
        assert "limit:BAND:pulse" in waiting

    def test_only_those_who_write_confirm(self, world, begun):
        with pytest.raises(NotYours):
            confirm(version=begun, parts=["signs:RED"], by=world.actor(world.ola), now=NOW)
