"""The editor: what is saved, what stays in the form, and what two people at once are told."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from careplans.forms.sections import sections_of
from careplans.models import PlanVersion
from careplans.queries.subjects import Subjects
from careplans.services import begin_plan, content_of, put_in_force, revise, send_to_gp
from careplans.services.as_json import MOST_ROWS
from careplans.services.sections import stamp_of
from tests.careplans.test_content_round_trip import posted
from tests.database import see_everything
from tests.factories.accounts import let_in
from tests.factories.careplans import add_schedule, make_template
from tests.factories.clock import NOW
from tests.factories.patients import make_enrolment, make_patient


@pytest.fixture
def draft(world):
    """Per's version 2, as version 1."""
    return revise(version=world.per_plan, by=world.actor(world.kari), now=NOW)


def typed(draft, **changes):
    """What Kari's browser sends: the whole page, with what she changed."""
    content = content_of(draft)
    data = posted(content, Subjects.current())
    for section in sections_of(content, subjects=Subjects.current()):
        data[f"stamp-{section.key}"] = stamp_of(content, section.key)
    for name, value in changes.items():
        data[name] = value
    # The test browser would send only the last of several.
    return {name: data.getlist(name) for name in data}


def stored(draft):
    see_everything()
    return PlanVersion.objects.get(pk=draft.pk)


def address(draft, name="plan-edit"):
    return reverse(name, args=[draft.pk])


def test_it_shows_every_section_with_what_stands(as_kari, draft):
    page = as_kari.get(address(draft))
    assert page.status_code == 200
    for text in ("Hva er viktig for deg?", "Å kunne gå tur med hunden hver dag.", "Oksygenmetning", "Tungpustet i ro."):
        assert text in page.text
    assert "Planen kan sendes" in page.text


def test_what_was_typed_is_saved_and_the_rest_left(as_kari, draft):
    answer = as_kari.post(
        address(draft), typed(draft, **{"vanlig-habitual_state": "Går til postkassen.", "save": "vanlig"})
    )
    assert (answer.status_code, answer["Location"]) == (302, f"{address(draft)}#vanlig")
    found = stored(draft)
    assert (found.habitual_state, found.edited_by_id is not None) == ("Går til postkassen.", True)
    assert found.thresholds.count() == 7


def test_saved_untouched_nothing_changes(as_kari, draft):
    before = list(draft.thresholds.values_list("pk", flat=True))
    assert as_kari.post(address(draft), typed(draft)).status_code == 302
    assert (list(draft.thresholds.values_list("pk", flat=True)), stored(draft).edited_at) == (before, None)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("viktig-what_matters", "  ", "Hva er viktig for deg?: skriv pasientens svar."),
        ("grenser-rad-0-red_low", "95", "Gul nedre grense må være høyere enn rød nedre grense."),
        ("grenser-rad-0-yellow_low", "88 kg", "Gul under: «kg» er ikke enheten her. Skriv tallet i %."),
        ("grenser-rad-0-yellow_low", "mange", "«mange» er ikke enheten her"),
        ("grenser-rad-0-yellow_low", "8,8,8", "Skriv et tall, for eksempel 37,5."),
        ("gul-rad-0-text", "å" * 301, "Tiltak: skriv høyst 300 tegn."),
        ("om-review_on", "32.13.2026", "skriv datoen som dag, måned og år"),
        ("maletider-rad-0-times", "kl. åtte", "Vi forsto ikke «kl.»."),
        ("maletider-rad-0-grace_minutes", "-1", "skriv et helt tall fra 0 til 1440"),
        ("veiledning-guidance_every_weeks", "ofte", "skriv et helt tall fra 1 til 52"),
        ("veiledning-guidance_every_weeks", "4", "Hvordan: velg hvordan veiledningen gis."),
        ("gul-signs", "å" * 4001, "Tegn: skriv høyst 4000 tegn."),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_stays_there(as_kari, draft, field, value, sentence):
    answer = as_kari.post(address(draft), typed(draft, **{field: value, "vanlig-habitual_state": "Bra."}))
    assert answer.status_code == 422
    assert sentence in answer.text.replace("&quot;", '"')
    assert value.strip() in answer.text
    # What was right in another section is saved all the same.
    assert stored(draft).habitual_state == "Bra."


