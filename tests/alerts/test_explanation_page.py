"""«Hvorfor rød?»: everything behind an assessment, for those who may see the patient, and nobody else."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from alerts import services
from alerts.explanations import ADVICE, COMPARISONS, KIND_LABELS
from alerts.models import Assessment, QueueEntry
from audit.models import AccessEntry
from careplans.scoring import Cause, RuleKind
from measurements.enums import StatementKind
from measurements.models import ReadingStatement
from tests import database
from tests.alerts.pages import title, words
from tests.factories.accounts import let_in, make_membership, make_user
from tests.factories.care import share
from tests.factories.clock import NOW
from tests.factories.measurements import make_reading, make_response
from tests.factories.organisations import make_service


@pytest.fixture(autouse=True)
def clock():
    """A Wednesday at 10.00."""
    with time_machine.travel(NOW, tick=False):
        yield


def assess(tablet, now) -> None:
    """What the worker does."""
    services.assess_patient(patient_id=tablet.patient_id, municipality_id=tablet.municipality_id, now=now, wait=True)


def judged(tablet, type_id, value, *, ago=timedelta(minutes=10), **fields) -> Assessment:
    """A reading of so long ago, received a second and judged two seconds later."""
    at = NOW - ago
    reading = make_reading(tablet, type_id, value, at=at, received_at=at + timedelta(seconds=1), **fields)
    assess(tablet, at + timedelta(seconds=2))
    return reading.assessments.get()


def address(assessment) -> str:
    return f"/vurderinger/{assessment.pk}/"


def test_it_explains_a_red_reading_from_what_was_sent_to_the_doctors_limit(world, as_kari):
    red = judged(world.per_tablet, "spo2", 84)
    page = words(as_kari.get(address(red)))
    assert "Hvorfor rød?" in page
    assert "Rød Oksygenmetning 84 % er under rød grense 86 %." in page
    assert (
        "Verdi slik den ble sendt 84 % Verdi slik den ble vurdert 84 % Hvordan Overført fra måleutstyr "
        "Måleutstyr Ikke oppgitt Sendt av Nettbrett Målt 18.11.2026 kl. 09.50.00 Mottatt 18.11.2026 kl. 09.50.01 "
        "Vurdert 18.11.2026 kl. 09.50.02, av regelmotor versjon 1" in page
    )
    assert "Plan versjon 1, godkjent av Anne Dahl (HPR-nummer 1234567) 20.08.2026 kl. 11.00." in page
    assert "Rød Fast grense 84 % under 86 % Oksygenmetning 84 % er under rød grense 86 %" in page
    assert "Varselet er åpent og venter på behandling." in page


def test_it_explains_a_green_reading_too(world, as_kari):
    page = words(as_kari.get(address(judged(world.per_tablet, "spo2", 95))))
    assert "Hvorfor grønn?" in page
    assert "Vurderingen ga ikke noe varsel." in page


def test_it_says_why_something_was_not_judged_and_what_to_do(world, as_kari):
    page = words(as_kari.get(address(judged(world.per_tablet, "temperature", "38.5"))))
    assert "Hvorfor ikke vurdert?" in page
    assert "Planen har ingen grense for dette. Gjør dette: Vurder verdien selv." in page


def test_it_says_when_no_approved_plan_judged(world, as_kari):
    before = judged(world.per_tablet, "spo2", 95, ago=timedelta(days=91))
    page = words(as_kari.get(address(before)))
    assert "Ingen godkjent plan gjaldt. Derfor er ingenting vurdert." in page
    assert "Be legen ta stilling til planen." in page


def test_it_shows_an_impossible_value_as_it_was_sent(world, as_kari):
    page = words(as_kari.get(address(judged(world.per_tablet, "weight", -20))))
    assert "Verdi slik den ble sendt -20 kg Verdi slik den ble vurdert −20,0 kg" in page
    assert "Verdien kan ikke være riktig. Gjør dette: Be pasienten måle på nytt" in page


def test_it_names_the_earlier_readings_a_rule_looked_back_at(world, as_kari):
    judged(world.per_tablet, "weight", 70, ago=timedelta(days=2))
    gain = judged(world.per_tablet, "weight", 73)
    page = words(as_kari.get(address(gain)))
    assert "Rød Endring over tid 3,0 kg over 2,0 kg" in page
    assert "Tidligere målinger som reglene brukte 16.11.2026 kl. 10.00: 70,0 kg" in page


def test_it_shows_the_answers_of_a_form(world, as_kari):
    response = make_response(
        world.per_tablet, "symptoms_copd", {"breath": "at_rest"}, at=NOW - timedelta(hours=1), score=11
    )
    assess(world.per_tablet, NOW)
    page = words(as_kari.get(address(response.assessments.get())))
    assert "Hva Symptomer ved kols, versjon 1 Poeng 11 Sendt av Nettbrett Besvart 18.11.2026 kl. 09.00.00" in page
    assert "Hvordan er pusten din i dag? Jeg er tungpustet også når jeg sitter stille" in page
    assert "Rød Poengsum" in page


def test_it_shows_every_assessment_of_the_reading_and_which_one_holds(world, as_kari):
    gain = judged(world.per_tablet, "weight", 73)
    make_reading(world.per_tablet, "weight", 70, at=NOW - timedelta(days=2), received_at=NOW)
    assess(world.per_tablet, NOW)
    later = Assessment.objects.get(supersedes=gain)
    page = words(as_kari.get(address(gain)))
    assert "Denne vurderingen er erstattet. Se vurderingen som gjelder nå" in page
    assert (
        "Alle vurderinger av målingen 18.11.2026 kl. 09.50.02: ikke vurdert, plan versjon 1. Denne siden "
        "18.11.2026 kl. 10.00.00: rød, plan versjon 1. Se forklaringen" in page
    )
    assert "Denne vurderingen er erstattet." not in words(as_kari.get(address(later)))


def test_it_shows_who_closed_the_alert_and_what_was_done(world, as_kari):
    red = judged(world.per_tablet, "spo2", 84)
    services.finish(
        patient_id=world.per.pk, seen=QueueEntry.objects.get().change, outcomes=["CALLED", "REMEASURE"],
        measure_ids=[], note="Kalde fingre.", by=world.actor(world.kari), now=NOW,
    )  # fmt: skip
    page = words(as_kari.get(address(red)))
    assert (
        "Lukket av Kari Nordmann, sykepleier, 18.11.2026 kl. 10.00. Ringte pasienten, Ba om ny måling. Kalde fingre."
        in page
    )


def test_the_tab_names_nobody(world, as_kari):
    assert title(as_kari.get(address(judged(world.per_tablet, "spo2", 84)))) == "Forklaring – DHO"


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_has_a_reason_and_an_advice(cause):
    assert ADVICE[cause].why.endswith(".")
    assert ADVICE[cause].do.endswith(".")


@pytest.mark.parametrize("kind", RuleKind)
def test_every_kind_of_rule_has_a_name(kind):
    assert KIND_LABELS[kind]


def test_every_sign_of_comparison_has_a_word():
    assert set(COMPARISONS) == {"<", ">", "≥", "=", "innenfor"}


# Who may see it


def log() -> list[tuple]:
    database.see_everything()
    return list(
        AccessEntry.objects.values_list("actor_name", "action", "patient_id", "object_id", "allowed", "municipality_id")
    )


def test_looking_is_logged_with_what_was_looked_at(world, as_kari):
    red = judged(world.per_tablet, "spo2", 84)
    as_kari.get(address(red))
    assert log() == [("Kari Nordmann", "OPEN_EXPLANATION", world.per.pk, str(red.pk), True, world.a.pk)]


def test_a_nurse_of_another_municipality_finds_nothing(world, as_ola):
    red = judged(world.per_tablet, "spo2", 84)
    response = as_ola.get(address(red))
    assert response.status_code == 404
    assert "84" not in words(response)
    # Row-level security hides the assessment, so not even the log learns whose it is.
    assert log() == [("Ola Berg", "OPEN_EXPLANATION", None, str(red.pk), False, world.c.pk)]


def test_an_assessment_that_does_not_exist_answers_the_same(world, as_ola):
    foreign = as_ola.get(address(judged(world.per_tablet, "spo2", 84)))
    missing = as_ola.get(f"/vurderinger/{uuid4()}/")
    assert (foreign.status_code, words(foreign)) == (missing.status_code, words(missing))


def test_the_gp_of_the_patient_may_read_it(world, as_dahl):
    red = judged(world.per_tablet, "spo2", 84)
    assert as_dahl.get(address(red)).status_code == 200


@pytest.mark.parametrize("who", ["siri", "ness", "eva"])
def test_coordinators_elsewhere_and_roles_without_clinical_rights_find_nothing(world, who):
    browser = Client()
    let_in(browser, getattr(world, who))
    assert browser.get(address(judged(world.per_tablet, "spo2", 84))).status_code == 404


def test_nobody_signed_in_is_sent_to_the_login(world, client):
    red = judged(world.per_tablet, "spo2", 84)
    assert client.get(address(red))["Location"] == f"/logg-inn/?next={address(red)}"


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_it_takes_no_other_method(world, as_kari, method):
    assert getattr(as_kari, method)(address(judged(world.per_tablet, "spo2", 84))).status_code == 405


def test_it_needs_no_more_queries_for_a_longer_story(world, as_kari):
    def queries(assessment) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_kari.get(address(assessment)).status_code == 200
        database.see_everything()
        return len([query for query in captured if "SAVEPOINT" not in query["sql"]])

    judged(world.per_tablet, "weight", 70, ago=timedelta(days=2))
    few = queries(judged(world.per_tablet, "weight", 71, ago=timedelta(days=1)))
    for hours in (4, 3, 2):
        last = judged(world.per_tablet, "weight", 73, ago=timedelta(hours=hours))
    assert queries(last) == few
    assert few <= 14


# Stating that a reading is wrong


@pytest.mark.parametrize(("value", "closed", "waits"), [(84, False, True), (84, True, False), (95, False, False)])
def test_it_says_that_the_alert_stays_open_only_where_one_is(world, as_kari, value, closed, waits):
    assessment = judged(world.per_tablet, "spo2", value)
    if closed:
        services.finish(
            patient_id=world.per.pk, seen=QueueEntry.objects.get(patient=world.per).change, outcomes=["CALLED"],
            measure_ids=[], note="Ringte.", by=world.actor(world.kari), now=NOW,
        )  # fmt: skip
    page = words(as_kari.post(address(assessment), {"reason": "Kalde fingre"}, follow=True))
    assert "Målingen er merket som feilmåling." in page
    assert ("Varselet står åpent til du lukker saken." in page) == waits


def test_a_nurse_marks_a_faulty_reading_and_both_values_stay(world, as_kari):
    """AT-31: red, measured again and green, the first one faulty; the case is then closed with a note."""
    red = judged(world.per_tablet, "spo2", 84)
    judged(world.per_tablet, "spo2", 95, ago=timedelta(minutes=2))
    response = as_kari.post(address(red), {"reason": "Kalde fingre"})
    assert (response.status_code, response["Location"]) == (302, address(red))
    database.see_everything()
    said = ReadingStatement.objects.get()
    assert (said.reading_id, said.kind, said.reason, said.fulfils_schedule, said.stated_by, said.stated_at) == (
        red.reading_id, StatementKind.FAULTY, "Kalde fingre", False, world.kari, NOW,
    )  # fmt: skip
    page = words(as_kari.get(address(red)))
    assert "Feilmåling: Kalde fingre (Kari Nordmann, 18.11.2026 kl. 10.00)" in page
    assert "Merk som feilmåling" not in page
    patient_page = words(as_kari.get(f"/pasienter/{world.per.pk}/"))
    assert "18.11.2026 kl. 09.58 95 % Grønn" in patient_page
    assert "18.11.2026 kl. 09.50 84 % Rød Overført fra måleutstyr Feilmåling: Kalde fingre" in patient_page
    database.see_everything()
    seen = QueueEntry.objects.get(patient=world.per).change
    closed = as_kari.post(
        f"/pasienter/{world.per.pk}/",
        {"seen": seen, "shown_at": NOW.isoformat(), "outcomes": ["REMEASURE"], "note": "Feilmåling, ny måling 95."},
    )
    assert closed["Location"] == "/arbeidsko/"


def test_it_is_not_marked_without_a_reason(world, as_kari):
    red = judged(world.per_tablet, "spo2", 84)
    response = as_kari.post(address(red), {"reason": " "})
    assert response.status_code == 422
    assert "Hvorfor er målingen feil: Skriv det du vet, for eksempel «kalde fingre»." in words(response)
    database.see_everything()
    assert ReadingStatement.objects.count() == 0


@pytest.mark.parametrize("who", ["ola", "dahl", "siri", "ness"])
def test_only_the_patients_own_nurses_mark_it(world, who):
    red = judged(world.per_tablet, "spo2", 84)
    browser = Client()
    let_in(browser, getattr(world, who))
    assert browser.post(address(red), {"reason": "Kalde fingre"}).status_code == 404
    database.see_everything()
    assert ReadingStatement.objects.count() == 0


def test_a_form_of_answers_is_no_measurement(world, as_kari):
    response = make_response(world.per_tablet, "symptoms_copd", {}, at=NOW - timedelta(hours=1), score=11)
    assess(world.per_tablet, NOW)
    assessment = response.assessments.get()
    assert "Er målingen feil?" not in words(as_kari.get(address(assessment)))
    database.see_everything()
    assert as_kari.post(address(assessment), {"reason": "x"}).status_code == 404


def test_those_who_only_read_are_not_asked(world, as_dahl):
    assert "Er målingen feil?" not in words(as_dahl.get(address(judged(world.per_tablet, "spo2", 84))))


def test_a_nurse_whose_service_reads_along_is_not_asked(world):
    """The answer would be refused, and stand against her in the log."""
    home, nurse = make_service("Hjemmesykepleien", owner=world.a.pk), make_user("lind", "Liv", "Lind")
    make_membership(nurse, Role.NURSE, service=home)
    share(world.per, home, world.kari)
    browser = Client()
    let_in(browser, nurse)
    page = browser.get(address(judged(world.per_tablet, "spo2", 84)))
    assert (page.status_code, "Er målingen feil?" in words(page)) == (200, False)
