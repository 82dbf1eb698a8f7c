"""The assessment: the seven criteria and what else is asked (R-003, R-006, R-008, R-011, R-018, R-020)."""

import pytest
import time_machine
from django.db import InternalError, transaction
from django.test import Client
from django.urls import reverse

from patients.enums import Criterion
from patients.models import CriteriaAssessment, CriterionAnswer
from tests.database import see_everything
from tests.factories.accounts import let_in
from tests.factories.clock import NOW
from tests.factories.intake import COLUMNS, FORM, assessed, make_candidate, make_handler


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hege(world):
    return make_handler(world.a.pk)


@pytest.fixture
def as_hege(hege) -> Client:
    return let_in(Client(), hege)


@pytest.fixture
def referral(world, hege):
    return make_candidate(world.a.pk, hege, target_groups=["HEART_FAILURE"])


def post(browser, referral, **fields):
    answer = browser.post(reverse("referral-assess", args=[referral.pk]), FORM | fields, follow=True)
    see_everything()
    return answer


def test_everything_that_is_answered_is_kept_as_it_was_answered(as_hege, referral, hege):
    more = {"met_MOTIVATED": "no", "note_MOTIVATED": "Vil helst ringe.", "insecurity": "yes", "cross_sector": "yes",
            "insecurity_note": "Redd for tall.", "relatives_part": "Datteren hjelper med nettbrettet.",
            "present_services": ["HOME_NURSING", "SAFETY_ALARM"], "target_groups": ["COPD", "CANCER"]}  # fmt: skip
    answer = post(as_hege, referral, **more)
    assert "Vurderingen er lagret." in answer.text
    referral.refresh_from_db()
    found = CriteriaAssessment.objects.get(referral=referral)
    assert (referral.status, found.assessed_by, found.assessed_at) == ("ASSESSED", hege, NOW)
    wanted = COLUMNS | {
        "insecurity": True, "cross_sector": True, "insecurity_note": "Redd for tall.",
        "relatives_part": "Datteren hjelper med nettbrettet.", "present_services": ["HOME_NURSING", "SAFETY_ALARM"],
        "target_groups": ["COPD", "CANCER"],
    }  # fmt: skip
    assert {name: getattr(found, name) for name in wanted} == wanted
    told = {each.criterion: (each.met, each.note) for each in found.answers.all()}
    assert told == dict.fromkeys(Criterion, (True, "")) | {"MOTIVATED": (False, "Vil helst ringe.")}
    page = as_hege.get(reverse("referral", args=[referral.pk])).text
    assert "Ikke alle vilkår er oppfylt." in page
    assert page.count("Personen er motivert") == 2


def test_no_target_group_and_no_diagnosis_is_needed(as_hege, referral):
    """AT-35."""
    assert "Vurderingen er lagret." in post(as_hege, referral, target_groups=[]).text


def test_the_groups_of_the_referral_are_proposed_and_the_advice_stands_there(as_hege, referral):
    """R-025: shown, and in nobody's way."""
    text = as_hege.get(reverse("referral-assess", args=[referral.pk])).text
    assert 'value="HEART_FAILURE" checked' in text
    assert "Asker fant ikke nytte for personer med ADHD." in text


@pytest.mark.parametrize("field", [name for name in FORM if name.startswith("met_")])
def test_a_criterion_without_an_answer_is_named_and_nothing_is_saved(as_hege, referral, field):
    answer = post(as_hege, referral, **{field: "", "note_BENEFIT": "Det jeg skrev."})
    label = Criterion(field.removeprefix("met_")).label
    assert answer.status_code == 422
    assert f"{label}: svar ja eller nei." in answer.text
    assert "Det jeg skrev." in answer.text
    assert CriteriaAssessment.objects.count() + CriterionAnswer.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"insecurity": ""}, "Kan tjenesten gjøre personen utrygg: svar ja eller nei."),
        ({"login": ""}, "Innlogging: velg hvordan personen logger inn."),
        ({"login": "FAX"}, "Innlogging: velg hvordan personen logger inn."),
        ({"tablet": ""}, "Nettbrett: velg om personen har eget eller må låne."),
        ({"coverage": ""}, "Dekning: velg hvordan dekningen er hjemme."),
        ({"risk": ""}, "Risiko: velg en."),
        ({"cross_sector": ""}, "Samordning: svar ja eller nei."),
        ({"present_services": []}, "Tjenester i dag: velg minst én, eller «Ingen»."),
        ({"present_services": ["NONE", "OTHER"]}, "velg enten «Ingen» eller tjenestene personen har."),
        ({"replaces": ""}, "I stedet for eller i tillegg: velg en."),
        ({"note_BENEFIT": "x" * 501}, "Merknad (valgfritt): skriv høyst 500 tegn."),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_the_field(as_hege, referral, fields, message):
    answer = post(as_hege, referral, **fields)
    assert (answer.status_code, message.replace("«", "«") in answer.text) == (422, True)
    assert CriteriaAssessment.objects.count() == 0


def test_a_new_assessment_leaves_the_earlier_one(as_hege, referral, hege):
    first = assessed(referral, hege, Criterion.BENEFIT)
    with time_machine.travel(NOW.replace(hour=10), tick=False):
        post(let_in(Client(), hege), referral)
    assert referral.assessments.count() == 2
    assert "Ikke alle vilkår er oppfylt." not in as_hege.get(reverse("referral", args=[referral.pk])).text
    see_everything()
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        CriteriaAssessment.objects.filter(pk=first.pk).update(insecurity=True)
