"""From a stored fact to assessment, alert, queue row and notice, in one transaction (P1, P2)."""

from copy import copy
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from uuid_utils.compat import uuid7

from alerts import services
from alerts.enums import AlertKind, AlertState, Channel, Level
from alerts.models import Alert, Assessment, Delivery, QueueEntry
from alerts.services import judging
from careplans.models import PlanVersion
from measurements.enums import Timing
from measurements.models import QuestionnaireResponse, Reading
from organisations.enums import ServiceKind
from organisations.models import FollowUpService
from tests.factories.accounts import make_device
from tests.factories.careplans import COPD_LIMITS, approve, make_draft, propose
from tests.factories.clock import NOW
from tests.factories.measurements import make_reading, make_response
from tests.factories.patients import end_course, make_patient

MINUTE = timedelta(minutes=1)


def assess(patient, now=NOW):
    return services.assess_patient(patient_id=patient.pk, municipality_id=patient.municipality_id, now=now, wait=True)


def test_it_does_nothing_when_nothing_waits(world):
    assert assess(world.per) == 0


def test_it_lets_a_green_reading_pass_without_an_alert(world):
    reading = make_reading(world.per_tablet, "spo2", 93, at=NOW)
    assert assess(world.per) == 1
    assessment = Assessment.objects.get()
    assert (assessment.reading, assessment.colour, assessment.cause) == (reading, "GREEN", "")
    assert (assessment.plan_version, assessment.alert, assessment.assessed_at) == (world.per_plan, None, NOW)
    reading.refresh_from_db()
    assert reading.assessed_at == NOW
    assert not QueueEntry.objects.exists()


def test_it_brings_a_red_reading_to_the_queue(world):
    make_reading(world.per_tablet, "spo2", 84, at=NOW - 5 * MINUTE, received_at=NOW - MINUTE)
    assess(world.per)
    alert = Alert.objects.get()
    assert (alert.kind, alert.subject, alert.level) == (AlertKind.ASSESSMENT, "spo2", Level.RED)
    assert (alert.headline, alert.detail) == ("SpO₂ 84 %", "under rød grense 86 %")
    assert (alert.count, alert.opened_at, alert.waiting_since) == (1, NOW, NOW - MINUTE)
    # Open Wednesday until 15.30, so half an hour of open time is half an hour.
    assert alert.deadline == NOW - MINUTE + timedelta(minutes=30)
    assert Assessment.objects.get().alert == alert
    entry = QueueEntry.objects.get()
    assert (entry.patient, entry.service, entry.municipality) == (world.per, world.joint, world.a)
    assert (entry.level, entry.alert, entry.alert_count) == (Level.RED, alert, 1)
    assert (entry.waiting_since, entry.deadline, entry.owner) == (alert.waiting_since, alert.deadline, None)


def test_doing_it_again_changes_nothing(world):
    make_reading(world.per_tablet, "spo2", 84, at=NOW)
    assess(world.per)
    before = QueueEntry.objects.get().change
    assert assess(world.per, NOW + MINUTE) == 0
    assert (Assessment.objects.count(), Alert.objects.count()) == (1, 1)
    assert QueueEntry.objects.get().change == before


def test_it_raises_an_open_alert_and_keeps_the_earliest_deadline(world):
    make_reading(world.per_tablet, "spo2", 87, at=NOW)
    assess(world.per)
    yellow = Alert.objects.get()
    assert (yellow.level, yellow.detail) == (Level.YELLOW, "under gul grense 88 %")
    make_reading(world.per_tablet, "spo2", 85, at=NOW + MINUTE)
    assess(world.per, NOW + 2 * MINUTE)
    red = Alert.objects.get()
    assert (red.pk, red.level, red.headline, red.count) == (yellow.pk, Level.RED, "SpO₂ 85 %", 2)
    assert (red.waiting_since, red.deadline) == (NOW, NOW + MINUTE + timedelta(minutes=30))


def test_it_keeps_a_red_alert_open_when_a_green_reading_arrives(world):
    make_reading(world.per_tablet, "spo2", 84, at=NOW)
    assess(world.per)
    make_reading(world.per_tablet, "spo2", 94, at=NOW + MINUTE)
    assess(world.per, NOW + MINUTE)
    assert (Alert.objects.get().state, QueueEntry.objects.get().level) == (AlertState.OPEN, Level.RED)


