"""From referral to allocation in a real browser: a hospital refers, the home municipality decides, and says so."""

from datetime import date
from random import Random

import pytest
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.enums import Role
from dho.lib.national_id import make_synthetic
from patients.models import Enrolment, Referral
from tests import database
from tests.factories.accounts import make_membership, make_user
from tests.factories.intake import make_candidate, make_handler, make_hospital
from tests.journeys.conftest import axe_violations, sign_in

pytestmark = [pytest.mark.browser]
CRITERIA = 7


@pytest.fixture(scope="module")
def people(live) -> None:
    """A's case handler and coordinator, and a hospital with an agreement."""
    with transaction.atomic():
        database.see_everything()
        make_handler(live.a.pk)
        make_hospital(live.a.pk)
        make_membership(make_user("kaja", "Kaja", "Rud"), Role.COORDINATOR, authority=live.a)


def looks_right(page: Page) -> None:
    """No fault for axe and no sideways scroll, on a screen and on a telephone."""
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (page.url, width)
        assert axe_violations(page) == [], (page.url, width)
    page.set_viewport_size({"width": 1440, "height": 900})


def another(browser, stack, username: str) -> Page:
    """Somebody else's browser."""
    page = browser.new_context(base_url=stack.url, locale="nb-NO").new_page()
    sign_in(page, username)
    return page


def answer_all(page: Page, *, no: tuple[int, ...] = ()) -> None:
    """The whole assessment by keyboard: arrow or space at each group of buttons, as it is reached."""
    groups = page.locator("fieldset:has(input[type=radio])")
    for number in range(groups.count()):
        # The question about insecurity stands after the criteria, and the other about coordination is «no» as well.
        name = groups.nth(number).locator("input").first.get_attribute("name")
        wanted = "no" if number in no or name in ("insecurity", "cross_sector") else None
        radios = groups.nth(number).locator("input")
        chosen = radios.nth(1) if wanted else radios.first
        chosen.focus()
        page.keyboard.press("Space")
    page.get_by_role("group", name="Kommunale tjenester personen har i dag").get_by_label("Ingen").check()


def test_a_hospital_refers_the_municipality_allocates_and_the_coordinator_sees_it(
    page: Page, live, people, browser, stack
):
    hospital = another(browser, stack, "line")
    hospital.get_by_role("link", name="Henvisninger").first.click()
    looks_right(hospital)
    hospital.get_by_role("link", name="Ny henvisning").click()
    hospital.get_by_role("button", name="Registrer henvisningen").click()
    looks_right(hospital)
    hospital.get_by_role("link", name="Fødselsnummer: skriv de 11 sifrene.").click()
    expect(hospital.get_by_label("Fødselsnummer")).to_be_focused()
    # On with the keyboard alone.
    number = make_synthetic(date(1951, 2, 3), Random(4711)).value
    for text in (number, "Liv", "Haugen"):
        hospital.keyboard.type(text)
        hospital.keyboard.press("Tab")
    hospital.get_by_label("Hvorfor trenger personen tjenesten?").fill("To innleggelser i høst.")
    hospital.keyboard.press("Enter")
    hospital.get_by_role("button", name="Registrer henvisningen").press("Enter")
    expect(hospital.get_by_text("Henvisningen er sendt til Kongsvinger.")).to_be_visible()
    expect(hospital.get_by_role("row", name="Haugen, Liv")).to_contain_text("Henvist")

    with transaction.atomic():
        database.see_everything()
        referral = Referral.objects.get(patient__family_name="Haugen")
    hospital.goto(reverse("referral-allocate", args=[referral.pk]))
    expect(hospital.get_by_role("heading", level=1)).to_have_text("Vi finner ikke siden")

    sign_in(page, "hege")
    page.get_by_role("link", name="Henvisninger").first.click()
    looks_right(page)
    page.get_by_role("link", name="Haugen, Liv").click()
    looks_right(page)
    page.get_by_role("link", name="Vurder", exact=True).press("Enter")
    page.get_by_role("button", name="Lagre vurderingen").press("Enter")
    expect(page.get_by_role("link", name="Personen er motivert: svar ja eller nei.")).to_be_visible()
    looks_right(page)
    answer_all(page)
    page.get_by_role("button", name="Lagre vurderingen").press("Enter")
    expect(page.get_by_text("Vurderingen er lagret.")).to_be_visible()
    looks_right(page)
    page.get_by_role("link", name="Tildel", exact=True).press("Enter")
    looks_right(page)
    page.get_by_role("button", name="Tildel tjenesten").press("Enter")
    expect(page.get_by_role("link", name="Skriftlig informasjon: kryss av for alle tre.")).to_be_visible()
    looks_right(page)
    page.get_by_label("Oppfølgingstjeneste").select_option(label="DHO Solør–Odal")
    page.get_by_label("Fastlege").select_option(label="Anne Dahl")
    for box in ("Om tjenesten", "Ikke en nødtjeneste", "Retten til å klage"):
        page.get_by_label(box).focus()
        page.keyboard.press("Space")
    for button in ("Ikke vedtak", "I brev"):
        page.get_by_label(button).focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="Tildel tjenesten").press("Enter")
    expect(page.get_by_text("Tjenesten er tildelt. Skriv ut brevet til pasienten.")).to_be_visible()
    looks_right(page)
    page.get_by_role("link", name="Brev med svaret").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Du får digital hjemmeoppfølging")
    looks_right(page)

    coordinator = another(browser, stack, "kaja")
    coordinator.goto(reverse("patients"))
    expect(coordinator.get_by_role("row", name="Haugen, Liv")).to_contain_text("Oppstart")
    coordinator.context.close()
    hospital.goto(reverse("referrals"))
    expect(hospital.get_by_role("row", name="Haugen, Liv")).to_contain_text("Tildelt")
    hospital.context.close()
    with transaction.atomic():
        database.see_everything()
        assert Enrolment.objects.get(referral=referral).service == live.joint


