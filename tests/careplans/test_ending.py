"""Short-lived limits: the nurse is told a week before, and nothing judges when they have run out (R-152)."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from alerts.models import Assessment
from careplans.models import PlanVersion
from careplans.queries.ending import days_left
from careplans.services import approve
from tests.alerts.pages import words
from tests.alerts.test_patient_page import measured
from tests.factories.accounts import actor_of
from tests.factories.careplans import make_draft, propose
from tests.factories.clock import NOW

DAY = timedelta(days=1)


@pytest.fixture
def short(world) -> PlanVersion:
    """Version 2, which the GP has approved for five days."""
    version = propose(make_draft(world.per, world.kari))
    approve(version=version, valid_until=NOW + 5 * DAY, by=actor_of(world.dahl), now=NOW)
    version.refresh_from_db()
    return version


def test_it_says_how_many_days_are_left_in_the_last_week(short):
    asked = [days_left(short, now=NOW + each * DAY) for each in (-3, 0, 4)]
    assert asked == [None, 5, 1]


def test_the_patient_page_and_the_list_tell_the_nurse(world, short, as_kari):
    with time_machine.travel(NOW + DAY, tick=False):
        page = words(as_kari.get(reverse("patient", args=[world.per.pk])))
        assert "Utløper om 4 dager : planen, versjon 2. Etterpå blir målingene ikke vurdert" in page
        page = words(as_kari.get(reverse("plans-ending")))
        assert "Aasen, Per 2 23.11.2026 Utløper om 4 dager" in page


def test_a_plan_with_time_left_is_told_nowhere(world, as_kari):
    assert "planen, versjon" not in words(as_kari.get(reverse("patient", args=[world.per.pk])))
    assert "Ingen planer utløper den neste uken." in words(as_kari.get(reverse("plans-ending")))


def test_when_it_has_run_out_nothing_judges_and_the_version_before_does_not_return(world, short, as_kari):
    with time_machine.travel(NOW + 6 * DAY, tick=False):
        measured(world.per_tablet, 95, ago=-6 * DAY + timedelta(minutes=1))
        found = Assessment.objects.get()
        assert (found.colour, found.plan_version) == ("NOT_ASSESSED", None)
        assert "Utløpt, målingene blir ikke vurdert" in words(as_kari.get(reverse("plans-ending")))
        assert "Ingen godkjent plan. Målingene blir ikke vurdert." in words(
            as_kari.get(reverse("patient", args=[world.per.pk]))
        )


def test_another_services_nurse_sees_nothing_of_it(short, as_ola):
    with time_machine.travel(NOW + DAY, tick=False):
        assert "Aasen" not in as_ola.get(reverse("plans-ending")).text
