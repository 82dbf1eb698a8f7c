"""«Møter»: agenda, decisions and minutes on the screen, from both sides and from outside (R-141)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alerts.models import AgendaDecision, AgendaItem, RedZoneMeeting
from audit.models import AccessEntry
from tests.alerts.pages import words
from tests.database import see_everything
from tests.factories.accounts import let_in
from tests.factories.care import block, make_hospital, share
from tests.factories.clock import NOW
from tests.factories.hospital import judged, make_cooperation, make_item, make_meeting
from tests.factories.patients import make_enrolment, make_patient

DAY = timedelta(days=1)
GOOD = {"decision": "PLAN_CHANGE", "text": "Senk grensen.", "responsible": "Kari"}


@pytest.fixture(autouse=True)
def clock():
    """A Wednesday at 10.00."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hospital(world):
    return make_cooperation(world)


@pytest.fixture
def item(world, hospital):
    return make_item(make_meeting(world.joint, hospital.department, world.kari), world.per, world.kari)


def as_(user) -> Client:
    browser = Client()
    let_in(browser, user)
    return browser


def meeting(item) -> str:
    return reverse("meeting", args=[item.meeting_id])


def one(item) -> str:
    return reverse("meeting-item", args=[item.pk])


def test_the_nurse_plans_a_meeting_and_finds_the_agenda_filled_from_the_queue(world, hospital, as_kari):
    judged(world, world.per_tablet, "RED", at=NOW - DAY)
    sent = {"department": hospital.department.pk, "planned_on": "20.11.2026"}
    page = words(as_kari.post(reverse("meetings"), sent, follow=True))
    assert "Rødsonemøte 20.11.2026 DHO Solør–Odal og Lungeavdelingen, Sykehuset Innlandet" in page
    assert "Agenda: 1 pasient Aasen, Per Født 14.03.1948 · Har vært rød" in page
    assert "Siden 11.11.2026: antall røde 1, antall gule 0 Ikke tatt opp ennå." in page
    assert "20.11.2026 DHO Solør–Odal" in words(as_(hospital.ravn).get(reverse("meetings")))


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"department": ""}, "Avdeling: velg en avdeling i listen."),
        ({"planned_on": "17.11.2026"}, "Møtedag: velg i dag eller en dag de neste tre månedene."),
        ({"planned_on": "snart"}, "Møtedag: skriv datoen som dag, måned og år"),
    ],
)
def test_a_wrong_plan_for_a_meeting_is_named_at_the_field(world, hospital, as_kari, sent, said):
    good = {"department": hospital.department.pk, "planned_on": "20.11.2026"}
    page = as_kari.post(reverse("meetings"), good | sent)
    assert (page.status_code, said in words(page)) == (422, True)
    assert not RedZoneMeeting.objects.exists()


def test_without_a_department_that_reads_along_it_says_what_to_do(as_kari):
    page = words(as_kari.get(reverse("meetings")))
    assert "Ingen sykehusavdeling har avtale om å se pasientene deres." in page
    assert "Ingen møter er planlagt eller holdt ennå." in page


def test_each_patient_on_the_agenda_is_a_look_of_whoever_opens_it(world, hospital, item):
    as_(hospital.ravn).get(meeting(item))
    see_everything()
    rows = AccessEntry.objects.values_list("action", "patient_id", "actor_id")
    assert list(rows) == [("OPEN_MEETING", world.per.pk, hospital.ravn.pk)]


@pytest.mark.parametrize("why", ["unshared", "blocked"])
def test_who_has_blocked_the_specialist_or_is_not_shared_is_not_shown_to_him(world, hospital, item, why):
    if why == "unshared":
        world.per.care_relations.update(ended_at=NOW, ended_by=world.kari)
    else:
        block(world.per, world.kari, user=hospital.ravn)
    page = as_(hospital.ravn).get(meeting(item))
    assert (page.status_code, "Aasen" in page.text) == (200, False)
    assert as_(hospital.ravn).get(one(item)).status_code == 404
    assert as_(hospital.ravn).post(one(item), GOOD).status_code == 404


def test_the_specialist_decides_and_the_nurse_makes_the_draft(world, hospital, item, as_kari):
    page = words(as_(hospital.ravn).post(one(item), GOOD | {"due_on": "25.11.2026"}, follow=True))
    assert "Endre planen: Senk grensen. Følges opp av Kari innen 25.11.2026. Sigrid Ravn, sykehuslege" in page
    assert "Oppfølgingstjenesten har ikke laget planforslaget ennå." in page
    assert as_(hospital.ravn).post(one(item), {"step": "draft"}).status_code == 404
    page = words(as_kari.post(one(item), {"step": "draft"}, follow=True))
    assert ("Planforslag, versjon 2: utkast" in page, "Utkastet er laget." in page) == (True, True)
    page = as_kari.post(one(item), {"step": "draft"})
    assert (page.status_code, "Planforslaget er allerede laget." in words(page)) == (409, True)


