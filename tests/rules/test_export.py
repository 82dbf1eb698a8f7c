"""The export holds every table about a person: a new one is found by itself, or fails here (R-301)."""

from django.apps import apps

from patients.queries.export import ABOUT_NOBODY, BY_ROW, LEFT_OUT, columns_of, reached_from_patient
from patients.queries.words import TITLES
from tests.rules.test_schema import our_models


def test_every_table_with_a_municipality_is_reached_from_the_patient():
    tables = {
        model._meta.db_table
        for model in our_models()
        if "municipality_id" in {field.attname for field in model._meta.concrete_fields}
    }
    reached = {model._meta.db_table for model in reached_from_patient()}
    assert tables - reached == BY_ROW | ABOUT_NOBODY


def test_every_table_that_leads_to_a_patient_is_reached():
    """Also through other rows: a limit belongs to a version, and the version to a patient."""
    reached = set(reached_from_patient())
    left = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model in reached and model not in reached
    }
    assert left == set()


def test_every_table_of_the_export_has_a_heading():
    tables = {model._meta.db_table for model in reached_from_patient()} | BY_ROW
    assert tables - set(TITLES) == set()


def test_no_secret_and_no_look_up_key_is_handed_out():
    names = {field.attname for model in reached_from_patient() for field in columns_of(model)}
    telling = ("secret", "_hash", "index", "password")
    assert {name for name in names if any(each in name for each in telling)} == set()
    assert LEFT_OUT & names == set()
