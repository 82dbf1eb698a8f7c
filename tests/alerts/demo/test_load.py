"""Loading the demo: the same from the same seed, once, whole, and never in production."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.queries import work_of
from accounts.roles import Permission
from alerts.demo.load import Loaded, OnlyForDemo, load
from alerts.demo.places import TOWNS
from alerts.queries.invariants import find_breaches
from careplans.models import DoctorContact, DoctorNotice, GpRoutine, PlanOpening, PlanVersion
from dho.lib import rls
from measurements.models import Reading
from organisations.models import Agreement
from patients.access import visible_patients
from patients.models import Enrolment, Patient
from tests import database
from tests.alerts.demo.conftest import SMALL
from tests.alerts.demo.content import content
from tests.factories.clock import NOW


def counted(model, field: str) -> dict[str, int]:
    values = list(model.objects.values_list(field, flat=True))
    return {value: values.count(value) for value in sorted(set(values))}


def test_it_gives_the_same_data_from_the_same_seed(demo, template_database):
    first = content()
    name = f"{template_database}_demo_twin"
    database.copy_database(template_database, name)
    with database.working_on(name):
        load(**SMALL, now=NOW)
        second = content()
    database.drop_database(name)
    assert {table: len(rows) for table, rows in first.items()} == {table: len(rows) for table, rows in second.items()}
    assert first == second


def test_it_changes_nothing_the_second_time(demo):
    before = content()
    found = load(patients=50, days=30, seed=7, now=NOW)
    assert content() == before
    assert found == Loaded(30, len(before["Reading"]), len(before["QueueEntry"]), existed=True)


def test_it_says_in_one_line_that_it_was_there_already(demo, capsys):
    call_command("load_demo")
    said = capsys.readouterr().out
    assert said.startswith("Demo data is there already: 30 patients, ")
    assert said.count("\n") == 1


def test_it_refuses_in_production(committed_db, settings):
    settings.PRODUCTION = True
    with pytest.raises(OnlyForDemo):
        load(**SMALL, now=NOW)
    with pytest.raises(CommandError, match="DHO_PRODUCTION"):
        call_command("load_demo")
    assert User.objects.count() == 0


def test_it_keeps_every_promise(demo):
    assert find_breaches(now=demo) == []


def test_it_holds_plans_and_enrolments_in_every_state(demo):
    with rls.acting_for(TOWNS):
        assert counted(PlanVersion, "status") == {
            "APPROVED": 24,
            "DRAFT": 1,
            "PROPOSED": 5,
            "RETURNED": 2,
            "SUPERSEDED": 4,
        }
        assert counted(Enrolment, "status") == {"ACTIVE": 23, "ENDED": 1, "TRIAL": 6}
        expired = PlanVersion.objects.filter(status="APPROVED", valid_until__lt=demo)
        assert expired.count() == 1
        without_plan = Patient.objects.filter(plan__isnull=True, enrolments__status="TRIAL")
        assert without_plan.count() == 2


def test_a_plan_waits_for_the_doctor_at_each_rung(demo):
    with rls.acting_for(TOWNS):
        assert counted(DoctorNotice, "kind") == {"PLAN": 5, "REMINDER": 2}
        assert counted(DoctorNotice, "state") == {"DELIVERED": 7}
        assert (PlanOpening.objects.count(), DoctorContact.objects.count()) == (1, 1)
        assert set(counted(GpRoutine, "mode")) == {"AT_INTERVALS", "ON_MESSAGE"}


def test_it_spreads_patients_over_both_services(demo):
    with rls.acting_for(TOWNS):
        towns = counted(Patient, "municipality_id")
        assert set(towns) == set(TOWNS)
        assert all(Patient.objects.values_list("synthetic", flat=True))
        assert Patient.objects.filter(given_name="Máret", language="nordsamisk").exists()


def test_it_gives_the_new_roles_something_to_see(demo):
    """The home nurse and the hospital's doctor read along for some; the administrator's agreements have a future."""
    with rls.acting_for(TOWNS):
        for username, permission in (("sand", Permission.SEE_PLAN), ("ravn", Permission.SEE_PATIENT)):
            by = work_of(User.objects.get(username=username), on=demo.date())[0]
            assert visible_patients(by, now=demo, permission=permission).exists()
        ending = Agreement.objects.filter(valid_until=date(demo.year, 12, 31))
        assert [each.organisation.name for each in ending] == ["Lungeavdelingen, Kongsvinger sykehus"]


def test_it_holds_typed_in_values_impossible_values_and_wrong_clocks(demo):
    with rls.acting_for(TOWNS):
        assert set(counted(Reading, "source")) == {"DEVICE", "MANUAL"}
        assert set(counted(Reading, "timing")) == {"ON_TIME", "FUTURE"}
        assert Reading.objects.filter(type_id="spo2", value=0).exists()
        assert not Reading.objects.filter(received_at__gt=demo).exists()
