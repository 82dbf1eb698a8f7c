"""The patient page: who sees what, and what a nurse can do there."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from accounts.models import Membership
from alerts import services
from alerts.enums import AlertState, HandlingAction, Outcome
from alerts.models import Alert, Handling, QueueEntry
from audit.models import AccessEntry
from careplans.models import Measure
from measurements.enums import Source, StatementKind
from measurements.models import ReadingStatement
from patients.enums import EnrolmentStatus
from tests import database
from tests.alerts.pages import title, words
from tests.factories.accounts import let_in, make_device, make_membership, make_user
from tests.factories.careplans import approve, make_draft, propose
from tests.factories.clock import NOW
from tests.factories.measurements import make_reading, make_response
from tests.factories.patients import end_course, make_enrolment, make_patient

NOTE = "Ringte. Han er tungpustet, men har det bedre etter hvile. Måler igjen kl. 12."


@pytest.fixture(autouse=True)
def clock():
    """A Wednesday at 10.00."""
    with time_machine.travel(NOW, tick=False):
        yield


def measured(tablet, value, *, type_id="spo2", ago=timedelta(minutes=10), **fields):
    """A reading of so long ago, judged at once."""
    at = NOW - ago
    reading = make_reading(tablet, type_id, value, at=at, **fields)
    services.assess_patient(
        patient_id=tablet.patient_id, municipality_id=tablet.municipality_id, now=at + timedelta(seconds=1), wait=True
    )
    return reading


def address(patient) -> str:
    return f"/pasienter/{patient.pk}/"


def sent(patient, **fields) -> dict:
    """What the form sends when the nurse has seen the case as it stands."""
    seen = QueueEntry.objects.get(patient=patient).change
    return {"step": "done", "seen": seen, "shown_at": NOW.isoformat(), "outcomes": ["CALLED"], "note": NOTE, **fields}


@pytest.fixture
def red(world):
    """Per's saturation is 84 %, under the red limit of 86."""
    return measured(world.per_tablet, 84)


@pytest.fixture
def mine(world, red):
    """Kari has taken Per's case."""
    return services.claim(patient_id=world.per.pk, by=world.actor(world.kari), now=NOW - timedelta(minutes=4))


# What it shows


def test_it_shows_who_the_patient_is(world, as_kari):
    page = words(as_kari.get(address(world.per)))
    assert "Aasen , Per Født 14.03.1948 (78 år) Fødselsnummer" in page
    assert f"{world.per.national_id[:6]} xxxxx" in page
    assert "Kjønn Mann Kommune Kongsvinger Fastlege Anne Dahl Telefon 99 00 00 01" in page
    assert "CAVE penicillin Språk norsk Tilrettelegging Ikke oppgitt" in page


def test_it_says_unknown_in_words(world, as_kari, as_ola):
    assert "CAVE Ingen kjente allergier" in words(as_kari.get(address(world.solveig)))
    assert "CAVE Ikke spurt" in words(as_ola.get(address(world.nils)))


def test_it_shows_clearly_that_a_patient_is_dead(world, as_kari):
    world.per.deceased_on = date(2026, 11, 2)
    world.per.save()
    response = as_kari.get(address(world.per))
    assert "Død 02.11.2026 Født 14.03.1948 (78 år)" in words(response)
    assert "banner--deceased" in response.content.decode()


def test_the_tab_names_nobody(world, as_kari):
    assert title(as_kari.get(address(world.per))) == "Pasient – DHO"


def test_it_shows_the_alert_with_its_rule_and_who_approved_it(world, as_kari, red):
    response = as_kari.get(address(world.per))
    page = words(response)
    assert "Rød SpO₂ 84 %, under rød grense 86 %" in page
    assert "Målt 18.11.2026 kl. 09.50 · ventet 10 min · regel: plan versjon 1, godkjent av Anne Dahl 20.08.2026" in page
    (assessment,) = red.assessments.all()
    assert f'href="/vurderinger/{assessment.pk}/">Hvorfor rød?</a>' in response.content.decode()


def test_it_shows_every_open_alert_worst_first(world, as_kari, red):
    measured(world.per_tablet, 110, type_id="pulse")
    page = words(as_kari.get(address(world.per)))
    assert page.index("Rød SpO₂ 84") < page.index("Gul Puls 110")


