"""A plan that waits, from reminder to approval, and the GP's short list, in a real browser (R-125, R-130, AT-53)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import Page, expect

from careplans.enums import RoutineMode
from careplans.models import DoctorContact, DoctorNotice, GpLook, PlanOpening, PlanVersion
from careplans.services import Agreed, agree, remind
from dho.lib import rls
from tests import database
from tests.factories.careplans import add_schedule, make_draft, propose
from tests.journeys.conftest import axe_violations, sign_in
from tests.journeys.stack import wait_until

pytestmark = [pytest.mark.browser]
DAY = timedelta(days=1)


def everything(read):
    """What the database says, whoever it belongs to."""
    with transaction.atomic():
        database.see_everything()
        return read()


def sent(live, patient, *, days: int) -> PlanVersion:
    """A plan that was sent so many days ago."""
    then = datetime.now(UTC) - days * DAY
    with rls.acting_for([patient.municipality_id]):
        draft = make_draft(patient, live.kari, now=then)
        add_schedule(draft)
        return propose(draft, now=then)


def fits(page: Page) -> None:
    """Nothing scrolls sideways, on a desk and on a telephone."""
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert axe_violations(page) == []


def test_from_reminder_to_approval(page: Page, live):
    """After 12 days the nurse reminds; another plan was reminded of 18 days ago and is rung about, opened, approved."""
    recent, old = sent(live, live.solveig, days=12), sent(live, live.per, days=30)
    with rls.acting_for([live.a.pk, live.b.pk]):
        remind(version=old, by=live.actor(live.kari), now=datetime.now(UTC) - 18 * DAY)
    sign_in(page, "kari")
    page.goto(reverse("plans-waiting"))
    expect(page.get_by_role("article")).to_have_count(2)
    first, second = (page.get_by_role("article").nth(place) for place in (0, 1))
    expect(first).to_contain_text("Over frist: Ring legekontoret")
    expect(second).to_contain_text("Over frist: Send påminnelse")
    fits(page)

    second.get_by_role("button", name="Send påminnelse").click()
    expect(page.get_by_text("Påminnelsen er lagt i kø.")).to_be_visible()
    reminders = DoctorNotice.objects.filter(version=recent, kind="REMINDER")
    wait_until(lambda: everything(lambda: reminders.all().filter(state="DELIVERED").exists()), seconds=40)
    page.reload()
    reminded = page.get_by_role("article").filter(has_text="Eide, Solveig")
    expect(reminded).to_contain_text("Vent på svar.")
    expect(reminded).to_contain_text("E-post til legen gikk")
    expect(reminded.get_by_role("button", name="Send påminnelse")).to_have_count(0)

    # By keyboard alone: to the call, and a refusal that names the field before it is saved.
    page.get_by_role("link", name="Registrer telefonsamtale").first.press("Enter")
    page.get_by_role("button", name="Lagre samtalen").press("Enter")
    expect(page.get_by_role("link", name="Kontakt: svar ja eller nei.")).to_be_visible()
    fits(page)
    page.get_by_label("Ja", exact=True).press("Space")
    page.get_by_label("Hva kom dere fram til?").fill("Dr. Dahl ser på planen i dag.")
    page.get_by_role("button", name="Lagre samtalen").press("Enter")
    expect(page.get_by_text("Telefonsamtalen er registrert.")).to_be_visible()
    assert everything(lambda: DoctorContact.objects.get().version) == old
    page.get_by_role("button", name="Logg ut").click()

    sign_in(page, "dahl")
    page.goto(reverse("gp-tasks"))
    fits(page)
    page.get_by_role("link", name="Aasen, Per").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("venter på deg")
    assert everything(lambda: PlanOpening.objects.get(version=old).by) == live.dahl
    page.get_by_label("Jeg godkjenner grenseverdiene").check()
    page.get_by_role("button", name="Godkjenn plan").click()
    expect(page.get_by_text("Planen er godkjent")).to_be_visible()
    page.get_by_role("button", name="Logg ut").click()

    sign_in(page, "kari")
    page.goto(reverse("plans-waiting"))
    expect(page.get_by_role("article")).to_have_count(1)


def test_the_agreed_look_stands_in_the_gps_list_and_is_done_by_looking(page: Page, live):
    """AT-53: with an interval of 14 days, a task on the fourteenth; on message, none."""
    day = (datetime.now(UTC) - 14 * DAY).date()
    agreed = {"agreed_on": day, "agreed_with": "Anne Dahl", "valid_from": day}
    with rls.acting_for([live.a.pk, live.b.pk]):
        for patient, mode, days in (
            (live.per, RoutineMode.AT_INTERVALS, 14),
            (live.solveig, RoutineMode.ON_MESSAGE, None),
        ):
            by, now = live.actor(live.kari), datetime.now(UTC) - 14 * DAY
            agree(patient=patient, agreed=Agreed(mode=mode, interval_days=days, **agreed), by=by, now=now)
    sign_in(page, "dahl")
    page.goto(reverse("gp-tasks"))
    expect(page.get_by_role("heading", name="Se målingene for Aasen, Per")).to_be_visible()
    expect(page.get_by_role("heading", name="Se målingene for Eide, Solveig")).to_have_count(0)
    expect(page.get_by_text("Du er ikke ansvarlig for å følge målingene mellom avtalte tidspunkter.")).to_be_visible()
    fits(page)
    page.get_by_role("button", name="Åpne kurvene").press("Enter")
    expect(page.get_by_text("hver 14. dag")).to_be_visible()
    assert everything(lambda: GpLook.objects.get().patient) == live.per
    page.goto(reverse("gp-tasks"))
    expect(page.get_by_text("Ingen gjennomsyn er avtalt nå.")).to_be_visible()


def test_curves_are_sent_and_opened(page: Page, live):
    sign_in(page, "kari")
    page.goto(reverse("patient-curves", args=[live.per.pk]))
    fits(page)
    page.get_by_label("Fastlegen åpner dem her").check()
    page.get_by_role("button", name="Send kurver til fastlegen").click()
    expect(page.get_by_text("Fastlegen har ikke åpnet dem.")).to_be_visible()
    page.goto(reverse("gp-routine", args=[live.per.pk]))
    fits(page)
    page.goto(reverse("doctor-contact", args=[live.per.pk]))
    fits(page)
    page.get_by_role("button", name="Logg ut").click()
    sign_in(page, "dahl")
    page.goto(reverse("gp-tasks"))
    page.get_by_role("region", name="Kurver som er sendt til deg").get_by_role("link", name="Aasen, Per").click()
    expect(page.get_by_role("heading", name="Kurver og status")).to_be_visible()
    fits(page)
