"""A course in a real browser: home visit, trial, a missing day, evaluation, follow-up, pause, end, and a new course.

The clock is moved by moving the days in the database back: the product itself then finds what has not come.
"""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from alerts.models import Alert, Expectation
from careplans.models import CaseTask
from dho.lib import rls
from dho.lib.numbers import date_nb
from patients.models import Enrolment
from tests import database
from tests.factories.careplans import add_schedule, approve, make_draft
from tests.factories.courses import allocated
from tests.factories.patients import make_patient
from tests.journeys.conftest import axe_violations, sign_in
from tests.journeys.stack import wait_until

pytestmark = [pytest.mark.browser]

DAY = timedelta(days=1)


def everything(read):
    """What the database says, whoever it belongs to."""
    with transaction.atomic():
        database.see_everything()
        return read()


def allocate(live, family: str) -> Enrolment:
    """A patient who has just been allocated the service."""
    with rls.acting_for([live.a.pk]):
        patient = make_patient(live.a.pk, "Tora", family, gp=live.dahl)
        return allocated(patient, live.joint, live.kari, allocated_on=timezone.localdate() - 7 * DAY)


def open_page(page: Page, name: str, *ids) -> None:
    page.goto(reverse(name, args=ids))
    assert axe_violations(page) == []


def start_trial(page: Page, course: Enrolment, *, days: int) -> None:
    """Fill in the form and send it."""
    today = timezone.localdate()
    open_page(page, "course-trial", course.pk)
    page.get_by_label("Første dag").fill(date_nb(today))
    page.get_by_label("Siste dag").fill(date_nb(today + days * DAY))
    page.get_by_label("Oksygenmetning", exact=False).first.check()
    page.get_by_label("kols", exact=False).first.check()
    page.get_by_role("button", name="Start prøveperioden").click()


def evaluate(page: Page, course: Enrolment) -> None:
    """All that goes on with the self-care plan."""
    open_page(page, "course-evaluation", course.pk)
    page.get_by_label("Hvem deltok").fill("Tora og sykepleieren.")
    page.locator("#id_makes_insecure_1").check()
    page.locator("#id_health_anxiety_1").check()
    page.get_by_label("Fortsette").check()
    page.get_by_label("Egenbehandlingsplan", exact=True).check()
    page.get_by_label("Hvor ofte pasienten måler videre").fill("Mandag og torsdag.")
    page.get_by_role("button", name="Lagre evalueringen").click()


def let_a_day_pass(course: Enrolment) -> None:
    """What is expected next was due three hours ago."""
    waiting = Expectation.objects.filter(patient_id=course.patient_id)
    wait_until(lambda: everything(lambda: waiting.all().count() == 2), seconds=60)
    now = datetime.now(UTC)
    moved = {"window_start": now - DAY, "due_at": now - timedelta(hours=3), "deadline": now - timedelta(hours=1)}
    everything(lambda: waiting.all().update(**moved))
    missing = Alert.objects.filter(patient_id=course.patient_id, kind="MISSING")
    wait_until(lambda: everything(lambda: missing.all().count() == 2), seconds=60)


def test_a_course_from_allocation_to_end_and_a_new_one(page: Page, live):
    course = allocate(live, "Vik")
    wait_until(lambda: everything(lambda: CaseTask.objects.filter(enrolment=course).count() == 9), seconds=60)
    sign_in(page, "kari")
    open_page(page, "courses")
    page.get_by_role("link", name="Vik, Tora").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Forløpet til Vik, Tora")
    assert axe_violations(page) == []

    page.get_by_role("link", name="Hjemmebesøk: kartlegging og opplæring").click()
    page.get_by_label("Kartlagt bolig, strøm og dekning").check()
    assert axe_violations(page) == []
    page.get_by_role("button", name="Utført").click()
    expect(page.get_by_text("Oppgaven er utført.")).to_be_visible()

    start_trial(page, course, days=13)
    expect(page.get_by_role("link", name="Siste dag: prøveperioden varer 14 til 28 dager.")).to_be_visible()
    assert axe_violations(page) == []
    start_trial(page, course, days=14)
    expect(page.get_by_text("Prøveperiode, dag 1 av 15")).to_be_visible()
    assert axe_violations(page) == []

    let_a_day_pass(course)
    page.goto(reverse("queue"))
    expect(page.get_by_role("link", name="Vik, Tora")).to_be_visible()

    evaluate(page, course)
    expect(page.get_by_role("link", name="Grunnlag: pasienten har ingen godkjent")).to_be_visible()
    expect(page.get_by_label("Hvem deltok")).to_have_value("Tora og sykepleieren.")
    assert axe_violations(page) == []
    with rls.acting_for([live.a.pk]):
        draft = make_draft(course.patient, live.kari, now=datetime.now(UTC))
        add_schedule(draft)
        approve(draft, live.dahl, now=datetime.now(UTC))
    evaluate(page, course)
    expect(page.get_by_text("Evalueringen er lagret.")).to_be_visible()
    expect(page.get_by_text("I drift").first).to_be_visible()

    open_page(page, "course-pause", course.pk)
    page.get_by_label("Første dag").fill(date_nb(timezone.localdate()))
    page.get_by_label("Siste dag").fill(date_nb(timezone.localdate() + 7 * DAY))
    page.get_by_label("Begrunnelse").fill("Reiser til Spania.")
    page.get_by_role("button", name="Registrer pausen").click()
    expect(page.get_by_text("Pausen er registrert.")).to_be_visible()
    page.goto(reverse("patient", args=[course.patient_id]))
    expect(page.get_by_text("Pause fra")).to_be_visible()

    end(page, course)
    expect(page.get_by_role("link", name="Gå til varslene")).to_be_visible()
    expect(page.get_by_label("Utdyping")).to_have_value("Vil ikke mer.")
    page.goto(reverse("queue"))
    page.locator(f"#e-{course.patient_id}").click()
    wait_until(
        lambda: everything(lambda: not Alert.objects.filter(patient=course.patient, state="OPEN").exists()), seconds=30
    )
    end(page, course)
    expect(page.get_by_text("Forløpet er avsluttet.")).to_be_visible()

    with rls.acting_for([live.a.pk]):
        again = allocated(course.patient, live.joint, live.kari, allocated_on=timezone.localdate())
    open_page(page, "course", again.pk)
    expect(page.get_by_role("heading", name="Andre forløp")).to_be_visible()