def test_a_number_may_have_its_own_unit_and_a_comma(as_kari, draft):
    row = next(n for n, each in enumerate(content_of(draft).thresholds) if each["kind"] == "CHANGE")
    answer = as_kari.post(address(draft), typed(draft, **{f"grenser-rad-{row}-yellow_high": "1,7 kg"}))
    assert answer.status_code == 302
    assert str(stored(draft).thresholds.get(kind="CHANGE").yellow_high) == "1.700"


def test_a_row_is_removed_by_its_tick_and_a_zone_without_measures_is_said(as_kari, draft):
    answer = as_kari.post(address(draft), typed(draft, **{"gronn-rad-0-remove": "on"}))
    assert answer.status_code == 302
    assert stored(draft).measures.filter(zone="GREEN").count() == 0
    assert "Skriv minst ett tiltak for «Grønn – som vanlig»." in as_kari.get(address(draft)).text


@pytest.mark.parametrize(
    ("kind", "subject", "field"),
    [
        ("BAND", "q:temperature", "red_low"),
        ("CHANGE", "q:pulse", "window_hours"),
        ("REPEATED", "q:pulse", "n"),
        ("SHARE", "q:pulse", "baseline"),
        ("SCORE", "f:daily_form", "yellow_high"),
        ("ANSWER", "a:symptoms_copd:breath", "red_answers"),
        ("NEWS2", "n:", "scale"),
    ],
)
def test_a_new_limit_has_the_fields_of_its_kind_and_nothing_typed_is_lost(as_kari, draft, kind, subject, field):
    data = typed(
        draft, **{"add": "grenser", "ny-new_kind": kind, "ny-new_subject": subject, "vanlig-habitual_state": "Ulagret."}
    )
    answer = as_kari.post(address(draft), data)
    assert answer.status_code == 200
    assert f'name="grenser-rad-7-{field}"' in answer.text
    assert "Ulagret." in answer.text
    assert stored(draft).habitual_state == ""


def test_a_kind_and_a_subject_that_do_not_fit_are_refused(as_kari, draft):
    data = typed(draft, **{"add": "grenser", "ny-new_kind": "SCORE", "ny-new_subject": "q:pulse"})
    answer = as_kari.post(address(draft), data)
    assert answer.status_code == 422
    assert "Gjelder: velg noe som passer til typen grense." in answer.text


class TestTwoAtOnce:
    def test_the_second_sees_both_texts_and_may_then_decide(self, world, as_kari, draft):
        data = typed(draft, **{"vanlig-habitual_state": "Karis tekst."})
        berit = let_in(Client(), world.berit)
        assert berit.post(address(draft), typed(draft, **{"vanlig-habitual_state": "Berits tekst."})).status_code == 302
        answer = as_kari.post(address(draft), data)
        assert answer.status_code == 409
        assert "Karis tekst." in answer.text
        assert "Berits tekst." in answer.text
        assert stored(draft).habitual_state == "Berits tekst."
        data["stamp-vanlig"] = stamp_of(content_of(stored(draft)), "vanlig")
        assert as_kari.post(address(draft), data).status_code == 302
        assert stored(draft).habitual_state == "Karis tekst."

    def test_what_one_has_not_touched_never_undoes_the_others(self, world, as_kari, draft):
        data = typed(draft, **{"ellers-relatives_part": "Datter handler."})
        let_in(Client(), world.berit).post(address(draft), typed(draft, **{"vanlig-habitual_state": "Berits tekst."}))
        assert as_kari.post(address(draft), data).status_code == 302
        found = stored(draft)
        assert (found.habitual_state, found.relatives_part) == ("Berits tekst.", "Datter handler.")

    @pytest.mark.parametrize("step", [send_to_gp, put_in_force])
    def test_what_is_sent_or_decided_meanwhile_is_closed_and_the_text_stays(self, world, as_kari, draft, step):
        data = typed(draft, **{"vanlig-habitual_state": "Karis tekst."})
        step(version=draft, by=world.actor(world.berit), now=NOW)
        answer = as_kari.post(address(draft), data)
        assert answer.status_code == 409
        assert "Planen er ikke lenger et utkast." in answer.text
        assert "Karis tekst." in answer.text
        assert stored(draft).habitual_state == ""


