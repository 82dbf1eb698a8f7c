"""Rules that hold for every table, so that a new model cannot forget them."""

import pytest
from django.apps import apps
from django.db import InternalError, connection, models, transaction

from audit.models import AccessEntry
from tests.factories.clock import NOW

OURS = [
    "audit",
    "organisations",
    "accounts",
    "patients",
    "equipment",
    "measurements",
    "careplans",
    "messaging",
    "alerts",
]
APPEND_ONLY = {
    "audit_accessentry",
    "audit_auditreview",
    "audit_auditseal",
    "audit_changeentry",
    "measurements_readingstatement",
    "patients_criteriaassessment",
    "patients_criterionanswer",
    "patients_allocation",
    "patients_informationtext",
    "patients_informationgiven",
    "careplans_approval",
    "careplans_doctorcontact",
    "careplans_gplook",
    "careplans_gproutine",
    "careplans_planopening",
    "careplans_evaluation",
    "careplans_routine",
    "careplans_templateconfirmation",
    "alerts_assessment",
    "alerts_handling",
    "alerts_agendaitem",
    "alerts_hospitalactivity",
}


def our_models():
    return [model for model in apps.get_models() if model._meta.app_label in OURS]


def column_names(table):
    with connection.cursor() as cursor:
        return {column.name for column in connection.introspection.get_table_description(cursor, table)}


def tables_with_policy():
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid
            WHERE c.relrowsecurity AND c.relforcerowsecurity
            """
        )
        return {row[0] for row in cursor.fetchall()}


def test_every_table_with_a_municipality_has_its_forced_policy(db):
    tables = {table for table in connection.introspection.table_names() if "municipality_id" in column_names(table)}
    assert len(tables) > 15
    assert tables - tables_with_policy() == set()


def test_every_model_with_patient_data_carries_its_municipality(db):
    missing = {
        model._meta.db_table
        for model in our_models()
        for field in model._meta.fields
        if field.name in ("patient", "version", "reading", "alert")
        and field.is_relation
        and "municipality_id" not in column_names(model._meta.db_table)
    }
    assert missing == set()


def test_foreign_keys_only_point_downwards():
    upwards = {
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        for field in model._meta.fields
        if isinstance(field, models.ForeignKey) and field.related_model._meta.app_label in OURS
        if OURS.index(field.related_model._meta.app_label) > OURS.index(model._meta.app_label)
    }
    assert upwards == set()


def test_the_audit_tables_have_no_foreign_keys():
    keys = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_app_config("audit").get_models()
        for field in model._meta.fields
        if field.is_relation
    ]
    assert keys == []


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
def test_append_only_tables_have_the_trigger(db, table):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE 'pgtrigger_append_only%%'",
            [table],
        )
        assert cursor.fetchone() == (1,)


@pytest.mark.parametrize(
    "sql",
    ["UPDATE audit_accessentry SET purpose = 'x'", "DELETE FROM audit_accessentry"],
)
def test_the_access_log_refuses_change_and_removal(world, sql):
    look = {"action": "OPEN_PATIENT", "basis": "HEALTH_CARE", "allowed": True}
    AccessEntry.objects.create(at=NOW, municipality_id=world.a.pk, **look)
    with (
        pytest.raises(InternalError, match="Cannot"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_every_at_field_of_a_decision_has_its_person():
    """Who/when pairs: a moment at which a person acted is stored with the person."""
    people = {
        "stated_at",
        "decided_at",
        "approved_at",
        "revoked_at",
        "issued_at",
        "claimed_at",
        "created_at",
    }
    alone = {
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        for field in model._meta.fields
        if field.name in people
        and not {field.name.replace("_at", "_by"), "owner"} & {other.name for other in model._meta.fields}
    }
    # A delivery is created by the worker, not by a person; a second factor by the one whose it is.
    assert alone == {"alerts.Delivery.created_at", "accounts.SecondFactor.created_at"}
