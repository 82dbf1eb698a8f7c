"""The privacy officer in a real browser: a nurse looks, the look is sealed, found, reviewed and told to the patient."""

import pytest
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from audit.models import UnsealedEntry
from audit.queries.chain import last_seal
from dho.lib.numbers import date_nb
from patients.models import Patient
from tests.database import see_everything
from tests.factories.patients import make_enrolment, make_patient
from tests.journeys.conftest import axe_violations, sign_in
from tests.journeys.stack import wait_until

pytestmark = [pytest.mark.browser]


@pytest.fixture
def looked_at(page: Page, live) -> Patient:
    """Nurse Kari has opened Anna, who has neither alert nor plan."""
    with transaction.atomic():
        see_everything()
        anna = make_patient(live.a.pk, "Anna", "Stille", gp=live.dahl)
        make_enrolment(anna, live.joint)
    sign_in(page, "kari")
    page.goto(reverse("patient", args=[anna.pk]))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("button", name="Logg ut").click()
    return anna


def test_the_officer_finds_reviews_and_hands_out_who_has_looked(page: Page, live, looked_at):
    wait_until(lambda: last_seal() is not None and not UnsealedEntry.objects.exists(), seconds=30)
    call_command("verify_audit")

    sign_in(page, "vera")
    page.get_by_role("link", name="Innsynslogg").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Innsynslogg")
    expect(page.get_by_role("rowheader", name="Kari Nordmann").first).to_be_visible()
    assert axe_violations(page) == []

    page.get_by_label("Pasientens fødselsnummer").fill("123")
    page.get_by_role("button", name="Søk").click()
    expect(page.get_by_role("link", name="Fødselsnummer: kommunen har ingen pasient")).to_be_visible()
    assert axe_violations(page) == []
    page.get_by_label("Pasientens fødselsnummer").fill(looked_at.national_id)
    page.get_by_role("button", name="Søk").click()
    expect(page.get_by_role("cell", name="Stille, Anna").first).to_be_visible()
    assert looked_at.national_id not in page.url

    page.get_by_role("link", name="Vis loggen slik pasienten skal få den").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hvem har sett i journalen min")
    expect(page.get_by_text("Så på siden din med målinger og varsler")).to_be_visible()
    assert axe_violations(page) == []
    page.get_by_role("link", name="Til innsynsloggen").click()
    page.get_by_role("link", name="Krav om innsyn").click()
    page.get_by_role("button", name="Registrer kravet").click()
    expect(page.get_by_role("link", name="Dagen kravet kom: skriv datoen.")).to_be_visible()
    assert axe_violations(page) == []
    page.get_by_label("Dagen kravet kom").fill(date_nb(timezone.localdate()))
    page.get_by_label("Brev").check()
    page.get_by_role("button", name="Registrer kravet").click()
    expect(page.get_by_text("Kravet er registrert. Du kan hente ut opplysningene.")).to_be_visible()
    assert axe_violations(page) == []
    page.get_by_role("link", name="Hent ut alt om pasienten").click()
    expect(page.get_by_role("heading", name="Alt som er lagret om Anna Stille")).to_be_visible()
    assert axe_violations(page) == []

    page.get_by_role("link", name="Uvanlige innsyn").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Uvanlige innsyn")
    assert axe_violations(page) == []
    page.get_by_role("link", name="Kontroller innsynet til Kari Nordmann").first.click()
    page.get_by_role("button", name="Lagre kontrollen").click()
    expect(page.get_by_role("link", name="Resultat: velg hva du kom fram til.")).to_be_visible()
    assert axe_violations(page) == []
    page.get_by_label("Innsynet var i orden").check()
    page.get_by_label("Hva du undersøkte").fill("Pasienten ringte og ba om råd.")
    page.get_by_role("button", name="Lagre kontrollen").click()
    expect(page.get_by_text("Kontrollen er lagret.")).to_be_visible()
    expect(page.get_by_role("cell", name="Innsynet var i orden")).to_be_visible()


def test_a_request_for_correction_is_received_and_answered(page: Page, live):
    sign_in(page, "vera")
    page.goto(reverse("corrections", args=[live.per.pk]))
    page.get_by_label("Hva mener pasienten er feil?").fill("Jeg røyker ikke.")
    page.get_by_role("button", name="Registrer kravet").click()
    assert axe_violations(page) == []
    page.get_by_role("link", name="Svar på kravet").click()
    page.get_by_role("button", name="Lagre svaret").click()
    expect(page.get_by_role("link", name="Svar: velg om opplysningene er rettet")).to_be_visible()
    assert axe_violations(page) == []
    page.get_by_label("Opplysningene er rettet").check()
    page.get_by_label("Begrunnelse").fill("Rettet etter samtale.")
    page.get_by_role("button", name="Lagre svaret").click()
    expect(page.get_by_text("Rettet etter samtale.")).to_be_visible()
