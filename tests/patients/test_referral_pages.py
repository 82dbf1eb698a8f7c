"""«Henvisninger»: registering one, the list, and the page of one (R-001, R-007, R-022, R-023)."""

from datetime import date, timedelta
from random import Random

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from audit.models import AccessEntry
from dho.lib.encryption import blind_index
from dho.lib.national_id import make_synthetic
from organisations.enums import ServiceKind
from patients.enums import ReferralOrigin
from patients.models import AccessBlock, Patient, Referral
from patients.queries.referrals import origin_of
from patients.services import allocate
from tests.database import see_everything
from tests.factories.accounts import let_in, make_membership, make_user
from tests.factories.clock import NOW
from tests.factories.intake import actor, assessed, decided, make_candidate, make_handler, make_hospital, make_referral
from tests.factories.organisations import make_service
from tests.factories.patients import make_patient

NUMBER = make_synthetic(date(1951, 2, 3), Random(4711)).value


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


def asked(world, **fields):
    return {
        "municipality": str(world.a.pk), "national_id": NUMBER, "given_name": "Liv", "family_name": "Haugen",
        "sex": "F", "phone": "99 00 00 07", "origin": "CITIZEN", "received_on": "15.11.2026",
        "reason": "Vil måle hjemme.",
    } | fields  # fmt: skip


def post(browser, world, **fields):
    answer = browser.post(reverse("referral-new"), asked(world, **fields), follow=True)
    see_everything()
    return answer


def test_a_new_person_is_registered_with_the_referral(as_hege, world, hege):
    answer = post(as_hege, world)
    assert "Henvisningen er registrert." in answer.text
    liv = Patient.objects.get(national_id_index=blind_index(NUMBER))
    told = (liv.name, liv.birth_date, liv.sex, liv.phone, liv.municipality_id, liv.synthetic)
    assert told == ("Haugen, Liv", date(1951, 2, 3), "F", "99 00 00 07", world.a.pk, True)
    found = Referral.objects.get(patient=liv)
    assert (found.origin, found.received_on, found.reason, found.target_groups, found.registered_by) == (
        "CITIZEN", date(2026, 11, 15), "Vil måle hjemme.", [], hege
    )  # fmt: skip
    assert [step.to_status for step in found.steps.all()] == ["RECEIVED"]


def test_the_same_person_is_never_registered_twice(as_hege, world):
    """Also with the number in two parts and the name in another case; what is registered stays."""
    post(as_hege, world)
    answer = post(as_hege, world, national_id=f"{NUMBER[:6]} {NUMBER[6:]}", given_name="Live", family_name="HAUGEN")
    assert (answer.status_code, Patient.objects.filter(national_id_index=blind_index(NUMBER)).count()) == (422, 1)
    assert "Personen har en henvisning som ikke er avgjort." in answer.text
    assert Patient.objects.get(national_id_index=blind_index(NUMBER)).given_name == "Liv"


@pytest.mark.parametrize("origin", ReferralOrigin.values)
def test_each_of_the_five_origins(as_hege, world, origin):
    post(as_hege, world, origin=origin, referrer="Lege Ås, Solør", target_groups=["COPD", "DIABETES"])
    found = Referral.objects.get(patient__national_id_index=blind_index(NUMBER))
    assert (found.origin, found.referrer, found.target_groups) == (origin, "Lege Ås, Solør", ["COPD", "DIABETES"])


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"national_id": ""}, "Fødselsnummer: skriv de 11 sifrene."),
        ({"national_id": "123"}, "Fødselsnummer: Personnummeret må ha 11 sifre."),
        ({"national_id": "03025112345"}, "Kontrollsifrene stemmer ikke"),
        ({"national_id": make_synthetic(date(2031, 1, 1), Random(1)).value}, "nummeret sier ikke når personen er født"),
        ({"given_name": " "}, "Fornavn: skriv fornavnet."),
        ({"family_name": "x" * 101}, "Etternavn: skriv høyst 100 tegn."),
        ({"phone": "ring"}, "Telefon: skriv bare tall"),
        ({"origin": ""}, "Hvem henvisningen kommer fra: velg en."),
        ({"origin": "NOBODY"}, "Hvem henvisningen kommer fra: velg i listen."),
        ({"received_on": "19.11.2026"}, "Mottatt: velg i dag eller en dag som har vært."),
        ({"received_on": "i går"}, "Mottatt: skriv datoen som dag, måned og år"),
        ({"reason": ""}, "Begrunnelse: skriv hvorfor personen trenger tjenesten."),
        ({"municipality": "110300"}, "Kommune: velg en kommune i listen."),
        ({"target_groups": ["GOUT"]}, "Målgruppe: velg i listen."),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_the_text_is_kept(as_hege, world, fields, message):
    answer = post(as_hege, world, **fields)
    assert (answer.status_code, message in answer.text) == (422, True)
    if "reason" not in fields:
        assert "Vil måle hjemme." in answer.text
    assert not Patient.objects.filter(national_id_index=blind_index(NUMBER)).exists()


