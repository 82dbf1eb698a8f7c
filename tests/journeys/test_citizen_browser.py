"""Patients and relatives in a real browser: in through ID-porten, out to the nurse; refused, and withdrawn."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from random import Random

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.enums import Role
from alerts.models import Assessment
from dho.lib.encryption import blind_index
from dho.lib.national_id import make_synthetic
from patients.models import Patient
from tests import helseid
from tests.database import see_everything
from tests.factories.accounts import make_membership, make_user
from tests.factories.care import share
from tests.factories.careplans import add_schedule, approve, make_draft
from tests.factories.citizens import give_authority
from tests.factories.organisations import make_service
from tests.factories.patients import make_enrolment, make_patient
from tests.factories.world import A
from tests.helseid import CLIENT
from tests.journeys.conftest import axe_violations, sign_in, watch
from tests.journeys.stack import wait_until

pytestmark = pytest.mark.browser

OLAV, TONE, ANDERS = (make_synthetic(date(1948, 3, 14), Random(name)).value for name in ("olav", "tone", "anders"))
HIGH = "idporten-loa-high"
PEOPLE = [
    {"sub": "olav", "pid": OLAV, "acr": HIGH},
    {"sub": "olav-substantial", "pid": OLAV, "acr": "idporten-loa-substantial"},
    {"sub": "tone", "pid": TONE, "acr": HIGH},
    {"sub": "anders", "pid": ANDERS, "acr": HIGH},
]


@pytest.fixture(scope="module")
def extra_environment() -> Iterator[dict[str, str]]:
    """The product of this module knows ID-porten."""
    with helseid.provider(PEOPLE) as provider:
        yield {"DHO_IDPORTEN_URL": provider.url, "DHO_IDPORTEN_KEY": provider.key, "DHO_IDPORTEN_CLIENT_ID": CLIENT}


@pytest.fixture(scope="module")
def olav(live) -> Patient:
    """A patient of A with a plan, who has given his daughter Tone authority for a while."""
    now = timezone.now()
    with transaction.atomic():
        see_everything()
        made = make_patient(A, "Olav", "Haugen", gp=live.dahl)
        index = blind_index(OLAV)
        Patient.objects.filter(pk=made.pk).update(national_id=OLAV, national_id_index=index)
        made.refresh_from_db()
        make_enrolment(made, live.joint)
        draft = make_draft(made, live.kari, now=now)
        add_schedule(draft, grace_minutes=60_000)
        approve(draft, live.dahl, now=now)
        give_authority(made, now=now, national_id=TONE, name="Tone Haugen")
    return made


@contextmanager
def browsing(browser: Browser, stack, *, width: int = 1280) -> Iterator[Page]:
    """Somebody's own browser, which may go to ID-porten and back."""
    context = browser.new_context(base_url=stack.url, locale="nb-NO", viewport={"width": width, "height": 800})
    page = context.new_page()
    yield page
    context.close()


def come_in(page: Page, person: str) -> None:
    """From the patient's own first page to ID-porten, and back to it."""
    page.goto("/min/")
    page.get_by_role("link", name="Logg inn med ID-porten").click()
    page.get_by_role("button", name=person, exact=True).click()


def check(page: Page) -> None:
    """No finding of axe, and nothing to scroll sideways, on a phone and on a large screen."""
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert (page.url, width, axe_violations(page)) == (page.url, width, [])
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_relative_sends_on_behalf_and_the_nurse_sees_who_it_was(browser, stack, live, olav, page):
    with browsing(browser, stack) as tones:
        come_in(tones, "tone")
        expect(tones.get_by_text("på vegne av")).to_have_text(
            "Du er logget inn som Tone Haugen, på vegne av Olav Haugen"
        )
        faults = watch(tones, stack.url)
        check(tones)
        tones.get_by_role("link", name="Send en måling").click()
        check(tones)
        tones.get_by_role("link", name="Oksygenmetning").click()
        check(tones)
        tones.get_by_label("Skriv tallet du har målt").fill("8,4")
        tones.get_by_role("button", name="Send").click()
        expect(tones.get_by_role("heading", name="Stemmer dette?")).to_be_visible()
        check(tones)
        tones.get_by_label("Skriv tallet du har målt").fill("84")
        tones.get_by_role("button", name="Ja, send").click()
        expect(tones.get_by_role("heading", name="Målingen er sendt")).to_be_visible()
        expect(tones.get_by_text("Sendt av Tone Haugen, pårørende.")).to_be_visible()
        check(tones)
        assert faults == []

    def judged() -> Assessment | None:
        with transaction.atomic():
            see_everything()
            return Assessment.objects.filter(patient=olav).first()

    assessment = wait_until(judged)
    assert assessment.colour == "RED"
    sign_in(page, "kari")
    page.goto(f"/pasienter/{olav.pk}/")
    expect(page.get_by_text("Sendt av Tone Haugen, pårørende").first).to_be_visible()
    assert axe_violations(page) == []
    page.goto(f"/vurderinger/{assessment.pk}/")
    expect(page.get_by_text("Tone Haugen, pårørende")).to_be_visible()


