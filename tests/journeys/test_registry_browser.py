"""What an administrator registers without the operator: a service, its agreement and its nurse; and who lives where."""

from datetime import date
from random import Random

import pytest
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.enums import Role
from accounts.models import User
from dho.lib.national_id import make_synthetic
from organisations.enums import PartnerKind, Shared
from organisations.models import Agreement, FollowUpService, Partner
from patients.models import HomeAddress
from tests import database
from tests.factories.accounts import make_membership, make_user
from tests.factories.organisations import make_agreement
from tests.journeys.conftest import sign_in
from tests.journeys.test_admin_browser import looks_right

pytestmark = [pytest.mark.browser]

NAME = "Digital oppfølging Kongsvinger"


@pytest.fixture(scope="module")
def people(live) -> None:
    """Grue's administrator, a nurse without a role, and a depot with its driver."""
    with transaction.atomic():
        database.see_everything()
        make_membership(make_user("gro", "Gro", "Gran"), Role.MUNICIPAL_ADMINISTRATOR, authority=live.b)
        make_user("mona", "Mona", "Krogh", hpr_number="7777777")
        depot = Partner.objects.create(name="Utstyrslageret", kind=PartnerKind.LOGISTICS)
        make_agreement(None, live.a.pk, partner=depot, shares=[Shared.EQUIPMENT])
        make_membership(make_user("arne", "Arne", "Moe"), Role.LOGISTICS, partner=depot)


def another(browser, stack, username: str) -> Page:
    """Somebody else's browser."""
    page = browser.new_context(base_url=stack.url, locale="nb-NO").new_page()
    sign_in(page, username)
    return page


def test_a_service_is_registered_gets_its_agreement_and_its_nurse_sees_patients(
    page: Page, live, people, browser, stack
):
    sign_in(page, "ness")
    page.get_by_role("link", name="Organisasjoner").first.click()
    looks_right(page)
    page.get_by_role("link", name="Registrer en tjeneste").click()
    looks_right(page)
    page.get_by_label("Navn").fill(NAME)
    page.get_by_label("Telefon").fill("ring oss")
    page.get_by_label("Mandag").fill("hele dagen")
    page.get_by_role("button", name="Se hva som endres").click()
    expect(page.get_by_role("link", name="Telefon: skriv bare tall")).to_be_visible()
    expect(page.get_by_label("Mandag")).to_have_value("hele dagen")
    looks_right(page)
    page.get_by_role("link", name="Telefon: skriv bare tall").click()
    expect(page.get_by_label("Telefon")).to_be_focused()
    page.get_by_label("Telefon").fill("62 80 10 10")
    page.get_by_label("Type").select_option(label="Egen enhet i kommunen")
    page.get_by_label("Mandag").fill("08.00–15.30")
    page.get_by_role("button", name="Se hva som endres").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dette skjer når du lagrer")
    looks_right(page)
    page.get_by_role("button", name="Lagre").click()
    expect(page.get_by_text(f"{NAME} er lagret.")).to_be_visible()
    expect(page.get_by_text("Mandag–fredag 08.00–15.30", exact=True)).to_be_visible()
    looks_right(page)

    grue = another(browser, stack, "gro")
    grue.goto(reverse("agreement-new"))
    grue.get_by_label("Organisasjon").select_option(label=NAME)
    grue.get_by_role("button", name="Se hva som endres").click()
    grue.get_by_role("button", name="Lagre").click()
    expect(grue.get_by_text("Avtalen er lagret.")).to_be_visible()
    grue.context.close()

    page.get_by_role("link", name="Personer og roller").first.click()
    page.get_by_label("Brukernavn eller HPR-nummer").fill("7777777")
    page.get_by_role("button", name="Finn person").click()
    page.get_by_label("Organisasjon").select_option(label=NAME)
    page.get_by_label("Rolle", exact=True).select_option(label="Sykepleier")
    page.get_by_role("button", name="Gi rollen").click()
    expect(page.get_by_text("Mona Krogh er nå sykepleier.")).to_be_visible()

    kari = another(browser, stack, "kari")
    kari.goto(reverse("access", args=[live.solveig.pk]))
    kari.get_by_text("Del med en annen tjeneste …").click()
    kari.get_by_label("Del med").select_option(label=NAME)
    kari.get_by_role("button", name="Del", exact=True).click()
    expect(kari.get_by_role("button", name=f"Avslutt delingen med {NAME}")).to_be_visible()
    kari.context.close()

    mona = another(browser, stack, "mona")
    mona.goto(reverse("patients"))
    expect(mona.get_by_role("link", name="Eide, Solveig")).to_be_visible()
    mona.context.close()
    with transaction.atomic():
        database.see_everything()
        made = FollowUpService.objects.get(name=NAME)
        assert Agreement.objects.filter(service=made, party=live.b).count() == 1