def refused(browser, world, patient, **fields):
    number = {"national_id": patient.national_id, "family_name": patient.family_name}
    answer = post(browser, world, **number | fields)
    assert answer.status_code == 422
    assert not Referral.objects.filter(patient=patient, registered_at=NOW).exists()
    return answer.text


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"deceased_on": date(2026, 11, 1)}, "Personen er registrert som død."),
        ({"moved_on": date(2026, 11, 1)}, "Personen har flyttet fra kommunen."),
    ],
)
def test_dead_and_moved_are_said(as_hege, world, fields, told):
    assert told in refused(as_hege, world, make_patient(world.a.pk, "Gry", "Li", **fields))


def test_another_name_and_an_open_course_are_said(as_hege, world):
    assert "et annet etternavn" in refused(as_hege, world, world.per, family_name="Aas")
    assert "har digital hjemmeoppfølging allerede" in refused(as_hege, world, world.per)


def test_who_refers_from_outside_is_told_nothing_of_the_person(world, hege):
    """Else numbers could be tried to find out who is a patient. Each look stands in the log."""
    browser = let_in(Client(), make_hospital(world.a.pk)[1])
    dead = make_patient(world.a.pk, "Gry", "Li", deceased_on=date(2026, 11, 1))
    waiting = make_referral(make_patient(world.a.pk, "Ole", "Vik"), hege, registered_at=NOW - timedelta(days=1)).patient
    told = {
        refused(browser, world, each, **more).count("Kommunen kan ikke ta imot en ny henvisning for personen nå.") > 0
        for each, more in ((dead, {}), (waiting, {}), (world.per, {}), (world.per, {"family_name": "Ås"}))
    }
    assert told == {True}
    assert AccessEntry.objects.filter(action="REFER", actor_name="Line Ek", allowed=True).count() == 4


def test_a_hospital_refers_to_a_municipality_it_has_an_agreement_with_and_sees_where_it_stands(world, hege):
    _, line = make_hospital(world.a.pk)
    browser = let_in(Client(), line)
    assert "Velg kommune" in browser.get(reverse("referral-new")).text
    answer = post(browser, world, origin="CITIZEN")
    assert "Henvisningen er sendt til Kongsvinger." in answer.text
    found = Referral.objects.get(registered_by=line)
    # What it says of itself counts nothing.
    assert found.origin == ReferralOrigin.HOSPITAL
    see_everything()
    assessed(found, hege)
    allocate(referral_id=found.pk, decided=decided(world.joint), by=actor(hege), now=NOW)
    listed = browser.get(reverse("referrals"))
    assert ("Tildelt 18.11.2026" in listed.text, "Vil måle hjemme." in listed.text) == (True, False)
    assert post(browser, world, municipality=str(world.b.pk)).status_code == 422
    assert browser.get(reverse("referral", args=[found.pk])).status_code == 404


@pytest.mark.parametrize("door", ["referral-allocate", "referral-decline", "referral-assess"])
def test_a_hospital_that_tries_to_allocate_is_refused(world, hege, door):
    """AT-38: referral stored, allocation refused."""
    _, line = make_hospital(world.a.pk)
    found = make_candidate(world.a.pk, line)
    assessed(found, hege)
    data = {"service": str(world.joint.pk), "decision": "NONE", "given_how": "LETTER", "given_on": "16.11.2026",
            "kinds": ["COURSE", "NOT_EMERGENCY", "COMPLAINT"], "reason": "OTHER", "why": "Nei."}  # fmt: skip
    assert let_in(Client(), line).post(reverse(door, args=[found.pk]), data).status_code == 404
    see_everything()
    found.refresh_from_db()
    assert found.status == "ASSESSED"
    assert AccessEntry.objects.get(actor_id=line.pk, allowed=False).patient_id == found.patient_id


