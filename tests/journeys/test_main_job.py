"""The main job on real parts: a tablet over REST, gunicorn, a Celery worker, PostgreSQL, and the nurse's browser."""

import threading
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
import requests
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import DeviceCredential
from accounts.services import revoke_credential
from alerts.enums import AlertState, HandlingAction, Level
from alerts.models import Alert, Assessment, Handling, QueueEntry
from audit.models import AccessEntry
from dho.lib import rls
from measurements.models import Reading
from patients.models import Patient
from tests.database import see_everything
from tests.factories.accounts import actor_of, let_in, make_device, token_of
from tests.factories.careplans import approve, make_draft
from tests.factories.clock import NOW
from tests.factories.patients import make_enrolment, make_patient
from tests.factories.world import A
from tests.journeys.conftest import axe_violations, sign_in
from tests.journeys.stack import wait_until

pytestmark = pytest.mark.browser
LONG_AGO = NOW - timedelta(days=90)


def reading(value, *, ago=timedelta(minutes=1), type_id="spo2", unit="%"):
    return {
        "id": str(uuid4()),
        "type": type_id,
        "value": value,
        "unit": unit,
        "taken_at": (timezone.now() - ago).isoformat(),
        "source": "DEVICE",
    }


def everything(query):
    """The result of a query that may see all municipalities, in a transaction of its own."""
    with transaction.atomic():
        see_everything()
        return query()


def colours_of(patient):
    return everything(
        lambda: list(
            Assessment.objects.filter(patient=patient, superseded_by=None)
            .order_by("reading__taken_at")
            .values_list("colour", flat=True)
        )
    )


def new_patient(live, given, family, *, plan=False):
    """A patient of A at the joint service and the token of the tablet; with `plan` approved long ago, no schedule."""
    with transaction.atomic():
        see_everything()
        patient = make_patient(A, given, family, gp=live.dahl)
        make_enrolment(patient, live.joint)
        if plan:
            approve(make_draft(patient, live.kari, now=LONG_AGO), live.dahl, now=LONG_AGO)
        return patient, token_of(make_device(patient, live.kari))


def test_a_red_reading_reaches_the_nurse_who_handles_it_and_it_can_be_explained(stack, live, page):
    # Nothing is expected of her by the clock: only her readings and the nurse change the case.
    patient, token = new_patient(live, "Ragnhild", "Vik", plan=True)
    sign_in(page, "kari")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Arbeidskø")

    assert stack.post("readings/", token, reading(84)).status_code == 201
    entry = wait_until(lambda: everything(lambda: QueueEntry.objects.filter(patient=patient).first()), seconds=5)
    assert entry.level == Level.RED

    # Her browser shows it at its next poll, without anyone reloading the page.
    row = page.get_by_role("row").filter(has_text="Vik, Ragnhild")
    expect(row.or_(page.get_by_text("1 ny rød")).first).to_be_visible(timeout=20_000)
    if not row.is_visible():
        page.get_by_text("1 ny rød").click()
    expect(row).to_contain_text("SpO₂ 84 %")
    assert axe_violations(page) == []

    row.get_by_role("button", name="Ta saken").click()
    expect(row).to_contain_text("Kari Nordmann (deg)")
    row.get_by_role("link", name="Vik, Ragnhild").click()
    expect(page.get_by_role("heading", name="Varsel")).to_be_visible()
    expect(page.get_by_label("Ring pasienten innen 30 min")).to_be_visible()

    page.get_by_role("link", name="Hvorfor rød?").click()
    expect(page.get_by_text("Anne Dahl").first).to_be_visible()
    expect(page.get_by_text("86").first).to_be_visible()
    assert axe_violations(page) == []
    page.go_back()

    # Red is never closed without outcome and note, and the page says what is missing.
    page.get_by_role("button", name="Ferdig, neste pasient").click()
    expect(page.locator("#note-feil")).to_be_visible()
    page.get_by_label("Ringte pasienten").check()
    page.get_by_label("Ring pasienten innen 30 min").check()
    page.locator("#id_note").fill("Ringte. Uvel, men bedre etter hvile. Måler på nytt kl. 12.")
    assert axe_violations(page) == []
    page.get_by_role("button", name="Ferdig, neste pasient").click()
    expect(page.get_by_text("Saken er lukket")).to_be_visible()

    handling = everything(lambda: Handling.objects.filter(patient=patient, action=HandlingAction.DONE).get())
    alert = everything(lambda: Alert.objects.get(patient=patient))
    assert (handling.by_id, handling.outcomes, handling.level) == (live.kari.pk, ["CALLED"], Level.RED)
    assert (alert.state, alert.handling_id) == (AlertState.CLOSED, handling.pk)
    assert everything(lambda: QueueEntry.objects.filter(patient=patient).exists()) is False
    looked = everything(lambda: set(AccessEntry.objects.filter(patient_id=patient.pk).values_list("action", flat=True)))
    assert {"OPEN_PATIENT", "CLAIM", "HANDLE", "OPEN_EXPLANATION"} <= looked


