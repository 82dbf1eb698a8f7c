"""Administrators in a real browser: an agreement ended after its review, a role given and ended, and the matrix."""

from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.enums import Role
from accounts.models import Membership
from organisations.models import Agreement
from tests import database
from tests.factories.accounts import make_membership, make_user
from tests.journeys.conftest import axe_violations, sign_in

pytestmark = [pytest.mark.browser]


@pytest.fixture(scope="module")
def people(live) -> None:
    """Grue's administrator, who is also its privacy officer, and a nurse whom nobody has given a role."""
    with transaction.atomic():
        database.see_everything()
        gro = make_user("gro", "Gro", "Gran")
        make_membership(gro, Role.MUNICIPAL_ADMINISTRATOR, authority=live.b)
        make_membership(gro, Role.PRIVACY_OFFICER, authority=live.b, valid_from="2021-01-01")
        make_user("mona", "Mona", "Krogh", hpr_number="7777777")


def looks_right(page: Page) -> None:
    """No fault for axe, and no sideways scroll, wide and narrow; of the whole page, not of one on its way."""
    page.wait_for_load_state()
    for width in (1280, 640, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (page.url, width)
        assert axe_violations(page) == [], (page.url, width)
    page.set_viewport_size({"width": 1280, "height": 900})


def test_an_agreement_ends_after_its_review_and_access_with_it(page: Page, live, people, browser, stack):
    nurse = browser.new_context(base_url=stack.url, locale="nb-NO").new_page()
    sign_in(nurse, "kari")
    nurse.goto(reverse("patient", args=[live.solveig.pk]))
    expect(nurse.get_by_role("heading", level=1)).to_contain_text("Solveig")

    sign_in(page, "gro")
    expect(page.get_by_text("Du er logget inn som administrator i Grue")).to_be_visible()
    looks_right(page)
    page.get_by_role("link", name="Avtaler").first.click()
    looks_right(page)
    page.get_by_role("link", name="DHO Solør–Odal").click()
    looks_right(page)
    page.get_by_role("link", name="Avslutt").click()
    page.get_by_label("Siste dag").fill("i går")
    page.get_by_role("button", name="Se hva som endres").click()
    expect(page.get_by_role("link", name="Siste dag: skriv datoen som dag, måned og år")).to_be_visible()
    looks_right(page)
    page.get_by_role("button", name="Avslutt med en gang").click()
    lost = "Fra i dag kan 2 personer i DHO Solør–Odal ikke lenger se 1 pasient i Grue."
    expect(page.get_by_text(lost)).to_be_visible()
    looks_right(page)
    page.get_by_role("button", name="Lagre").click()
    expect(page.get_by_text("Sluttdatoen er lagret.")).to_be_visible()
    expect(page.get_by_text("Gro Gran")).to_have_count(2)
    looks_right(page)

    nurse.reload()
    expect(nurse.get_by_role("heading", level=1)).to_have_text("Vi finner ikke siden")
    nurse.context.close()

    page.goto(reverse("agreement-new"))
    looks_right(page)
    page.get_by_label("Organisasjon").select_option(label="DHO Solør–Odal")
    page.get_by_role("button", name="Se hva som endres").click()
    expect(page.get_by_text("kan 2 personer i DHO Solør–Odal se 1 pasient i Grue.")).to_be_visible()
    page.get_by_role("button", name="Tilbake").click()
    page.get_by_label("Referanse").fill("Sak 26/17")
    page.get_by_role("button", name="Se hva som endres").click()
    page.get_by_role("button", name="Lagre").click()
    expect(page.get_by_text("Avtalen er lagret.")).to_be_visible()
    with transaction.atomic():
        database.see_everything()
        assert Agreement.objects.filter(reference="Sak 26/17", party=live.b).count() == 1


def test_a_role_is_given_and_ended(page: Page, live, people):
    sign_in(page, "eva")
    page.get_by_role("link", name="Personer og roller").first.click()
    looks_right(page)
    page.get_by_label("Brukernavn eller HPR-nummer").fill("7777777")
    page.get_by_role("button", name="Finn person").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mona Krogh")
    assert "7777777" not in page.url
    page.get_by_role("button", name="Gi rollen").click()
    expect(page.get_by_role("link", name="Rolle: velg en.")).to_be_visible()
    looks_right(page)
    page.get_by_label("Organisasjon").select_option(label="DHO Solør–Odal")
    page.get_by_label("Rolle", exact=True).select_option(label="Sykepleier")
    page.get_by_role("button", name="Gi rollen").click()
    expect(page.get_by_text("Mona Krogh er nå sykepleier.")).to_be_visible()
    looks_right(page)
    page.get_by_role("link", name="Avslutt sykepleier for Mona Krogh").click()
    looks_right(page)
    page.get_by_role("button", name="Steng tilgangen nå").click()
    expect(page.get_by_text("Siste dag i rollen for Mona Krogh")).to_be_visible()
    today = timezone.localdate(datetime.now(UTC))
    assert not Membership.objects.in_force(today).filter(user__username="mona").exists()
    page.goto(reverse("person-new"))
    page.get_by_role("button", name="Registrer").click()
    looks_right(page)


def test_the_role_is_changed_in_the_header_and_the_matrix_is_read(page: Page, live, people):
    sign_in(page, "gro")
    page.get_by_text("Bytt rolle", exact=True).click()
    looks_right(page)
    page.get_by_role("button", name="Personvernombud, Grue").click()
    expect(page.get_by_text("Du er logget inn som personvernombud i Grue")).to_be_visible()
    page.get_by_role("link", name="Tilgangsmatrise").first.click()
    expect(page.get_by_role("row", name="Siri Moen")).to_contain_text("Alle kommunens pasienter")
    looks_right(page)
    page.get_by_label("Rolle", exact=True).select_option(label="fastlege")
    page.get_by_role("button", name="Vis").click()
    expect(page.get_by_text("1 tilgang")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Last ned som CSV").click()
    assert "Anne Dahl" in download.value.path().read_text(encoding="utf-8-sig")