def test_it_shows_the_agreed_measures_of_the_zone(world, as_kari, red):
    page = words(as_kari.get(address(world.per)))
    assert "Tiltak i planen ved rød Ring pasienten innen 30 min (eget tiltak, pasienten kan starte alene)" in page
    # The other zones stand in the whole plan, which is folded away under it.
    assert "Bruk leppepust og hvil." not in page.partition("Planen slik pasienten leser den")[0]


def test_it_says_that_nothing_is_open(world, as_kari):
    page = words(as_kari.get(address(world.per)))
    assert "Ingen åpne varsler." in page
    assert "Ta saken" not in page


def test_it_says_that_nothing_judges_the_readings_without_an_approved_plan(world, as_kari):
    patient = make_patient(world.a.pk, "Randi", "Vik")
    make_enrolment(
        patient,
        world.joint,
        status=EnrolmentStatus.TRIAL,
        started_on=date(2026, 11, 13),
        trial_ends_on=date(2026, 12, 3),
    )
    propose(make_draft(patient, world.kari), now=NOW - timedelta(days=2))
    measured(make_device(patient, world.kari), 84)
    page = words(as_kari.get(address(patient)))
    assert (
        "Ingen godkjent plan. Målingene blir ikke vurdert. Prøveperiode dag 6 av 21, ingen grenser ennå. "
        "Versjon 1 ble sendt 16.11.2026 og venter på svar fra fastlegen." in page
    )
    assert "Ikke vurdert SpO₂ 84 %" in page


def test_it_says_that_nothing_was_measured_and_when_we_last_heard_from_the_tablet(world, as_kari):
    page = words(as_kari.get(address(world.per)))
    assert "Siste 30 dager: ingen målinger, 29 dager mangler." in page
    assert "Vi har aldri hatt kontakt med noe nettbrett hos pasienten." in page
    database.see_everything()
    world.per_tablet.last_seen_at = NOW - timedelta(days=3)
    world.per_tablet.save()
    assert "Nettbrettet hadde sist kontakt 15.11.2026 kl. 10.00." in words(as_kari.get(address(world.per)))


def test_it_shows_the_trend_in_words_chart_and_table(world, as_kari, red):
    response = as_kari.get(address(world.per))
    assert "Siste 30 dager: 1 måling, 29 dager mangler. Laveste 84 % (18.11.2026)" in words(response)
    assert "Grenser nå (plan versjon 1): gul under 88 · rød under 86 %." in words(response)
    assert "18.11.2026 kl. 09.50 84 % Rød Overført fra måleutstyr" in words(response)
    assert '<script id="diagram-spo2" type="application/json">' in response.content.decode()


def test_it_draws_something_without_scripts(world, as_kari, red):
    assert '<svg class="spark"' in as_kari.get(address(world.per)).content.decode()


@pytest.mark.parametrize(("asked", "days"), [("7", 7), ("365", 365), ("31", 30), ("-1", 30), ("7'", 30), ("", 30)])
def test_it_shows_one_of_four_periods(world, as_kari, red, asked, days):
    response = as_kari.get(address(world.per), {"dager": asked})
    assert f"Siste {days} dager: 1 måling" in words(response)


def test_it_keeps_an_impossible_value_and_marks_it(world, as_kari):
    measured(world.per_tablet, -20, type_id="weight", source=Source.MANUAL)
    response = as_kari.get(address(world.per))
    assert "Kan ikke være riktig: −20,0 kg (18.11.2026 kl. 09.50)" in words(response)
    assert "<s>−20,0\xa0kg</s>" in response.content.decode()


def test_it_keeps_a_faulty_value_and_says_why(world, as_kari, red):
    ReadingStatement.objects.create(
        municipality=world.a, reading=red, kind=StatementKind.FAULTY, reason="Kalde fingre", fulfils_schedule=False,
        stated_at=NOW, stated_by=world.kari,
    )  # fmt: skip
    page = words(as_kari.get(address(world.per)))
    assert "84 % Rød Overført fra måleutstyr Feilmåling: Kalde fingre" in page


def test_it_shows_symptom_forms_with_score_and_answers_in_words(world, as_kari):
    answers = {"breath": "much_worse", "cough": "more", "sputum_colour": "green"}
    make_response(world.per_tablet, "symptoms_copd", answers, at=NOW - timedelta(hours=2), score=6)
    page = words(as_kari.get(address(world.per)))
    assert "18.11.2026 kl. 08.00 Symptomer ved kols: svarene" in page
    assert "Hvordan er pusten din i dag? Mye tyngre enn vanlig" in page
    assert "Hvordan sov du i natt? Ikke besvart" in page
    assert "6 Venter på vurdering" in page


