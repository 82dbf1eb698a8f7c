"""A plan from another municipality: by a person who may read both, or in a file; always a draft."""

import json
from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse

from careplans.enums import Initiator
from careplans.models import PlanVersion
from careplans.services import (
    NotYours,
    as_json,
    content_of,
    elsewhere,
    exported,
    revise,
    take_over_file,
    take_over_version,
)
from patients.models import Patient
from tests.database import see_everything
from tests.factories.accounts import let_in
from tests.factories.clock import NOW
from tests.factories.patients import make_enrolment, make_patient


@pytest.fixture
def kari(world):
    return world.actor(world.kari)


@pytest.fixture
def moved(world):
    """Per, who has moved from A to B: another row there, and the same service follows up."""
    patient = make_patient(world.b.pk, "Per", "Aasen", gp=world.dahl, birth_date=world.per.birth_date)
    same = {"national_id": world.per.national_id, "national_id_index": world.per.national_id_index}
    Patient.objects.filter(pk=patient.pk).update(**same)
    patient.refresh_from_db()
    make_enrolment(patient, world.joint)
    return patient


def file_of(version, **changes):
    return json.loads(json.dumps(exported(version, now=NOW) | changes))


def upload(browser, patient, body, **more):
    file = BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
    file.name = "plan.json"
    return browser.post(reverse("plan-take-over", args=[patient.pk]), {"file": file, "agreed": "on", **more})


def test_who_may_read_both_takes_it_over_as_a_draft(world, moved, kari):
    assert [each.pk for each in elsewhere(moved, by=kari, now=NOW)] == [world.per_plan.pk]
    draft = take_over_version(patient=moved, source=world.per_plan, by=kari, now=NOW)
    said = (draft.status, draft.number, draft.taken_over_from, draft.review_on, draft.initiator, draft.municipality)
    assert said == ("DRAFT", 1, "Kongsvinger, versjon 1", None, Initiator.SERVICE, world.b)
    old, new = as_json(content_of(world.per_plan)), as_json(content_of(draft))
    assert {name for name in old if old[name] != new[name]} == {"review_on"}
    assert not PlanVersion.objects.in_force(NOW).filter(patient=moved).exists()


def test_who_may_read_only_the_new_one_does_not(world, moved):
    moved.enrolments.update(service=world.own_c)
    ola = world.actor(world.ola)
    assert list(elsewhere(moved, by=ola, now=NOW)) == []
    with pytest.raises(NotYours):
        take_over_version(patient=moved, source=world.per_plan, by=ola, now=NOW)


def test_another_persons_plan_is_not_offered(world, kari):
    assert list(elsewhere(world.solveig, by=kari, now=NOW)) == []
    with pytest.raises(NotYours):
        take_over_version(patient=world.solveig, source=world.per_plan, by=kari, now=NOW)


def test_a_draft_elsewhere_is_not_offered(world, moved, kari):
    draft = revise(version=world.per_plan, by=kari, now=NOW)
    with pytest.raises(NotYours):
        take_over_version(patient=moved, source=draft, by=kari, now=NOW)


def test_the_file_comes_back_the_same(world, moved, kari):
    draft = take_over_file(patient=moved, said=file_of(world.per_plan), by=kari, now=NOW)
    old, new = as_json(content_of(world.per_plan)), as_json(content_of(draft))
    assert {name for name in old if old[name] != new[name]} == {"review_on"}


def test_the_file_names_nobody(world):
    text = json.dumps(exported(world.per_plan, now=NOW))
    assert [word for word in ("Aasen", world.per.national_id, "Dahl") if word in text] == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"format": "noe annet"}, "Filen er ikke en plan fra dette systemet."),
        ({"birth_date": "1901-01-01"}, "Planen i filen gjelder en person med en annen fødselsdato."),
        ({"status": "DRAFT"}, "Planen i filen har aldri vært godkjent, og kan ikke tas over."),
        ({"content": {"measures": [{"zone": "BLUE"}]}}, "measures 1, zone"),
        ({"content": []}, "Filen er ikke en plan fra dette systemet."),
    ],
)
def test_a_file_that_is_wrong_is_refused_in_words(world, moved, as_kari, changes, sentence):
    answer = upload(as_kari, moved, file_of(world.per_plan, **changes))
    assert answer.status_code == 422
    assert sentence in answer.text
    see_everything()
    assert not PlanVersion.objects.filter(patient=moved).exists()


