"""A nurse who reads nynorsk: from the login page to the patient, in a real browser, with what JavaScript says."""

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.database import see_everything
from tests.factories.accounts import PASSWORD, code_of, make_app
from tests.journeys.conftest import axe_violations
from tests.journeys.test_patient_browser import red_case
from tests.nynorsk import left_over

pytestmark = pytest.mark.browser


def bokmaal_on(page: Page) -> list[str]:
    """What is left of bokmål on the page as the browser has it."""
    with transaction.atomic():
        see_everything()
        return left_over(page.content())


def sign_in_in_nynorsk(page: Page, user: User) -> None:
    """Chosen on the login page, so that the pages of signing in are in it too."""
    make_app(user)
    page.goto("/logg-inn/")
    page.get_by_role("button", name="Nynorsk").click()
    expect(page.locator("html")).to_have_attribute("lang", "nn")
    assert (axe_violations(page), bokmaal_on(page)) == ([], [])
    page.get_by_label("Brukarnamn").fill(user.username)
    page.get_by_label("Passord").fill(PASSWORD)
    page.get_by_role("button", name="Logg inn", exact=True).click()
    page.wait_for_url("**/logg-inn/kode/")
    assert (axe_violations(page), bokmaal_on(page)) == ([], [])
    page.get_by_label("Eingongskode").fill(code_of(user))
    page.get_by_role("button", name="Logg inn", exact=True).click()
    page.wait_for_url("**/arbeidsko/")


def test_a_nurse_chooses_nynorsk_and_works_in_it(page, live):
    patient = red_case(live, "Tveito")
    sign_in_in_nynorsk(page, live.kari)
    # Signed in, the own choice counts, and Kari has made none yet.
    expect(page.locator("html")).to_have_attribute("lang", "nb")
    page.goto("/profil/")
    page.get_by_label("Nynorsk").check()
    page.get_by_role("button", name="Lagre innstillingene").click()
    expect(page.get_by_text("Innstillingane er lagra.")).to_be_visible()
    assert User.objects.get(pk=live.kari.pk).language == "nn"
    assert (axe_violations(page), bokmaal_on(page)) == ([], [])

    page.goto("/arbeidsko/")
    expect(page.get_by_role("button", name="Ta saka").first).to_be_visible()
    page.get_by_label("Finn i lista").fill("ingen heiter dette")
    page.keyboard.press("Enter")
    expect(page.locator("#news-said")).to_have_text("Ingen treff i lista.")
    assert (axe_violations(page), bokmaal_on(page)) == ([], [])

    page.goto(f"/pasienter/{patient.pk}/")
    expect(page.locator("#utvikling .chart--drawn .main-svg").first).to_be_visible()
    page.get_by_role("link", name="90 dagar").click()
    expect(page.locator("#periode-status")).to_have_text("Viser 90 dagar.")
    assert (axe_violations(page), bokmaal_on(page)) == ([], [])
    page.get_by_role("link", name="Kvifor raud?").first.click()
    expect(page.get_by_role("heading", name="Kvifor raud?")).to_be_visible()
    assert (axe_violations(page), bokmaal_on(page)) == ([], [])


def test_the_browser_remembers_the_choice_after_signing_out(page, live):
    sign_in_in_nynorsk(page, live.berit)
    page.locator('form[action$="/logg-ut/"] button').click()
    page.goto("/logg-inn/")
    expect(page.locator("html")).to_have_attribute("lang", "nn")
    page.get_by_role("button", name="Bokmål").click()
    expect(page.get_by_label("Brukernavn")).to_be_visible()