def test_a_milder_reading_never_lowers_an_open_alert(world):
    make_reading(world.per_tablet, "spo2", 84, at=NOW)
    assess(world.per)
    make_reading(world.per_tablet, "spo2", 87, at=NOW + MINUTE)
    assess(world.per, NOW + MINUTE)
    alert = Alert.objects.get()
    assert (alert.level, alert.headline, alert.count) == (Level.RED, "SpO₂ 84 %", 2)


def test_every_new_fact_behind_an_alert_makes_the_row_another(world):
    """What the nurse saw is no longer all there is, so closing with the old number must be refused."""
    make_reading(world.per_tablet, "spo2", 84, at=NOW)
    assess(world.per)
    seen = QueueEntry.objects.get().change
    make_reading(world.per_tablet, "spo2", 84, at=NOW + MINUTE)
    assess(world.per, NOW + MINUTE)
    assert QueueEntry.objects.get().change > seen


def test_one_row_stands_for_all_the_alerts_of_a_patient(world):
    make_reading(world.per_tablet, "pulse", 105, at=NOW - 2 * MINUTE)
    make_reading(world.per_tablet, "spo2", 84, at=NOW - MINUTE)
    make_reading(world.per_tablet, "temperature", 37, at=NOW)
    assert assess(world.per) == 3
    levels = {alert.subject: alert.level for alert in Alert.objects.all()}
    assert levels == {"pulse": Level.YELLOW, "spo2": Level.RED, "temperature": Level.NOT_ASSESSED}
    entry = QueueEntry.objects.select_related("alert").get()
    assert (entry.level, entry.alert.subject, entry.alert_count) == (Level.RED, "spo2", 3)
    assert entry.waiting_since == NOW - 2 * MINUTE


def test_blood_pressure_is_one_alert_with_both_numbers(world):
    make_reading(world.per_tablet, "blood_pressure", 152, value2=94, at=NOW)
    assess(world.per)
    alert = Alert.objects.get()
    assert (alert.headline, alert.detail) == ("BT 152/94 mmHg", "Overtrykk over gul grense 150 mmHg")


def test_a_change_is_told_as_a_change(world):
    make_reading(world.per_tablet, "weight", "80.0", at=NOW - timedelta(days=2))
    make_reading(world.per_tablet, "weight", "83.1", at=NOW)
    assess(world.per)
    alert = Alert.objects.get(level=Level.RED)
    assert (alert.headline, alert.detail) == ("Vekt +3,1 kg på 3 dager", "over rød grense 2,0 kg")


def test_a_form_is_judged_by_its_points(world):
    make_response(world.per_tablet, "symptoms_copd", {}, score=12, at=NOW)
    assess(world.per)
    alert = Alert.objects.get()
    assert (alert.subject, alert.level) == ("symptoms_copd", Level.RED)
    assert alert.headline.endswith(" 12 poeng")
    assert alert.detail == "over rød grense 10 poeng"
    assert QuestionnaireResponse.objects.get().assessed_at == NOW


def test_without_an_approved_plan_nothing_is_green(world):
    PlanVersion.objects.filter(pk=world.per_plan.pk).update(status="SUPERSEDED", superseded_at=NOW - 3 * MINUTE)
    make_reading(world.per_tablet, "spo2", 93, at=NOW - MINUTE)
    assess(world.per)
    assessment = Assessment.objects.select_related("alert").get()
    assert (assessment.colour, assessment.cause) == ("NOT_ASSESSED", "NO_APPROVED_PLAN")
    assert assessment.plan_version is None
    assert (assessment.alert.level, assessment.alert.headline) == (Level.NOT_ASSESSED, "SpO₂ 93 %")
    assert assessment.alert.detail == "Ingen godkjent plan"


def test_a_proposal_never_scores(world):
    """AT-29, AT-30: version 2 waits for the doctor, and the old limits stay in force."""
    stricter = [{**COPD_LIMITS[0], "red_low": 90, "yellow_low": 92}]
    propose(make_draft(world.per, world.kari, limits=stricter), now=NOW - MINUTE)
    make_reading(world.per_tablet, "spo2", 89, at=NOW)
    assess(world.per)
    assessment = Assessment.objects.get()
    assert (assessment.colour, assessment.plan_version) == ("GREEN", world.per_plan)


