"""From referral to an approved plan to the first judged reading, in one go, with the clock moved over four weeks."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from uuid import uuid4

import pytest
import requests
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from alerts.models import Alert, Assessment
from alerts.queries.invariants import find_breaches
from dho.lib.national_id import make_synthetic
from dho.lib.numbers import OSLO, date_nb
from patients.models import Enrolment, PathwayStep
from tests import database
from tests.factories.accounts import make_device, token_of
from tests.factories.intake import make_handler
from tests.factories.world import World, make_world
from tests.journeys.conftest import axe_violations, sign_in, watch
from tests.journeys.moving import Moving, moving_product
from tests.journeys.test_intake_browser import answer_all

pytestmark = pytest.mark.browser

MONDAY = datetime(2027, 1, 11, 9, tzinfo=OSLO)
DAY = timedelta(days=1)


@pytest.fixture
def moving(template_database, django_db_setup, django_db_blocker) -> Iterator[Moving]:
    """The product on a database of its own, on a Monday in January."""
    name = f"{template_database}_moving"
    with django_db_blocker.unblock():
        database.copy_database(template_database, name)
        with database.working_on(name), moving_product(MONDAY) as product:
            yield product
        database.drop_database(name)


@pytest.fixture
def people(moving) -> World:
    """The personas, and the municipality's case handler."""
    with transaction.atomic():
        database.see_everything()
        world = make_world()
        make_handler(world.a.pk)
    return world


class Browsers:
    """Each person in a browser of their own; a session does not live through a night."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser, self.url, self.faults = browser, url, []

    def of(self, username: str) -> Page:
        context = self.browser.new_context(base_url=self.url, locale="nb-NO", viewport={"width": 1440, "height": 900})
        page = context.new_page()
        self.faults.append(watch(page, self.url))
        sign_in(page, username)
        return page


@pytest.fixture
def browsers(browser, moving) -> Iterator[Browsers]:
    found = Browsers(browser, moving.url)
    yield found
    for context in browser.contexts:
        context.close()
    assert [fault for faults in found.faults for fault in faults] == []


def everything(read):
    with transaction.atomic():
        database.see_everything()
        return read()


def refer_and_allocate(page: Page) -> Enrolment:
    """Hege registers the GP's referral, assesses it and allocates the service."""
    page.goto(reverse("referral-new"))
    page.get_by_label("Fødselsnummer").fill(make_synthetic(date(1950, 5, 4), Random(77)).value)
    page.get_by_label("Fornavn").fill("Olga")
    page.get_by_label("Etternavn").fill("Furu")
    page.get_by_label("Fastlege", exact=True).check()
    page.get_by_label("Hvorfor trenger personen tjenesten?").fill("Kols, to innleggelser i høst.")
    page.get_by_role("button", name="Registrer henvisningen").click()
    page.get_by_role("link", name="Vurder", exact=True).click()
    answer_all(page)
    page.get_by_label("Kols").check()
    page.get_by_role("button", name="Lagre vurderingen").click()
    page.get_by_role("link", name="Tildel", exact=True).click()
    page.get_by_label("Oppfølgingstjeneste").select_option(label="DHO Solør–Odal")
    page.get_by_label("Fastlege").select_option(label="Anne Dahl")
    for box in ("Om tjenesten", "Ikke en nødtjeneste", "Retten til å klage", "Ikke vedtak", "I brev"):
        page.get_by_label(box).check()
    page.get_by_role("button", name="Tildel tjenesten").click()
    expect(page.get_by_text("Tjenesten er tildelt.")).to_be_visible()
    return everything(lambda: Enrolment.objects.select_related("patient").get(patient__family_name="Furu"))


def start_trial(page: Page, course: Enrolment, first: date) -> None:
    page.goto(reverse("course-trial", args=[course.pk]))
    page.get_by_label("Første dag").fill(date_nb(first))
    page.get_by_label("Siste dag").fill(date_nb(first + 14 * DAY))
    page.get_by_label("Oksygenmetning", exact=False).first.check()
    page.get_by_label("kols", exact=False).first.check()
    page.get_by_role("button", name="Start prøveperioden").click()
    expect(page.get_by_text("Prøveperiode, dag 1 av 15")).to_be_visible()


def measure(moving: Moving, token: str, value: int, at: datetime) -> None:
    """What the tablet does one morning; then the watch has its turn."""
    moving.to(at)
    body = {"id": str(uuid4()), "type": "spo2", "value": value, "unit": "%", "taken_at": at.isoformat()}
    answer = requests.post(
        f"{moving.url}/api/v1/readings/",
        json=body | {"source": "DEVICE"},
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )
    assert answer.status_code == 201, answer.text
    moving.to(at + timedelta(minutes=1))