def test_a_condition_that_is_not_met_leads_to_a_refusal_and_its_letter(page: Page, live, people):
    with transaction.atomic():
        database.see_everything()
        referral = make_candidate(live.a.pk, live.kari, "Arvid", "Lund")
    sign_in(page, "hege")
    page.goto(reverse("referral-assess", args=[referral.pk]))
    answer_all(page, no=(CRITERIA - 1,))
    page.get_by_role("button", name="Lagre vurderingen").press("Enter")
    expect(page.get_by_text("Ikke alle vilkår er oppfylt.")).to_be_visible()
    looks_right(page)
    page.get_by_role("link", name="Tildel", exact=True).click()
    expect(page.get_by_label("Begrunnelse for å tildele likevel")).to_be_visible()
    page.get_by_role("link", name="Til henvisningen").click()
    page.get_by_role("link", name="Avslå").press("Enter")
    looks_right(page)
    page.get_by_role("button", name="Lagre avslaget").press("Enter")
    expect(page.get_by_role("link", name="Hvorfor: velg en grunn.")).to_be_visible()
    looks_right(page)
    page.get_by_label("Oppfyller ikke vilkårene").check()
    page.get_by_label("Begrunnelse til personen").fill(
        "Nettbrettet ble for vanskelig. Hjemmesykepleien kommer til deg."
    )
    page.get_by_label("I brev").check()
    page.get_by_role("button", name="Lagre avslaget").press("Enter")
    expect(page.get_by_text("Avslaget er lagret.")).to_be_visible()
    page.get_by_role("link", name="Brev med svaret").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Du får ikke digital hjemmeoppfølging")
    expect(page.get_by_text("Nettbrettet ble for vanskelig.")).to_be_visible()
    expect(page.get_by_text("innen fire uker")).to_be_visible()
    looks_right(page)


def test_the_administrator_sets_up_who_decides_and_writes_a_text(page: Page, live, people):
    sign_in(page, "ness")
    page.goto(reverse("organisations"))
    page.get_by_role("link", name="Tildeling og brev").click()
    looks_right(page)
    page.get_by_role("link", name="Retten til å klage").press("Enter")
    page.get_by_label("Tekst på bokmål").fill("Klag til kommunen innen fire uker.")
    looks_right(page)
    page.get_by_role("button", name="Lagre som ny versjon").press("Enter")
    expect(page.get_by_text("versjon 2")).to_be_visible()
    looks_right(page)