def end(page: Page, course: Enrolment) -> None:
    """Fill in why, and send it."""
    open_page(page, "course-end", course.pk)
    page.get_by_label("Eget ønske").check()
    page.get_by_label("Utdyping").fill("Vil ikke mer.")
    page.get_by_role("button", name="Avslutt forløpet").click()


def test_a_trial_that_ends_without_a_decision_is_late_on_the_board_and_said_on_the_page(page: Page, live):
    course = allocate(live, "Moen")
    sign_in(page, "kari")
    start_trial(page, course, days=14)
    expect(page.get_by_text("Prøveperiode, dag 1 av 15")).to_be_visible()
    today = timezone.localdate()
    past = {"allocated_on": today - 30 * DAY, "started_on": today - 22 * DAY, "trial_ends_on": today - DAY}
    everything(lambda: Enrolment.objects.filter(pk=course.pk).update(**past))
    open_page(page, "courses")
    row = page.get_by_role("row", name="Moen, Tora")
    expect(row.get_by_text("Prøveperioden er over. Avgjør om pasienten skal fortsette")).to_be_visible()
    expect(row.get_by_text("over tiden")).to_be_visible()
    row.get_by_role("link").click()
    expect(page.get_by_text("ingen har avgjort hva som skjer videre")).to_be_visible()


def test_a_task_is_done_by_keyboard_only(page: Page, live):
    course = allocate(live, "Lid")
    wait_until(lambda: everything(lambda: CaseTask.objects.filter(enrolment=course).count() == 9), seconds=60)
    sign_in(page, "kari")
    open_page(page, "course", course.pk)
    link = page.get_by_role("link", name="Opplæring av pasienten")
    for _ in range(80):
        page.keyboard.press("Tab")
        if link.evaluate("e => e === document.activeElement"):
            break
    page.keyboard.press("Enter")
    box = page.get_by_label("Vist måleutstyret og nettbrettet")
    expect(box).to_be_visible()
    for _ in range(80):
        page.keyboard.press("Tab")
        if box.evaluate("e => e === document.activeElement"):
            break
    page.keyboard.press("Space")
    expect(box).to_be_checked()
    button = page.get_by_role("button", name="Utført")
    for _ in range(20):
        page.keyboard.press("Tab")
        if button.evaluate("e => e === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("Oppgaven er utført.")).to_be_visible()
    connection.close()


@pytest.mark.parametrize("width", [1440, 900, 390])
def test_no_page_is_wider_than_the_screen(page: Page, live, width, tmp_path_factory):
    course = everything(lambda: Enrolment.objects.get(patient=live.per))
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, "kari")
    folder = tmp_path_factory.getbasetemp()
    for name, ids in (
        ("courses", []), ("course", [course.pk]), ("course-evaluation", [course.pk]), ("course-pause", [course.pk]),
        ("course-task-new", [course.pk]), ("course-end", [course.pk]), ("routines", []), ("routine", ["home_visit"]),
    ):  # fmt: skip
        open_page(page, name, *ids)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        page.screenshot(path=str(folder / f"{name}-{width}.png"), full_page=True)
