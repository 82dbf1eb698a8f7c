"""The change log, written by triggers: bulk updates and raw SQL are caught too."""

from django.db import connection
from django.urls import reverse

from accounts.models import SecondFactor
from audit.models import ChangeEntry
from dho.lib import rls
from patients.models import Patient
from tests.database import as_owner, see_everything
from tests.factories.accounts import make_app
from tests.factories.careplans import make_draft, propose
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


def test_a_worker_leaves_its_name_and_purpose(world):
    with rls.acting_for([A], actor="worker"):
        Patient.objects.filter(pk=world.per.pk).update(phone="99 00 00 03")
        entry = ChangeEntry.objects.filter(table_name="patients_patient").latest("id")
    assert (entry.actor, entry.purpose, entry.request_id) == ("worker", "AUTOMATIC", "")


def test_a_page_leaves_the_request_that_its_answer_names(as_dahl, world):
    version = propose(make_draft(world.per, world.kari))
    answer = as_dahl.post(reverse("plan-decide", args=[version.pk]), {"question": "Hvorfor 86 %?"})
    see_everything()
    entry = ChangeEntry.objects.filter(table_name="careplans_planversion", row_id=str(version.pk)).latest("id")
    assert (answer.status_code, entry.actor, entry.purpose, entry.request_id) == (
        302,
        str(world.dahl.pk),
        "HEALTH_CARE",
        answer["X-Request-Id"],
    )


def test_a_second_factor_leaves_its_coming_and_going_but_never_its_secret(committed_world):
    """Rows of no municipality: no policy admits them, so the owner looks without any, in this database only."""
    kari = committed_world.kari
    make_app(kari).wrap().instance.record_usage()
    with rls.acting_for([], actor=str(kari.pk)):
        SecondFactor.objects.filter(user=kari).delete()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_changeentry NO FORCE ROW LEVEL SECURITY")
        rows = list(ChangeEntry.objects.filter(table_name="mfa_authenticator").order_by("id"))
    assert [(row.operation, row.actor, (row.after or row.before)["user_id"]) for row in rows] == [
        ("INSERT", "", str(kari.pk)),
        ("DELETE", str(kari.pk), str(kari.pk)),
    ]
    assert {tuple(sorted(row.after or row.before)) for row in rows} == {("created_at", "id", "type", "user_id")}
