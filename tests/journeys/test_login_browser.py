"""Signing in, as a person does it in a real browser: code, passkey, HelseID; and a session that ends."""

from collections.abc import Iterator
from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from tests import helseid
from tests.factories.accounts import PASSWORD
from tests.helseid import CLIENT, HPR_NUMBER, PID, SECURITY_LEVEL
from tests.journeys.conftest import axe_violations, enter, sign_in
from tests.journeys.test_patient_browser import red_case, take

pytestmark = pytest.mark.browser

DAHL = {PID: "01818012345", HPR_NUMBER: "1234567"}
PEOPLE = [{"sub": "dahl", **DAHL, SECURITY_LEVEL: "4"}, {"sub": "dahl-3", **DAHL, SECURITY_LEVEL: "3"}]


@pytest.fixture(scope="module")
def extra_environment() -> Iterator[dict[str, str]]:
    """The product of this module knows HelseID."""
    with helseid.provider(PEOPLE) as provider:
        yield {"DHO_HELSEID_URL": provider.url, "DHO_HELSEID_KEY": provider.key, "DHO_HELSEID_CLIENT_ID": CLIENT}


@pytest.fixture
def named(browser: Browser, stack) -> Iterator[Page]:
    """A page that calls us by name: passkeys want one."""
    context = browser.new_context(base_url=stack.url.replace("127.0.0.1", "localhost"), locale="nb-NO")
    yield context.new_page()
    context.close()


def grow_older(username: str, minutes: float) -> None:
    """As if the person had done nothing for so long."""
    for found in UserSession.objects.filter(user__username=username):
        store = import_module(settings.SESSION_ENGINE).SessionStore(found.session_key)
        if "session_active" in store:
            store["session_active"] -= minutes * 60
            store.save()


