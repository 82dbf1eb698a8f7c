"""The tablet's own door in a browser: paired by a code, opened by a PIN, locked by itself, revoked at once."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.hashers import identify_hasher
from django.urls import reverse

from accounts.enums import RevokedWhy
from accounts.models import DeviceCredential
from accounts.services import (
    PinRefused,
    check_choice,
    find_asking,
    pair_device,
    refuse_pairing,
    reset_pin,
    revoke_credential,
    set_pin,
)
from audit.enums import DEVICE_ROLE, Action
from audit.models import AccessEntry
from measurements.models import Reading
from tests.accounts.pairing import TOKEN, paired, post
from tests.database import see_everything
from tests.factories.accounts import let_in, token_of
from tests.factories.clock import NOW
from tests.tablet.browser import COOKIE, TabletBrowser, pair, paired_and_open


@pytest.fixture(autouse=True)
def clock(world):
    """Codes and sessions live by the clock of the machine."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def row(credential):
    see_everything()
    credential.refresh_from_db()
    return credential


def test_a_new_tablet_shows_how_to_begin(world):
    answer = TabletBrowser().get("/nettbrett/")
    assert answer.status_code == 200
    assert "Koble til nettbrettet" in answer.text
    assert "no-store" in answer["Cache-Control"]


def test_it_shows_the_code_and_waits_without_javascript(world):
    browser = TabletBrowser()
    code = browser.connect()
    page = browser.wait()
    assert 'http-equiv="refresh" content="10"' in page.text
    assert 'hx-trigger="every 6s"' in page.text
    assert browser.session["pairing"]["device_code"] not in page.text
    assert find_asking(code).model == "Chrome på Android"


def test_a_confirmed_tablet_goes_on_to_the_pin_and_then_to_the_patients_pages(world):
    browser = TabletBrowser()
    credential = pair(world, browser)
    assert browser.get("/nettbrett/").url == "/nettbrett/pin/ny/"
    page = browser.get("/nettbrett/pin/ny/")
    assert "Per Aasen" in page.text
    assert browser.choose().url == "/min/"
    home = browser.home()
    assert home.status_code == 200
    assert "Nettbrettet til" in home.text
    see_everything()
    entry = AccessEntry.objects.get(action=Action.OPEN_OWN)
    assert (entry.actor_id, entry.role, entry.patient_id) == (credential.pk, DEVICE_ROLE, world.per.pk)