def test_three_offline_days_arrive_in_one_batch_in_any_order_and_twice(stack, live):
    patient = live.solveig
    sent = [reading(value, ago=timedelta(hours=12 * n)) for n, value in enumerate([85, 91, 92, 90, 93, 87])]
    shuffled = [sent[n] for n in (3, 0, 5, 1, 4, 2)]
    token = token_of(live.solveig_tablet)
    first = stack.post("readings/batch/", token, {"readings": shuffled})
    again = stack.post("readings/batch/", token, {"readings": sent})
    assert (first.status_code, again.status_code) == (200, 200)
    assert {item["status"] for item in first.json()["results"]} == {201}
    assert {item["status"] for item in again.json()["results"]} == {200}
    wait_until(lambda: len(colours_of(patient)) == 6)
    # Oldest first: 87 is yellow, the newest, 85, is red.
    assert colours_of(patient) == ["YELLOW", "GREEN", "GREEN", "GREEN", "GREEN", "RED"]
    taken = everything(lambda: set(Reading.objects.filter(patient=patient).values_list("taken_at", flat=True)))
    assert taken == {timezone.datetime.fromisoformat(item["taken_at"]) for item in sent}
    assert everything(lambda: Alert.objects.filter(patient=patient).count()) == 1


def test_without_an_approved_plan_nothing_is_ever_green(stack, live):
    patient, token = new_patient(live, "Uten", "Plan")
    assert stack.post("readings/", token, reading(97)).status_code == 201
    wait_until(lambda: colours_of(patient))
    assert colours_of(patient) == ["NOT_ASSESSED"]
    entry = everything(lambda: QueueEntry.objects.get(patient=patient))
    assert entry.level == Level.NOT_ASSESSED


def test_an_impossible_value_is_kept_and_reaches_the_nurse(stack, live):
    patient, token = new_patient(live, "Umulig", "Verdi")
    assert stack.post("readings/", token, reading(-20, type_id="weight", unit="kg")).status_code == 201
    wait_until(lambda: everything(lambda: QueueEntry.objects.filter(patient=patient).exists()))
    kept = everything(lambda: Reading.objects.get(patient=patient))
    assert (kept.sent_value, kept.value) == ("-20", Decimal(-20))


def test_a_revoked_tablet_gets_no_further(stack, live):
    patient, token = new_patient(live, "Mistet", "Nettbrett")
    assert stack.post("readings/", token, reading(95)).status_code == 201
    with rls.acting_for([A]):
        revoke_credential(
            credential=DeviceCredential.objects.get(patient_id=patient.pk), by=actor_of(live.kari), now=timezone.now()
        )
    refused = stack.post("readings/", token, reading(95))
    assert (refused.status_code, refused.json()["code"]) == (401, "device_revoked")
    assert everything(lambda: Reading.objects.filter(patient=patient).count()) == 1