def test_a_late_reading_is_judged_by_the_plan_of_its_own_time(world):
    stricter = [{**COPD_LIMITS[0], "red_low": 90, "yellow_low": 92}]
    newer = approve(make_draft(world.per, world.kari, limits=stricter), world.dahl, now=NOW - timedelta(hours=1))
    before = make_reading(world.per_tablet, "spo2", 89, at=NOW - timedelta(hours=2), received_at=NOW)
    after = make_reading(world.per_tablet, "spo2", 89, at=NOW - timedelta(minutes=30), received_at=NOW)
    exactly = make_reading(world.per_tablet, "spo2", 89, at=NOW - timedelta(hours=1), received_at=NOW)
    assess(world.per)
    judged = {each.reading_id: (each.colour, each.plan_version_id) for each in Assessment.objects.all()}
    assert judged == {
        before.pk: ("GREEN", world.per_plan.pk),
        exactly.pk: ("RED", newer.pk),
        after.pk: ("RED", newer.pk),
    }


def test_an_expired_plan_is_no_plan(world):
    make_reading(world.per_tablet, "spo2", 93, at=NOW + timedelta(days=3600))
    assess(world.per, NOW + timedelta(days=3600))
    assert Assessment.objects.get().cause == "NO_APPROVED_PLAN"


@pytest.mark.parametrize(
    ("value", "cause", "detail", "headline"),
    [
        ("-20", "IMPOSSIBLE_VALUE", "Umulig verdi. Be om ny måling", "Vekt −20,0 kg"),
        (None, "NOT_A_NUMBER", "Verdien kan ikke leses", "Vekt None kg"),
    ],
)
def test_what_cannot_be_true_reaches_the_nurse(world, value, cause, detail, headline):
    make_reading(world.per_tablet, "weight", value, at=NOW)
    assess(world.per)
    assessment = Assessment.objects.select_related("alert").get()
    assert (assessment.colour, assessment.cause) == ("NOT_ASSESSED", cause)
    assert (assessment.alert.headline, assessment.alert.detail) == (headline, detail)


def test_a_headline_never_rounds_a_value_to_the_limit(world):
    make_reading(world.per_tablet, "spo2", "85.96", at=NOW)
    assess(world.per)
    assert Alert.objects.get().headline == "SpO₂ 85,96 %"


def test_outside_opening_hours_the_deadline_counts_from_opening(world):
    """AT-28: Saturday 22.10, open Monday 08.00–15.30. What the patient has waited counts from arrival."""
    saturday = datetime(2026, 11, 21, 21, 10, tzinfo=UTC)
    make_reading(world.per_tablet, "spo2", 84, at=saturday)
    assess(world.per, saturday)
    entry = QueueEntry.objects.get()
    assert entry.deadline == datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
    assert entry.waiting_since == saturday


def test_a_reading_before_easter_is_due_after_it(world):
    """Wednesday 24 March 2027 at 15.20; Thursday, Friday and Monday are holidays, and the clock changes on Sunday."""
    wednesday = datetime(2027, 3, 24, 14, 20, tzinfo=UTC)
    make_reading(world.per_tablet, "spo2", 84, at=wednesday)
    assess(world.per, wednesday)
    # Ten open minutes before Easter, twenty on Tuesday from 08.00 summer time.
    assert QueueEntry.objects.get().deadline == datetime(2027, 3, 30, 6, 20, tzinfo=UTC)


def test_a_service_that_never_opens_is_late_at_once(world):
    hours = {**world.joint.hours, "closures": [str(NOW.date() + timedelta(days=n)) for n in range(-1, 500)]}
    FollowUpService.objects.filter(pk=world.joint.pk).update(hours=hours)
    make_reading(world.per_tablet, "spo2", 84, at=NOW)
    assess(world.per)
    assert QueueEntry.objects.get().deadline == NOW


