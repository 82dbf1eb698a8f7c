"""Staff pair a tablet with a patient: the code, what it belongs to, yes or no; the PIN; and a tablet that is lost."""

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.enums import RevokedWhy
from accounts.models import DeviceCredential
from audit.enums import Action
from audit.models import AccessEntry
from tests.accounts.pairing import TabletApp
from tests.database import see_everything
from tests.factories.accounts import let_in
from tests.factories.clock import NOW
from tests.tablet.browser import paired_and_open


@pytest.fixture(autouse=True)
def _clock(world):
    with time_machine.travel(NOW, tick=False):
        yield


def pair_at(patient) -> str:
    return reverse("device-pair", args=[patient.pk])


def confirm(code, label="Nettbrett 14", step="confirm"):
    return {"code": code, "label": label, "step": step}


def actions():
    see_everything()
    return list(AccessEntry.objects.order_by("id").values_list("action", "actor_id", "patient_id", "allowed"))


def test_the_page_says_what_to_do(as_kari, world):
    page = as_kari.get(pair_at(world.per))
    assert page.status_code == 200
    assert "Per Aasen" in page.text
    assert "/nettbrett/" in page.text
    assert "no-store" in page["Cache-Control"]


def test_it_shows_what_the_tablet_says_that_it_is_before_anything_happens(as_kari, world):
    app = TabletApp(model="Samsung <Tab> A9")
    page = as_kari.post(pair_at(world.per), {"code": app.code.lower().replace("-", " ")})
    assert page.status_code == 200
    assert app.code in page.text
    assert "Samsung &lt;Tab&gt; A9" in page.text
    see_everything()
    assert not DeviceCredential.objects.filter(paired=True).exists()


def test_yes_makes_it_the_patients_and_is_logged(as_kari, world):
    app = TabletApp()
    as_kari.post(pair_at(world.per), {"code": app.code})
    answer = as_kari.post(pair_at(world.per), confirm(app.code))
    assert answer.url == reverse("devices", args=[world.per.pk])
    assert app.ask().status_code == 200
    see_everything()
    made = DeviceCredential.objects.get(paired=True)
    assert (made.patient_id, made.label, made.issued_by, made.device_model) == (
        world.per.pk, "Nettbrett 14", world.kari, "Samsung Galaxy Tab A9",
    )  # fmt: skip
    assert actions() == [
        (Action.FIND_TABLET, world.kari.pk, world.per.pk, True),
        (Action.PAIR_DEVICE, world.kari.pk, world.per.pk, True),
    ]


def test_no_tells_the_tablet(as_kari, world):
    app = TabletApp()
    assert as_kari.post(pair_at(world.per), confirm(app.code, step="refuse")).status_code == 302
    assert app.ask().json()["error"] == "access_denied"


def test_a_missing_name_is_asked_for_and_the_code_kept(as_kari, world):
    app = TabletApp()
    page = as_kari.post(pair_at(world.per), confirm(app.code, label=""))
    assert page.status_code == 422
    assert "Navn på enheten" in page.text
    assert f'value="{app.code}"' in page.text


@pytest.mark.parametrize("code", ["", "BCDF-GHJK", "x" * 300, "BCDF\x00GHJK"])
@pytest.mark.parametrize("step", ["", "confirm", "refuse", "noe annet"])
def test_a_code_that_no_tablet_shows_says_what_to_do(as_kari, world, code, step):
    page = as_kari.post(pair_at(world.per), {"code": code, "step": step, "label": "Nettbrett"})
    assert page.status_code == 422
    assert 'role="alert"' in page.text


def test_guessing_codes_is_stopped(as_kari, world, settings):
    settings.IDP_OIDC_RATE_LIMITS = {"user_code": "2/10m/user"}
    app = TabletApp()
    for _ in range(2):
        assert as_kari.post(pair_at(world.per), {"code": "BCDF-GHJK"}).status_code == 422
    page = as_kari.post(pair_at(world.per), {"code": app.code})
    assert (page.status_code, "Vent i ti minutter" in page.text) == (429, True)
    cache.clear()


def test_whoever_may_not_manage_the_patients_devices_cannot_pair(world):
    app = TabletApp()
    for person in ("ola", "dahl", "siri", "ness", "vera"):
        browser = let_in(Client(), getattr(world, person))
        assert browser.post(pair_at(world.per), confirm(app.code)).status_code == 404
        see_everything()
    assert app.ask().json()["error"] == "authorization_pending"
    assert {row[3] for row in actions()} == {False}


def test_the_devices_page_tells_of_the_tablet(as_kari, world):
    paired_and_open(world)
    page = as_kari.get(reverse("devices", args=[world.per.pk])).text
    for expected in ("Nettbrett 14", "Chrome på Android", "av Kari Nordmann", "Valgt", "Nettbrettet er mistet"):
        assert expected in page
    assert "pin_hash" not in page


def test_a_lost_tablet_is_revoked_with_its_reason_and_stays_in_the_history(as_kari, world):
    browser, credential = paired_and_open(world)
    answer = as_kari.post(reverse("device-revoke", args=[world.per.pk, credential.pk]), {"why": "LOST"}, follow=True)
    assert "Sperrede enheter" in answer.text
    assert "Nettbrettet er mistet" in answer.text
    see_everything()
    credential.refresh_from_db()
    assert (credential.revoked_why, credential.revoked_by) == (RevokedWhy.LOST, world.kari)
    assert browser.get("/min/").url == "/nettbrett/"


@pytest.mark.parametrize("why", ["REUSED", "", "x" * 50])
def test_staff_cannot_give_a_reason_that_is_not_theirs(as_kari, world, why):
    _, credential = paired_and_open(world)
    as_kari.post(reverse("device-revoke", args=[world.per.pk, credential.pk]), {"why": why})
    see_everything()
    credential.refresh_from_db()
    assert credential.revoked_why == RevokedWhy.STAFF


def test_the_pin_is_reset_when_staff_have_seen_the_patient(as_kari, world):
    browser, credential = paired_and_open(world)
    browser.lock()
    for _ in range(5):
        browser.open("9999")
    assert "Låst: feil kode fem ganger" in as_kari.get(reverse("devices", args=[world.per.pk])).text
    at = reverse("device-pin", args=[world.per.pk, credential.pk])
    refused = as_kari.post(at)
    assert (refused.status_code, "Kontroller hvem som spør" in refused.text) == (422, True)
    assert as_kari.post(at, {"identified": "on"}).status_code == 302
    assert browser.get("/nettbrett/").url == "/nettbrett/pin/ny/"


def test_there_is_no_pin_to_reset_on_a_gateway_or_a_revoked_tablet(as_kari, world):
    _, credential = paired_and_open(world)
    as_kari.post(reverse("device-revoke", args=[world.per.pk, credential.pk]))
    for device in (world.per_tablet, credential):
        answer = as_kari.post(reverse("device-pin", args=[world.per.pk, device.pk]), {"identified": "on"})
        assert answer.status_code == 404


def test_the_pin_of_another_patients_tablet_is_out_of_reach(as_kari, world):
    _, credential = paired_and_open(world, patient=world.solveig)
    at = reverse("device-pin", args=[world.per.pk, credential.pk])
    assert as_kari.post(at, {"identified": "on"}).status_code == 404
    see_everything()
    credential.refresh_from_db()
    assert credential.pin_hash
