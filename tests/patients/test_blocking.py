"""The patient's block: who registers it, whom it shuts out, and what it may never leave alone (P1)."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.enums import Role
from patients.access import visible_patients
from patients.enums import Obstacle
from patients.models import AccessBlock
from patients.services import NotPossible, NotYours, block_access, concerns_gp, lift_block
from tests.factories.accounts import actor_of, make_membership, make_user
from tests.factories.care import block, make_handover, share
from tests.factories.clock import NOW
from tests.factories.organisations import make_service


@pytest.fixture
def home(world):
    """Another service of Per's municipality, with a nurse, that Per is shared with."""
    found = make_service("Hjemmesykepleien i Kongsvinger", owner=world.a.pk)
    found.nurse = make_user("lind", "Liv", "Lind")
    make_membership(found.nurse, Role.NURSE, service=found)
    share(world.per, found, world.kari)
    return found


def sees(user, patient):
    return visible_patients(actor_of(user), now=NOW).filter(pk=patient.pk).exists()


def refuse(world, against, by=None):
    return block_access(patient=world.per, against=against, by=actor_of(by or world.kari), now=NOW)


def test_a_blocked_person_sees_nothing_and_the_others_still_do(world):
    refuse(world, world.berit)
    assert (sees(world.berit, world.per), sees(world.kari, world.per)) == (False, True)
    assert sees(world.berit, world.solveig)


def test_a_blocked_service_and_practice_see_nothing(world, home):
    refuse(world, home)
    refuse(world, world.dahl.memberships.get().practice)
    assert (sees(home.nurse, world.per), sees(world.dahl, world.per)) == (False, False)


def test_lifting_opens_again_and_is_kept(world):
    registered = refuse(world, world.berit)
    lift_block(block=registered, by=actor_of(world.kari), now=NOW)
    assert sees(world.berit, world.per)
    registered.refresh_from_db()
    assert (registered.lifted_at, registered.lifted_by) == (NOW, world.kari)
    with pytest.raises(NotPossible) as refused:
        lift_block(block=registered, by=actor_of(world.kari), now=NOW)
    assert refused.value.obstacle == Obstacle.ALREADY_LIFTED


def test_the_blocked_person_cannot_lift_it(world):
    registered = refuse(world, world.berit)
    with pytest.raises(NotYours):
        lift_block(block=registered, by=actor_of(world.berit), now=NOW)


def test_the_coordinator_registers_it_in_the_own_municipality_only(world):
    assert (
        block_access(patient=world.solveig, against=world.berit, by=actor_of(world.siri), now=NOW).user == world.berit
    )
    with pytest.raises(NotYours):
        refuse(world, world.berit, by=world.siri)


@pytest.mark.parametrize("person", ["ola", "dahl", "ness", "eva"])
def test_nobody_else_registers_or_lifts(world, person):
    with pytest.raises(NotYours):
        refuse(world, world.berit, by=getattr(world, person))
    with pytest.raises(NotYours):
        lift_block(block=block(world.per, world.kari, user=world.berit), by=actor_of(getattr(world, person)), now=NOW)


def test_one_who_reads_along_neither_registers_nor_lifts(world, home):
    assert sees(home.nurse, world.per)
    with pytest.raises(NotYours):
        refuse(world, world.berit, by=home.nurse)
    with pytest.raises(NotYours):
        lift_block(block=block(world.per, world.kari, user=world.berit), by=actor_of(home.nurse), now=NOW)


def test_the_service_that_holds_the_course_is_not_blocked_but_the_course_is_ended(world):
    with pytest.raises(NotPossible) as refused:
        refuse(world, world.joint)
    assert refused.value.obstacle == Obstacle.BLOCK_OF_HOLDER
    assert "Avslutt forløpet i stedet" in refused.value.obstacle.label
    assert not AccessBlock.objects.exists()


def test_the_last_nurse_is_not_blocked_for_then_nobody_sees_the_alerts(world):
    refuse(world, world.berit)
    with pytest.raises(NotPossible) as refused:
        refuse(world, world.kari)
    assert refused.value.obstacle == Obstacle.BLOCK_OF_LAST_NURSE


def test_the_receiver_of_a_handover_under_way_is_not_blocked(world, home):
    make_handover(world.per, home, world.kari)
    for against, obstacle in ((home, Obstacle.HANDOVER_OPEN), (home.nurse, Obstacle.BLOCK_OF_LAST_NURSE)):
        with pytest.raises(NotPossible) as refused:
            refuse(world, against)
        assert refused.value.obstacle == obstacle


def test_it_is_registered_once(world):
    refuse(world, world.berit)
    with pytest.raises(NotPossible) as refused:
        refuse(world, world.berit)
    assert refused.value.obstacle == Obstacle.ALREADY_BLOCKED


def test_shutting_out_the_only_doctor_is_known(world):
    lie = world.nils.gp
    practices = [user.memberships.get().practice for user in (world.dahl, lie)]
    against = [world.dahl, lie, *practices, world.joint]
    assert [concerns_gp(world.per, each, now=NOW) for each in against] == [True, False, True, False, False]


@pytest.mark.parametrize(
    ("change", "constraint"),
    [("service_id = %(service)s", "block_of_one"), ("user_id = NULL", "block_of_one"), ("lifted_at = now()", "pair")],
)
def test_the_database_refuses_what_is_no_block(world, change, constraint):
    registered = block(world.per, world.kari, user=world.berit)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE patients_accessblock SET {change} WHERE id = %(id)s",
            {"service": world.joint.pk, "id": registered.pk},
        )
