"""The nurse registers contact with the doctor, and what asked for it closes (R-088)."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from alerts.enums import AlertKind, AlertState
from alerts.models import Alert, QueueEntry
from careplans.models import DoctorContact
from tests.alerts.services.test_doctor import YELLOW, Course
from tests.factories.clock import NOW

SENT = {"how": "PHONE", "reached": "yes", "outcome": "Dr. Dahl starter prednisolon."}


@pytest.fixture
def asked(world):
    """Per's measures have not helped: the case asks for the doctor."""
    course = Course(world)
    course.measures(YELLOW, 0)
    course.is_handled(1)
    for hours in (2, 3):
        course.measures(YELLOW, hours)
    with time_machine.travel(NOW + timedelta(hours=4), tick=False):
        yield reverse("doctor-contact", args=[world.per.pk])


def still_asks() -> bool:
    return Alert.objects.filter(kind=AlertKind.DOCTOR, state=AlertState.OPEN).exists()


def test_the_patients_page_leads_to_it(as_kari, world, asked):
    page = as_kari.get(reverse("patient", args=[world.per.pk]))
    assert "Kontakt lege: tiltakene har ikke virket. SpO₂: de 2 neste målingene ble ikke bedre" in page.text
    assert f'href="{asked}"' in page.text


def test_a_contact_is_registered_and_the_alert_closes(as_kari, world, asked):
    assert "Varselet står til du har fått kontakt med legen." in as_kari.get(asked).text
    page = as_kari.post(asked, SENT, follow=True)
    assert "Kontakten med legen er registrert." in page.text
    assert (still_asks(), DoctorContact.objects.get().by) == (False, world.kari)
    assert "Dr. Dahl starter prednisolon." in as_kari.get(asked).text


def test_an_attempt_is_kept_and_the_alert_stays(as_kari, asked):
    as_kari.post(asked, SENT | {"reached": "no", "outcome": "Ingen svarte."})
    assert (still_asks(), DoctorContact.objects.get().outcome) == (True, "Ingen svarte.")


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("how", "Måte: velg hvordan du kontaktet legen."),
        ("reached", "Kontakt: svar ja eller nei."),
        ("outcome", "Resultat: skriv hva dere kom fram til."),
    ],
)
def test_what_is_missing_is_named_and_the_rest_kept(as_kari, asked, field, said):
    page = as_kari.post(asked, SENT | {field: ""})
    assert (page.status_code, said in page.text) == (422, True)
    if field != "outcome":
        assert "Dr. Dahl starter prednisolon." in page.text
    assert (still_asks(), DoctorContact.objects.exists()) == (True, False)


def test_finishing_the_case_says_that_the_doctor_is_still_to_be_contacted(as_kari, world, asked):
    address = reverse("patient", args=[world.per.pk])
    as_kari.post(address, {"step": "claim"})
    entry = QueueEntry.objects.get(patient=world.per)
    done = {
        "step": "done", "seen": entry.change, "shown_at": NOW.isoformat(), "outcomes": ["CALLED"], "note": "Ringte.",
    }  # fmt: skip
    page = as_kari.post(address, done, follow=True)
    assert "«Kontakt lege» står til du har fått kontakt med legen." in page.text
    assert still_asks()


def test_the_doctor_and_other_services_do_not_register_it(as_dahl, as_ola, asked):
    assert [browser.post(asked, SENT).status_code for browser in (as_dahl, as_ola)] == [404, 404]
    assert still_asks()
