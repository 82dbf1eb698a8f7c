"""Late and out-of-order facts: the end depends on which facts exist, never on the order in which they came (P1, P4)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from alerts import services
from alerts.enums import AlertState, CloseReason, Level
from alerts.models import Alert, Assessment, QueueEntry
from measurements.enums import StatementKind
from measurements.models import Reading, ReadingStatement
from tests.factories.clock import NOW
from tests.factories.measurements import make_reading

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def assess(patient, now=NOW):
    return services.assess_patient(patient_id=patient.pk, municipality_id=patient.municipality_id, now=now, wait=True)


def current(patient):
    """Colour and reasons of what counts today, by when it was measured."""
    rows = Assessment.objects.filter(patient=patient, superseded_by__isnull=True).select_related("reading")
    return {
        (row.reading.type_id, row.reading.taken_at): (row.colour, [part["sentence"] for part in row.reasons])
        for row in rows
    }


def weigh(world, kilograms, *, at, received_at=None):
    return make_reading(world.per_tablet, "weight", kilograms, at=at, received_at=received_at or NOW)


def test_a_late_reading_makes_the_later_one_be_judged_again(world):
    """80 kg came after 83 kg was judged alone: the rise was there all the time, and is red."""
    newer = weigh(world, "83", at=NOW)
    assess(world.per)
    first = Assessment.objects.get()
    assert (first.colour, first.cause) == ("NOT_ASSESSED", "NOT_ENOUGH_HISTORY")
    weigh(world, "80", at=NOW - 2 * DAY)
    assess(world.per, NOW + MINUTE)
    again = Assessment.objects.get(supersedes=first)
    assert (again.reading, again.colour, again.assessed_at) == (newer, "RED", NOW + MINUTE)
    alert = Alert.objects.get(pk=again.alert_id)
    assert (alert.state, alert.level, alert.headline) == (AlertState.OPEN, Level.RED, "Vekt +3,0 kg på 3 dager")
    assert first.alert_id == alert.pk


def test_an_untouched_alert_closes_when_nothing_stands_behind_it_any_more(world):
    weigh(world, "80.5", at=NOW)
    assess(world.per)
    opened = Alert.objects.get()
    weigh(world, "80", at=NOW - DAY)
    weigh(world, "80", at=NOW - 2 * DAY)
    weigh(world, "80", at=NOW - 10 * DAY)
    assess(world.per, NOW + MINUTE)
    opened.refresh_from_db()
    # The first two weighings of each three days still have nothing to be compared with, so one alert stays.
    assert opened.level == Level.NOT_ASSESSED
    colours = {at: colour for (_, at), (colour, _) in current(world.per).items()}
    assert colours == {
        NOW: "GREEN",
        NOW - DAY: "GREEN",
        NOW - 2 * DAY: "NOT_ASSESSED",
        NOW - 10 * DAY: "NOT_ASSESSED",
    }
    assert opened.count == 2


def test_an_untouched_alert_is_closed_as_reassessed(world):
    weigh(world, "80", at=NOW - 3 * DAY)
    assess(world.per, NOW)
    services.claim(patient_id=world.per.pk, by=world.actor(world.kari), now=NOW)
    finish(world)
    weigh(world, "83", at=NOW)
    assess(world.per, NOW)
    red = Alert.objects.get(state=AlertState.OPEN)
    assert red.level == Level.RED
    # A mis-measurement in between: 80 was never true, and the later weighing is judged without it.
    state_faulty(world, Reading.objects.get(value=80))
    weigh(world, "82.5", at=NOW - 2 * DAY)
    assess(world.per, NOW + MINUTE)
    red.refresh_from_db()
    after = {at: colour for (_, at), (colour, _) in current(world.per).items()}
    assert after[NOW] == "GREEN"
    assert after[NOW - 2 * DAY] == "NOT_ASSESSED"
    assert (red.state, red.level) == (AlertState.OPEN, Level.NOT_ASSESSED)


def test_a_row_without_anything_behind_it_disappears(world):
    weigh(world, "83", at=NOW)
    assess(world.per)
    late = weigh(world, "82.9", at=NOW - DAY)
    state_faulty(world, late)
    assert QueueEntry.objects.get().level == Level.NOT_ASSESSED
    assess(world.per, NOW + MINUTE)
    # The faulty one is judged itself, but nothing is judged by it.
    assert QueueEntry.objects.get().alert_count == 1
    ok = weigh(world, "82.8", at=NOW - DAY - MINUTE)
    assess(world.per, NOW + 2 * MINUTE)
    assert current(world.per)[("weight", NOW)][0] == "GREEN"
    assert Assessment.objects.get(reading=ok).colour == "NOT_ASSESSED"


def test_the_machine_never_lowers_what_a_person_has_taken(world):
    weigh(world, "80", at=NOW - DAY)
    assess(world.per)
    finish(world)
    weigh(world, "83", at=NOW)
    assess(world.per)
    services.claim(patient_id=world.per.pk, by=world.actor(world.kari), now=NOW)
    seen = QueueEntry.objects.get()
    state_faulty(world, Reading.objects.get(value=80))
    weigh(world, "82.5", at=NOW - 2 * DAY)
    assess(world.per, NOW + MINUTE)
    assert current(world.per)[("weight", NOW)][0] == "GREEN"
    now_open = QueueEntry.objects.get()
    assert (now_open.level, now_open.owner) == (Level.RED, world.kari)
    assert now_open.change > seen.change


def test_nor_does_it_after_she_has_let_it_go(world):
    weigh(world, "80", at=NOW - DAY)
    assess(world.per)
    finish(world)
    weigh(world, "83", at=NOW)
    assess(world.per)
    kari = world.actor(world.kari)
    services.claim(patient_id=world.per.pk, by=kari, now=NOW)
    services.release(patient_id=world.per.pk, by=kari, now=NOW)
    state_faulty(world, Reading.objects.get(value=80))
    weigh(world, "82.5", at=NOW - 2 * DAY)
    assess(world.per, NOW + MINUTE)
    assert QueueEntry.objects.get().level == Level.RED


def test_a_handled_fact_that_turns_worse_opens_a_new_alert(world):
    weigh(world, "83", at=NOW)
    assess(world.per)
    handled = finish(world)
    weigh(world, "80", at=NOW - DAY)
    assess(world.per, NOW + MINUTE)
    opened = Alert.objects.get(state=AlertState.OPEN, level=Level.RED)
    assert handled.alert_ids != [opened.pk]
    assert Assessment.objects.get(colour="RED").alert == opened


def test_a_handled_fact_that_turns_milder_stays_with_its_case(world):
    weigh(world, "80", at=NOW - 2 * DAY)
    assess(world.per)
    finish(world)
    weigh(world, "83", at=NOW)
    assess(world.per)
    handled = finish(world)
    # 81,3 in between, and the 80 was a mis-measurement: still +1,7, which is yellow.
    state_faulty(world, Reading.objects.get(value=80))
    weigh(world, "81.3", at=NOW - DAY)
    assess(world.per, NOW + MINUTE)
    again = Assessment.objects.get(colour="YELLOW")
    assert again.alert_id == handled.alert_ids[0]
    # Open is only the late weighing itself, which has nothing before it.
    still_open = Alert.objects.get(state=AlertState.OPEN)
    assert (still_open.level, still_open.count) == (Level.NOT_ASSESSED, 1)


def test_a_closed_alert_says_why(world):
    weigh(world, "80", at=NOW - DAY)
    weigh(world, "90", at=NOW)
    assess(world.per)
    assert {alert.close_reason for alert in Alert.objects.filter(state=AlertState.CLOSED)} <= {CloseReason.REASSESSED}


def test_a_fact_has_one_first_assessment_and_each_is_superseded_once(world):
    reading = weigh(world, "83", at=NOW)
    assess(world.per)
    stored = Assessment.objects.get()
    for supersedes in (None, stored):
        copy = Assessment.objects.get(pk=stored.pk)
        copy.pk, copy.supersedes, copy._state.adding = uuid4(), supersedes, True
        if supersedes is None:
            with pytest.raises(IntegrityError), transaction.atomic():
                copy.save(force_insert=True)
        else:
            copy.save(force_insert=True)
    assert Assessment.objects.filter(reading=reading).count() == 2


FACTS = [
    ("weight", "80.0", -5 * DAY),
    ("weight", "81.7", -4 * DAY),
    ("weight", "81.9", -3 * DAY),
    ("weight", "84.0", -2 * DAY),
    ("weight", "80.1", -1 * DAY),
    ("spo2", "84", -DAY),
    ("spo2", "87", -2 * DAY),
    ("spo2", "95", -3 * DAY),
]


@given(data=st.data())
@settings(
    max_examples=10,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # each example is some seconds of real database work
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_order_of_arrival_changes_the_end(world, data):
    """Every permutation, in batches of any size, some sent twice: the same judgements, the same open alerts."""
    ends = [arrive(world, FACTS, [len(FACTS)]) for FACTS in (FACTS, data.draw(st.permutations(FACTS)))]
    order = data.draw(st.permutations(FACTS))
    sizes = data.draw(st.lists(st.integers(1, 4), min_size=8, max_size=8))
    again = data.draw(st.lists(st.sampled_from(FACTS), max_size=4))
    ends.append(arrive(world, [*order, *again], sizes))
    assert ends[0] == ends[1] == ends[2]


def arrive(world, facts, sizes):
    """Send the facts in pieces, assess after each, and tell how it ended; then as if it never happened."""
    point = transaction.savepoint()
    known, waiting, sizes = {}, list(facts), list(sizes)
    while waiting:
        size = sizes.pop(0) if sizes else len(waiting)
        for type_id, value, ago in waiting[:size]:
            if (type_id, ago) not in known:
                known[(type_id, ago)] = make_reading(world.per_tablet, type_id, value, at=NOW + ago, received_at=NOW)
        waiting = waiting[size:]
        assess(world.per)
        assert assess(world.per) == 0
    entry = QueueEntry.objects.get()
    alerts = {
        (alert.subject, alert.level, alert.headline, alert.detail, alert.count, alert.waiting_since, alert.deadline)
        for alert in Alert.objects.filter(state=AlertState.OPEN)
    }
    end = (current(world.per), alerts, entry.level, entry.alert.subject, entry.alert_count, entry.deadline)
    transaction.savepoint_rollback(point)
    return end


def finish(world):
    """Kari documents and closes whatever is open."""
    entry = QueueEntry.objects.get(patient=world.per)
    return services.finish(
        patient_id=world.per.pk,
        seen=entry.change,
        outcomes=["CALLED"],
        measure_ids=[],
        note="Ringte, føler seg som vanlig.",
        by=world.actor(world.kari),
        now=NOW,
    )


def state_faulty(world, reading):
    ReadingStatement.objects.create(
        municipality_id=reading.municipality_id,
        reading=reading,
        kind=StatementKind.FAULTY,
        reason="Veide seg med klær",
        fulfils_schedule=False,
        stated_at=NOW,
        stated_by=world.kari,
    )
