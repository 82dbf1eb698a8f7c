"""A tablet and a nurse, each in a browser of their own: paired, used, locked, revoked, paired again."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import axe_violations, sign_in, watch

pytestmark = pytest.mark.browser

CODE = re.compile(r"[BCDFGHJKLMNPQRSTVWXZ]{4}")


def tablet_page(browser: Browser, url: str, **options) -> Iterator[Page]:
    context = browser.new_context(
        base_url=url, locale="nb-NO", viewport={"width": 800, "height": 1280}, has_touch=True, **options
    )
    page = context.new_page()
    faults = watch(page, url)
    opened = []
    context.on("page", lambda other: opened.append(other))  # noqa: PLW0108 - Playwright marks what it is given
    yield page
    context.close()
    assert faults == []
    assert opened == [], "a locked-down tablet can open no other window"


@pytest.fixture
def tablet(browser, stack) -> Iterator[Page]:
    """The patient's tablet."""
    yield from tablet_page(browser, stack.url)


@pytest.fixture
def bare_tablet(browser, stack) -> Iterator[Page]:
    """One whose browser runs no scripts."""
    yield from tablet_page(browser, stack.url, java_script_enabled=False)


def code_on(tablet: Page) -> str:
    """What the patient reads out."""
    tablet.goto("/nettbrett/")
    tablet.get_by_role("button", name="Koble til nettbrettet").click()
    expect(tablet.get_by_role("heading", name="Les koden til sykepleieren")).to_be_visible()
    return "-".join(CODE.findall(tablet.locator(".pair-code").inner_text()))


def confirm(nurse: Page, patient, code: str, label: str) -> None:
    """What the nurse does with it."""
    nurse.goto(f"/pasienter/{patient.pk}/enheter/")
    nurse.get_by_role("link", name="Koble til et nettbrett").click()
    nurse.get_by_label("Koden på nettbrettet").fill(code.lower())
    nurse.get_by_role("button", name="Finn nettbrettet").click()
    expect(nurse.get_by_text(code)).to_be_visible()
    assert axe_violations(nurse) == []
    nurse.get_by_label("Hva skal enheten hete?").fill(label)
    nurse.get_by_role("button", name="Ja, koble til").click()
    expect(nurse.get_by_text(f"«{label}» er koblet til")).to_be_visible()


def press(tablet: Page, pin: str) -> None:
    """With a finger on the big keys."""
    for digit in pin:
        tablet.get_by_role("button", name=digit, exact=True).tap()


def pair(nurse: Page, tablet: Page, patient, label: str, pin: str = "2846") -> None:
    """From the code to the patient's first page."""
    confirm(nurse, patient, code_on(tablet), label)
    # It goes on by itself.
    tablet.wait_for_url("**/nettbrett/pin/ny/", timeout=20_000)
    press(tablet, pin)
    tablet.get_by_label("Skriv den en gang til").tap()
    press(tablet, pin)
    tablet.get_by_role("button", name="Lagre PIN-koden").tap()
    tablet.wait_for_url("**/min/")


def test_a_tablet_is_paired_used_revoked_and_paired_again(page, tablet, live):
    sign_in(page, "kari")
    pair(page, tablet, live.per, "Nettbrett 14")
    expect(tablet.get_by_text("Per Aasen")).to_be_visible()
    page.goto(f"/pasienter/{live.per.pk}/enheter/")
    assert axe_violations(page) == []
    page.get_by_text("Nettbrettet er mistet", exact=True).click()
    assert axe_violations(page) == []
    page.get_by_role("button", name="Ja, sperr nå").click()
    expect(page.get_by_role("heading", name="Sperrede enheter")).to_be_visible()
    expect(page.get_by_role("cell", name="Nettbrettet er mistet")).to_be_visible()
    assert axe_violations(page) == []
    tablet.reload()
    expect(tablet.get_by_role("heading", name="Nettbrettet er sperret")).to_be_visible()
    assert axe_violations(tablet) == []
    pair(page, tablet, live.solveig, "Nettbrett 14 igjen")
    expect(tablet.get_by_text("Solveig Eide")).to_be_visible()