SCHEDULE = {"type_id": "spo2", "questionnaire_code": "", "weekdays": [0], "times": ["08:00"], "grace_minutes": 120}
MEASURE = {"zone": "RED", "kind": "OWN", "position": 0, "text": "Ring oss."}
LIMIT = {"kind": "BAND", "quantity": "spo2", "yellow_low": "88"}


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ({"what_matters": "a\ud800"}, "what_matters"),
        ({"what_matters": "a\x00"}, "what_matters"),
        ({"review_on": 5}, "review_on"),
        ({"guidance_every_weeks": 2, "guidance_form": ""}, "guidance_every_weeks"),
        ({"guidance_every_weeks": None, "guidance_form": "VISIT"}, "guidance"),
        ({"guidance_every_weeks": 0, "guidance_form": ""}, "guidance_every_weeks"),
        ({"measures": [MEASURE | {"text": ""}]}, "measures 1, text"),
        ({"measures": [MEASURE | {"text": " "}]}, "measures 1, text"),
        ({"measures": [MEASURE | {"position": None}]}, "measures 1, position"),
        ({"measures": [MEASURE, MEASURE]}, "measures, zone, position: det samme står to ganger."),
        ({"goals": [{"position": 0, "text": ""}]}, "goals 1, text"),
        ({"goals": [{"position": 0, "text": "A"}, {"position": 0, "text": "B"}]}, "goals, position"),
        ({"responsibilities": [{"position": 0, "task": "", "who": "Per"}]}, "responsibilities 1, task"),
        ({"zone_texts": [{"zone": "RED", "signs": "A"}, {"zone": "RED", "signs": "B"}]}, "zone_texts, zone"),
        ({"schedules": [SCHEDULE | {"questionnaire_code": "daily_form"}]}, "schedules 1, type_id"),
        ({"schedules": [SCHEDULE | {"type_id": None}]}, "schedules 1, type_id"),
        ({"schedules": [SCHEDULE | {"weekdays": [9]}]}, "schedules 1, weekdays"),
        ({"schedules": [SCHEDULE | {"weekdays": []}]}, "schedules 1, weekdays"),
        ({"schedules": [SCHEDULE | {"times": [5]}]}, "schedules 1, times"),
        ({"thresholds": [LIMIT | {"scale": 3}]}, "thresholds 1, scale"),
        ({"thresholds": [LIMIT | {"n": 2}]}, "thresholds 1, n"),
        ({"thresholds": [LIMIT | {"n": 3, "m": 2}]}, "thresholds 1, n"),
        ({"thresholds": [LIMIT | {"red_answers": ["\x00"]}]}, "thresholds 1, red_answers"),
    ],
)
def test_what_the_database_would_refuse_is_refused_in_words(world, moved, as_kari, content, where):
    said = file_of(world.per_plan)
    answer = upload(as_kari, moved, said | {"content": said["content"] | content})
    assert (answer.status_code, where in answer.text) == (422, True)
    see_everything()
    assert not PlanVersion.objects.filter(patient=moved).exists()


@pytest.mark.parametrize("name", ["a\x00", "a\ud800", ["Grue"], {}])
def test_a_municipality_that_cannot_be_read_is_refused(world, moved, as_kari, name):
    answer = upload(as_kari, moved, file_of(world.per_plan, municipality=name))
    assert (answer.status_code, "Kommunen i filen kan ikke leses." in answer.text) == (422, True)


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[" * 100_000, b'{"a":', b"x" * 500_001])
def test_what_is_no_json_is_refused(world, moved, as_kari, body):
    assert upload(as_kari, moved, body).status_code == 422


def test_impossible_limits_in_a_file_are_refused(world, moved, as_kari):
    said = file_of(world.per_plan)
    said["content"]["thresholds"][0]["red_low"] = "95"
    answer = upload(as_kari, moved, said)
    assert answer.status_code == 422
    assert "Gul nedre grense må være høyere enn rød nedre grense." in answer.text


def test_the_page_takes_over_with_the_patients_yes(world, moved, as_kari):
    said = {"source": str(world.per_plan.pk)}
    address = reverse("plan-take-over", args=[moved.pk])
    answer = as_kari.post(address, said)
    assert answer.status_code == 422
    assert "Kryss av for at pasienten er enig" in answer.text
    assert as_kari.post(address, {}).status_code == 422
    assert as_kari.post(address, said | {"agreed": "on"}).status_code == 302
    again = as_kari.post(address, said | {"agreed": "on"})
    assert again.status_code == 422
    assert "Versjon 1 av planen er åpen." in again.text


def test_the_export_is_a_file_without_a_name(world, as_kari):
    answer = as_kari.get(reverse("plan-export", args=[world.per_plan.pk]))
    assert answer["Content-Disposition"] == 'attachment; filename="egenbehandlingsplan-versjon-1.json"'
    assert answer.json()["content"] == as_json(content_of(world.per_plan))
    assert let_in(Client(), world.siri).get(reverse("plan-export", args=[world.per_plan.pk])).status_code == 404


def test_the_file_has_the_day_of_approval_in_norway(world):
    world.per_plan.approved_at = datetime(2026, 11, 17, 23, 30, tzinfo=UTC)
    assert exported(world.per_plan, now=NOW)["approved_on"] == "2026-11-18"


def test_only_what_was_approved_is_handed_over(world, as_kari, kari):
    draft = revise(version=world.per_plan, by=kari, now=NOW)
    assert as_kari.get(reverse("plan-export", args=[draft.pk])).status_code == 404


def test_the_two_rows_are_one_person(world, moved):
    assert Patient.objects.filter(national_id_index=world.per.national_id_index).count() == 2
