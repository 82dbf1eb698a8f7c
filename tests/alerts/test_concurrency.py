"""Several at once, on committed data: workers, resends, nurses, and a crash between two steps."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, transaction

from accounts.enums import Role
from alerts import services
from alerts.enums import Level
from alerts.models import Alert, Assessment, Handling, QueueEntry
from alerts.queries.invariants import find_breaches
from alerts.queries.work import everywhere
from alerts.services import assess as assessing
from alerts.services import recording
from alerts.services.desk import lock_patients
from dho.lib import rls
from measurements.models import Reading
from patients.services import withdraw_handover
from tests.factories.accounts import make_membership, make_user
from tests.factories.care import make_handover
from tests.factories.clock import NOW
from tests.factories.measurements import make_reading
from tests.factories.organisations import make_service

SECOND = timedelta(seconds=1)


def at_once(*jobs):
    """Run the jobs in threads that start together, each with its own connection; results or exceptions, in order."""
    start, results = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(place, job):
        try:
            start.wait(10)
            results[place] = job()
        except Exception as error:  # noqa: BLE001 - handed to the test
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def measure(tablet, type_id, value, **fields):
    with everywhere():
        return make_reading(tablet, type_id, value, at=fields.pop("at", NOW), **fields)


def assess(patient, *, wait=True, now=NOW):
    return services.assess_patient(patient_id=patient.pk, municipality_id=patient.municipality_id, now=now, wait=wait)


def as_nurse(world, user, step, **fields):
    """The step in a transaction limited to the nurse's municipalities, as a page runs it."""

    with transaction.atomic():
        actor = world.actor(user)
        rls.limit_to(actor.municipality_ids)
        return step(patient_id=world.per.pk, by=actor, now=NOW, **fields)


def test_two_workers_assess_each_fact_once(committed_world):
    world = committed_world
    for minutes in range(20):
        measure(world.per_tablet, "spo2", 84 + minutes % 3, at=NOW - minutes * SECOND)
    done = at_once(*[lambda: assess(world.per)] * 4)
    assert sorted(done) == [0, 0, 0, 20]
    with everywhere():
        assert (Assessment.objects.count(), Alert.objects.count(), QueueEntry.objects.count()) == (20, 1, 1)
    assert find_breaches(now=NOW) == []


def test_the_sweep_passes_by_a_patient_somebody_works_on(committed_world):
    world = committed_world
    measure(world.per_tablet, "spo2", 84)
    measure(world.nils_tablet, "spo2", 84)
    with everywhere():
        lock_patients([world.per.pk], wait=True)
        keys = [(each.municipality_id, each.pk) for each in (world.per, world.nils)]
        assert at_once(lambda: services.assess_patients(keys, now=NOW, wait=False)) == [1]
    assert assess(world.per) == 1
    assert find_breaches(now=NOW) == []


def test_workers_with_the_same_patients_in_opposite_order_do_not_lock_each_other_out(committed_world):
    world = committed_world
    keys = [(each.municipality_id, each.pk) for each in (world.per, world.solveig, world.nils)]
    for minutes in range(15):
        for tablet in (world.per_tablet, world.solveig_tablet, world.nils_tablet):
            measure(tablet, "spo2", 84, at=NOW - minutes * SECOND)
    forward = lambda: services.assess_patients(keys, now=NOW, wait=True)  # noqa: E731
    backward = lambda: services.assess_patients(keys[::-1], now=NOW, wait=True)  # noqa: E731
    assert sum(at_once(forward, backward, forward, backward)) == 45
    assert find_breaches(now=NOW) == []


def test_facts_that_arrive_while_others_are_assessed_are_not_lost(committed_world):
    world = committed_world

    def send():
        for minutes in range(25):
            measure(
                world.per_tablet, "weight", 80 + minutes % 4, at=NOW - minutes * timedelta(hours=5), received_at=NOW
            )

    def work():
        for _ in range(25):
            services.assess_fresh([(world.a.pk, world.per.pk)], now=NOW)

    assert at_once(send, work, work) == [None, None, None]
    services.assess_fresh([(world.a.pk, world.per.pk)], now=NOW)
    with everywhere():
        assert Reading.objects.filter(assessed_at__isnull=True).count() == 0
        current = Assessment.objects.filter(superseded_by__isnull=True)
        assert Counter(current.values_list("reading_id", flat=True)).most_common(1)[0][1] == 1
        assert current.count() == 25
        judged = {row.reading.taken_at: (row.colour, row.reasons) for row in current.select_related("reading")}
    # Assessing all of them again in one go, on a fresh patient, says the same.
    for minutes in range(25):
        measure(
            world.solveig_tablet, "weight", 80 + minutes % 4, at=NOW - minutes * timedelta(hours=5), received_at=NOW
        )
    assess(world.solveig)
    with everywhere():
        rows = Assessment.objects.filter(patient=world.solveig).select_related("reading")
        assert {row.reading.taken_at: row.colour for row in rows} == {at: colour for at, (colour, _) in judged.items()}
    assert find_breaches(now=NOW) == []