def test_it_lists_what_was_done_and_decided(world, as_kari, mine):
    measure = Measure.objects.filter(version=world.per_plan, zone="RED").first()
    as_kari.post(address(world.per), sent(world.per, measures=[measure.pk]))
    page = words(as_kari.get(address(world.per)))
    assert f"18.11.2026 kl. 10.00 · Kari Nordmann, sykepleier Ferdig (rød) Ringte pasienten. {NOTE}" in page
    assert "Tiltak: Ring pasienten innen 30 min" in page
    assert "Plan versjon 1: godkjent" in page
    assert "Anne Dahl, HPR 1234567" in page


def test_it_needs_no_more_queries_for_more_of_everything(world, as_kari):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert as_kari.get(address(world.per)).status_code == 200
        database.see_everything()
        return len([query for query in captured if "SAVEPOINT" not in query["sql"]])

    measured(world.per_tablet, 84)
    make_response(world.per_tablet, "symptoms_copd", {}, at=NOW - timedelta(days=1), score=0)
    few = queries()
    for number in range(1, 6):
        measured(world.per_tablet, 84, ago=timedelta(days=number))
        measured(world.per_tablet, 130, type_id="pulse", ago=timedelta(days=number))
        make_response(world.per_tablet, "symptoms_copd", {}, at=NOW - timedelta(days=number, hours=1), score=number)
    approve(make_draft(world.per, world.kari), world.dahl, now=NOW - timedelta(days=1))
    assert queries() == few
    # Seven of them read the whole plan as the patient reads it.
    assert few <= 35


# Who may see it


def refusals() -> list[tuple]:
    """The refused looks, kept where the one who tried works."""
    database.see_everything()
    return list(AccessEntry.objects.filter(allowed=False).values_list("actor_name", "action", "patient_id"))


def test_opening_it_is_logged(world, as_kari):
    as_kari.get(address(world.per))
    database.see_everything()
    entry = AccessEntry.objects.get()
    assert (entry.actor_name, entry.role, entry.action, entry.patient_id, entry.allowed) == (
        "Kari Nordmann", "NURSE", "OPEN_PATIENT", world.per.pk, True,
    )  # fmt: skip


@pytest.mark.parametrize("step", [None, "claim", "release", "done"])
def test_a_nurse_of_another_municipality_finds_nothing(world, as_ola, red, step):
    response = as_ola.post(address(world.per), sent(world.per, step=step)) if step else as_ola.get(address(world.per))
    assert response.status_code == 404
    assert "Aasen" not in response.content.decode()
    action = {None: "OPEN_PATIENT", "claim": "CLAIM"}.get(step, "HANDLE")
    assert refusals() == [("Ola Berg", action, world.per.pk)]
    assert (QueueEntry.objects.get().owner, Handling.objects.count()) == (None, 0)


def test_a_patient_that_does_not_exist_answers_the_same(world, as_kari):
    assert as_kari.get(f"/pasienter/{uuid4()}/").status_code == 404


def test_the_gp_reads_but_does_not_handle(world, as_dahl, red):
    response = as_dahl.get(address(world.per))
    assert "Bare sykepleier i oppfølgingstjenesten kan lukke røde varsler." in words(response)
    assert "Rød SpO₂ 84 %" in words(response)
    for absent in ("behandlingsskjema", "Ta saken", 'name="note"'):
        assert absent not in response.content.decode()
    database.see_everything()
    assert as_dahl.post(address(world.per), sent(world.per)).status_code == 404
    assert refusals() == [("Anne Dahl", "HANDLE", world.per.pk)]
    assert Handling.objects.count() == 0


def test_a_case_taken_on_another_day_says_which(world, as_kari, red):
    QueueEntry.objects.update(owner=world.berit, claimed_at=NOW - timedelta(days=1))
    assert "Berit Lunde har denne saken siden 17.11.2026 kl. 10.00." in words(as_kari.get(address(world.per)))
    problem = words(as_kari.post(address(world.per), sent(world.per, step="claim")))
    assert "Berit Lunde tok saken 17.11.2026 kl. 10.00. Du kan lese, men ikke lukke den." in problem