def test_the_patient_reads_the_log_and_sees_the_nurses_look(browser, stack, live, olav, page):
    sign_in(page, "kari")
    page.goto(f"/pasienter/{olav.pk}/")
    with browsing(browser, stack) as olavs:
        come_in(olavs, "olav")
        expect(olavs.get_by_role("heading", name="God dag, Olav")).to_be_visible()
        check(olavs)
        olavs.get_by_role("link", name="Hvem har sett i journalen").click()
        look = olavs.get_by_role("listitem").filter(has_text="Kari Nordmann").first
        expect(look).to_contain_text("sykepleier, DHO Solør–Odal")
        expect(look).to_contain_text("Så på siden din med målinger og varsler")
        check(olavs)
        for name in ("Mine målinger", "Min plan", "Pårørende"):
            olavs.goto("/min/")
            olavs.get_by_role("link", name=name).click()
            expect(olavs.get_by_role("heading", level=1)).to_be_visible()
            check(olavs)


def test_the_patient_chooses_nynorsk_at_the_foot_of_the_page_with_the_keyboard(browser, stack, live, olav):
    with browsing(browser, stack) as olavs:
        come_in(olavs, "olav")
        olavs.goto("/min/malinger/")
        faults = watch(olavs, stack.url)
        olavs.get_by_role("button", name="Nynorsk").focus()
        olavs.keyboard.press("Enter")
        expect(olavs.get_by_role("heading", level=1)).to_have_text("Målingane mine")
        expect(olavs.get_by_role("button", name="Nynorsk")).to_have_attribute("aria-current", "true")
        check(olavs)
        olavs.get_by_role("link", name="Til framsida").click()
        expect(olavs.get_by_role("link", name="Planen min")).to_be_visible()
        check(olavs)
        olavs.get_by_role("button", name="Bokmål").click()
        expect(olavs.get_by_role("link", name="Min plan")).to_be_visible()
        assert faults == []


def test_a_lower_level_of_assurance_is_refused(browser, stack, live, olav):
    with browsing(browser, stack) as somebodys:
        come_in(somebodys, "olav-substantial")
        expect(somebodys.get_by_role("heading", name="Du kom ikke inn")).to_be_visible()
        expect(somebodys.get_by_text("for lavt for helseopplysninger")).to_be_visible()
        check(somebodys)
        somebodys.goto("/min/plan/")
        somebodys.wait_for_url("**/min/logg-inn/?next=%2Fmin%2Fplan%2F")
        check(somebodys)


def test_a_withdrawn_relative_loses_it_in_an_open_browser(browser, stack, live, olav):
    with browsing(browser, stack) as olavs, browsing(browser, stack) as anders:
        come_in(olavs, "olav")
        olavs.goto("/min/parorende/")
        olavs.get_by_role("link", name="Gi fullmakt").click()
        olavs.get_by_role("button", name="Gi fullmakt").click()
        expect(olavs.get_by_role("alert")).to_contain_text("Navn: skriv fornavn og etternavn.")
        check(olavs)
        olavs.get_by_label("Navnet til den pårørende").fill("Anders Haugen")
        olavs.get_by_label("Hvem er det?").fill("sønn")
        olavs.get_by_label("Fødselsnummeret til den pårørende").fill(ANDERS)
        olavs.get_by_label("se målinger og plan").check()
        olavs.get_by_label("1 måned").check()
        olavs.get_by_role("button", name="Gi fullmakt").click()
        expect(olavs.get_by_text("Anders Haugen har fått fullmakt.")).to_be_visible()
        check(olavs)

        come_in(anders, "anders")
        anders.get_by_role("link", name="Se målingene").click()
        expect(anders.get_by_role("heading", level=1)).to_have_text("Målinger")
        olavs.get_by_role("button", name="Trekk tilbake fullmakten til Anders Haugen").click()
        expect(olavs.get_by_text("Anders Haugen har ikke lenger fullmakt.")).to_be_visible()
        anders.reload()
        expect(anders.get_by_role("heading", name="Du har ikke lenger tilgang")).to_be_visible()
        assert "Olav" not in anders.content()
        check(anders)


def test_the_staff_of_a_group_home_send_as_themselves(live, olav, page):
    with transaction.atomic():
        see_everything()
        home = make_service("Solsiden bofellesskap", owner=A)
        make_membership(make_user("bo", "Bo", "Haug"), Role.GROUP_HOME_STAFF, service=home)
        share(olav, home, live.kari)
    sign_in(page, "bo")
    page.wait_for_url("**/beboere/")
    check(page)
    page.get_by_role("link", name="Olav Haugen").click()
    expect(page.get_by_text("Du sender for")).to_contain_text("Olav Haugen")
    check(page)
    page.get_by_role("link", name="Puls").click()
    page.get_by_label("Skriv tallet du har målt").fill("72")
    check(page)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Sendt av Bo Haug, boligpersonell.")).to_be_visible()
    check(page)