def test_when_two_nurses_claim_at_once_exactly_one_gets_it(committed_world):
    world = committed_world
    measure(world.per_tablet, "spo2", 84)
    assess(world.per)
    results = at_once(*[
        lambda user=user: as_nurse(world, user, services.claim) for user in (world.kari, world.berit) for _ in range(2)
    ])  # fmt: skip
    lost = [result for result in results if isinstance(result, services.AlreadyClaimed)]
    with everywhere():
        owner = QueueEntry.objects.select_related("owner").get().owner
        assert Handling.objects.count() == 1
    assert len(lost) == 2
    assert {each.owner for each in lost} == {owner}
    assert {result.owner for result in results if isinstance(result, QueueEntry)} == {owner}


def test_a_reading_that_arrives_while_she_closes_is_never_closed_unseen(committed_world):
    """Either the nurse is told that the case has changed, or the new red stands in the queue after she closed."""
    world = committed_world
    measure(world.per_tablet, "spo2", 84)
    assess(world.per)
    with everywhere():
        seen = QueueEntry.objects.get().change
    measure(world.per_tablet, "spo2", 82, at=NOW + SECOND)
    done = {"outcomes": ["CALLED"], "measure_ids": [], "note": "Ringte."}
    closed, assessed = at_once(
        lambda: as_nurse(world, world.kari, services.finish, seen=seen, **done),
        lambda: assess(world.per, now=NOW + SECOND),
    )
    assert assessed == 1
    assert isinstance(closed, (Handling, services.StaleCase))
    with everywhere():
        entry = QueueEntry.objects.select_related("alert").get()
        assert (entry.level, entry.alert.headline) == (Level.RED, "SpO₂ 82 %")
    assert find_breaches(now=NOW + SECOND) == []


@pytest.mark.parametrize(
    ("module", "step"),
    [
        (assessing, "judge_all"),
        (assessing, "record"),
        (recording, "describe"),
        (assessing, "_mark_assessed"),
    ],
)
def test_a_crash_between_two_steps_leaves_nothing_half_done(committed_world, monkeypatch, module, step):
    """As if the worker had been killed there: nothing is committed, and the next round does all of it."""
    world = committed_world
    measure(world.per_tablet, "spo2", 84)

    class Killed(BaseException):
        """Not caught by anything, like a kill."""

    def killed(*args, **kwargs):
        raise Killed

    with monkeypatch.context() as crash:
        crash.setattr(module, step, killed)
        with pytest.raises(Killed):
            assess(world.per)
    with everywhere():
        left = [model.objects.count() for model in (Assessment, Alert, QueueEntry)]
        assert (left, Reading.objects.get().assessed_at) == ([0, 0, 0], None)
    assert services.sweep(now=NOW + 4 * SECOND) == 1
    with everywhere():
        assert QueueEntry.objects.get().level == Level.RED
    assert find_breaches(now=NOW + 4 * SECOND) == []


class TestHandoverAgainstOthers:
    def course_to(self, world):
        """A red case of Solveig's, and a proposal that B's own unit takes her today; its nurse."""
        with everywhere():
            own = make_service("Egen oppfølging i Grue", owner=world.b.pk)
            nurse = make_user("lind", "Liv", "Lind")
            make_membership(nurse, Role.NURSE, service=own)
            handover = make_handover(world.solveig, own, world.kari)
        measure(world.solveig_tablet, "spo2", 84)
        assess(world.solveig)
        return handover, nurse

    def step(self, world, user, service, **fields):
        """What a page of that person runs: the service in a transaction limited to her municipalities."""

        def run():
            with transaction.atomic():
                actor = world.actor(user)
                rls.limit_to(actor.municipality_ids)
                return service(by=actor, now=NOW, **fields)

        return run

    def test_a_claim_at_the_same_moment_never_holds_the_case_at_the_new_service(self, committed_world):
        world = committed_world
        handover, nurse = self.course_to(world)
        at_once(
            self.step(world, nurse, services.accept_handover, handover_id=handover.pk, note=""),
            self.step(world, world.kari, services.claim, patient_id=world.solveig.pk),
        )
        with everywhere():
            entry = QueueEntry.objects.get()
            assert (entry.service_id, entry.owner_id) == (handover.to_service_id, None)
        assert find_breaches(now=NOW) == []

    def test_yes_and_withdrawal_at_the_same_moment_give_one_answer(self, committed_world):
        world = committed_world
        handover, nurse = self.course_to(world)
        results = at_once(
            self.step(world, nurse, services.accept_handover, handover_id=handover.pk, note=""),
            self.step(world, world.kari, withdraw_handover, handover=handover),
        )
        assert Counter(isinstance(result, Exception) for result in results) == {False: 1, True: 1}
        with everywhere():
            handover.refresh_from_db()
            holder = world.solveig.enrolments.get().service_id
        assert holder == (handover.to_service_id if handover.moved_at else handover.from_service_id)