class TestSavedByItself:
    def post(self, browser, draft, **changes):
        return browser.post(address(draft), typed(draft, **changes), headers={"Accept": "application/json"})

    def test_it_answers_with_the_new_stamp(self, as_kari, draft):
        answer = self.post(as_kari, draft, **{"vanlig-habitual_state": "Bra."})
        said = answer.json()
        assert (answer.status_code, said["stamps"], said["errors"], said["overtaken"], said["closed"]) == (
            200, {"vanlig": stamp_of(content_of(stored(draft)), "vanlig")}, {}, [], False,
        )  # fmt: skip
        assert said["saved_at"].startswith("kl. ")

    def test_an_error_is_told_and_the_other_sections_saved(self, as_kari, draft):
        answer = self.post(as_kari, draft, **{"vanlig-habitual_state": "Bra.", "om-review_on": "i morgen"})
        said = answer.json()
        assert (answer.status_code, list(said["stamps"]), list(said["errors"])) == (422, ["vanlig"], ["om"])

    def test_a_tick_waits_for_the_button(self, world, as_kari):
        patient = make_patient(world.a.pk, "Ny", "Pasient", gp=world.dahl)
        make_enrolment(patient, world.joint)
        template, kari = make_template(world.joint, world.kari), world.actor(world.kari)
        draft = begin_plan(patient=patient, what_matters="Tur.", template=template, by=kari, now=NOW)
        self.post(as_kari, draft, confirm="signs:RED")
        assert stored(draft).confirmations.count() == 0
        as_kari.post(address(draft), typed(draft, confirm="signs:RED"))
        assert list(stored(draft).confirmations.values_list("part", flat=True)) == ["signs:RED"]


def test_what_is_no_draft_leads_to_the_list(as_kari, world):
    answer = as_kari.get(address(world.per_plan))
    assert (answer.status_code, answer["Location"]) == (302, reverse("plan-patient", args=[world.per.pk]))


@pytest.mark.parametrize(
    ("person", "status"), [("dahl", 404), ("ola", 404), ("siri", 404), ("eva", 404), ("ness", 404)]
)
def test_a_draft_is_open_to_those_who_write_it(world, draft, person, status):
    browser = let_in(Client(), getattr(world, person))
    assert browser.get(address(draft)).status_code == status
    assert browser.post(address(draft), {}).status_code == status


def test_a_doctor_writes_on_a_draft_of_the_own(world):
    dahl = world.actor(world.dahl)
    patient = make_patient(world.a.pk, "Ny", "Pasient", gp=world.dahl)
    make_enrolment(patient, world.joint)
    draft = begin_plan(patient=patient, what_matters="Tur.", template=None, by=dahl, now=NOW)
    browser = let_in(Client(), world.dahl)
    assert browser.get(address(draft)).status_code == 200
    assert browser.post(address(draft), typed(draft, **{"vanlig-habitual_state": "Bra."})).status_code == 302
    assert (stored(draft).initiator, stored(draft).habitual_state) == ("GP", "Bra.")


@pytest.mark.parametrize("hostile", ["9" * 5000, "a\x00b", "[" * 3000, "-1"])
def test_hostile_input_breaks_nothing(as_kari, draft, hostile):
    names = [*typed(draft), "grenser-rad-count", "gul-rad-count", "ny-new_kind", "confirm", "save"]
    answer = as_kari.post(address(draft), dict.fromkeys(names, hostile))
    assert answer.status_code in (409, 422)


def test_the_review_says_who_it_goes_to_and_sends_it(as_kari, draft):
    page = as_kari.get(address(draft, "plan-send"))
    assert "Planen sendes til fastlegen, Anne Dahl" in page.text
    assert "Det er ikke registrert at pasienten er enig i planen." in page.text
    assert as_kari.post(address(draft, "plan-send"), {"step": "send"}).status_code == 302
    assert stored(draft).status == "PROPOSED"
    # Sent twice it is sent once.
    assert as_kari.post(address(draft, "plan-send"), {"step": "send"}).status_code == 302


