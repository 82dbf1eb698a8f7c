"""Everything about one person, found through the register of models so that no table can be forgotten (docs/export.md).

Apps above this one are never imported: their models are met here as rows, by name. `tests/rules/test_export.py` fails
when a table with a municipality is neither reached from the patient nor named in `BY_ROW`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db.models import Field, ForeignKey, Model, Q

from audit.models import AccessEntry, AuditReview, ChangeEntry
from patients.models import ANSWERED_WITHIN, InsightRequest, Patient

FORMAT: Final = "dho-export-1"
# Keys to look up or sign in with. They say nothing about the person.
LEFT_OUT: Final = frozenset(
    {
        "national_id_index",
        "address_index",
        "neighbourhood_index",
        "secret_hash",
        "secret_expires_at",
        "webhook_secret",
        "refresh_hash",
        "spare_hash",
        "pin_hash",
    }
)
# They name rows, not patients, and are looked up by the rows found before.
BY_ROW: Final = frozenset({"audit_changeentry", "audit_auditreview"})


# A municipality's own, about nobody.
ABOUT_NOBODY: Final = frozenset({"accounts_systemclient", "patients_intakesetting", "patients_informationtext"})


@dataclass(frozen=True, slots=True)
class Table:
    """One table's rows about the person, each with its columns in the order of the model.

    `labels` says by column what the codes of a closed list mean.
    """

    name: str
    rows: list[dict[str, Any]]
    labels: dict[str, dict[Any, str]]


def everything_about(patient: Patient) -> list[Table]:
    """The patient's own row first, then every table that leads to it, then who looked and what was changed."""
    tables = [_table(model, Q(**{path: patient.pk})) for model, path in reached_from_patient().items()]
    tables.append(_table(AuditReview, Q(entry_id__in=_looks(patient))))
    tables.append(_changes(tables))
    return [table for table in tables if table.rows]


def standing_request(patient_id: UUID, *, now: datetime) -> InsightRequest | None:
    """The patient's newest request that is to be answered now: without one nobody takes everything out."""
    asked = InsightRequest.objects.filter(patient_id=patient_id, registered_at__gt=now - ANSWERED_WITHIN)
    return asked.order_by("registered_at", "pk").last()


@cache
def reached_from_patient() -> dict[type[Model], str]:
    """Each model with rows about one patient, and the look-up that leads from it to the patient's id."""
    found: dict[type[Model], str] = {Patient: "pk", AccessEntry: "patient_id"}
    models = [model for model in apps.get_models() if model not in found]
    while new := {model: path for model in models if model not in found and (path := _path(model, found))}:
        found |= new
    return found


def _path(model: type[Model], known: dict[type[Model], str]) -> str:
    """By the patient itself where the row names it, else by a row that is about the patient."""
    fields = {field.name: field for field in model._meta.concrete_fields}  # noqa: SLF001 - Django's documented model API
    for name in ("patient", "patient_id"):
        if name in fields:
            return name
    for field in fields.values():
        parent = field.related_model if isinstance(field, ForeignKey) else None
        if parent in known and parent is not Patient:
            return f"{field.name}__{known[parent]}"
    return ""


def columns_of(model: type[Model]) -> "list[Field[Any, Any]]":
    """What is handed out of a model's rows."""
    return [field for field in model._meta.concrete_fields if field.name not in LEFT_OUT]  # noqa: SLF001


def _table(model: type[Model], about: Q) -> Table:
    fields = columns_of(model)
    rows = model._default_manager.filter(about).order_by("pk").values(*[field.attname for field in fields])  # noqa: SLF001
    labels = {field.attname: _labels(field) for field in fields}
    return Table(model._meta.db_table, list(rows), labels)  # noqa: SLF001


def _labels(field: "Field[Any, Any]") -> dict[Any, str]:
    """The closed list of the column, or of what its array holds."""
    return {code: str(label) for code, label in getattr(field, "base_field", field).flatchoices}


def _looks(patient: Patient) -> Any:
    return AccessEntry.objects.filter(patient_id=patient.pk).values("pk")


def _changes(tables: Iterable[Table]) -> Table:
    """What was changed in the rows above, by whom."""
    about = Q(pk__isnull=True)
    for table in tables:
        ids = [str(row["id"]) for row in table.rows if "id" in row]
        if ids and not table.name.startswith("audit_"):
            about |= Q(table_name=table.name, row_id__in=ids)
    return _table(ChangeEntry, about)


def as_document(patient: Patient, tables: Iterable[Table], *, now: datetime) -> dict[str, Any]:
    """The whole answer, as it is written to the file."""
    return {
        "format": FORMAT,
        "made_at": now,
        "patient": patient.pk,
        "controller": {"id": patient.municipality_id, "name": patient.municipality.name},
        "tables": {table.name: table.rows for table in tables},
    }
