"""The patient's own log, and the page where the patient gives and withdraws authorities."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from audit.enums import Action
from audit.models import AccessEntry
from audit.services import record_access, record_citizen_access
from patients.models import RelativeAuthority
from tests.database import see_everything
from tests.factories.citizens import give_authority, let_in_citizen, own_citizen, relative_citizen
from tests.factories.clock import NOW
from tests.factories.patients import make_patient


@pytest.fixture(autouse=True)
def at_ten():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def as_per(world):
    return let_in_citizen(Client(), own_citizen(world.per))


def words(page):
    return " ".join(page.text.split())


def test_the_patient_reads_who_has_looked_in_plain_words(as_per, world):
    record_access(
        Action.OPEN_PATIENT, municipality_id=world.a.pk, patient_id=world.per.pk, by=world.actor(world.kari), now=NOW
    )
    page = as_per.get(reverse("citizen-log"))
    assert (
        "<strong>Kari Nordmann</strong>, sykepleier, DHO Solør–Odal<br> "
        "Så på siden din med målinger og varsler. For å gi deg helsehjelp." in words(page)
    )


def test_a_relative_stands_there_by_name_as_relative(as_per, world):
    tone = relative_citizen(give_authority(world.per))
    record_citizen_access(Action.OPEN_OWN, by=tone, now=NOW - timedelta(hours=1))
    page = as_per.get(reverse("citizen-log"))
    told = "<strong>Tone Aasen</strong>, pårørende<br> Åpnet de egne sidene dine. Du har gitt fullmakt."
    assert told in words(page)


def test_ones_own_visits_are_logged_and_marked_as_own(as_per, world):
    as_per.get(reverse("citizen-log"))
    page = as_per.get(reverse("citizen-log"))
    told = "<strong>Per Aasen</strong>, pasienten selv<br> Så hvem som har sett i journalen din. Du selv."
    assert "Ingen andre har sett i journalen i denne tiden." in page.text
    assert "Dine egne besøk her" in page.text
    assert told in words(page)
    see_everything()
    assert list(AccessEntry.objects.values_list("action", "basis", "role").distinct()) == [
        ("READ_OWN_LOG", "OWN", "PATIENT")
    ]


def test_the_file_says_the_same(as_per):
    answer = as_per.get(reverse("citizen-log-pdf"))
    if answer.status_code == 503:
        assert "Skriv ut listen fra nettleseren i stedet." in answer.text
    else:
        assert answer.content.startswith(b"%PDF")


@pytest.fixture
def tone(world):
    see_everything()
    return make_patient(world.c.pk, "Tone", "Aasen").national_id


def filled(national_id, **fields):
    asked = {"name": "Tone Aasen", "relation": "datter", "national_id": national_id, "scopes": ["SEE"], "lasts": "365"}
    return asked | fields


def test_the_patient_gives_authority_and_takes_it_back_with_one_click(as_per, world, tone):
    answer = as_per.post(reverse("citizen-authority-give"), filled(f"{tone[:6]} {tone[6:]}"))
    assert answer.url == reverse("citizen-relatives")
    page = words(as_per.get(answer.url))
    assert "Tone Aasen har fått fullmakt." in page
    assert "Får se målinger og plan." in page
    assert "Gjelder fra 18.11.2026 til 18.11.2027." in page
    see_everything()
    held = RelativeAuthority.objects.get(patient=world.per)
    as_per.post(reverse("citizen-authority-withdraw", args=[held.pk]))
    page = words(as_per.get(answer.url))
    assert "Ingen har fullmakt nå." in page
    assert "Trukket tilbake 18.11.2026 av Per Aasen." in page
    again = as_per.post(reverse("citizen-authority-withdraw", args=[held.pk]))
    assert (again.status_code, "allerede trukket tilbake" in again.text) == (409, True)


def test_what_is_wrong_stands_by_its_field_and_what_was_typed_is_kept(as_per, tone):
    page = as_per.post(reverse("citizen-authority-give"), filled("123", lasts=""))
    assert page.status_code == 422
    for told in ("Fødselsnummer: Personnummeret må ha 11 sifre.", "Hvor lenge: velg hvor lenge", 'value="Tone Aasen"'):
        assert told in page.text


def test_ones_own_number_is_refused(as_per, world):
    page = as_per.post(reverse("citizen-authority-give"), filled(world.per.national_id))
    assert (page.status_code, "dette er pasientens eget nummer" in page.text) == (409, True)


def test_the_authority_of_another_patient_does_not_exist_here(as_per, world):
    see_everything()
    held = give_authority(world.solveig)
    assert as_per.post(reverse("citizen-authority-withdraw", args=[held.pk])).status_code == 404


def test_an_authority_registered_by_staff_says_so(as_per, world):
    see_everything()
    give_authority(world.per, by=world.kari, consent="SPOKEN")
    assert "Registrert for deg av Kari Nordmann." in words(as_per.get(reverse("citizen-relatives")))


def test_the_first_page_tells_what_is_left_today(as_per):
    page = words(as_per.get(reverse("citizen-home")))
    assert "God dag, Per" in page
    assert "ikke målt i dag" in page
    assert "DHO Solør–Odal følger med på målingene." in page
    assert "Åpent til kl. 15.30." in page


def test_a_session_left_alone_ends_and_leads_to_the_patients_own_sign_in(as_per):
    with time_machine.travel(NOW + timedelta(minutes=31), tick=False):
        answer = as_per.get(reverse("citizen-plan"))
        assert answer.url == f"{reverse('citizen-login')}?next=%2Fmin%2Fplan%2F"
        assert "Du er logget ut fordi du var borte en stund." in as_per.get(answer.url).text