def test_the_review_offers_to_put_other_changes_in_force(as_kari, draft, world):
    assert "Sett i kraft nå" in as_kari.get(address(draft, "plan-send")).text
    draft.thresholds.filter(quantity="spo2").update(yellow_low=89)
    page = as_kari.get(address(draft, "plan-send"))
    assert "Sett i kraft nå" not in page.text
    assert as_kari.post(address(draft, "plan-send"), {"step": "force"}).status_code == 409
    draft.thresholds.filter(quantity="spo2").update(yellow_low=88)
    assert as_kari.post(address(draft, "plan-send"), {"step": "force"}).status_code == 302
    assert stored(draft).approved_from_id == world.per_plan.pk


def test_what_is_missing_keeps_it_from_being_sent(as_kari, draft):
    PlanVersion.objects.filter(pk=draft.pk).update(review_on=None)
    answer = as_kari.post(address(draft, "plan-send"), {"step": "send"})
    assert answer.status_code == 422
    assert "Skriv når planen skal gjennomgås." in answer.text
    assert stored(draft).status == "DRAFT"


def test_the_patients_text_has_no_limits(as_kari, draft):
    page = as_kari.get(address(draft, "plan-preview"))
    assert "Tungpustet i ro." in page.text
    assert "under 88" not in page.text


def test_the_review_date_must_be_ahead(as_kari, draft):
    PlanVersion.objects.filter(pk=draft.pk).update(review_on=NOW.date() - timedelta(days=400))
    assert "Velg en dag etter i dag" in as_kari.get(address(draft)).text


def test_rows_over_the_most_are_said_and_never_dropped(as_kari, draft):
    """Also where the nurse wrote somewhere else on the page."""
    # One stands there from before.
    for _number in range(MOST_ROWS):
        add_schedule(draft)
    answer = as_kari.post(address(draft), typed(draft, **{"maletider-rad-0-times": "09.00"}))
    assert answer.status_code == 422
    assert "Det er for mange rader her. Fjern noen, slik at det er høyst 60." in answer.text
    assert stored(draft).schedules.count() == MOST_ROWS + 1
    answer = as_kari.post(address(draft), typed(draft, **{"maletider-rad-0-remove": "on"}))
    assert (answer.status_code, stored(draft).schedules.count()) == (302, MOST_ROWS)


def test_a_hidden_number_of_a_million_rows_saves_nothing(as_kari, draft):
    answer = as_kari.post(address(draft), typed(draft, **{"grenser-rad-count": "1000000"}))
    assert (answer.status_code, stored(draft).thresholds.count()) == (422, 7)


def test_what_is_no_longer_offered_stays_and_can_be_saved(as_kari, draft):
    """An answer that the form has lost, and a form that does not exist here: the sending says so, not the saving."""
    limit = {"kind": "ANSWER", "quantity": "symptoms_copd", "item": "breath", "red_answers": ["at_rest", "mye"]}
    draft.thresholds.create(municipality_id=draft.municipality_id, **limit)
    add_schedule(draft, None, questionnaire_code="ukjent")
    changes = {"vanlig-habitual_state": "Bra.", "maletider-rad-0-times": "09.00", "grenser-rad-0-yellow_low": "87"}
    answer = as_kari.post(address(draft), typed(draft, **changes), headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["errors"]) == (200, {})
    found = stored(draft)
    assert found.thresholds.get(kind="ANSWER").red_answers == ["at_rest", "mye"]
    assert [row.questionnaire_code for row in found.schedules.all()] == ["", "ukjent"]


def test_an_answer_that_never_stood_there_is_no_choice(as_kari, draft):
    limit = {"kind": "ANSWER", "quantity": "symptoms_copd", "item": "breath", "red_answers": ["at_rest"]}
    draft.thresholds.create(municipality_id=draft.municipality_id, **limit)
    row = next(n for n, each in enumerate(content_of(draft).thresholds) if each["kind"] == "ANSWER")
    answer = as_kari.post(address(draft), typed(draft, **{f"grenser-rad-{row}-red_answers": "mye"}))
    assert (answer.status_code, stored(draft).thresholds.get(kind="ANSWER").red_answers) == (422, ["at_rest"])