def test_red_is_told_once_by_each_channel(world):
    FollowUpService.objects.filter(pk=world.joint.pk).update(
        notify_email="vakt@example.org", webhook_url="https://example.org/varsel"
    )
    make_reading(world.per_tablet, "spo2", 87, at=NOW)
    assess(world.per)
    assert not Delivery.objects.exists()
    for minutes in (1, 2):
        make_reading(world.per_tablet, "spo2", 84, at=NOW + minutes * MINUTE)
        assess(world.per, NOW + minutes * MINUTE)
    told = Delivery.objects.order_by("channel").values_list("channel", "level", "created_at", "attempts")
    assert list(told) == [
        (Channel.EMAIL, Level.RED, NOW + MINUTE, 0),
        (Channel.WEBHOOK, Level.RED, NOW + MINUTE, 0),
    ]


def test_a_clock_ahead_is_an_equipment_matter_and_the_value_is_judged_all_the_same(world):
    ahead = {"at": NOW + timedelta(days=1), "received_at": NOW, "timing": Timing.FUTURE}
    make_reading(world.per_tablet, "spo2", 84, **ahead)
    make_reading(world.per_tablet, "pulse", 70, **ahead)
    assess(world.per)
    levels = dict(Alert.objects.values_list("subject", "level"))
    assert levels == {"spo2": Level.RED, f"clock:{world.per_tablet.pk}": Level.EQUIPMENT}
    clock = Alert.objects.get(kind=AlertKind.EQUIPMENT)
    assert (clock.headline, clock.detail, clock.count) == ("Nettbrett", "Klokken på enheten går feil", 2)


def test_a_reading_after_the_service_ended_still_reaches_the_service(world):
    end_course(world.per)
    make_reading(world.per_tablet, "spo2", 84, at=NOW)
    assess(world.per)
    assert QueueEntry.objects.get().service == world.joint


def test_a_patient_never_enrolled_goes_to_the_municipality_s_own_service(world):
    stranger = make_patient(world.c.pk, "Ukjent", "Vei")
    make_reading(make_device(stranger, world.ola, secret="annen"), "spo2", 84, at=NOW)
    assess(stranger)
    assert QueueEntry.objects.get().service == world.own_c


def test_a_municipality_without_its_own_service_uses_the_one_it_has_an_agreement_with(world):
    stranger = make_patient(world.b.pk, "Ukjent", "Vei")
    make_reading(make_device(stranger, world.kari, secret="annen"), "spo2", 84, at=NOW)
    assess(stranger)
    assert QueueEntry.objects.get().service == world.joint
    assert world.joint.kind == ServiceKind.JOINT_CENTRE


def test_it_assesses_at_most_five_hundred_facts_at_a_time_oldest_first(world):
    first = make_reading(world.per_tablet, "spo2", 93, at=NOW)
    rows = []
    for minutes in range(1, 601):
        row = copy(first)
        row.pk, row.client_id = uuid7(), uuid4()
        row.taken_at = row.received_at = NOW - minutes * MINUTE
        rows.append(row)
    Reading.objects.bulk_create(rows)
    assert [assess(world.per) for _ in range(3)] == [500, 101, 0]


def test_an_error_of_ours_sets_only_that_fact_aside(world, monkeypatch):
    """A fault in our own code for one value neither stops the others nor spins."""
    real = judging.score

    def fails_on_66(event, ruleset, history):
        if any(value == 66 for value in getattr(event, "values", {}).values()):
            raise ZeroDivisionError
        return real(event, ruleset, history)

    monkeypatch.setattr(judging, "score", fails_on_66)
    make_reading(world.per_tablet, "pulse", 66, at=NOW - MINUTE)
    make_reading(world.per_tablet, "spo2", 84, at=NOW)
    make_reading(world.nils_tablet, "spo2", 84, at=NOW)
    keys = [(each.municipality_id, each.pk) for each in (world.per, world.nils)]
    assert services.assess_patients(keys, now=NOW, wait=True) == 3
    judged = {(each.reading.type_id, each.colour, each.cause) for each in Assessment.objects.select_related("reading")}
    assert judged == {("pulse", "NOT_ASSESSED", "SCORER_ERROR"), ("spo2", "RED", "")}
    assert Alert.objects.get(subject="pulse").detail == "Feil i systemet. Vurder selv"
    assert services.assess_patients(keys, now=NOW, wait=True) == 0
