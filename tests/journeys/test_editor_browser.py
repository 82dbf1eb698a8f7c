"""The nurse writes a plan from a template with the keyboard alone: refused while unedited, edited, sent."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from careplans.models import PlanVersion
from dho.lib import rls
from tests.factories.patients import make_enrolment, make_patient
from tests.journeys.conftest import axe_violations, sign_in
from tests.journeys.stack import wait_until
from tests.journeys.test_gp_browser import everything

pytestmark = [pytest.mark.browser]


@pytest.fixture(scope="module")
def patient(live):
    """A patient of Kari's without a plan."""
    with rls.acting_for([live.a.pk]):
        patient = make_patient(live.a.pk, "Nora", "Haugen", gp=live.dahl)
        make_enrolment(patient, live.joint)
    return patient


def press_to(page: Page, locator) -> None:
    """Tab until the element has the focus: it is reached by keyboard, and nothing traps it on the way."""
    for _ in range(400):
        if locator.evaluate("(element) => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("never reached by Tab")


def write(page: Page, locator, text: str) -> None:
    press_to(page, locator)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)


def newest(patient) -> PlanVersion:
    return everything(lambda: PlanVersion.objects.filter(patient=patient).latest("number"))


def test_a_plan_is_written_from_a_template_by_keyboard(page: Page, live, patient):
    sign_in(page, "kari")
    page.goto(reverse("plan-patient", args=[patient.pk]))
    assert axe_violations(page) == []
    press_to(page, page.get_by_role("link", name="Begynn på en ny plan"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ny egenbehandlingsplan")
    assert axe_violations(page) == []
    write(page, page.get_by_label("Hva er viktig for deg?"), "Å synge i koret.")
    press_to(page, page.get_by_label("Mal"))
    page.keyboard.type("Kols")
    press_to(page, page.get_by_role("button", name="Begynn på planen"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Skriv egenbehandlingsplan, versjon 1")
    assert axe_violations(page) == []

    # Unedited it is refused: there is no button to send it with.
    press_to(page, page.get_by_role("link", name="Gå gjennom og send"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Rett dette før planen kan sendes")).to_be_visible()
    expect(page.get_by_role("button", name="Send til fastlegen")).to_have_count(0)
    assert axe_violations(page) == []
    page.go_back()

    # What is typed is saved by itself.
    write(page, page.locator("#id_gul-signs"), "Hoster om natten, og må hvile i trappen.")
    write(page, page.locator("#id_gul-rad-0-text"), "Sett deg i stolen ved vinduet.")
    write(page, page.locator("#id_om-review_on"), "01.03.2028")
    expect(page.locator("[data-status-all]")).to_contain_text("Lagret kl.", timeout=15_000)
    wait_until(lambda: newest(patient).review_on, seconds=15)
    assert everything(lambda: newest(patient).zone_texts.get(zone="YELLOW").signs).startswith("Hoster om natten")

    # Each limit and every other part is confirmed by its own tick.
    page.reload()
    boxes = page.locator("input[name=confirm]")
    for number in range(boxes.count()):
        press_to(page, boxes.nth(number))
        page.keyboard.press("Space")
    press_to(page, page.locator("button[name=save][value=om]"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Planen kan sendes", exact=True)).to_be_visible()
    assert axe_violations(page) == []

    press_to(page, page.get_by_role("link", name="Gå gjennom og send"))
    page.keyboard.press("Enter")
    press_to(page, page.get_by_role("button", name="Send til fastlegen"))
    page.keyboard.press("Enter")
    # Nothing has been measured, so the doctor is told why it is sent all the same.
    expect(page.get_by_text("Begrunnelse: skriv hvorfor planen sendes med så lite data.")).to_be_visible()
    assert axe_violations(page) == []
    write(page, page.get_by_label("Hvorfor sendes planen med så lite data?"), "Pasienten skal måle sjelden.")
    press_to(page, page.get_by_role("button", name="Send til fastlegen"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Planen er sendt til fastlegen.")).to_be_visible()
    assert axe_violations(page) == []
    assert newest(patient).status == "PROPOSED"


@pytest.mark.parametrize("width", [390, 900, 1440])
def test_no_page_scrolls_sideways(page: Page, live, patient, width):
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, "kari")
    proposal = newest(patient)
    for name, arguments in (
        ("plan-patient", [patient.pk]),
        ("plan-compare", [live.per.pk]),
        ("plan-preview", [proposal.pk]),
        ("plan-take-over", [patient.pk]),
        ("plan-templates", []),
    ):
        page.goto(reverse(name, args=arguments))
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
        assert axe_violations(page) == []
