"""One plan in a real browser: the patient reads it in three languages and takes the paper, and so does a relative."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from random import Random

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from alerts.models import Assessment
from dho.lib.encryption import blind_index
from dho.lib.national_id import make_synthetic
from patients.models import Patient
from tests import helseid
from tests.database import see_everything
from tests.factories.citizens import give_authority
from tests.factories.faces import WRITTEN, full_plan
from tests.factories.patients import make_enrolment, make_patient
from tests.factories.world import A
from tests.helseid import CLIENT
from tests.journeys.conftest import axe_violations, sign_in, watch
from tests.journeys.stack import wait_until
from tests.nynorsk import left_over

pytestmark = pytest.mark.browser

GUNNAR, MARIT = (make_synthetic(date(1948, 3, 14), Random(name)).value for name in ("gunnar", "marit"))
HIGH = "idporten-loa-high"
PEOPLE = [{"sub": "gunnar", "pid": GUNNAR, "acr": HIGH}, {"sub": "marit", "pid": MARIT, "acr": HIGH}]


@pytest.fixture(scope="module")
def extra_environment() -> Iterator[dict[str, str]]:
    """The product of this module knows ID-porten."""
    with helseid.provider(PEOPLE) as provider:
        yield {"DHO_IDPORTEN_URL": provider.url, "DHO_IDPORTEN_KEY": provider.key, "DHO_IDPORTEN_CLIENT_ID": CLIENT}


@pytest.fixture(scope="module")
def gunnar(live) -> Patient:
    """A patient of A whose plan says something everywhere, with a relative."""
    now = timezone.now()
    with transaction.atomic():
        see_everything()
        made = make_patient(A, "Gunnar", "Lie", gp=live.dahl)
        Patient.objects.filter(pk=made.pk).update(national_id=GUNNAR, national_id_index=blind_index(GUNNAR))
        made.refresh_from_db()
        make_enrolment(made, live.joint)
        full_plan(made, live.kari, live.dahl, now=now)
        give_authority(made, now=now, national_id=MARIT, name="Marit Lie")
    return made


@contextmanager
def reading(browser: Browser, stack, person: str) -> Iterator[Page]:
    """Somebody at the plan page, in a browser of their own."""
    context = browser.new_context(base_url=stack.url, locale="nb-NO", viewport={"width": 1024, "height": 768})
    page = context.new_page()
    page.goto("/min/")
    page.get_by_role("link", name="Logg inn med ID-porten").click()
    page.get_by_role("button", name=person, exact=True).click()
    page.goto("/min/plan/")
    yield page
    context.close()


def check(page: Page) -> None:
    """No finding of axe and nothing to scroll sideways, from a phone to a tablet, and with text of twice the size."""
    for width in (390, 1024):
        page.set_viewport_size({"width": width, "height": 800})
        assert (width, axe_violations(page)) == (width, [])
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 512, "height": 400})  # as 1024 x 800 at 200 %
    assert page.evaluate("document.documentElement.scrollWidth") <= 512
    page.set_viewport_size({"width": 1024, "height": 768})


def says(page: Page) -> list[str]:
    """What of the plan's own words is missing."""
    said = " ".join(page.inner_text("main").split())
    return [text for text in WRITTEN if text not in said]


def test_the_patient_measures_and_reads_what_to_do_in_three_languages(browser, stack, live, gunnar):
    with reading(browser, stack, "gunnar") as page:
        faults = watch(page, stack.url)
        expect(page.get_by_role("heading", level=2).first).to_have_text("Du har ikke målt i dag")
        assert says(page) == []
        check(page)
        page.get_by_role("link", name="Send en måling").click()
        page.get_by_role("link", name="Oksygenmetning").click()
        page.get_by_label("Skriv tallet du har målt").fill("80")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("heading", name="Målingen er sendt")).to_be_visible()
        assert wait_until(lambda: colour_of(gunnar)) == "RED"

        page.goto("/min/plan/")
        expect(page.get_by_role("heading", level=2).first).to_have_text("I dag: Rød – akutt forverring")
        expect(page.get_by_role("region", name="I dag: Rød – akutt forverring")).to_contain_text("Tungpust i ro.")
        expect(page.get_by_role("region", name="Hvem du kan kontakte nå")).to_contain_text("116 117")
        check(page)
        shapes = page.locator(".own-zone svg").evaluate_all("found => found.map(each => each.innerHTML)")
        assert len(set(shapes)) == 3  # without colour each zone still has its own shape, beside its word

        page.get_by_role("button", name="Nynorsk").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=2).first).to_have_text("I dag: Raud – akutt forverring")
        assert says(page) == []
        with transaction.atomic():
            see_everything()
            assert left_over(page.content()) == []
        check(page)

        page.get_by_role("button", name="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.get_by_role("heading", level=2).first).to_have_text("Today: Red – suddenly worse")
        expect(page.get_by_text("The plan is written in Norwegian.")).to_be_visible()
        assert says(page) == []
        check(page)
        page.goto("/min/innsyn/")
        expect(page.get_by_text("This page is in Norwegian only.")).to_be_visible()
        check(page)
        page.goto("/min/plan/")
        page.get_by_role("button", name="Bokmål").click()
        expect(page.get_by_role("heading", name="Min plan")).to_be_visible()
        assert faults == []


def test_the_patient_takes_the_paper_and_prints_the_page(browser, stack, live, gunnar):
    with reading(browser, stack, "gunnar") as page:
        for name in ("Planen til kjøleskapet (PDF)", "Planen i stor skrift (PDF)"):
            address = page.get_by_role("link", name=name).get_attribute("href")
            answer = page.request.get(address)
            assert (answer.status, answer.headers["content-type"]) in ((200, "application/pdf"), (503, "text/html"))
        page.emulate_media(media="print")
        expect(page.get_by_role("button", name="Nynorsk")).to_be_hidden()
        expect(page.get_by_role("link", name="Til forsiden")).to_be_hidden()
        assert says(page) == []


def test_a_relative_reads_the_same_plan(browser, stack, live, gunnar):
    with reading(browser, stack, "marit") as page:
        expect(page.get_by_role("heading", level=1)).to_have_text("Planen")
        assert says(page) == []
        check(page)


def test_the_nurse_reads_it_beside_the_alert_and_prints_it_in_the_patients_language(page, stack, live, gunnar):
    sign_in(page, "kari")
    page.goto(f"/pasienter/{gunnar.pk}/")
    page.get_by_text("Planen slik pasienten leser den").click()
    said = " ".join(page.inner_text("main").split())
    assert [text for text in WRITTEN if text not in said] == []
    assert axe_violations(page) == []
    with transaction.atomic():
        see_everything()
        version = gunnar.plan_versions.get()
    page.goto(f"/planer/{version.pk}/")
    page.get_by_role("link", name="Planen til pasienten").click()
    page.get_by_role("link", name="Bokmål").click()
    expect(page.get_by_role("heading", name="Min plan")).to_be_visible()
    assert axe_violations(page) == []
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", name="My plan")).to_be_visible()
    assert axe_violations(page) == []


def colour_of(patient: Patient) -> str | None:
    """What the newest measurement was judged."""
    with transaction.atomic():
        see_everything()
        found = Assessment.objects.filter(patient=patient).first()
    return found.colour if found else None