def test_of_two_nurses_who_claim_at_once_exactly_one_gets_the_case(stack, live):
    patient, token = new_patient(live, "Ettertraktet", "Sak")
    stack.post("readings/", token, reading(70))
    wait_until(lambda: everything(lambda: QueueEntry.objects.filter(patient=patient).exists()))
    browsers = []
    for user in (live.kari, live.berit):
        made = Client()
        let_in(made, user)
        browsers.append({"sessionid": made.cookies["sessionid"].value, "csrftoken": "a" * 32})
    answers: list[int] = []
    start = threading.Barrier(2)

    def claim(cookies):
        start.wait()
        answers.append(
            requests.post(
                f"{stack.url}/arbeidsko/{patient.pk}/ta/",
                cookies=cookies,
                headers={"X-CSRFToken": "a" * 32, "HX-Request": "true", "Origin": stack.url},
                timeout=10,
            ).status_code
        )

    nurses = [threading.Thread(target=claim, args=[cookies]) for cookies in browsers]
    for nurse in nurses:
        nurse.start()
    for nurse in nurses:
        nurse.join()
    assert sorted(answers) == [200, 409]
    owner = everything(lambda: QueueEntry.objects.get(patient=patient).owner)
    assert owner in (live.kari, live.berit)
    assert everything(lambda: Handling.objects.filter(patient=patient, action=HandlingAction.CLAIM).count()) == 1


def test_a_nurse_of_another_municipality_sees_neither_row_nor_patient_nor_count(stack, live, page):
    stack.post("readings/", token_of(live.per_tablet), reading(80))
    # Not the row: a missing reading may have made it already.
    assessment = wait_until(
        lambda: everything(lambda: Assessment.objects.filter(patient=live.per).order_by("assessed_at").last())
    )
    entry = everything(lambda: QueueEntry.objects.get(patient=live.per))

    sign_in(page, "ola")
    # By list and by count.
    expect(page.get_by_role("heading", level=1)).to_contain_text("Arbeidskø")
    assert "Aasen" not in page.content()
    expect(page.get_by_role("main")).not_to_contain_text("Røde (1)")
    # By address: the same answer as for what does not exist.
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    missing = requests.get(f"{stack.url}/pasienter/{uuid4()}/", cookies=cookies, timeout=10)
    for address in (
        f"/pasienter/{live.per.pk}/",
        f"/vurderinger/{assessment.pk}/",
        f"/pasienter/{live.per.pk}/enheter/",
        f"/planer/{live.per_plan.pk}/",
        f"/planer/{live.per_plan.pk}/utskrift/",
    ):
        answer = requests.get(f"{stack.url}{address}", cookies=cookies, timeout=10)
        assert (address, answer.status_code) == (address, 404)
        assert "Aasen" not in answer.text
        assert len(answer.text) == len(missing.text)
    # By REST: another patient's tablet reads only its own.
    own = requests.get(
        f"{stack.url}/api/v1/readings/", headers={"Authorization": f"Bearer {token_of(live.nils_tablet)}"}, timeout=10
    )
    assert own.json()["readings"] == []
    # By raw SQL as the runtime role, with what Ola's requests are limited to.
    with rls.acting_for(actor_of(live.ola).municipality_ids), connection.cursor() as cursor:
        for table in ("patients_patient", "measurements_reading", "alerts_alert", "alerts_queueentry"):
            column = "id" if table == "patients_patient" else "patient_id"
            cursor.execute(f"SELECT count(*) FROM {table} WHERE {column} = %s", [live.per.pk])
            assert (table, cursor.fetchone()) == (table, (0,))
        assert Patient.objects.filter(pk=live.per.pk).exists() is False
    # And the refused looks stand in the log.
    refused = everything(lambda: AccessEntry.objects.filter(actor_id=live.ola.pk, allowed=False).count())
    assert refused >= 5
    assert entry.service_id == live.joint.pk
