"""Lock two: what PostgreSQL itself lets the runtime role see and write."""

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from audit.models import AccessEntry
from dho.lib import rls
from measurements.models import Reading
from patients.models import Patient, Relative
from tests.database import see_everything
from tests.factories.clock import NOW
from tests.factories.measurements import make_reading
from tests.factories.world import A, B, C


def raw(sql, *parameters):
    """What the runtime role gets from SQL of its own."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def test_the_runtime_role_cannot_bypass_policies(db):
    assert raw("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user") == [(False, False)]
    assert raw("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user") == [(0,)]


def test_nothing_set_shows_nothing(world):
    rls.limit_to([])
    assert raw("SELECT id FROM patients_patient") == []
    assert Patient.objects.count() == 0


def test_only_the_named_municipalities_are_seen_by_raw_sql(world):
    make_reading(world.nils_tablet, "spo2", 91, at=NOW)
    rls.limit_to([A, B])
    assert {row[0] for row in raw("SELECT municipality_id FROM patients_patient")} == {
        A,
        B,
    }
    assert raw("SELECT count(*) FROM measurements_reading") == [(0,)]
    rls.limit_to([C])
    assert [row[0] for row in raw("SELECT patient_id FROM measurements_reading")] == [world.nils.pk]


def test_a_row_of_another_municipality_cannot_be_written(world):
    rls.limit_to([A])
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Relative.objects.create(municipality_id=C, patient=world.nils, name="Kari", relation="datter")


def test_a_row_of_another_municipality_cannot_be_moved_here(world):
    rls.limit_to([A])
    assert Patient.objects.filter(pk=world.nils.pk).update(municipality_id=A) == 0


def test_a_row_cannot_point_at_a_patient_of_another_municipality(world):
    with pytest.raises(IntegrityError, match="same_municipality"), transaction.atomic():
        Relative.objects.create(municipality_id=A, patient=world.nils, name="Kari", relation="datter")


def test_the_limit_ends_with_the_transaction(committed_world):
    with rls.acting_for([A]):
        assert Patient.objects.count() == 1
    with transaction.atomic():
        assert Patient.objects.count() == 0


def test_limit_to_refuses_to_work_outside_a_transaction(committed_db):
    with pytest.raises(transaction.TransactionManagementError):
        rls.limit_to([A])


def test_a_limit_sent_with_a_statement_holds_for_it_and_ends_with_the_transaction(committed_world):
    """As each request of a device does it: both in one message, also where nobody has opened a transaction."""
    sql = f"{rls.LIMIT}; SELECT municipality_id FROM patients_patient"
    with transaction.atomic():
        assert raw(sql, *rls.limit([A])) == [(A,)]
        assert raw("SELECT municipality_id FROM patients_patient") == [(A,)]
    assert raw(sql, *rls.limit([A])) == [(A,)]
    assert raw("SELECT municipality_id FROM patients_patient") == []


def test_acting_for_gives_back_what_was_admitted_before(world):
    rls.limit_to([A])
    with rls.acting_for([C]):
        assert list(Patient.objects.all()) == [world.nils]
    assert list(Patient.objects.all()) == [world.per]


def test_the_runtime_role_cannot_empty_a_table(world):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        raw("TRUNCATE measurements_reading CASCADE")
    see_everything()
    assert Reading.objects.count() == 0


def test_a_log_entry_can_be_added_by_anyone_and_read_only_at_home(world):
    rls.limit_to([A])
    AccessEntry.objects.bulk_create(
        [
            AccessEntry(
                at=NOW,
                action="OPEN_PATIENT",
                basis="HEALTH_CARE",
                allowed=True,
                municipality_id=C,
                patient_id=world.nils.pk,
            )
        ]
    )
    assert AccessEntry.objects.count() == 0
    rls.limit_to([C])
    assert AccessEntry.objects.count() == 1