def test_htmx_is_told_where_to_go(world):
    browser = TabletBrowser()
    code = browser.connect()
    see_everything()
    pair_device(patient=world.per, code=code, label="Nettbrett", by=world.actor(world.kari), now=NOW)
    answer = browser.wait(headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (200, "/nettbrett/pin/ny/")
    assert COOKIE in answer.cookies


def test_the_cookie_is_out_of_reach_of_scripts_and_lasts_a_year(world, settings):
    settings.SESSION_COOKIE_SECURE = True
    browser = TabletBrowser()
    pair(world, browser)
    cookie = browser.cookies[COOKIE]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")
    assert cookie["max-age"] == 400 * 24 * 3600


def test_the_page_never_holds_a_token(world):
    browser, _ = paired_and_open(world)
    for address in ("/nettbrett/", "/nettbrett/pin/", "/min/"):
        assert browser.token.split("_", 3)[3] not in browser.get(address, follow=True).text


def test_the_token_of_the_browser_is_worth_nothing_over_rest(world):
    browser, credential = paired_and_open(world)
    for client_id in ("dho-tablet", "dho-tablet-web"):
        fields = {"grant_type": "refresh_token", "client_id": client_id, "refresh_token": browser.token}
        assert post(TOKEN, fields).json()["error"] in ("invalid_grant", "invalid_client")
    assert browser.get("/api/v1/readings/", headers={"Authorization": f"Bearer {browser.token}"}).status_code == 401
    assert row(credential).revoked_at is None


def test_the_first_answer_may_get_lost(world):
    browser = TabletBrowser()
    pair(world, browser)
    del browser.cookies[COOKIE]
    assert browser.get("/nettbrett/").status_code == 200
    assert browser.wait().url == "/nettbrett/pin/ny/"
    assert browser.choose().url == "/min/"


@pytest.mark.parametrize(
    ("pin", "reason"),
    [
        ("", "Velg en PIN-kode"),
        ("123", "fire til seks tall"),
        ("1234567", "fire til seks tall"),
        ("12a4", "fire til seks tall"),
        ("१२३४", "fire til seks tall"),
        ("0000", "lett å gjette"),
        ("1234", "lett å gjette"),
        ("987654", "lett å gjette"),
        ("1212", "lett å gjette"),
        ("1948", "fødselsåret"),
        ("1403", "fødselsåret"),
        ("140348", "fødselsåret"),
    ],
)
def test_a_pin_that_is_easy_to_guess_is_refused_with_the_reason(world, pin, reason):
    browser = TabletBrowser()
    credential = pair(world, browser)
    answer = browser.choose(pin)
    assert (answer.status_code, reason in answer.text) == (422, True)
    assert row(credential).pin_hash == ""


def test_the_two_pins_must_be_alike(world):
    browser = TabletBrowser()
    pair(world, browser)
    answer = browser.choose("2846", "2864")
    assert (answer.status_code, "ikke like" in answer.text) == (422, True)


def test_a_pin_is_kept_as_a_hash_and_chosen_once(world):
    _, credential = paired_and_open(world)
    assert identify_hasher(row(credential).pin_hash).algorithm == "argon2"
    with pytest.raises(PinRefused):
        set_pin(credential=credential, pin="9513", birth_date=world.per.birth_date, now=NOW)
    check_choice("9513", birth_date=world.per.birth_date)


def test_a_locked_tablet_shows_nothing_and_opens_with_the_pin(world):
    browser, _ = paired_and_open(world)
    browser.lock()
    assert browser.home().url == "/nettbrett/"
    before = browser.token
    assert browser.open().url == "/min/"
    assert browser.home().status_code == 200
    assert browser.token != before


def test_it_locks_itself_when_nobody_touches_it(world, clock):
    browser, _ = paired_and_open(world)
    for _ in range(3):
        clock.shift(timedelta(minutes=9))
        assert browser.home().status_code == 200
    clock.shift(timedelta(minutes=10, seconds=1))
    assert browser.home().url == "/nettbrett/"
    assert browser.get("/nettbrett/").url == "/nettbrett/pin/"


def test_it_knows_itself_after_months_in_a_drawer(world, clock):
    browser, _ = paired_and_open(world)
    clock.shift(timedelta(days=300))
    assert browser.home().url == "/nettbrett/"
    assert browser.open().url == "/min/"


def test_five_wrong_pins_lock_it_until_staff_have_seen_the_patient(world):
    browser, credential = paired_and_open(world)
    browser.lock()
    told = [browser.open("9999") for _ in range(5)]
    assert [answer.status_code for answer in told] == [422, 422, 422, 422, 403]
    assert "4 forsøk igjen" in told[0].text
    assert "ett forsøk igjen" in told[3].text
    assert "Nettbrettet er låst" in told[4].text
    assert "Ring DHO Solør–Odal" in told[4].text
    assert 'href="tel:62800000"' in told[4].text
    assert browser.open().status_code == 403
    reset_pin(credential=row(credential), by=world.actor(world.kari))
    assert browser.get("/nettbrett/").url == "/nettbrett/pin/ny/"
    assert browser.choose("7305").url == "/min/"


def test_a_right_pin_forgets_the_wrong_ones(world):
    browser, credential = paired_and_open(world)
    browser.lock()
    for _ in range(4):
        browser.open("9999")
    assert browser.open().url == "/min/"
    assert row(credential).pin_failures == 0


def test_a_reset_pin_closes_an_open_tablet(world):
    browser, credential = paired_and_open(world)
    reset_pin(credential=row(credential), by=world.actor(world.kari))
    assert browser.home().url == "/nettbrett/"


def test_revoking_closes_it_at_the_next_touch(world):
    browser, credential = paired_and_open(world)
    revoke_credential(credential=row(credential), by=world.actor(world.kari), now=NOW, why=RevokedWhy.LOST)
    assert browser.home().url == "/nettbrett/"
    page = browser.get("/nettbrett/")
    assert "Nettbrettet er sperret" in page.text
    assert browser.open().url == "/nettbrett/"
    assert browser.choose().url == "/nettbrett/"


def test_a_revoked_tablet_can_be_paired_again_also_with_another_patient(world):
    browser, credential = paired_and_open(world)
    revoke_credential(credential=row(credential), by=world.actor(world.kari), now=NOW)
    again = pair(world, browser, patient=world.solveig)
    assert "Solveig Eide" in browser.get("/nettbrett/pin/ny/").text
    browser.choose()
    assert "Solveig" in browser.home().text
    assert (again.patient_id, row(credential).patient_id) == (world.solveig.pk, world.per.pk)


def test_a_copied_cookie_used_after_the_tablet_revokes_the_pairing(world):
    browser, credential = paired_and_open(world)
    copy = browser.token
    for _ in range(2):
        browser.lock()
        assert browser.open().status_code == 302
    thief = TabletBrowser()
    thief.cookies[COOKIE] = copy
    assert "Nettbrettet er sperret" in thief.get("/nettbrett/").text
    assert row(credential).revoked_why == RevokedWhy.REUSED
    assert browser.home().url == "/nettbrett/"


def test_a_tablet_that_lost_power_with_the_old_cookie_still_opens(world):
    browser, credential = paired_and_open(world)
    old = browser.token
    browser.lock()
    browser.open()
    browser.home()
    browser.cookies[COOKIE] = old
    browser.lock()
    assert browser.open().url == "/min/"
    assert row(credential).revoked_at is None


def test_the_cookie_alone_opens_nothing(world):
    browser, _ = paired_and_open(world)
    thief = TabletBrowser()
    thief.cookies[COOKIE] = browser.token
    assert thief.home().url == "/nettbrett/"
    assert "Aasen" not in thief.get("/nettbrett/pin/").text


def test_a_forged_cookie_is_no_tablet(world):
    browser, credential = paired_and_open(world)
    for forged in ("", "x", browser.token[:-1], token_of(world.per_tablet), browser.token.replace("340100", "110300")):
        thief = TabletBrowser()
        thief.cookies[COOKIE] = forged
        assert "Koble til nettbrettet" in thief.get("/nettbrett/").text
        assert thief.open().url == "/nettbrett/"
    assert row(credential).revoked_at is None


def test_staff_who_sign_in_on_an_open_tablet_are_not_the_patient(world):
    browser, _ = paired_and_open(world)
    let_in(browser, world.kari)
    session = browser.session
    session["tablet"] = {"municipality": world.a.pk, "credential": str(world.per_tablet.pk), "touched": NOW.timestamp()}
    session.save()
    assert browser.home().status_code == 302


def test_the_tablet_reaches_nothing_of_the_staffs(world):
    browser, _ = paired_and_open(world)
    for name in ("patients", "queue", "home"):
        assert browser.get(reverse(name)).status_code == 302
    assert browser.get(reverse("patient", args=[world.per.pk])).status_code == 302


def test_a_code_that_was_refused_or_is_too_old_can_be_had_anew(world, clock):
    browser = TabletBrowser()
    code = browser.connect()
    refuse_pairing(code=code, by=world.actor(world.kari))
    assert "ble ikke koblet til" in browser.wait().text
    assert browser.connect() != code
    clock.shift(timedelta(minutes=11))
    assert "for gammel" in browser.wait().text


def test_too_many_codes_from_one_place_are_stopped(world, settings):
    settings.IDP_OIDC_RATE_LIMITS = {"device_code": "1/m/key"}
    browser = TabletBrowser()
    browser.connect()
    answer = browser.post("/nettbrett/koble/")
    assert (answer.status_code, "Vent et minutt" in answer.text) == (429, True)


def test_the_tablet_of_somebody_who_has_died_shows_nothing(world):
    browser, _ = paired_and_open(world)
    world.per.deceased_on = NOW.date()
    world.per.save()
    assert browser.home().url == "/nettbrett/"
    assert "Nettbrettet er sperret" in browser.get("/nettbrett/", follow=True).text


def test_a_pin_is_needed_for_paired_tablets_only(world):
    assert DeviceCredential.objects.get(pk=world.per_tablet.pk).pin_hash == ""
    with pytest.raises(PinRefused):
        set_pin(credential=world.per_tablet, pin="2846", birth_date=world.per.birth_date, now=NOW)


def test_what_the_patient_types_in_is_stored_as_the_tablets(world):
    browser, credential = paired_and_open(world)
    typed = {"client_id": str(uuid4()), "spo2": "93", "confirmed": ""}
    answer = browser.post("/min/maling/spo2/", typed)
    assert answer.status_code == 302
    assert browser.get(answer.url).status_code == 200
    see_everything()
    reading = Reading.objects.get(client_id=typed["client_id"])
    sent_by = reading.submitted_by_device_id, reading.submitted_by_user_id, reading.submitted_by_system_id
    assert (sent_by, reading.source, reading.patient_id) == ((credential.pk, None, None), "MANUAL", world.per.pk)


def test_the_patient_reads_the_own_log_on_the_tablet_but_gives_nobody_access(world):
    browser, _ = paired_and_open(world)
    assert browser.get("/min/innsyn/").status_code == 200
    assert browser.get("/min/parorende/").status_code == 404


def test_the_refresh_token_of_a_vendors_app_opens_no_browser(world):
    app, credential = paired(world)
    browser = TabletBrowser()
    browser.cookies[COOKIE] = app.tokens["refresh_token"]
    assert "Koble til nettbrettet" in browser.get("/nettbrett/").text
    assert browser.choose().url == "/nettbrett/"
    assert (row(credential).pin_hash, row(credential).revoked_at) == ("", None)