def write_plan(page: Page, course: Enrolment, review: date) -> None:
    """Kari begins from the template, takes the trial's limits, makes it Olga's own, and sends it."""
    page.goto(reverse("plan-begin", args=[course.patient_id]))
    page.get_by_label("Hva er viktig for deg?").fill("Å komme ut i hagen.")
    page.get_by_label("Mal").select_option(label=next(text for text in options(page) if text.startswith("Kols")))
    page.get_by_role("button", name="Begynn på planen").click()
    page.get_by_role("button", name="Bruk forslaget for Oksygenmetning").first.click()
    assert axe_violations(page) == []
    page.locator("#id_gul-signs").fill("Må hvile på vei til postkassen.")
    page.locator("#id_gul-rad-0-text").fill("Sitt ved vinduet og pust rolig.")
    page.locator("#id_om-review_on").fill(date_nb(review))
    page.locator("button[name=save][value=om]").click()
    for box in page.locator("input[name=confirm]").all():
        box.check()
    page.locator("button[name=save][value=om]").click()
    expect(page.get_by_role("heading", name="Planen kan sendes", exact=True)).to_be_visible()
    page.get_by_role("link", name="Gå gjennom og send").click()
    reason = page.get_by_label("Hvorfor sendes planen med så lite data?")
    if reason.count():
        reason.fill("Puls og temperatur måles ved behov.")
    page.get_by_role("button", name="Send til fastlegen").click()
    expect(page.get_by_text("Planen er sendt til fastlegen.")).to_be_visible()


def options(page: Page) -> list[str]:
    return page.get_by_label("Mal").locator("option").all_inner_texts()


def approve(page: Page) -> None:
    """The doctor: from the list to the plan, one box and one button."""
    page.goto(reverse("plans"))
    page.get_by_role("link", name="Furu, Olga").first.click()
    expect(page.get_by_text("Å komme ut i hagen.").first).to_be_visible()
    page.get_by_label("Jeg godkjenner grenseverdiene").check()
    page.get_by_role("button", name="Godkjenn plan").click()
    expect(page.get_by_text("Planen er godkjent").first).to_be_visible()


def go_on(page: Page, course: Enrolment) -> None:
    page.goto(reverse("course-evaluation", args=[course.pk]))
    page.get_by_label("Hvem deltok").fill("Olga og sykepleieren.")
    page.locator("#id_makes_insecure_1").check()
    page.locator("#id_health_anxiety_1").check()
    page.get_by_label("Fortsette").check()
    page.get_by_label("Egenbehandlingsplan", exact=True).check()
    page.get_by_label("Hvor ofte pasienten måler videre").fill("Mandag og torsdag.")
    page.get_by_role("button", name="Lagre evalueringen").click()
    expect(page.get_by_text("Evalueringen er lagret.")).to_be_visible()


def test_from_referral_to_an_approved_plan_to_the_first_judged_reading(moving, people, browsers):
    course = refer_and_allocate(browsers.of("hege"))
    with transaction.atomic():
        database.see_everything()
        token = token_of(make_device(course.patient, people.kari))

    now = moving.to(MONDAY + 2 * DAY)
    start_trial(browsers.of("kari"), course, now.date())
    for number in range(1, 15):
        # One morning she forgets.
        if number != 5:
            measure(moving, token, (93, 92, 94)[number % 3], (now + number * DAY).replace(hour=8, minute=5))
        else:
            moving.to((now + number * DAY).replace(hour=20))
            missing = everything(lambda: list(Alert.objects.filter(patient=course.patient, kind="MISSING")))
            assert "SpO₂ ikke målt" in [each.headline for each in missing]
    # No doctor has approved anything yet, so nothing has been judged (P2).
    colours = everything(
        lambda: set(Assessment.objects.filter(patient=course.patient).values_list("colour", flat=True))
    )
    assert colours == {"NOT_ASSESSED"}

    now = moving.to((now + 14 * DAY).replace(hour=10))
    write_plan(browsers.of("kari"), course, (now + 180 * DAY).date())
    now = moving.to(now + timedelta(hours=2))
    approve(browsers.of("dahl"))
    go_on(browsers.of("kari"), course)

    measure(moving, token, 84, (now + DAY).replace(hour=8, minute=5))
    judged = everything(
        lambda: (
            Assessment.objects.filter(patient=course.patient)
            .order_by("-assessed_at")
            .values_list("colour", "plan_version__number")[0]
        )
    )
    assert judged == ("RED", 1)
    page = browsers.of("kari")
    page.goto(reverse("queue"))
    expect(page.get_by_role("link", name="Furu, Olga")).to_be_visible()
    page.goto(reverse("patient", args=[course.patient_id]))
    expect(page.get_by_text("Sitt ved vinduet og pust rolig.").first).to_be_attached()
    steps = everything(
        lambda: list(
            PathwayStep.objects.filter(patient=course.patient)
            .order_by("at", "pk")
            .values_list("from_status", "to_status")
        )
    )
    assert steps == [
        ("", "RECEIVED"), ("RECEIVED", "ASSESSED"), ("ASSESSED", "ALLOCATED"), ("", "START_UP"),
        ("START_UP", "TRIAL"), ("TRIAL", "ACTIVE"),
    ]  # fmt: skip
    # The database stamps the access log itself, on the machine's clock: of that chain this journey says nothing.
    breaches = find_breaches(now=datetime.now(OSLO))
    assert [each for each in breaches if "access log" not in each.name] == []
