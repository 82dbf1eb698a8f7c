"""A case stands where somebody can see it, also the day an agreement, a course or a block changes (AT-39, AT-54)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.enums import Role
from accounts.queries import work_of
from alerts import services
from alerts.enums import Level
from alerts.models import Alert, Delivery, QueueEntry
from alerts.queries.invariants import find_breaches
from alerts.queries.placing import services_of
from alerts.queries.queue import queue_rows
from organisations.enums import ServiceKind, Shared
from organisations.models import Agreement
from patients.models import AccessBlock, Enrolment
from tests.factories.accounts import make_membership, make_user
from tests.factories.clock import NOW
from tests.factories.measurements import make_reading
from tests.factories.organisations import make_agreement, make_service
from tests.factories.patients import make_patient

LAST_DAY = date(2026, 12, 31)
# One second before and after midnight in Oslo; in UTC both are New Year's Eve.
BEFORE, AFTER = datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC), datetime(2026, 12, 31, 23, 0, 1, tzinfo=UTC)


def nurse_at(service):
    user = make_user(f"nurse-{service.pk}", "Mona", "Ny")
    make_membership(user, Role.NURSE, service=service)
    return user


@pytest.fixture
def own_b(world):
    """B's own service, staffed: it takes over when the agreement with the joint service ends with the year."""
    service = make_service("DHO Grue", owner=world.b.pk, notify_email="grue@example.org")
    nurse_at(service)
    return service


@pytest.fixture
def ends(world):
    Agreement.objects.filter(service=world.joint, party=world.b).update(valid_until=LAST_DAY)


def place(world, on):
    return services_of({world.solveig.pk: world.b.pk}, on=on).get(world.solveig.pk)


def become_red(world, now):
    make_reading(world.solveig_tablet, "spo2", 84, at=now)
    services.assess_patient(patient_id=world.solveig.pk, municipality_id=world.b.pk, now=now, wait=True)
    return Alert.objects.get(patient=world.solveig)


def names(now):
    return [breach.name for breach in find_breaches(now=now)]


def test_a_case_belongs_to_the_course_through_the_last_day_of_the_agreement(world, own_b, ends):
    assert place(world, LAST_DAY) == world.joint
    assert place(world, LAST_DAY + timedelta(days=1)) == own_b


def test_a_service_of_the_municipality_needs_no_agreement(world):
    assert services_of({world.per.pk: world.a.pk}, on=NOW.date()) == {world.per.pk: world.joint}


def test_an_agreement_that_does_not_share_readings_is_not_enough(world, own_b):
    Agreement.objects.filter(service=world.joint, party=world.b).update(shares=[Shared.PLAN, Shared.EQUIPMENT])
    assert place(world, NOW.date()) == own_b


def test_without_a_course_a_case_belongs_to_the_municipality_s_own_service(world, own_b):
    stranger = make_patient(world.b.pk, "Tom", "Dahle")
    assert services_of({stranger.pk: world.b.pk}, on=NOW.date()) == {stranger.pk: own_b}


def test_of_the_others_only_one_with_an_agreement_in_force_that_day_takes_over(world, ends):
    over = make_service("Gammelt senter", owner=world.c.pk)
    nurse_at(over)
    make_agreement(over, world.b.pk, valid_from=date(2026, 11, 1), valid_until=date(2026, 11, 2))
    coming = make_service("Kommende senter", owner=world.c.pk)
    nurse_at(coming)
    make_agreement(coming, world.b.pk, valid_from=date(2027, 1, 1))
    assert place(world, LAST_DAY) == world.joint
    assert place(world, LAST_DAY + timedelta(days=1)) == coming


def test_a_service_where_nobody_works_the_queue_comes_after_one_where_somebody_does(world, ends):
    make_service("Bofellesskapet", owner=world.b.pk, kind=ServiceKind.GROUP_HOME)
    centre = make_service("Nytt senter", owner=world.c.pk)
    nurse_at(centre)
    make_agreement(centre, world.b.pk)
    assert place(world, LAST_DAY + timedelta(days=1)) == centre


def test_a_service_the_patient_has_blocked_does_not_get_the_case(world, own_b, ends):
    centre = make_service("Nytt senter", owner=world.c.pk)
    nurse_at(centre)
    make_agreement(centre, world.b.pk)
    AccessBlock.objects.create(
        municipality=world.b, patient=world.solveig, service=own_b, blocked_at=NOW, blocked_by=world.siri
    )
    assert place(world, LAST_DAY + timedelta(days=1)) == centre