def test_a_draft_before_anything_is_decided_is_refused_in_words(item, as_kari):
    page = as_kari.post(one(item), {"step": "draft"})
    assert (page.status_code, "Det er ikke bestemt noe ennå." in words(page)) == (409, True)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"decision": ""}, "Beslutning: velg hva dere bestemte."),
        ({"text": ""}, "Hva dere bestemte: skriv hva som skal endres."),
        ({"responsible": ""}, "Hvem som følger det opp: skriv et navn eller en rolle."),
        ({"due_on": "17.11.2026"}, "Frist: velg i dag eller en dag framover."),
        ({"text": "å" * 1001}, "Hva dere bestemte: skriv høyst 1000 tegn."),
    ],
)
def test_a_wrong_decision_is_named_at_the_field_and_the_text_is_kept(item, as_kari, sent, said):
    page = as_kari.post(one(item), GOOD | {"text": "Senk grensen til 86."} | sent)
    assert (page.status_code, said in words(page)) == (422, True)
    assert ("Senk grensen til 86." in page.text) == ("text" not in sent)
    assert not AgendaDecision.objects.exists()


def test_the_minutes_are_written_once_and_then_nothing_is_added(world, hospital, item, as_kari):
    said = {"step": "hold", "held_on": "18.11.2026", "participants": "Kari og Ravn", "duration": "25", "note": ""}
    page = words(as_kari.post(meeting(item), said, follow=True))
    assert "Referat Deltakere Kari og Ravn Varighet 25 minutter" in page
    assert "Hent nye fra arbeidskøen" not in page
    again = as_kari.post(meeting(item), said)
    assert (again.status_code, "Møtet er holdt, og referatet er skrevet." in words(again)) == (409, True)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"held_on": "19.11.2026"}, "Møtet ble holdt: velg en dag fra agendaen ble laget til og med i dag."),
        ({"duration": "mange"}, "Varighet i minutter: skriv et helt antall minutter fra 1 til 600."),
        ({"participants": ""}, "Deltakere: fyll inn feltet."),
    ],
)
def test_wrong_minutes_are_named_at_the_field_and_kept(item, as_kari, sent, said):
    good = {"step": "hold", "held_on": "18.11.2026", "participants": "Vi", "duration": "25", "note": "Godt møte"}
    page = as_kari.post(meeting(item), good | sent)
    assert (page.status_code, said in words(page), "Godt møte" in page.text) == (422, True, True)


def test_the_nurse_adds_a_patient_with_a_reason(world, hospital, as_kari):
    planned = make_meeting(world.joint, hospital.department, world.kari)
    address = reverse("meeting", args=[planned.pk])
    page = as_kari.post(address, {"step": "add", "patient": world.per.pk})
    assert (page.status_code, "Hvorfor pasienten skal tas opp: fyll inn feltet." in words(page)) == (422, True)
    page = as_kari.post(address, {"step": "add", "patient": world.solveig.pk, "reason": "Ikke delt."})
    assert (page.status_code, "Pasient: velg en pasient i listen." in words(page)) == (422, True)
    page = as_kari.post(address, {"step": "add", "patient": world.per.pk, "reason": "Urolig datter."}, follow=True)
    assert "Lagt til av sykepleier: Urolig datter." in words(page)


@pytest.mark.parametrize("person", ["ola", "dahl", "siri", "eva", "ness", "vera"])
def test_others_see_and_change_nothing_of_the_meeting(world, item, person):
    browser = as_(getattr(world, person))
    for address in (meeting(item), one(item)):
        assert browser.get(address).status_code == 404
        assert browser.post(address, GOOD).status_code == 404
    assert not AgendaDecision.objects.exists()


def test_another_department_and_the_hospitals_side_change_no_agenda(world, hospital, item):
    assert as_(hospital.ravn).post(meeting(item), {"step": "fill"}).status_code == 404
    hospital.line.memberships.update(service=make_hospital("Hjerteavdelingen"))
    assert as_(hospital.line).get(meeting(item)).status_code == 404


def test_as_many_queries_with_one_patient_as_with_ten(world, hospital, item, as_kari):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            as_kari.get(meeting(item))
        see_everything()
        return len(queries)

    as_kari.get(meeting(item))
    see_everything()
    one_patient = asked()
    for number in range(9):
        patient = make_patient(world.a.pk, f"Nr{number}", "Flere", gp=world.dahl)
        make_enrolment(patient, world.joint)
        share(patient, hospital.department, world.kari)
        make_item(item.meeting, patient, world.kari)
    assert (asked(), AgendaItem.objects.count()) == (one_patient, 10)
