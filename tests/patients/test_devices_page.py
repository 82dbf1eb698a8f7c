"""A patient's devices: give access, show the token once, take access away."""

import re
from collections.abc import Iterator

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.models import DeviceCredential
from accounts.services import RevokedDevice, identify_device
from audit.models import AccessEntry, ChangeEntry
from dho.lib import rls
from tests import database
from tests.factories.accounts import let_in, make_device, token_of
from tests.factories.clock import NOW
from tests.factories.patients import make_enrolment, make_patient


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    """The pages take their own time; the personas live on one fixed day."""
    with time_machine.travel(NOW, tick=False):
        yield


def page_of(patient) -> str:
    return reverse("devices", args=[patient.pk])


def issue_at(patient) -> str:
    return reverse("device-issue", args=[patient.pk])


def revoke_at(patient, device) -> str:
    return reverse("device-revoke", args=[patient.pk, device.pk])


def browser_of(user) -> Client:
    """A browser where this person is signed in."""
    browser = Client()
    let_in(browser, user)
    return browser


def plain(page) -> str:
    """The page's text with runs of white space as one space."""
    return " ".join(page.text.split())


def token_in(page) -> str:
    """The token that the page shows."""
    return re.search(r'<code class="token">(.+?)</code>', page.text)[1]


class TestTheList:
    def test_it_shows_who_gave_access_when_and_the_last_contact(self, as_kari, world):
        make_device(world.per, world.berit, secret="annen-hemmelighet", label="Vekt", last_seen_at=NOW)
        text = plain(as_kari.get(page_of(world.per)))
        for expected in (
            "Enheter som kan sende målinger for Per Aasen",
            "Nettbrett",
            "19.09.2026 kl. 11.00, av Kari Nordmann",
            "Aldri",
            "Vekt",
            "av Berit Lunde",
            "18.11.2026 kl. 10.00",
        ):
            assert expected in text

    def test_it_shows_this_patients_devices_only(self, as_kari, world):
        make_device(world.solveig, world.kari, secret="annen-hemmelighet", label="Solveigs vekt")
        shown = as_kari.get(page_of(world.per)).context
        assert [device.pk for device in shown["gateways"]] == [world.per_tablet.pk]
        assert (shown["tablets"], shown["revoked"]) == ([], [])

    def test_it_says_that_nothing_has_access(self, as_kari, world):
        patient = make_patient(world.a.pk, "Ny", "Pasient")
        make_enrolment(patient, world.joint)
        text = plain(as_kari.get(page_of(patient)))
        assert "Ingen nettbrett er koblet til ennå" in text
        assert "Ingen andre enheter har tilgang" in text

    def test_it_never_shows_a_secret_or_its_hash(self, as_kari, world):
        text = as_kari.get(page_of(world.per)).text
        assert world.per_tablet.secret_hash not in text
        assert "hemmelig-tilgang" not in text

    @pytest.mark.parametrize(("person", "patient"), [("kari", "per"), ("berit", "solveig"), ("siri", "solveig")])
    def test_nurses_and_the_coordinator_may_open_it(self, world, person, patient):
        assert browser_of(getattr(world, person)).get(page_of(getattr(world, patient))).status_code == 200

    @pytest.mark.parametrize("person", ["ola", "dahl", "siri", "ness", "eva"])
    def test_others_get_404_and_a_line_in_the_log(self, world, person):
        """Ola: another municipality. Dahl: a doctor hands out no equipment. Siri: coordinator of the other one."""
        assert browser_of(getattr(world, person)).get(page_of(world.per)).status_code == 404
        database.see_everything()
        logged = AccessEntry.objects.values_list("actor_id", "action", "allowed")
        assert list(logged) == [(getattr(world, person).pk, "OPEN_DEVICES", False)]

    def test_opening_is_logged(self, as_kari, world):
        as_kari.get(page_of(world.per))
        entry = AccessEntry.objects.get()
        assert (entry.action, entry.patient_id, entry.actor_id) == ("OPEN_DEVICES", world.per.pk, world.kari.pk)

    def test_it_asks_for_login(self, client, world):
        assert client.get(page_of(world.per)).url == f"{reverse('login')}?next={page_of(world.per)}"

    def test_it_is_never_cached_and_takes_no_post(self, as_kari, world):
        assert "no-store" in as_kari.get(page_of(world.per))["Cache-Control"]
        assert as_kari.post(page_of(world.per)).status_code == 405


