"""The doctor's pack in a real browser: the link, the slider by keyboard, and a changed answer that the nurse reads."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from careplans.enums import MeasureKind, Zone
from careplans.models import Measure, PlanVersion
from dho.lib import rls
from measurements.models import Reading
from tests.factories.careplans import add_schedule, make_draft, propose
from tests.factories.measurements import make_reading
from tests.journeys.conftest import axe_violations, enter, sign_in
from tests.journeys.stack import wait_until
from tests.journeys.test_gp_browser import everything, status_of

pytestmark = [pytest.mark.browser]


@pytest.fixture(scope="module")
def proposal(live) -> PlanVersion:
    """Per's next version, yellow under 90, with twenty days of SpO₂ between 86 and 91 that the worker has assessed."""
    now = datetime.now(UTC)
    with rls.acting_for([live.per.municipality_id]):
        for days in range(1, 21):
            make_reading(live.per_tablet, "spo2", 86 + days % 6, at=now - timedelta(days=days))
        draft = make_draft(live.per, live.kari, now=now)
        draft.thresholds.filter(quantity="spo2").update(yellow_low=90)
        add_schedule(draft)
        Measure.objects.create(
            version=draft,
            municipality_id=draft.municipality_id,
            zone=Zone.YELLOW,
            kind=MeasureKind.MEDICAL,
            position=8,
            text="Start prednisolon 20 mg i 5 dager",
            start_alone=False,
        )
        sent = propose(draft, now=now)
    waiting = Reading.objects.filter(assessed_at__isnull=True)
    wait_until(lambda: everything(lambda: not waiting.all().exists()), seconds=60)
    return sent


def open_from_the_link(page: Page, proposal: PlanVersion) -> None:
    """What the message says is an address; whoever is not signed in comes back to it after signing in."""
    page.goto(reverse("plan-decide", args=[proposal.pk]))
    enter(page, "dahl")
    expect(page.get_by_role("heading", level=1)).to_have_text("Egenbehandlingsplan versjon 2 venter på deg")


def whole(page: Page):
    return page.locator("[data-whole]")


@pytest.mark.parametrize("width", [1440, 900, 390])
def test_the_pack_is_clean_and_never_scrolls_sideways(page: Page, live, proposal, width):
    page.set_viewport_size({"width": width, "height": 900})
    open_from_the_link(page, proposal)
    expect(page.get_by_role("img", name="Oksygenmetning: 20 verdier")).to_be_visible()
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for summary in page.locator("main summary").all():
        summary.click()
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_an_impossible_limit_is_told_at_its_field_while_it_is_typed(page: Page, live, proposal):
    open_from_the_link(page, proposal)
    expect(whole(page)).to_have_text("14 gule · 0 røde")
    field = page.get_by_label("Gul under", exact=True).first
    field.fill("80")
    expect(page.get_by_text("Oksygenmetning: Gul nedre grense må være høyere enn rød nedre grense.")).to_be_visible()
    # The count stays that of the last limits that could be judged by.
    expect(whole(page)).to_have_text("14 gule · 0 røde")
    assert axe_violations(page) == []


def test_without_javascript_the_button_counts_anew(stack, live, proposal, browser):
    context = browser.new_context(java_script_enabled=False, base_url=stack.url, locale="nb-NO")
    page = context.new_page()
    open_from_the_link(page, proposal)
    page.get_by_label("Gul under", exact=True).first.fill("88")
    page.get_by_role("button", name="Regn på nytt").click()
    expect(whole(page)).to_have_text("7 gule · 0 røde")
    expect(page.get_by_text("Oksygenmetning: gul under 90 blir 88")).to_be_visible()
    expect(page.get_by_role("button", name="Godkjenn plan")).to_be_hidden()
    assert status_of(proposal) == "PROPOSED"
    context.close()


def test_the_slider_by_keyboard_then_approved_with_a_change_that_the_nurse_reads(page: Page, live, proposal):
    open_from_the_link(page, proposal)
    slider = page.get_by_role("slider", name="Endre grensene for Oksygenmetning: Gul under")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_label("Gul under", exact=True).first).to_have_value("88")
    expect(whole(page)).to_have_text("7 gule · 0 røde")
    expect(page.get_by_role("img", name="Oksygenmetning: 20 verdier").get_by_text("gul 88")).to_be_visible()
    page.get_by_label("Stryk dette tiltaket").check()
    expect(page.get_by_text("Strøket: Start prednisolon 20 mg i 5 dager")).to_be_visible()
    expect(page.get_by_role("button", name="Godkjenn plan")).to_be_hidden()
    page.get_by_label("Melding til oppfølgingstjenesten").fill("Lave verdier er vanlig for ham i kulde.")
    page.get_by_role("button", name="Godkjenn med endring").click()
    expect(page.get_by_role("link", name="Kryss av for at du godkjenner planen")).to_be_visible()
    assert axe_violations(page) == []
    # What was moved and written is still there; nothing is decided.
    expect(page.get_by_label("Gul under", exact=True).first).to_have_value("88")
    expect(page.get_by_label("Melding til oppfølgingstjenesten")).to_have_value(
        "Lave verdier er vanlig for ham i kulde."
    )
    assert status_of(proposal) == "PROPOSED"
    page.get_by_label("Jeg godkjenner grenseverdiene").check()
    page.get_by_role("button", name="Godkjenn med endring").click()
    expect(page.get_by_text("Planen er godkjent med endringene dine")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Egenbehandlingsplan versjon 3")
    assert status_of(proposal) == "CHANGED"

    page.context.clear_cookies()
    sign_in(page, "kari")
    page.goto(reverse("plan-decide", args=[proposal.pk]))
    page.get_by_role("link", name="Se versjon 3").click()
    expect(page.get_by_role("heading", name="Anne Dahl endret forslaget i versjon 2 før godkjenning")).to_be_visible()
    changes = page.get_by_role("region", name="Anne Dahl endret forslaget i versjon 2 før godkjenning")
    expect(changes.get_by_text("gul under 90 · rød under 86 %")).to_be_visible()
    expect(changes.get_by_text("gul under 88 · rød under 86 %")).to_be_visible()
    expect(page.get_by_text("Lave verdier er vanlig for ham i kulde.")).to_be_visible()
    assert axe_violations(page) == []
