"""The doctor in a real browser: reads, sends back, approves; and the nurse gives a tablet access."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from careplans.enums import MeasureKind, Zone
from careplans.models import Measure, PlanVersion
from dho.lib import rls
from measurements.models import Reading
from tests import database
from tests.factories.careplans import add_schedule, make_draft, propose
from tests.factories.measurements import make_reading
from tests.journeys.conftest import axe_violations, sign_in
from tests.journeys.stack import wait_until

pytestmark = [pytest.mark.browser]


def everything(read):
    """What the database says, whoever it belongs to."""
    with transaction.atomic():
        database.see_everything()
        return read()


def send_proposal(live, patient) -> PlanVersion:
    """A new version for the patient, sent to the doctor now, with readings of the last days beside it."""
    now = datetime.now(UTC)
    with rls.acting_for([patient.municipality_id]):
        draft = make_draft(patient, live.kari, now=now)
        draft.thresholds.filter(quantity="spo2").update(yellow_low=89)
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
        return propose(draft, now=now)


@pytest.fixture(scope="module")
def readings(live) -> None:
    """Ten days of SpO₂ from Per's tablet, which the worker has assessed."""
    now = datetime.now(UTC)
    with rls.acting_for([live.per.municipality_id]):
        for days in range(1, 11):
            make_reading(live.per_tablet, "spo2", 86 + days % 6, at=now - timedelta(days=days))
    waiting = Reading.objects.filter(assessed_at__isnull=True)
    wait_until(lambda: everything(lambda: not waiting.all().exists()), seconds=60)


def status_of(version) -> str:
    return everything(lambda: PlanVersion.objects.get(pk=version.pk).status)


def test_the_doctor_reads_sends_back_and_approves(page: Page, live, readings):
    first = send_proposal(live, live.per)
    sign_in(page, "dahl")
    expect(page.get_by_role("heading", name="1 plan venter på deg")).to_be_visible()
    assert axe_violations(page) == []
    page.get_by_role("link", name="Aasen, Per").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Egenbehandlingsplan versjon 2 venter på deg")
    expect(page.get_by_text("Nytt medisinsk tiltak – krever din godkjenning")).to_be_visible()
    assert axe_violations(page) == []

    page.get_by_text("Send tilbake med spørsmål …").click()
    page.get_by_role("button", name="Send tilbake").click()
    expect(page.get_by_role("link", name="Spørsmål: skriv hva oppfølgingstjenesten må avklare.")).to_be_visible()
    assert axe_violations(page) == []
    assert status_of(first) == "PROPOSED"
    page.get_by_label("Spørsmål til oppfølgingstjenesten").fill("Hvorfor 89?")
    page.get_by_role("button", name="Send tilbake").click()
    expect(page.get_by_text("Planen er sendt tilbake")).to_be_visible()
    assert status_of(first) == "RETURNED"

    second = send_proposal(live, live.per)
    page.goto(reverse("plans"))
    page.get_by_role("link", name="Aasen, Per").first.click()
    # Enter in the date field is one key: it counts anew, and must not approve.
    page.get_by_label("Planen gjelder til og med").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Egenbehandlingsplan versjon 3 venter på deg")
    assert status_of(second) == "PROPOSED"
    page.get_by_role("button", name="Godkjenn plan").click()
    expect(page.get_by_role("link", name="Kryss av for at du godkjenner planen")).to_be_visible()
    assert axe_violations(page) == []
    assert status_of(second) == "PROPOSED"
    page.get_by_label("Jeg godkjenner grenseverdiene").check()
    page.get_by_role("button", name="Godkjenn plan").click()
    expect(page.get_by_text("Planen er godkjent og gjelder fra nå")).to_be_visible()
    expect(page.get_by_role("button", name="Godkjenn plan")).to_have_count(0)
    assert axe_violations(page) == []
    assert (status_of(live.per_plan), status_of(second)) == ("SUPERSEDED", "APPROVED")

    page.goto(reverse("plans"))
    expect(page.get_by_role("heading", name="Ingen planer venter på deg")).to_be_visible()
    assert axe_violations(page) == []


def test_everything_is_reached_by_keyboard_and_never_hidden_by_the_banner(page: Page, live):
    send_proposal(live, live.solveig)
    sign_in(page, "dahl")
    page.get_by_role("link", name="Eide, Solveig").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Egenbehandlingsplan versjon 2 venter på deg")
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        # The focused element must be the one that is on top at its own place.
        seen = page.evaluate(
            """() => { const e = document.activeElement, b = document.querySelector('.who').getBoundingClientRect();
                 if (e === document.body) return null;
                 const r = e.getBoundingClientRect();
                 return [e.innerText || e.name, r.top >= b.bottom || r.bottom <= b.top || b.bottom <= 0]; }"""
        )
        if seen is None:
            break
        reached.append(seen)
    assert {"valid_until", "confirmed", "Godkjenn plan"} <= {name for name, _ in reached}
    assert [name for name, visible in reached if not visible] == []


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_no_page_scrolls_sideways(page: Page, live, width):
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, "dahl")
    for address in (
        reverse("plans"),
        reverse("plan-decide", args=[live.per_plan.pk]),
        reverse("plan-print", args=[live.per_plan.pk]),
    ):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_the_print_page_repeats_name_birth_date_and_page_numbers(page: Page, live):
    with rls.acting_for([live.per.municipality_id]):
        open_one = live.per_plan.plan.versions.filter(status__in=["DRAFT", "PROPOSED"])
        assert not open_one.exists()
        draft = make_draft(live.per, live.kari, now=datetime.now(UTC))
        for position in range(60):
            Measure.objects.create(
                version=draft,
                municipality_id=draft.municipality_id,
                zone=Zone.YELLOW,
                kind=MeasureKind.OWN,
                position=100 + position,
                text=f"Eget tiltak nummer {position + 1}: hvil og mål på nytt.",
            )
    sign_in(page, "kari")
    page.goto(reverse("plan-print", args=[draft.pk]))
    assert axe_violations(page) == []
    pages = [" ".join(sheet.extract_text().split()) for sheet in PdfReader(BytesIO(page.pdf())).pages]
    assert len(pages) > 1
    for number, text in enumerate(pages, 1):
        assert "AASEN, Per, født 14.03.1948" in text
        assert f"Side {number} av {len(pages)}" in text
    assert "IKKE GODKJENT" in pages[0]


def test_the_nurse_gives_a_tablet_access_and_takes_it_away(page: Page, live):
    sign_in(page, "kari")
    page.goto(reverse("devices", args=[live.solveig.pk]))
    assert axe_violations(page) == []
    page.get_by_role("button", name="Gi tilgang").click()
    expect(page.get_by_text("Navn på enheten: skriv det som står på merkelappen.")).to_be_visible()
    assert axe_violations(page) == []
    page.get_by_label("Hva skal enheten hete?").fill("Nettbrett 14")
    page.get_by_role("button", name="Gi tilgang").click()
    token = page.locator("code.token").inner_text()
    assert token.startswith("dho_")
    assert axe_violations(page) == []
    page.get_by_role("button", name="Sperr Nettbrett 14").click()
    expect(page.get_by_text("«Nettbrett 14» er sperret.")).to_be_visible()
    assert token not in page.content()
    page.set_viewport_size({"width": 320, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
