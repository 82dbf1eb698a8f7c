"""Nurse and hospital in a real browser: advice at the alert, an urgent slot, and a meeting that changes the plan."""

from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import Page, expect

from careplans.models import PlanVersion
from careplans.services import send_to_gp
from dho.lib import rls
from dho.lib.numbers import OSLO
from measurements.models import Reading
from tests import database
from tests.factories.accounts import actor_of
from tests.factories.hospital import make_cooperation
from tests.factories.measurements import make_reading
from tests.journeys.conftest import axe_violations, sign_in
from tests.journeys.stack import wait_until

pytestmark = [pytest.mark.browser]


def everything(read):
    """What the database says, whoever it belongs to."""
    with transaction.atomic():
        database.see_everything()
        return read()


@pytest.fixture(scope="module")
def hospital(live):
    """A department that reads along for Per, who has just been red."""
    with transaction.atomic():
        database.see_everything()
        found = make_cooperation(live)
        make_reading(live.per_tablet, "spo2", 84, at=datetime.now(UTC))
    wait_until(lambda: everything(lambda: not Reading.objects.filter(assessed_at__isnull=True).exists()), seconds=60)
    return found


def test_from_a_red_reading_to_a_plan_that_waits_for_the_doctor(page: Page, live, hospital):
    sign_in(page, "kari")
    page.goto(reverse("patient", args=[live.per.pk]))
    expect(page.get_by_role("heading", name="Veiledning")).to_be_visible()
    expect(page.get_by_text("Be om en ny måling etter 15 minutter i ro")).to_be_visible()
    expect(page.get_by_text("Lungevakten, telefon").first).to_be_visible()
    assert axe_violations(page) == []

    page.get_by_role("link", name="Be om hastetime").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Be om hastetime")
    assert axe_violations(page) == []
    page.get_by_label("Hvorfor det haster").fill("Faller i metning.")
    page.get_by_label("1 dag").check()
    page.get_by_role("button", name="Lagre forespørselen").click()
    expect(page.get_by_text("Forespørselen er lagret.")).to_be_visible()

    page.get_by_role("link", name="Møter").click()
    today = datetime.now(OSLO).strftime("%d.%m.%Y")
    page.get_by_label("Avdeling").select_option(label=hospital.department.name)
    page.get_by_label("Møtedag").fill(today)
    assert axe_violations(page) == []
    page.get_by_role("button", name="Planlegg møte og hent agenda").click()
    expect(page.get_by_role("heading", name="Agenda: 1 pasient")).to_be_visible()
    assert axe_violations(page) == []
    address = page.url

    page.get_by_role("button", name="Logg ut").click()
    sign_in(page, "ravn")
    page.goto(address)
    page.get_by_role("link", name="Skriv beslutning").click()
    page.get_by_role("button", name="Lagre beslutningen").click()
    expect(page.get_by_role("link", name="Beslutning: velg hva dere bestemte.")).to_be_visible()
    assert axe_violations(page) == []
    page.get_by_label("Endre planen").check()
    page.get_by_label("Hva dere bestemte").fill("Senk rød grense for SpO₂ til 84.")
    page.get_by_label("Hvem som følger det opp").fill("Kari Nordmann")
    page.get_by_role("button", name="Lagre beslutningen").click()
    expect(page.get_by_text("Oppfølgingstjenesten har ikke laget planforslaget ennå.")).to_be_visible()

    page.goto(reverse("outpatient"))
    assert axe_violations(page) == []
    page.get_by_role("link", name="Svar Aasen, Per").click()
    page.get_by_label("Avslått med råd").check()
    page.get_by_label("Råd eller beskjed").fill("Følg planen, og ring i morgen.")
    assert axe_violations(page) == []
    page.get_by_role("button", name="Lagre svaret").click()
    expect(page.get_by_text("Følg planen, og ring i morgen.")).to_be_visible()
    for name in ("activities", "contact-point"):
        page.goto(reverse(name))
        assert axe_violations(page) == []

    page.get_by_role("button", name="Logg ut").click()
    sign_in(page, "kari")
    page.goto(address)
    page.get_by_role("link", name="Se eller endre beslutningen").click()
    page.get_by_role("button", name="Lag planforslag").click()
    expect(page.get_by_role("link", name="Planforslag, versjon 2: utkast")).to_be_visible()
    assert axe_violations(page) == []
    with rls.acting_for([live.a.pk]):
        draft = PlanVersion.objects.get(patient=live.per, number=2)
        send_to_gp(version=draft, by=actor_of(live.kari), now=datetime.now(UTC))

    page.goto(address)
    page.get_by_label("Deltakere").fill("Kari Nordmann, Sigrid Ravn")
    page.get_by_label("Varighet i minutter").fill("20")
    page.get_by_role("button", name="Lagre referatet").click()
    expect(page.get_by_role("heading", name="Referat")).to_be_visible()
    page.goto(reverse("guidance"))
    assert axe_violations(page) == []

    page.get_by_role("button", name="Logg ut").click()
    sign_in(page, "dahl")
    expect(page.get_by_role("heading", name="1 plan venter på deg")).to_be_visible()
    page.get_by_role("link", name="Aasen, Per").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Egenbehandlingsplan versjon 2 venter på deg")


@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_scrolls_sideways(page: Page, live, hospital, width):
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, "kari")
    for name, arguments in (
        ("guidance", []),
        ("meetings", []),
        ("outpatient", []),
        ("plans-ending", []),
        ("patient", [live.per.pk]),
        ("outpatient-new", [live.per.pk]),
    ):
        page.goto(reverse(name, args=arguments))
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