class TestGivingAccess:
    def test_the_token_is_shown_once_and_works(self, as_kari, world):
        page = as_kari.post(issue_at(world.per), {"label": "Nettbrett 14"})
        token = token_in(page)
        with rls.acting_for([]):
            device = identify_device(token=token, now=NOW)
        assert (device.patient_id, device.label, device.issued_by, device.issued_at) == (
            world.per.pk,
            "Nettbrett 14",
            world.kari,
            NOW,
        )
        assert page.status_code == 200
        assert "no-store" in page["Cache-Control"]
        assert token not in as_kari.get(page_of(world.per)).text

    def test_the_token_is_kept_nowhere(self, as_kari, world, caplog):
        token = token_in(as_kari.post(issue_at(world.per), {"label": "Nettbrett 14"}))
        secret = token.split("_", 3)[3]
        sessions = [str(session.get_decoded()) for session in Session.objects.all()]
        log = [str(row) for row in (*AccessEntry.objects.values(), *ChangeEntry.objects.values())]
        rows = [str(row) for row in DeviceCredential.objects.values()]
        assert [text for text in (*sessions, *log, *rows, caplog.text) if secret in text] == []

    def test_it_is_logged(self, as_kari, world):
        as_kari.post(issue_at(world.per), {"label": "Nettbrett 14"})
        entry = AccessEntry.objects.get()
        assert (entry.action, entry.allowed, entry.patient_id) == ("ISSUE_DEVICE", True, world.per.pk)

    @pytest.mark.parametrize(
        ("label", "message"),
        [
            ("", "Navn på enheten: skriv det som står på merkelappen."),
            ("   ", "Navn på enheten: skriv det som står på merkelappen."),
            ("x" * 81, "Navn på enheten: skriv høyst 80 tegn."),
        ],
    )
    def test_it_explains_what_is_wrong_and_gives_no_access(self, as_kari, world, label, message):
        page = as_kari.post(issue_at(world.per), {"label": label})
        assert page.status_code == 422
        assert message in plain(page)
        assert DeviceCredential.objects.filter(patient_id=world.per.pk).count() == 1

    @pytest.mark.parametrize("person", ["ola", "dahl", "siri", "ness", "eva"])
    def test_others_get_404_and_give_no_access(self, world, person):
        assert browser_of(getattr(world, person)).post(issue_at(world.per), {"label": "Min"}).status_code == 404
        database.see_everything()
        assert DeviceCredential.objects.filter(patient_id=world.per.pk).count() == 1
        assert list(AccessEntry.objects.values_list("action", "allowed")) == [("ISSUE_DEVICE", False)]

    def test_it_takes_post_only_and_needs_the_forms_token(self, as_kari, world):
        assert as_kari.get(issue_at(world.per)).status_code == 405
        strict = Client(enforce_csrf_checks=True)
        let_in(strict, world.kari)
        assert strict.post(issue_at(world.per), {"label": "Min"}).status_code == 403


class TestTakingAccessAway:
    def test_it_takes_one_click(self, as_kari, world):
        page = as_kari.post(revoke_at(world.per, world.per_tablet), follow=True)
        text = plain(page)
        assert "«Nettbrett» er sperret. Enheten kan ikke lenger sende målinger." in text
        assert "18.11.2026 kl. 10.00, Kari Nordmann" in text
        with rls.acting_for([]), pytest.raises(RevokedDevice):
            identify_device(token=token_of(world.per_tablet), now=NOW)

    def test_a_second_click_changes_nothing(self, as_kari, world):
        as_kari.post(revoke_at(world.per, world.per_tablet))
        with time_machine.travel(NOW.replace(hour=11), tick=False):
            browser_of(world.berit).post(revoke_at(world.per, world.per_tablet))
        world.per_tablet.refresh_from_db()
        assert (world.per_tablet.revoked_at, world.per_tablet.revoked_by) == (NOW, world.kari)

    def test_it_is_logged_with_the_device(self, as_kari, world):
        as_kari.post(revoke_at(world.per, world.per_tablet))
        entry = AccessEntry.objects.get()
        assert (entry.action, entry.object_id) == ("REVOKE_DEVICE", str(world.per_tablet.pk))

    def test_another_patients_device_is_not_found_here(self, as_kari, world):
        assert as_kari.post(revoke_at(world.per, world.solveig_tablet)).status_code == 404
        world.solveig_tablet.refresh_from_db()
        assert world.solveig_tablet.revoked_at is None
        database.see_everything()
        entry = AccessEntry.objects.get()
        assert (entry.action, entry.allowed, entry.object_id) == ("REVOKE_DEVICE", False, str(world.solveig_tablet.pk))

    @pytest.mark.parametrize("person", ["ola", "dahl", "siri", "ness", "eva"])
    def test_others_get_404_and_change_nothing(self, world, person):
        assert browser_of(getattr(world, person)).post(revoke_at(world.per, world.per_tablet)).status_code == 404
        database.see_everything()
        world.per_tablet.refresh_from_db()
        assert world.per_tablet.revoked_at is None

    def test_it_takes_post_only(self, as_kari, world):
        assert as_kari.get(revoke_at(world.per, world.per_tablet)).status_code == 405