@pytest.mark.parametrize("claimed", [False, True])
def test_a_health_worker_reads_that_only_a_nurse_closes_red(world, client, red, claimed):
    person = make_user("fysio", "Finn", "Fjell")
    make_membership(person, Role.HEALTH_WORKER, service=world.joint)
    let_in(client, person)
    if claimed:
        client.post(address(world.per), sent(world.per, step="claim"))
    response = client.get(address(world.per))
    assert "Bare sykepleier kan lukke røde varsler." in words(response)
    assert "Ferdig, neste pasient" not in words(response)
    assert ("Slipp saken" if claimed else "Ta saken") in words(response)


def test_a_gp_does_not_see_a_patient_on_somebody_elses_list(world, as_dahl):
    other = make_patient(world.a.pk, "Randi", "Vik")
    assert as_dahl.get(address(other)).status_code == 404
    assert refusals() == [("Anne Dahl", "OPEN_PATIENT", other.pk)]


def test_the_coordinator_reads_without_a_form(world, red):
    measured(world.solveig_tablet, 84)
    siri = Client()
    let_in(siri, world.siri)
    response = siri.get(address(world.solveig))
    assert "Rød SpO₂ 84 %" in words(response)
    assert "behandlingsskjema" not in response.content.decode()
    assert siri.get(address(world.per)).status_code == 404


@pytest.mark.parametrize("who", ["ness", "eva"])
def test_roles_without_clinical_rights_find_nothing(world, who):
    browser = Client()
    let_in(browser, getattr(world, who))
    assert browser.get(address(world.per)).status_code == 404


def test_an_ended_membership_opens_nothing(world, as_kari):
    Membership.objects.filter(user=world.kari).update(valid_until=NOW.date() - timedelta(days=1))
    assert as_kari.get(address(world.per)).status_code == 404


def test_nobody_signed_in_is_sent_to_the_login(world, client):
    response = client.get(address(world.per))
    assert (response.status_code, response["Location"]) == (302, f"/logg-inn/?next=/pasienter/{world.per.pk}/")


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_it_takes_no_other_method(world, as_kari, method):
    assert getattr(as_kari, method)(address(world.per)).status_code == 405


# Taking and letting go


def test_a_nurse_takes_the_case(world, as_kari, red):
    response = as_kari.post(address(world.per), {"step": "claim"})
    assert (response.status_code, response["Location"]) == (302, address(world.per))
    assert "Du har denne saken siden kl. 10.00." in words(as_kari.get(address(world.per)))


def test_another_nurse_sees_who_has_the_case_and_gets_no_form(world, as_kari, red):
    services.claim(patient_id=world.per.pk, by=world.actor(world.berit), now=NOW - timedelta(minutes=2))
    response = as_kari.get(address(world.per))
    assert "Berit Lunde har denne saken siden kl. 09.58." in words(response)
    assert "behandlingsskjema" not in response.content.decode()
    database.see_everything()
    lost = as_kari.post(address(world.per), {"step": "claim"})
    assert lost.status_code == 409
    assert "Berit Lunde tok saken kl. 09.58. Du kan lese, men ikke lukke den." in words(lost)


def test_the_nurse_lets_the_case_go(world, as_kari, mine):
    response = as_kari.post(address(world.per), {"step": "release"})
    assert (response.status_code, response["Location"]) == (302, "/arbeidsko/")
    database.see_everything()
    assert QueueEntry.objects.get(patient=world.per).owner is None


def test_nobody_lets_go_of_somebody_elses_case(world, as_kari, red):
    services.claim(patient_id=world.per.pk, by=world.actor(world.berit), now=NOW)
    response = as_kari.post(address(world.per), {"step": "release"})
    assert response.status_code == 409
    assert "Saken er ikke din, så du kan ikke slippe den." in words(response)


def test_a_case_left_open_by_an_ended_course_can_be_opened_until_it_is_handled(world, as_kari, mine):
    end_course(world.per)
    assert as_kari.get(address(world.per)).status_code == 200
    assert as_kari.post(address(world.per), sent(world.per)).status_code == 302
    database.see_everything()
    assert Handling.objects.filter(patient=world.per, action=HandlingAction.DONE).count() == 1
    assert as_kari.get(address(world.per)).status_code == 404


def test_another_services_open_case_opens_nothing(world, as_ola, mine):
    """The row alone gives nobody else access, not even when the course has ended."""
    end_course(world.per)
    assert as_ola.get(address(world.per)).status_code == 404


# Finishing


