"""The change log, written by triggers: bulk updates and raw SQL are caught too."""

from audit.models import ChangeEntry
from dho.lib import rls
from patients.models import Patient
from tests.factories.world import A


def test_it_records_before_and_after_with_the_acting_person(world):
    with rls.acting_for([A], actor=str(world.kari.pk)):
        Patient.objects.filter(pk=world.per.pk).update(phone="99 00 00 02")
        entry = ChangeEntry.objects.filter(table_name="patients_patient", row_id=str(world.per.pk)).latest("id")
    assert (entry.operation, entry.actor, entry.municipality_id) == (
        "UPDATE",
        str(world.kari.pk),
        A,
    )
    assert (entry.before["phone"], entry.after["phone"]) == (
        "99 00 00 01",
        "99 00 00 02",
    )


def test_it_never_holds_the_national_id_or_a_secret(world):
    rows = list(ChangeEntry.objects.values_list("before", "after"))
    keys = {key for row in rows for side in row if side for key in side}
    assert {
        "national_id",
        "national_id_index",
        "password",
        "webhook_secret",
    } & keys == set()
    assert "family_name" in keys


def test_it_is_silent_when_nothing_changed(world):
    before = ChangeEntry.objects.count()
    Patient.objects.filter(pk=world.per.pk).update(phone="99 00 00 01")
    assert ChangeEntry.objects.count() == before
