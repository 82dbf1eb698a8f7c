"""The patient page and the explanation in a real browser: strict CSP, axe, keyboard, banner, charts, stale saves."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from alerts import services
from alerts.models import Assessment, QueueEntry
from measurements.enums import Source
from patients.models import Patient
from tests.database import see_everything
from tests.factories.accounts import actor_of, let_in, make_device
from tests.factories.careplans import add_schedule, approve, make_draft
from tests.factories.measurements import make_reading, make_response
from tests.factories.patients import make_enrolment, make_patient
from tests.factories.world import A
from tests.journeys.conftest import axe_violations
from tests.journeys.stack import Stack, wait_until

pytestmark = pytest.mark.browser


def red_case(live, family: str) -> Patient:
    """Thirty days with two plan versions, missing days, a typed-in value, pressure, weight, a form; red at last."""
    now = timezone.now().replace(second=0, microsecond=0)
    with transaction.atomic():
        see_everything()
        patient = make_patient(A, "Tora", family, gp=live.dahl, cave="penicillin", communication="hører dårlig")
        make_enrolment(patient, live.joint)
        for ago in (80, 12):
            draft = make_draft(patient, live.kari, now=now - timedelta(days=ago))
            # The grace is long, so that beat raises no alert of its own while a test looks.
            add_schedule(draft, grace_minutes=60_000)
            approve(draft, live.dahl, now=now - timedelta(days=ago))
        tablet = make_device(patient, live.kari)
        for ago in range(29, 0, -1):
            at = now - timedelta(days=ago)
            if ago not in (20, 19, 9):
                source = Source.MANUAL if ago == 15 else Source.DEVICE
                make_reading(tablet, "spo2", 90 + ago % 3, at=at, source=source)
            make_reading(tablet, "blood_pressure", 130 + ago % 7, value2=80 + ago % 5, at=at)
        make_reading(tablet, "weight", -20, at=now - timedelta(days=2), source=Source.MANUAL)
        make_response(tablet, "symptoms_copd", {"breath": "worse"}, at=now - timedelta(hours=5), score=1)
        make_reading(tablet, "spo2", 84, at=now - timedelta(minutes=9))
        services.assess_patient(patient_id=patient.pk, municipality_id=A, now=now, wait=True)
    return patient


def take(live, patient: Patient) -> None:
    """Kari takes the case."""
    with transaction.atomic():
        see_everything()
        services.claim(patient_id=patient.pk, by=actor_of(live.kari, on=timezone.now()), now=timezone.now())


@pytest.fixture(scope="module")
def untouched(live) -> Patient:
    """A red case for the tests that only look."""
    return red_case(live, "Axelsen")


def signed_in(page: Page, live, stack: Stack) -> Page:
    """As Kari, by a session made here: the login page has its own journey, and its password hash is slow on purpose."""
    client = Client()
    let_in(client, live.kari)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": stack.url}])
    return page


@pytest.fixture
def page(page, live, stack) -> Page:
    """The page that must stay free of faults, with Kari signed in."""
    return signed_in(page, live, stack)


def open_page(page: Page, patient: Patient) -> None:
    """The patient page, its charts drawn."""
    page.goto(f"/pasienter/{patient.pk}/")
    expect(page.locator("#utvikling .chart--drawn .main-svg").first).to_be_visible()


def test_it_is_accessible_and_keeps_to_the_content_policy(live, page):
    patient = red_case(live, "Bakken")
    open_page(page, patient)
    assert axe_violations(page) == []
    for summary in page.locator("summary").all():
        summary.click()
    assert axe_violations(page) == []
    page.get_by_role("button", name="Ta saken").click()
    page.get_by_role("button", name="Ferdig, neste pasient").click()
    expect(page.get_by_role("alert")).to_contain_text("Saken er ikke lukket. Rett dette først")
    expect(page.locator("[data-focus]")).to_be_focused()
    assert axe_violations(page) == []
    page.get_by_role("link", name="Hvorfor rød?").click()
    expect(page.get_by_role("heading", name="Hvorfor rød?")).to_be_visible()
    assert axe_violations(page) == []


def test_the_chart_hangs_together_under_the_strict_policy(untouched, page):
    open_page(page, untouched)
    chart = page.locator(".panel", has=page.get_by_role("heading", name="Oksygenmetning (SpO₂)")).locator(".chart")
    tops = chart.locator(".main-svg").evaluate_all("layers => layers.map(layer => layer.getBoundingClientRect().top)")
    assert len(set(tops)) == 1
    text = chart.text_content().replace("\xa0", " ")
    for said in ("Ny plan, versjon 2", "Gul 88", "Rød 86", "84 %", "92 %"):
        assert said in text
    # Drawn from the data, not from a style: three missing days, and the line in pieces.
    trace = "traces => traces.map(trace => trace.querySelectorAll('path.point').length)"
    assert chart.locator(".scatterlayer .trace").evaluate_all(trace) == [27, 3]
    assert chart.locator(".modebar").count() == 0
    # The hover text, too, is drawn without a style of its own (the page fixture fails on any refused style).
    chart.locator(".scatterlayer .trace").first.locator("path.point").nth(3).hover(force=True)
    expect(chart.locator(".hovertext")).to_contain_text("Overført fra måleutstyr")


def test_it_never_scrolls_sideways(untouched, page):
    open_page(page, untouched)
    for width in (1280, 640, 320):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_timeout(200)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (width, wide) == (width, 0)


def test_the_banner_stays_and_never_covers_what_has_focus(live, page):
    patient = red_case(live, "Eng")
    take(live, patient)
    open_page(page, patient)
    page.keyboard.press("End")
    # The browser scrolls there gradually; what moves the page after that is focus alone.
    wait_until(lambda: page.evaluate("scrollY + innerHeight >= document.documentElement.scrollHeight - 2"))
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        covered = page.evaluate(
            """() => {
                const banner = document.querySelector('.banner'), here = document.activeElement;
                if (here === document.body || banner.contains(here) || here.closest('.top, .ds-skip-link')) return null;
                return here.getBoundingClientRect().top < banner.getBoundingClientRect().bottom ? here.outerHTML : null;
            }"""
        )
        assert covered is None


def test_periods_change_by_key_without_losing_the_note(live, page):
    patient = red_case(live, "Fossum")
    take(live, patient)
    open_page(page, patient)
    page.get_by_label("Notat (må fylles ut)").fill("Halvveis")
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("1")
    expect(page.locator("#periode-status")).to_have_text("Viser 7 dager.")
    expect(page.locator("#utvikling")).to_contain_text("Siste 7 dager: 7 målinger")
    expect(page.locator("#utvikling .chart--drawn .main-svg").first).to_be_visible()
    expect(page.get_by_label("Notat (må fylles ut)")).to_have_value("Halvveis")
    assert page.url.endswith("?dager=7")


def test_keys_are_dead_in_the_note_and_when_switched_off(live, page):
    patient = red_case(live, "Grande")
    take(live, patient)
    open_page(page, patient)
    note = page.get_by_label("Notat (må fylles ut)")
    note.press_sequentially("1234")
    note.press("Escape")
    expect(note).to_have_value("1234")
    expect(page.locator("#utvikling")).to_contain_text("Siste 30 dager")
    note.fill("")
    try:
        type(live.kari).objects.filter(pk=live.kari.pk).update(shortcuts_enabled=False)
        page.reload()
        expect(page.locator("#utvikling .chart--drawn").first).to_be_visible()
        page.get_by_role("heading", level=1).click()
        page.keyboard.press("1")
        page.keyboard.press("Escape")
        page.wait_for_timeout(300)
        expect(page.locator("#utvikling")).to_contain_text("Siste 30 dager")
    finally:
        type(live.kari).objects.filter(pk=live.kari.pk).update(shortcuts_enabled=True)


def test_a_case_is_handled_with_the_keyboard_alone(live, page):
    patient = red_case(live, "Hansen")
    take(live, patient)
    open_page(page, patient)
    page.get_by_label("Ring pasienten innen 30 min").focus()
    page.keyboard.press("Space")
    page.get_by_label("Ringte pasienten").focus()
    page.keyboard.press("Space")
    page.get_by_label("Notat (må fylles ut)").focus()
    page.keyboard.type("Ringte. Har det bedre.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Du lukket saken til Hansen, Tora.")).to_be_visible()
    page.goto(f"/pasienter/{patient.pk}/")
    expect(page.locator("#behandling")).to_contain_text("Ingen åpne varsler.")
    expect(page.locator(".timeline")).to_contain_text("Ringte pasienten. Ringte. Har det bedre.")


def test_escape_leads_back_to_the_row(untouched, page):
    open_page(page, untouched)
    page.keyboard.press("Escape")
    page.wait_for_url(f"**/arbeidsko/#p-{untouched.pk}")
    expect(page.locator(f"#p-{untouched.pk}")).to_be_in_viewport()


def test_a_stale_save_keeps_the_note_and_shows_what_is_new(live, page):
    patient = red_case(live, "Jensen")
    take(live, patient)
    open_page(page, patient)
    page.get_by_label("Ringte pasienten").check()
    page.get_by_label("Notat (må fylles ut)").fill("Ringte, ingen svar.")
    with transaction.atomic():
        see_everything()
        tablet = make_device(patient, live.kari, secret="annen")
        make_reading(tablet, "pulse", 130, at=timezone.now())
        services.assess_patient(patient_id=patient.pk, municipality_id=A, now=timezone.now(), wait=True)
    page.get_by_role("button", name="Ferdig, neste pasient").click()
    expect(page.get_by_role("alert")).to_contain_text("Saken ble endret mens du hadde den åpen. Den er ikke lukket")
    expect(page.get_by_role("alert")).to_contain_text("Puls 130")
    expect(page.get_by_label("Notat (må fylles ut)")).to_have_value("Ringte, ingen svar.")
    page.get_by_role("button", name="Ferdig, neste pasient").click()
    expect(page.get_by_text("Du lukket saken til Jensen, Tora.")).to_be_visible()
    with transaction.atomic():
        see_everything()
        assert not QueueEntry.objects.filter(patient=patient).exists()


@pytest.fixture
def plain(browser: Browser, stack: Stack, live) -> Iterator[Page]:
    """A browser without JavaScript."""
    context = browser.new_context(base_url=stack.url, java_script_enabled=False)
    yield signed_in(context.new_page(), live, stack)
    context.close()


def test_without_scripts_the_words_the_sketch_and_the_table_tell_it(untouched, plain):
    plain.goto(f"/pasienter/{untouched.pk}/?dager=7")
    panel = plain.locator(".panel", has=plain.get_by_role("heading", name="Oksygenmetning (SpO₂)"))
    expect(panel.locator(".trend__summary")).to_contain_text("Siste 7 dager: 7 målinger")
    expect(panel.locator("svg.spark")).to_be_visible()
    panel.get_by_text("Vis målingene som tabell").click()
    expect(panel.get_by_role("row")).to_have_count(8)


def test_a_chart_that_cannot_be_drawn_leaves_the_page_whole(untouched, live, browser, stack):
    context = browser.new_context(base_url=stack.url)
    page = signed_in(context.new_page(), live, stack)
    page.route("**/plotly-basic*", lambda route: route.abort())
    page.goto(f"/pasienter/{untouched.pk}/")
    panel = page.locator(".panel", has=page.get_by_role("heading", name="Oksygenmetning (SpO₂)"))
    expect(panel.locator("svg.spark")).to_be_visible()
    expect(page.get_by_role("button", name="Ta saken")).to_be_visible()
    context.close()


def test_the_explanation_says_the_same_as_the_assessment(untouched, page):
    with transaction.atomic():
        see_everything()
        red = Assessment.objects.get(patient=untouched, colour="RED")
    page.goto(f"/vurderinger/{red.pk}/")
    expect(page.get_by_role("row").nth(1)).to_contain_text(red.reasons[0]["sentence"])
    assert axe_violations(page) == []