def test_the_nurse_closes_the_case_as_documented(world, as_kari, mine):
    measure = Measure.objects.filter(version=world.per_plan, zone="RED").first()
    response = as_kari.post(
        address(world.per), sent(world.per, measures=[measure.pk], outcomes=["CALLED", "REMEASURE"])
    )
    assert (response.status_code, response["Location"]) == (302, "/arbeidsko/")
    database.see_everything()
    handling = Handling.objects.get(action=HandlingAction.DONE)
    assert (handling.by, handling.outcomes, handling.measure_ids, handling.note, handling.at) == (
        world.kari, [Outcome.CALLED, Outcome.REMEASURE], [measure.pk], NOTE, NOW,
    )  # fmt: skip
    assert not Alert.objects.filter(patient=world.per, state=AlertState.OPEN).exists()


def test_after_closing_she_gets_the_next_patient_nobody_has_taken_and_can_undo(world, as_kari, mine):
    measured(world.solveig_tablet, 87)
    response = as_kari.post(address(world.per), sent(world.per))
    assert response["Location"] == address(world.solveig)
    page = words(as_kari.get(response["Location"]))
    assert "Saken er lukket. Her er neste pasient." in page
    assert "Du lukket saken til Aasen, Per." in page
    as_kari.post(f"/arbeidsko/{world.per.pk}/angre/")
    database.see_everything()
    assert QueueEntry.objects.filter(patient=world.per).exists()


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"note": "  "}, ["Notat: Skriv hva du så, og hva dere ble enige om."]),
        ({"outcomes": []}, ["Hva gjorde du: Kryss av for minst ett valg."]),
        (
            {"note": "", "outcomes": []},
            ["Hva gjorde du: Kryss av for minst ett valg.", "Notat: Skriv hva du så, og hva dere ble enige om."],
        ),
    ],
)
def test_a_red_case_is_not_closed_without_outcome_and_note(world, as_kari, mine, fields, named):
    response = as_kari.post(address(world.per), sent(world.per, **fields))
    assert response.status_code == 422
    page = words(response)
    assert f"Saken er ikke lukket. Rett dette først {' '.join(named)}" in page
    assert fields.get("note", NOTE).strip() in page
    database.see_everything()
    assert Handling.objects.filter(action=HandlingAction.DONE).count() == 0


def test_what_was_ticked_stays_ticked_when_something_is_missing(world, as_kari, mine):
    response = as_kari.post(address(world.per), sent(world.per, note="", outcomes=["GP"]))
    assert 'value="GP" checked' in response.content.decode()


def test_a_stale_save_is_refused_with_what_is_new_and_keeps_the_note(world, as_kari, mine):
    form = sent(world.per, shown_at=(NOW - timedelta(minutes=3)).isoformat())
    measured(world.per_tablet, 130, type_id="pulse", ago=timedelta(minutes=1))
    response = as_kari.post(address(world.per), form)
    assert response.status_code == 409
    page = words(response)
    assert "Saken ble endret mens du hadde den åpen. Den er ikke lukket" in page
    assert "Nytt siden du åpnet siden: Rød: Puls 130 slag/min, over rød grense 120 slag/min" in page
    assert f"Notat (må fylles ut) {NOTE}" in page
    database.see_everything()
    assert Handling.objects.filter(action=HandlingAction.DONE).count() == 0
    # Saving again from the page with the comparison is saving what was seen.
    entry = QueueEntry.objects.get(patient=world.per)
    assert f'name="seen" value="{entry.change}"' in response.content.decode()
    assert as_kari.post(address(world.per), sent(world.per)).status_code == 302


def test_a_save_after_somebody_else_closed_the_case_gives_the_note_back(world, as_kari, red):
    form = sent(world.per)
    berit = world.actor(world.berit)
    services.claim(patient_id=world.per.pk, by=berit, now=NOW)
    seen = QueueEntry.objects.get(patient=world.per).change
    services.finish(
        patient_id=world.per.pk, seen=seen, outcomes=["CALLED"], measure_ids=[], note="Alt bra.", by=berit, now=NOW
    )
    response = as_kari.post(address(world.per), form)
    assert response.status_code == 409
    assert f"Notatet ditt (ikke lagret) {NOTE}" in words(response)


def test_a_nurse_in_another_role_gets_no_further_than_the_role(world, red):
    """The same person as leader has no clinical rights, whatever she may do as nurse."""
    person = make_user("ida", "Ida", "Holm")
    make_membership(person, Role.SERVICE_LEADER, service=world.joint)
    browser = Client()
    let_in(browser, person)
    assert browser.post(address(world.per), sent(world.per)).status_code == 404