def look_again(page: Page) -> None:
    """The person comes back to the tab; then the page asks how long the session lasts."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_password_and_code_lead_to_the_work(page, live):
    page.goto("/logg-inn/")
    assert axe_violations(page) == []
    sign_in(page, "kari")
    page.wait_for_url("**/arbeidsko/")


def test_the_pages_of_signing_in_have_no_axe_findings(page, live):
    sign_in(page, "kari")
    for address in ("/profil/", "/profil/to-trinn/", "/profil/innlogginger/", "/profil/bekreft/"):
        page.goto(address)
        page.set_viewport_size({"width": 320, "height": 700})
        assert (address, axe_violations(page)) == (address, [])
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.fixture
def abroad(browser: Browser, stack) -> Iterator[Page]:
    """A page that may go to HelseID and back."""
    context = browser.new_context(base_url=stack.url, locale="nb-NO")
    yield context.new_page()
    context.close()


def test_helseid_at_level_four_lets_in(abroad, live):
    abroad.goto("/logg-inn/?next=/planer/")
    assert axe_violations(abroad) == []
    abroad.get_by_role("link", name="Logg inn med HelseID").click()
    abroad.get_by_role("button", name="dahl", exact=True).click()
    abroad.wait_for_url("**/planer/")


def test_helseid_at_level_three_is_refused(abroad, live):
    abroad.goto("/logg-inn/")
    abroad.get_by_role("link", name="Logg inn med HelseID").click()
    abroad.get_by_role("button", name="dahl-3").click()
    expect(abroad.get_by_role("heading", name="Du kom ikke inn med HelseID")).to_be_visible()
    expect(abroad.get_by_text("Vi krever nivå 4.")).to_be_visible()
    assert axe_violations(abroad) == []
    abroad.goto("/planer/")
    abroad.wait_for_url("**/logg-inn/?next=/planer/")


def test_who_has_only_a_password_sets_up_a_passkey_and_uses_it(named, live):
    devtools = named.context.new_cdp_session(named)
    devtools.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    key |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": key})

    give_password(named, "berit")
    named.wait_for_url("**/profil/to-trinn/")
    assert axe_violations(named) == []
    named.goto("/profil/to-trinn/app/")
    assert axe_violations(named) == []
    named.goto("/profil/to-trinn/nokkel/")
    assert axe_violations(named) == []
    named.get_by_label("Navn på passnøkkelen").fill("PC på vaktrommet")
    named.get_by_role("button", name="Lag passnøkkelen").click()
    named.wait_for_url("**/profil/to-trinn/koder/")
    assert axe_violations(named) == []
    named.get_by_role("link", name="Gå videre").click()
    named.wait_for_url("**/arbeidsko/")
    named.goto("/profil/to-trinn/")
    expect(named.get_by_text("PC på vaktrommet, lagt til")).to_be_visible()

    named.get_by_role("button", name="Logg ut").click()
    give_password(named, "berit")
    named.wait_for_url("**/logg-inn/kode/")
    assert axe_violations(named) == []
    named.get_by_role("button", name="Bruk passnøkkel").click()
    named.wait_for_url("**/arbeidsko/")
    assert list(Authenticator.objects.filter(user=live.berit, type="webauthn").values_list("user", flat=True))


def give_password(page: Page, username: str) -> None:
    """The first step only."""
    page.goto("/logg-inn/")
    page.get_by_label("Brukernavn").fill(username)
    page.get_by_label("Passord").fill(PASSWORD)
    page.get_by_role("button", name="Logg inn", exact=True).click()


def test_two_minutes_before_the_end_there_is_a_warning_and_going_on_helps(page, live):
    sign_in(page, "kari")
    page.goto("/profil/")
    warning = page.get_by_role("dialog", name="Du blir snart logget ut")
    look_again(page)
    expect(warning).to_be_hidden()
    grow_older("kari", 28.5)
    look_again(page)
    expect(warning).to_be_visible()
    expect(warning).to_contain_text("hvis du ikke fortsetter")
    assert axe_violations(page) == []
    with page.expect_response("**/okt/") as answer:
        warning.get_by_role("button", name="Fortsett").click()
    assert answer.value.json() == {"seconds": 1800, "can_go_on": True}
    expect(warning).to_be_hidden()


def note_of(page: Page):
    return page.locator("#id_note")


def test_a_note_survives_the_end_of_the_session_and_is_gone_when_it_is_saved(page, live):
    patient = red_case(live, "Notatsen")
    take(live, patient)
    sign_in(page, "kari")
    page.goto(f"/pasienter/{patient.pk}/")
    note_of(page).fill("Ringte, hun puster bedre nå")
    grow_older("kari", 31)
    look_again(page)
    page.wait_for_url(f"**/logg-inn/?next=/pasienter/{patient.pk}/")
    expect(page.get_by_text("Du er logget ut fordi du var borte en stund.")).to_be_visible()
    enter(page, "kari")
    page.wait_for_url(f"**/pasienter/{patient.pk}/")
    expect(note_of(page)).to_have_value("Ringte, hun puster bedre nå")

    # Sent after the end: not saved, so it is there once more.
    grow_older("kari", 31)
    page.get_by_label("Ringte pasienten").check()
    page.get_by_role("button", name="Ferdig").click()
    page.wait_for_url("**/logg-inn/?next=**")
    enter(page, "kari")
    page.wait_for_url(f"**/pasienter/{patient.pk}/")
    expect(note_of(page)).to_have_value("Ringte, hun puster bedre nå")

    page.get_by_label("Ringte pasienten").check()
    page.get_by_role("button", name="Ferdig").click()
    page.wait_for_url(lambda url: str(patient.pk) not in url)
    assert drafts(page) == []


def test_signing_out_leaves_no_draft_behind(page, live):
    patient = red_case(live, "Utkastsen")
    take(live, patient)
    sign_in(page, "kari")
    page.goto(f"/pasienter/{patient.pk}/")
    note_of(page).fill("halvskrevet")
    assert len(drafts(page)) == 1
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Logg ut").click()
    page.wait_for_url("**/logg-inn/")
    assert drafts(page) == []


def test_a_draft_is_not_shown_to_the_next_person(page, live):
    sign_in(page, "kari")
    page.evaluate("sessionStorage.setItem('draft:somebody-else:x', 'hemmelig')")
    page.goto("/profil/")
    assert drafts(page) == []


def drafts(page: Page) -> list[str]:
    return page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('draft:'))")