def test_where_a_referral_comes_from_follows_from_who_refers(world):
    home = make_service("Hjemmesykepleien", owner=world.a.pk, kind=ServiceKind.HOME_NURSING)
    office = make_service("Legekontoret", owner=world.a.pk, kind=ServiceKind.GP_OFFICE)
    hospital = make_hospital(world.a.pk)[0]
    roles = [(Role.HOME_NURSE, world.joint), (Role.NURSE, home), (Role.NURSE, office), (Role.SPECIALIST, hospital),
             (Role.HEALTH_WORKER, world.joint)]  # fmt: skip
    told = []
    for number, (role, service) in enumerate(roles):
        user = make_user(f"r{number}", "Ragna", "Sæter")
        make_membership(user, role, service=service)
        told.append(origin_of(actor(user)))
    assert told == ["HOME_NURSING", "HOME_NURSING", "GP", "HOSPITAL", "OTHER"]
    assert origin_of(actor(world.dahl)) == ReferralOrigin.GP


def test_the_list_says_how_long_each_has_waited_and_what_comes_next(as_hege, world, hege):
    make_candidate(world.a.pk, hege, "Tor", "Bakke", received_on=date(2026, 11, 2))
    make_candidate(world.b.pk, world.siri, "Fremmed", "Person")
    later = make_candidate(world.a.pk, hege, "Siv", "Lund", received_on=date(2026, 11, 17), origin="GP")
    assessed(later, hege)
    text = as_hege.get(reverse("referrals")).text
    assert text.index("Bakke, Tor") < text.index("Lund, Siv")
    assert all(word in text for word in ("16 dager", "1 dag", "Sykehus", "Vurder henvisningen", "Tildel eller avslå"))
    assert "Person, Fremmed" not in text


def test_what_was_decided_long_ago_is_not_in_the_list(as_hege, world, hege):
    found = make_candidate(world.a.pk, hege)
    assessed(found, hege)
    allocate(referral_id=found.pk, decided=decided(world.joint), by=actor(hege), now=NOW)
    assert "Bakke, Tor" in as_hege.get(reverse("referrals")).text
    with time_machine.travel(NOW + timedelta(days=31), tick=False):
        again = let_in(Client(), hege)
        assert "Ingen henvisninger venter." in again.get(reverse("referrals")).text


def test_the_list_asks_as_much_of_the_database_for_one_as_for_twenty(as_hege, world, hege):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked_for:
            as_hege.get(reverse("referrals"))
        see_everything()
        return len(asked_for)

    make_candidate(world.a.pk, hege)
    as_hege.get(reverse("referrals"))
    see_everything()
    one = queries()
    for number in range(20):
        make_candidate(world.a.pk, hege, family=f"Nr{number}")
    assert queries() == one


def test_who_is_blocked_sees_neither_the_case_nor_its_line(as_hege, world, hege):
    found = make_candidate(world.a.pk, hege)
    AccessBlock.objects.create(
        municipality_id=world.a.pk, patient=found.patient, user=hege, blocked_at=NOW, blocked_by=world.kari
    )
    assert "Bakke" not in as_hege.get(reverse("referrals")).text
    assert as_hege.get(reverse("referral", args=[found.pk])).status_code == 404


def test_the_page_of_a_case_shows_everything_and_no_readings(as_hege, world, hege):
    found = make_candidate(world.a.pk, hege, referrer="Overlege Berg, Ahus")
    page = reverse("referral", args=[found.pk])
    assert "Overlege Berg, Ahus" in as_hege.get(page).text
    see_everything()
    assessed(found, hege, insecurity=True, insecurity_note="Redd for tall.")
    allocate(
        referral_id=found.pk, decided=decided(world.joint, override_reason="Vi følger tett."), by=actor(hege), now=NOW
    )
    text = as_hege.get(page).text
    wanted = ("Redd for tall.", "Tildelt likevel, fordi", "Vi følger tett.", "DHO Solør–Odal", "versjon 1",
              "Tildelingskontoret", "Hege Dal, saksbehandler")  # fmt: skip
    assert [word for word in wanted if word not in text] == []
    assert as_hege.get(reverse("patient", args=[found.patient_id])).status_code == 404