@pytest.mark.parametrize(("now", "own"), [(BEFORE, False), (AFTER, True)])
def test_a_new_red_goes_to_those_who_reach_the_patient_that_day(world, own_b, ends, now, own):
    alert = become_red(world, now)
    entry = QueueEntry.objects.get(patient=world.solveig)
    assert (alert.service, entry.service) == ((own_b, own_b) if own else (world.joint, world.joint))
    assert names(now) == []


def test_an_open_case_moves_at_midnight_and_its_new_service_is_told(world, own_b, ends):
    become_red(world, BEFORE)
    services.claim(patient_id=world.solveig.pk, by=world.actor(world.kari), now=BEFORE)
    assert services.follow_services(now=BEFORE) == 0
    assert names(AFTER) == [
        "P1 an open case stands where nobody reaches it",
        "P1 an open case stands with another service than it should",
    ]
    assert services.follow_services(now=AFTER) == 1
    alert, entry, notice = Alert.objects.get(), QueueEntry.objects.get(), Delivery.objects.get()
    assert (alert.service, entry.service, entry.level) == (own_b, own_b, Level.RED)
    assert (entry.owner, entry.claimed_at) == (None, None)
    assert (notice.service, notice.alert) == (own_b, alert)
    assert services.follow_services(now=AFTER) == 0
    assert names(AFTER) == []


def test_a_case_that_was_told_is_told_again_to_the_service_that_takes_over(world, own_b, ends):
    world.joint.notify_email = "felles@example.org"
    world.joint.save()
    become_red(world, BEFORE)
    services.follow_services(now=AFTER)
    assert sorted(Delivery.objects.values_list("service__name", flat=True)) == sorted([own_b.name, world.joint.name])


def test_news_move_the_whole_case_before_the_watch_comes_round(world, own_b, ends):
    become_red(world, BEFORE)
    make_reading(world.solveig_tablet, "pulse", 130, at=AFTER)
    services.assess_patient(patient_id=world.solveig.pk, municipality_id=world.b.pk, now=AFTER, wait=True)
    assert set(Alert.objects.values_list("service_id", flat=True)) == {own_b.pk}
    assert services.follow_services(now=AFTER) == 0


def test_the_new_nurse_sees_it_and_the_old_one_does_not(world, own_b, ends):
    become_red(world, BEFORE)
    services.follow_services(now=AFTER)
    [old], [new] = (
        work_of(user, on=LAST_DAY + timedelta(days=1)) for user in (world.kari, own_b.memberships.get().user)
    )
    assert [row.patient for row in queue_rows(old, now=AFTER)] == []
    assert [row.patient for row in queue_rows(new, now=AFTER)] == [world.solveig]


def test_a_case_follows_the_course_to_another_service(world, own_b):
    become_red(world, NOW)
    Enrolment.objects.filter(patient=world.solveig).update(service=own_b)
    assert services.follow_services(now=NOW) == 1
    assert QueueEntry.objects.get().service == own_b


def test_a_case_that_nobody_reaches_stays_with_the_course_and_is_a_breach(world, ends):
    become_red(world, AFTER)
    assert QueueEntry.objects.get().service == world.joint
    assert services.follow_services(now=AFTER) == 0
    assert names(AFTER) == ["P1 an open case stands where nobody reaches it"]


def test_the_nightly_repair_moves_a_case_as_well(world, own_b, ends):
    become_red(world, BEFORE)
    assert services.repair(now=AFTER) == [str(world.solveig.pk)]
    assert QueueEntry.objects.get().service == own_b
    assert names(AFTER) == []


def test_a_row_written_with_the_wrong_service_is_put_right(world):
    become_red(world, NOW)
    QueueEntry.objects.update(service=world.own_c)
    assert services.follow_services(now=NOW) == 1
    assert QueueEntry.objects.get().service == world.joint


def test_an_alert_that_stands_elsewhere_than_its_row_is_found_and_repaired(world):
    become_red(world, NOW)
    Alert.objects.update(service=world.own_c)
    assert names(NOW) == ["P1 a queue row differs from the open alerts"]
    services.repair(now=NOW)
    assert Alert.objects.get().service == world.joint


def test_one_case_that_fails_does_not_stop_the_others(world, own_b, monkeypatch):
    become_red(world, NOW)
    make_reading(world.per_tablet, "spo2", 84, at=NOW)
    services.assess_patient(patient_id=world.per.pk, municipality_id=world.a.pk, now=NOW, wait=True)
    QueueEntry.objects.update(service=world.own_c)
    right = services.following.Desk.put_right

    def fails_for_solveig(desk, patient_id):
        if patient_id == world.solveig.pk:
            raise RuntimeError("of ours")
        right(desk, patient_id)

    monkeypatch.setattr(services.following.Desk, "put_right", fails_for_solveig)
    assert services.follow_services(now=NOW) == 1
    assert QueueEntry.objects.get(patient=world.per).service == world.joint
