"""Lock one: who gets a patient, who does not, and that both stand in the log (P3, AT-39)."""

from datetime import date, timedelta

import pytest

from accounts.enums import Role
from accounts.roles import Permission, allows
from audit.enums import Action
from audit.models import AccessEntry
from audit.services import Refused
from dho.lib import rls
from organisations.models import Agreement
from patients.access import get_patient, visible_patients
from tests.database import see_everything
from tests.factories.accounts import actor_of, make_membership
from tests.factories.clock import NOW
from tests.factories.patients import end_course


@pytest.mark.parametrize(
    ("person", "sees"),
    [
        ("kari", {"per", "solveig"}),
        ("ola", {"nils"}),
        ("dahl", {"per", "solveig"}),
        ("siri", {"solveig"}),
        ("ness", set()),
        ("eva", set()),
    ],
)
def test_each_person_sees_exactly_their_own(world, person, sees):
    found = visible_patients(world.actor(getattr(world, person)), now=NOW)
    assert set(found) == {getattr(world, name) for name in sees}


def test_an_allowed_look_is_logged_whole(world):
    get_patient(world.per.pk, by=world.actor(world.kari), now=NOW)
    entry = AccessEntry.objects.latest("id")
    assert (entry.actor_id, entry.actor_name, entry.role, entry.organisation) == (
        world.kari.pk,
        "Kari Nordmann",
        "NURSE",
        "DHO Solør–Odal",
    )
    assert (
        entry.patient_id,
        entry.municipality_id,
        entry.action,
        entry.allowed,
        entry.at,
    ) == (
        world.per.pk,
        world.a.pk,
        Action.OPEN_PATIENT,
        True,
        NOW,
    )


@pytest.mark.parametrize("person", ["ola", "ness", "eva"])
def test_not_yours_is_refused_like_what_does_not_exist(world, person):
    by = world.actor(getattr(world, person))
    with pytest.raises(Refused) as foreign:
        get_patient(world.per.pk, by=by, now=NOW)
    with pytest.raises(Refused) as missing:
        get_patient(world.joint.pk, by=by, now=NOW)
    assert str(foreign.value) == str(missing.value)


def test_access_ends_the_day_after_the_agreement(world):
    """AT-39: the last day is included."""
    Agreement.objects.filter(party=world.b).update(valid_until=NOW.date())
    assert set(visible_patients(actor_of(world.kari), now=NOW)) == {world.per, world.solveig}
    tomorrow = NOW + timedelta(days=1)
    assert set(visible_patients(actor_of(world.kari, tomorrow), now=tomorrow)) == {world.per}


def test_access_ends_with_the_course_of_the_service(world):
    end_course(world.per, date(2026, 11, 1))
    assert set(visible_patients(actor_of(world.kari), now=NOW)) == {world.solveig}


def test_a_gp_of_the_same_practice_does_not_see_anothers_list(world):
    make_membership(
        world.berit,
        Role.GP,
        practice=actor_practice(world),
        valid_from=date(2019, 1, 1),
    )
    assert set(visible_patients(actor_of(world.berit), now=NOW)) == set()


def actor_practice(world):
    return world.dahl.memberships.get().practice


def test_the_database_hides_what_lock_one_forgot(world):
    """Lock two alone: even an unfiltered query in Ola's request shows nothing of A and B."""
    rls.limit_to(world.actor(world.ola).municipality_ids)
    assert set(type(world.per).objects.all()) == {world.nils}
    see_everything()


def test_a_misspelt_permission_raises():
    with pytest.raises(ValueError, match="SEE_PATIENTS"):
        allows(Role.NURSE, "SEE_PATIENTS")
    with pytest.raises(ValueError, match="NURS"):
        allows("NURS", Permission.SEE_PATIENT)
