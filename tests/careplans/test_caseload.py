"""Patients for each position, and the coordinator's twenty per cent (S-06, AT-40)."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.models import Position
from accounts.services import set_position
from careplans.queries.caseload import coordination_of, load_of
from organisations.models import PlanningFigure
from tests.database import see_everything
from tests.factories.accounts import actor_of, let_in, make_membership, make_user
from tests.factories.clock import NOW
from tests.factories.courses import TODAY

DAY = timedelta(days=1)


@pytest.fixture
def lise(world):
    """Membership of A's coordinator."""
    return make_membership(make_user("lise", "Lise", "Dal"), "COORDINATOR", authority=world.a)


def give(world, membership, percent, *, by="ness", on=TODAY):
    return set_position(
        membership_id=membership.pk, percent=percent, valid_from=on, by=actor_of(getattr(world, by)), now=NOW
    )


@pytest.mark.parametrize(("percent", "too_small"), [(15, True), (19, True), (20, False)])
def test_a_coordinator_with_less_than_twenty_per_cent_is_warned_about(world, lise, percent, too_small):
    give(world, lise, percent)
    assert (coordination_of(world.a.pk, on=TODAY).percent, coordination_of(world.a.pk, on=TODAY).too_small) == (
        percent,
        too_small,
    )
    with time_machine.travel(NOW, tick=False):
        text = let_in(Client(), world.ness).get(reverse("caseload")).text
    assert ("Kommunen trenger minst 20 %" in text) == too_small


def test_a_new_percentage_ends_the_one_before(world, lise):
    give(world, lise, 15, on=TODAY - 30 * DAY)
    give(world, lise, 40, on=TODAY)
    give(world, lise, 30, on=TODAY)
    assert coordination_of(world.a.pk, on=TODAY - DAY).percent == 15
    assert coordination_of(world.a.pk, on=TODAY).percent == 30
    assert Position.objects.count() == 3


def test_the_load_is_measured_by_the_services_own_planning_figure(world):
    give(world, world.kari.memberships.get(), 2, by="eva")
    load = load_of(world.joint, on=TODAY)
    assert (load.patients, load.per_position, load.figure.pk, load.capacity, load.over) == (
        2, 100, "FULL_TIME_80", 1, True,
    )  # fmt: skip
    world.joint.planning_figure = PlanningFigure.objects.get(pk="PART_TIME_50")
    assert (load_of(world.joint, on=TODAY).capacity, load_of(world.joint, on=TODAY).over) == (2, False)
    with time_machine.travel(NOW, tick=False):
        text = let_in(Client(), world.eva).get(reverse("caseload")).text
    assert "Stillingene er nok til 1." in text


def test_without_a_position_nothing_is_reckoned(world):
    load = load_of(world.joint, on=TODAY)
    assert (load.per_position, load.capacity, load.over) == (None, None, False)


def test_who_has_left_counts_no_more(world, lise):
    give(world, lise, 50)
    type(lise).objects.filter(pk=lise.pk).update(valid_until=TODAY)
    assert coordination_of(world.a.pk, on=TODAY + DAY).percent == 0


@pytest.mark.parametrize("person", ["eva", "kari", "siri"])
def test_only_who_manages_the_person_registers_a_position(world, lise, person):
    with pytest.raises(PermissionDenied):
        give(world, lise, 50, by=person)


def test_the_page_registers_and_names_what_is_wrong(world, lise):
    with time_machine.travel(NOW, tick=False):
        browser = let_in(Client(), world.ness)
        right = {"membership": str(lise.pk), "percent": "20", "valid_from": "18.11.2026"}
        for wrong, field in (
            ({"percent": "101"}, "percent"),
            ({"membership": "x"}, "membership"),
            ({"valid_from": ""}, "valid_from"),
        ):
            answer = browser.post(reverse("caseload"), right | wrong)
            assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
        assert browser.post(reverse("caseload"), right).status_code == 302
    see_everything()
    assert Position.objects.get().percent == 20