def test_the_tablets_pages_have_no_axe_findings(page, tablet, live):
    tablet.goto("/nettbrett/")
    assert axe_violations(tablet) == []
    code = code_on(tablet)
    assert axe_violations(tablet) == []
    sign_in(page, "kari")
    confirm(page, live.per, code, "Nettbrett 15")
    tablet.wait_for_url("**/nettbrett/pin/ny/", timeout=20_000)
    assert axe_violations(tablet) == []
    press(tablet, "1948")
    tablet.get_by_role("button", name="Lagre PIN-koden").tap()
    expect(tablet.get_by_role("alert").first).to_be_visible()
    assert axe_violations(tablet) == []


def test_five_wrong_pins_lock_it_and_the_nurse_resets(page, tablet, live):
    sign_in(page, "kari")
    pair(page, tablet, live.per, "Nettbrett 16")
    tablet.get_by_role("button", name="Lås").tap()
    for left in ("4 forsøk", "3 forsøk", "2 forsøk", "ett forsøk"):
        press(tablet, "9999")
        tablet.get_by_role("button", name="Åpne").tap()
        expect(tablet.get_by_text(left)).to_be_visible()
    assert axe_violations(tablet) == []
    # With a keyboard as well.
    tablet.get_by_label("Skriv PIN-koden din").press_sequentially("9999")
    tablet.keyboard.press("Enter")
    expect(tablet.get_by_role("heading", name="Nettbrettet er låst")).to_be_visible()
    assert axe_violations(tablet) == []
    page.goto(f"/pasienter/{live.per.pk}/enheter/")
    card = page.get_by_role("article", name="Nettbrett 16")
    expect(card.get_by_text("Låst: feil kode fem ganger")).to_be_visible()
    card.get_by_text("Nullstill PIN", exact=True).click()
    card.get_by_label("Jeg har kontrollert at det er pasienten som spør").check()
    assert axe_violations(page) == []
    card.get_by_role("button", name="Nullstill PIN-koden").click()
    expect(page.get_by_text("Pasienten velger en ny.")).to_be_visible()
    tablet.get_by_role("link", name="Prøv på nytt").tap()
    tablet.wait_for_url("**/nettbrett/pin/ny/")
    press(tablet, "7305")
    tablet.get_by_label("Skriv den en gang til").tap()
    press(tablet, "7305")
    tablet.get_by_role("button", name="Lagre PIN-koden").tap()
    tablet.wait_for_url("**/min/")


def test_all_of_it_works_without_javascript(page, bare_tablet, live):
    sign_in(page, "kari")
    confirm(page, live.per, code_on(bare_tablet), "Nettbrett 17")
    bare_tablet.get_by_role("link", name="Sykepleieren er ferdig").click()
    bare_tablet.wait_for_url("**/nettbrett/pin/ny/", timeout=20_000)
    bare_tablet.get_by_label("Velg en PIN-kode").fill("2846")
    bare_tablet.get_by_label("Skriv den en gang til").fill("2846")
    bare_tablet.get_by_role("button", name="Lagre PIN-koden").click()
    bare_tablet.wait_for_url("**/min/")
    bare_tablet.get_by_role("button", name="Lås").click()
    bare_tablet.get_by_label("Skriv PIN-koden din").fill("2846")
    bare_tablet.get_by_role("button", name="Åpne").click()
    bare_tablet.wait_for_url("**/min/")


def test_the_administrator_gives_a_system_access(page, live):
    sign_in(page, "ness")
    page.get_by_role("link", name="Systemer").click()
    expect(page.get_by_text("Ingen systemer har tilgang ennå.")).to_be_visible()
    assert axe_violations(page) == []
    page.get_by_role("link", name="Registrer et system").click()
    page.get_by_label("Navn på systemet").fill("Profil")
    page.get_by_label("Journalsystem").check()
    page.get_by_label("Hente målinger").check()
    assert axe_violations(page) == []
    page.get_by_role("button", name="Registrer, og vis hemmeligheten").click()
    expect(page.get_by_role("heading", name="Hemmeligheten til Profil")).to_be_visible()
    assert axe_violations(page) == []
    page.get_by_role("link", name="Systemer").click()
    page.get_by_text("Trekk tilgangen", exact=True).click()
    assert axe_violations(page) == []
    page.get_by_role("button", name="Ja, trekk tilgangen nå").click()
    expect(page.get_by_role("heading", name="Uten tilgang nå")).to_be_visible()