def test_a_service_in_use_says_what_to_do_and_an_empty_one_closes(page: Page, live, people):
    sign_in(page, "ness")
    page.goto(reverse("organisation", args=["tjeneste", live.joint.pk]))
    looks_right(page)
    page.get_by_role("link", name="Steng").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("DHO Solør–Odal kan ikke stenges nå")
    expect(page.get_by_text("1 forløp i egen kommune er åpent.")).to_be_visible()
    looks_right(page)
    page.goto(reverse("organisation-new", args=["partner"]))
    page.get_by_label("Navn").fill("Prøvelageret")
    page.get_by_label("Type").select_option(label="Utstyrslager")
    page.get_by_role("button", name="Se hva som endres").click()
    page.get_by_role("button", name="Lagre").click()
    page.get_by_role("link", name="Steng").click()
    looks_right(page)
    page.get_by_role("button", name="Steng fra i dag").click()
    expect(page.get_by_text("Prøvelageret er stengt.")).to_be_visible()
    looks_right(page)


def test_who_somebody_is_and_where_people_live(page: Page, live, people, browser, stack):
    sign_in(page, "ness")
    page.goto(reverse("person", args=[live.berit.pk]))
    looks_right(page)
    page.get_by_role("link", name="Registrer nummeret").click()
    looks_right(page)
    page.get_by_label("Fødselsnummer").fill("123")
    page.get_by_role("button", name="Registrer nummeret").click()
    expect(page.get_by_role("link", name="Fødselsnummer: Personnummeret må ha 11 sifre.")).to_be_visible()
    looks_right(page)
    page.get_by_label("Fødselsnummer").fill(make_synthetic(date(1979, 5, 17), Random(8)).value)
    page.get_by_role("button", name="Registrer nummeret").click()
    expect(page.get_by_text("Fødselsnummeret er registrert.")).to_be_visible()
    expect(page.get_by_text("av Nils Ness").first).to_be_visible()

    kari = another(browser, stack, "kari")
    kari.goto(reverse("profile"))
    kari.get_by_role("link", name="Registrer adressen").click()
    looks_right(kari)
    kari.get_by_label("Gateadresse").fill("Storgata 14")
    kari.get_by_label("Postnummer").fill("2211")
    kari.get_by_role("button", name="Lagre adressen").click()
    expect(kari.get_by_text("Adressen er registrert.")).to_be_visible()
    kari.goto(reverse("patient", args=[live.per.pk]))
    kari.get_by_role("link", name="Kontaktopplysninger").click()
    looks_right(kari)
    kari.get_by_label("Gateadresse").fill("Storgata 12 B")
    kari.get_by_label("Postnummer").fill("2211")
    kari.get_by_role("button", name="Lagre").click()
    expect(kari.get_by_role("link", name="Poststed: fyll inn poststedet til adressen.")).to_be_visible()
    looks_right(kari)
    kari.get_by_label("Poststed").fill("Kongsvinger")
    kari.get_by_role("button", name="Lagre").click()
    expect(kari.get_by_text("Kontaktopplysningene er lagret.")).to_be_visible()
    kari.context.close()

    vera = another(browser, stack, "vera")
    vera.goto(reverse("log-review") + "?monster=NEIGHBOUR")
    expect(vera.get_by_role("cell", name="Nabo: samme gate og postnummer som pasienten")).to_be_visible()
    looks_right(vera)
    vera.context.close()

    arne = another(browser, stack, "arne")
    expect(arne.get_by_role("heading", level=1)).to_have_text("Utstyr og levering")
    expect(arne.get_by_role("row", name="Aasen, Per")).to_contain_text("Storgata 12 B")
    looks_right(arne)
    arne.context.close()
    with transaction.atomic():
        database.see_everything()
        assert User.objects.get(username="berit").national_id_registered_by == live.ness
        assert HomeAddress.objects.get(patient=live.per).lines == ["Storgata 12 B", "2211 Kongsvinger"]
