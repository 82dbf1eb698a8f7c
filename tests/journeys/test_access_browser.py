"""Access in a real browser: emergency access end to end, sharing, handover, and an agreement that ends at midnight."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.enums import Role
from accounts.models import User
from alerts import services
from organisations.models import Agreement
from patients.models import Handover, Patient
from tests.database import see_everything
from tests.factories.accounts import actor_of, let_in, make_device, make_membership, make_user
from tests.factories.careplans import approve, make_draft
from tests.factories.measurements import make_reading
from tests.factories.organisations import make_agreement, make_service
from tests.factories.patients import make_enrolment, make_patient
from tests.factories.world import A, B
from tests.journeys.conftest import axe_violations, watch
from tests.journeys.stack import Stack

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def people(live) -> SimpleNamespace:
    """A nurse on call in A, A's privacy officer, and B's own unit with a nurse."""
    with transaction.atomic():
        see_everything()
        clinic = make_service("Legevakten i Kongsvinger", owner=A)
        own_b = make_service("Egen oppfølging i Grue", owner=B)
        found = SimpleNamespace(
            lind=make_user("lind", "Liv", "Lind"),
            ruud=make_user("ruud", "Rolf", "Ruud"),
            moe=make_user("moe", "Mari", "Moe"),
            own_b=own_b,
        )
        make_membership(found.lind, Role.NURSE, service=clinic)
        make_membership(found.ruud, Role.PRIVACY_OFFICER, authority=live.a)
        make_membership(found.moe, Role.NURSE, service=own_b)
    return found


def red_patient(live, municipality_id: int, family: str) -> Patient:
    """Red in the queue of the joint service."""
    now = timezone.now()
    with transaction.atomic():
        see_everything()
        patient = make_patient(municipality_id, "Tora", family, gp=live.dahl)
        make_enrolment(patient, live.joint)
        approve(make_draft(patient, live.kari, now=now - timedelta(days=9)), live.dahl, now=now - timedelta(days=9))
        make_reading(make_device(patient, live.kari), "spo2", 84, at=now)
        services.assess_patient(patient_id=patient.pk, municipality_id=municipality_id, now=now, wait=True)
    return patient


@pytest.fixture
def signed_in(browser: Browser, stack: Stack):
    """Browsers of their own for several people; each must stay free of faults."""
    opened = []

    def open_for(user: User) -> Page:
        context = browser.new_context(base_url=stack.url, locale="nb-NO", viewport={"width": 1440, "height": 900})
        client = Client()
        let_in(client, user)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": stack.url}
        context.add_cookies([cookie])
        page = context.new_page()
        opened.append((context, watch(page, stack.url)))
        return page

    yield open_for
    for context, faults in opened:
        context.close()
        assert faults == []


def test_emergency_access_from_the_number_to_the_privacy_officers_review(live, people, signed_in):
    patient = red_patient(live, A, "Dale")
    page = signed_in(people.lind)
    page.goto(f"/pasienter/{patient.pk}/")
    expect(page.get_by_text("Tora")).to_have_count(0)
    page.goto("/arbeidsko/")
    page.get_by_role("link", name="Nødtilgang").click()
    assert axe_violations(page) == []

    page.get_by_label("Fødselsnummer").fill("01010112345")
    page.get_by_label("Begrunnelse").fill("Bevisstløs på legevakten, ingen pårørende.")
    page.get_by_role("button", name="Gå videre").click()
    expect(page.get_by_role("alert")).to_contain_text("vi fant ingen pasient du kan åpne")
    assert axe_violations(page) == []

    page.get_by_label("Fødselsnummer").fill(patient.national_id)
    # Past the link of the error summary, to the button.
    page.get_by_label("Begrunnelse").press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("åpne journalen til Tora Dale")
    assert axe_violations(page) == []
    page.get_by_role("button", name="Åpne journalen").click()

    expect(page.get_by_text("Nødtilgang til kl.")).to_be_visible()
    expect(page.get_by_text("Begrunnelse: Bevisstløs på legevakten")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dale")
    expect(page.get_by_role("button", name="Ta saken")).to_have_count(0)
    assert axe_violations(page) == []
    page.get_by_role("link", name="Hvorfor rød?").click()
    expect(page.get_by_text("Nødtilgang til kl.")).to_be_visible()

    officer = signed_in(people.ruud)
    officer.goto("/")
    officer.get_by_role("link", name="1 nødtilgang venter på vurdering").click()
    expect(officer.get_by_role("row", name="Dale, Tora")).to_contain_text("Ikke vurdert")
    assert axe_violations(officer) == []
    officer.get_by_role("row", name="Dale, Tora").get_by_role("link").click()
    expect(officer.get_by_text("Åpnet forklaring (Nødtilgang)")).to_be_visible()
    assert axe_violations(officer) == []
    officer.get_by_role("textbox", name="Vurdering").fill("Legevakten bekrefter at det var nødvendig.")
    officer.get_by_role("button", name="Lagre vurderingen").click()
    expect(officer.get_by_role("row", name="Dale, Tora")).to_contain_text("av Rolf Ruud")

    kari = signed_in(live.kari)
    kari.goto(f"/pasienter/{patient.pk}/")
    kari.get_by_role("link", name="Tilgang og ansvar").click()
    expect(kari.get_by_text("Liv Lind, sykepleier, Legevakten i Kongsvinger. Begrunnelse:")).to_be_visible()


def test_a_patient_is_shared_blocked_and_handed_over(live, people, signed_in):
    patient = red_patient(live, B, "Engen")
    kari = signed_in(live.kari)
    kari.goto(f"/pasienter/{patient.pk}/tilgang/")
    assert axe_violations(kari) == []
    kari.get_by_text("Del med en annen tjeneste …").click()
    kari.get_by_label("Del med").select_option("Egen oppfølging i Grue")
    kari.get_by_role("button", name="Del", exact=True).click()
    expect(kari.get_by_role("status")).to_contain_text("Egen oppfølging i Grue kan nå lese om pasienten.")

    kari.get_by_text("Registrer en sperring for pasienten …").click()
    kari.get_by_label("Sperr for").select_option(label="Anne Dahl, fastlege, Kongsvinger legesenter")
    kari.get_by_role("button", name="Sperr", exact=True).click()
    expect(kari.get_by_role("alert")).to_contain_text("Dette gjelder pasientens fastlege.")
    assert axe_violations(kari) == []
    kari.get_by_role("button", name="Sperr likevel").click()
    expect(kari.get_by_role("status")).to_contain_text("Sperringen er registrert")

    kari.get_by_text("Overfør til en annen tjeneste …").click()
    kari.get_by_role("button", name="Spør mottakeren").click()
    expect(kari.get_by_role("alert")).to_contain_text("Tjeneste: velg en tjeneste i listen.")
    assert axe_violations(kari) == []
    kari.get_by_label("Overfør til").select_option("Egen oppfølging i Grue")
    kari.get_by_role("button", name="Spør mottakeren").click()
    expect(kari.get_by_text("Mottakeren har ikke svart.")).to_be_visible()

    moe = signed_in(people.moe)
    moe.goto("/arbeidsko/")
    expect(moe.locator("#queue")).not_to_contain_text("Engen")
    moe.get_by_role("link", name="1 overføring venter på svar fra dere").click()
    expect(moe.get_by_role("heading", name="Engen, Tora")).to_be_visible()
    assert axe_violations(moe) == []
    moe.get_by_role("button", name="Ta imot").click()
    expect(moe.get_by_role("status")).to_contain_text("Dere følger opp fra nå.")
    moe.goto("/arbeidsko/")
    expect(moe.locator("#queue")).to_contain_text("Engen, Tora")
    assert kari.goto(f"/pasienter/{patient.pk}/").status == 404


def test_at_midnight_the_open_browser_loses_what_the_agreement_gave_and_the_next_service_has_it(
    live, people, signed_in
):
    """The dates are moved instead of the clock: yesterday was the last day, today the handover takes effect."""
    patient, kept = red_patient(live, B, "Fossum"), red_patient(live, A, "Gran")
    now = timezone.now()
    today = timezone.localdate(now)
    with transaction.atomic():
        see_everything()
        handover = Handover.objects.create(
            municipality_id=B,
            patient=patient,
            enrolment=patient.enrolments.get(),
            from_service=live.joint,
            to_service=people.own_b,
            takes_effect_on=today + timedelta(days=1),
            proposed_at=now,
            proposed_by=live.kari,
        )
        by = actor_of(people.moe, on=now)
        services.accept_handover(handover_id=handover.pk, note="", by=by, now=now)
    kari, moe = signed_in(live.kari), signed_in(people.moe)
    kari.goto("/arbeidsko/")
    moe.goto("/arbeidsko/")
    expect(kari.locator("#queue")).to_contain_text("Fossum, Tora")
    expect(moe.locator("#queue")).not_to_contain_text("Fossum")

    with transaction.atomic():
        see_everything()
        Agreement.objects.filter(party=live.b, service=live.joint).update(valid_until=today - timedelta(days=1))
        Handover.objects.filter(pk=handover.pk).update(takes_effect_on=today)
    stale = kari.request.post(f"/arbeidsko/{patient.pk}/ta/", headers={"X-CSRFToken": csrf(kari), "Referer": kari.url})
    assert stale.status == 404
    expect(kari.locator("#queue")).not_to_contain_text("Fossum", timeout=40_000)
    expect(kari.locator("#queue")).to_contain_text("Gran, Tora")
    expect(moe.locator("#queue")).to_contain_text("Fossum, Tora", timeout=40_000)
    assert kari.goto(f"/pasienter/{patient.pk}/").status == 404
    assert kari.goto(f"/pasienter/{kept.pk}/").status == 200
    with transaction.atomic():
        see_everything()
        make_agreement_again(live)


def csrf(page: Page) -> str:
    """The token of the form on the page."""
    return page.locator("[name=csrfmiddlewaretoken]").first.input_value()


def make_agreement_again(live) -> None:
    """From today, so that what is left in the queue of other tests is somebody's."""
    make_agreement(live.joint, live.b.pk, valid_from=timezone.localdate())
