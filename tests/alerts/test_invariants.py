"""The nightly check finds what it is there to find: each promise is broken on purpose (P1–P4)."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from alerts import services
from alerts.enums import AlertState, CloseReason, Level
from alerts.models import Alert, Assessment, Delivery, QueueEntry
from alerts.queries.invariants import find_breaches
from alerts.tasks import check_invariants
from audit.queries.chain import last_seal
from audit.services import seal
from measurements.models import Reading
from tests import database
from tests.audit.entries import look_at
from tests.factories.careplans import make_draft
from tests.factories.clock import NOW
from tests.factories.measurements import make_reading

MINUTE = timedelta(minutes=1)


@pytest.fixture
def red(world):
    """Per is red, Nils is green, everything as it should be."""
    world.joint.notify_email = "vakt@example.org"
    world.joint.save()
    make_reading(world.per_tablet, "spo2", 84, at=NOW)
    make_reading(world.nils_tablet, "spo2", 95, at=NOW)
    for patient in (world.per, world.nils):
        services.assess_patient(patient_id=patient.pk, municipality_id=patient.municipality_id, now=NOW, wait=True)
    return QueueEntry.objects.get()


def names(now=NOW):
    return [breach.name for breach in find_breaches(now=now)]


def test_nothing_is_wrong_when_nothing_is_wrong(red):
    assert names() == []


def test_a_reading_nobody_has_assessed(red, world):
    waiting = make_reading(world.per_tablet, "pulse", 70, at=NOW - 2 * MINUTE)
    breach = find_breaches(now=NOW)[0]
    assert (breach.name, breach.count, breach.ids) == ("P1 a reading has waited more than 60 s", 1, (str(waiting.pk),))
    assert str(breach) == f"P1 a reading has waited more than 60 s: 1 ({waiting.pk})"


def test_a_reading_of_the_last_minute_is_no_breach(red, world):
    make_reading(world.per_tablet, "pulse", 70, at=NOW - MINUTE)
    assert names() == []


def test_a_reading_marked_as_assessed_that_was_not(red, world):
    make_reading(world.per_tablet, "pulse", 70, at=NOW)
    Reading.objects.update(assessed_at=NOW)
    assert names() == ["P1 a reading is marked as assessed without an assessment"]


def test_a_red_assessment_whose_alert_was_closed_by_no_one(red, world):
    Alert.objects.update(state=AlertState.CLOSED, closed_at=NOW, close_reason=CloseReason.REASSESSED)
    QueueEntry.objects.all().delete()
    assert names() == ["P1 an assessment that is not green has no alert that is open or handled"]


def test_an_alert_milder_than_its_assessment(red):
    Alert.objects.update(level=Level.YELLOW)
    QueueEntry.objects.update(level=Level.YELLOW)
    assert names() == ["P1 an open alert is milder than what stands behind it"]


@pytest.mark.parametrize("change", [{"level": Level.YELLOW}, {"alert_count": 2}, {"deadline": NOW}])
def test_a_queue_row_that_says_something_else_is_found_and_repaired(red, world, change):
    QueueEntry.objects.update(owner=world.kari, claimed_at=NOW, **change)
    assert names() == ["P1 a queue row differs from the open alerts"]
    services.dispatch(now=NOW)
    out = StringIO()
    call_command("check_invariants", "--repair", stdout=out)
    assert f"repaired the queue row of {world.per.pk}" in out.getvalue()
    repaired = QueueEntry.objects.get()
    assert (repaired.level, repaired.alert_count, repaired.deadline) == (red.level, red.alert_count, red.deadline)
    assert repaired.owner == world.kari


def test_a_lost_queue_row_is_made_again(red, world):
    QueueEntry.objects.all().delete()
    assert services.repair(now=NOW) == [str(world.per.pk)]
    assert names() == []


def test_a_red_alert_that_was_never_told(red, world):
    world.joint.webhook_url = "https://example.org/varsel"
    world.joint.save()
    assert names() == ["P1 a red alert has not been sent to the service"]


def test_a_notice_that_is_still_under_way_after_a_minute(red):
    assert names(NOW + MINUTE) == []
    assert names(NOW + MINUTE + timedelta(seconds=1)) == ["P1 a notice has been under way for more than 60 s"]


def test_a_notice_that_failed_in_silence(red):
    Delivery.objects.update(state="FAILED")
    assert names() == ["P1 a notice failed without standing in the queue"]


def test_something_judged_by_a_version_no_doctor_approved(red, world):
    draft = make_draft(world.per, world.kari)
    reading = make_reading(world.per_tablet, "pulse", 70, at=NOW)
    Reading.objects.update(assessed_at=NOW)
    judged = Assessment.objects.create(
        municipality=world.a, patient=world.per, reading=reading, plan_version=draft, colour="GREEN", reasons=[],
        scorer_version="1", assessed_at=NOW,
    )  # fmt: skip
    breach = find_breaches(now=NOW)[0]
    assert breach.name == "P2 something was judged by a version that was not approved and in force"
    assert breach.ids == (str(judged.pk),)


def test_something_judged_before_its_version_was_approved(red, world):
    reading = make_reading(world.per_tablet, "pulse", 70, at=world.per_plan.approved_at - MINUTE, received_at=NOW)
    Reading.objects.update(assessed_at=NOW)
    Assessment.objects.create(
        municipality=world.a, patient=world.per, reading=reading, plan_version=world.per_plan, colour="GREEN",
        reasons=[], scorer_version="1", assessed_at=NOW,
    )  # fmt: skip
    assert names() == ["P2 something was judged by a version that was not approved and in force"]


def test_the_command_ends_with_an_error_and_names_no_one(red, world):
    make_reading(world.per_tablet, "pulse", 70, at=NOW - 2 * MINUTE)
    QueueEntry.objects.all().delete()
    with pytest.raises(CommandError) as failed:
        call_command("check_invariants")
    assert "P1 a queue row differs from the open alerts" in str(failed.value)
    assert world.per.family_name not in str(failed.value)


@pytest.mark.parametrize(
    ("damage", "name", "table"),
    [
        (
            "ALTER TABLE alerts_alert NO FORCE ROW LEVEL SECURITY",
            "P3 a table with patient data is open to every municipality",
            "alerts_alert",
        ),
        (
            "DROP POLICY municipality ON patients_relative",
            "P3 a table with patient data is open to every municipality",
            "patients_relative",
        ),
        (
            "ALTER TABLE alerts_assessment DISABLE TRIGGER ALL",
            "P4 a trigger that keeps history unchanged is missing or switched off",
            "alerts_assessment:append_only",
        ),
    ],
)
def test_a_lock_that_somebody_has_taken_off(committed_world, damage, name, table):
    with database.as_owner(), connection.cursor() as cursor:
        if "TRIGGER" in damage:
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = 'alerts_assessment'::regclass AND NOT tgisinternal"
            )
            damage = f"ALTER TABLE alerts_assessment DISABLE TRIGGER {cursor.fetchone()[0]}"
        cursor.execute(damage)
    found = {breach.name: breach.ids for breach in find_breaches(now=NOW)}
    assert found == {name: (table,)}


def test_a_role_that_gets_past_the_policies(committed_world):
    with database.as_owner():
        found = [breach.name for breach in find_breaches(now=NOW)]
    assert found == ["P3 the application runs as a role that can get past the policies"]


def test_a_look_that_somebody_has_removed_from_the_log(committed_world):
    entry = look_at(committed_world.per, committed_world.kari)
    assert seal(now=NOW) == 1
    with database.as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_accessentry DISABLE TRIGGER USER, NO FORCE ROW LEVEL SECURITY")
        cursor.execute("DELETE FROM audit_accessentry")
        cursor.execute("ALTER TABLE audit_accessentry ENABLE TRIGGER USER, FORCE ROW LEVEL SECURITY")
    assert [(breach.name, breach.ids) for breach in find_breaches(now=NOW)] == [
        (
            "P4 the access log is not what it was (manage.py verify_audit)",
            (f"2026-11-18, seal 1: the row is missing: {entry.pk}",),
        )
    ]


def test_the_nightly_check_writes_the_end_of_the_chain_where_it_is_kept_elsewhere(world, caplog):
    look_at(world.per, world.kari)
    seal(now=NOW)
    with caplog.at_level("INFO", logger="alerts.tasks"):
        check_invariants()
    assert f"access log sealed up to 1, day 2026-11-18, hash {last_seal().hash}" in caplog.text
