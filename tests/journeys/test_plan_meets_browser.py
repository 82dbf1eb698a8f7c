"""Where a plan meets somebody else: the nurse changes what the doctor is reading, and a patient moves."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from careplans.models import PlanVersion
from dho.lib import rls
from patients.models import Patient
from tests.factories.careplans import make_draft, propose
from tests.factories.patients import make_enrolment, make_patient
from tests.journeys.conftest import axe_violations, sign_in
from tests.journeys.test_gp_browser import everything, status_of
from tests.journeys.test_intake_browser import another

pytestmark = [pytest.mark.browser]


def newest(patient: Patient) -> PlanVersion:
    return everything(lambda: PlanVersion.objects.filter(patient=patient).latest("number"))


def test_the_doctor_answers_what_the_nurse_has_taken_back_and_changed(page: Page, live, browser, stack):
    """Refused, with the differences shown, and what the doctor had typed is still there."""
    with rls.acting_for([live.per.municipality_id]):
        proposal = propose(make_draft(live.per, live.kari, now=datetime.now(UTC)), now=datetime.now(UTC))
    sign_in(page, "dahl")
    page.goto(reverse("plan-decide", args=[proposal.pk]))
    page.get_by_text("Send tilbake med spørsmål …").click()
    page.get_by_label("Spørsmål til oppfølgingstjenesten").fill("Hvor ofte er han tungpustet om natten?")

    nurse = another(browser, stack, "kari")
    nurse.goto(reverse("plan-patient", args=[live.per.pk]))
    nurse.get_by_role("button", name="Trekk forslaget tilbake for å endre det").click()
    nurse.get_by_role("button", name="Lag en ny versjon fra versjon 2").click()
    nurse.locator("#id_rod-contact").fill("Ring 113 med en gang.")
    nurse.locator("button[name=save][value=rod]").click()
    expect(nurse.get_by_role("heading", name="Planen kan sendes", exact=True)).to_be_visible()
    nurse.get_by_role("link", name="Gå gjennom og send").click()
    nurse.get_by_role("button", name="Send til fastlegen").click()
    expect(nurse.get_by_text("Planen er sendt til fastlegen.")).to_be_visible()
    nurse.context.close()

    page.get_by_role("button", name="Send tilbake", exact=True).click()
    expect(page.get_by_text("Svaret ditt ble ikke lagret")).to_be_visible()
    expect(page.get_by_label("Spørsmålet ditt (ikke lagret)")).to_have_value("Hvor ofte er han tungpustet om natten?")
    expect(
        page.get_by_role("heading", name="Slik skiller den nyeste versjonen (3) seg fra den du leste")
    ).to_be_visible()
    expect(page.get_by_text("Ring 113 med en gang.")).to_be_visible()
    assert axe_violations(page) == []
    assert [status_of(each) for each in (proposal, newest(live.per))] == ["WITHDRAWN", "PROPOSED"]


def test_a_patient_moves_and_the_plan_is_a_draft_in_the_new_municipality(page: Page, live):
    """Kari follows up in both; nothing of the old plan judges anything in the new place."""
    with rls.acting_for([live.a.pk, live.b.pk]):
        moved = make_patient(live.b.pk, "Per", "Aasen", gp=live.dahl, birth_date=live.per.birth_date)
        same = {"national_id": live.per.national_id, "national_id_index": live.per.national_id_index}
        Patient.objects.filter(pk=moved.pk).update(**same)
        make_enrolment(moved, live.joint)
    sign_in(page, "kari")
    page.goto(reverse("plan-patient", args=[moved.pk]))
    expect(page.get_by_text("Pasienten har en plan i en annen kommune som du kan ta over.")).to_be_visible()
    assert axe_violations(page) == []
    page.get_by_role("link", name="Ta over en plan fra en annen kommune eller et sykehus").press("Enter")
    page.get_by_role("button", name="Ta over planen").press("Enter")
    assert axe_violations(page) == []
    page.locator("select[name=source]").select_option(index=1)
    page.locator("input[name=agreed]").check()
    page.get_by_role("button", name="Ta over planen").press("Enter")
    expect(page.get_by_text("Innholdet er tatt over fra Kongsvinger, versjon 1.")).to_be_visible()
    expect(page.get_by_text("Å kunne gå tur med hunden hver dag.")).to_be_visible()
    assert axe_violations(page) == []
    found = newest(moved)
    assert (found.status, found.approved_at) == ("DRAFT", None)
