"""What was decided, as one number: anybody can compute it again and see that nothing has changed (R-041, P4)."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db.models import Model

from careplans.models import Approval, PlanVersion

# What happens to a version, or tells where it came from, is not what it says.
_LIFE: Final = frozenset(
    {
        "id", "municipality_id", "plan_id", "status", "created_at", "created_by_id", "sent_at", "sent_by_id",
        "approved_at", "approved_by_id", "valid_until", "superseded_at", "changed_from_id", "approved_from_id",
        "began_from_id", "taken_over_from", "edited_at", "edited_by_id",
    }
)  # fmt: skip
_OF_A_PART: Final = frozenset({"id", "municipality_id", "version_id"})


def content_hash(version: PlanVersion) -> str:
    """SHA-256 over canonical JSON of everything the version says, and about whom.

    Every column is in it by itself, and every table whose rows are frozen with the version. What is empty is left out,
    so that a column which comes later, empty in what is decided, does not change the number.
    """
    said: dict[str, Any] = {"version": _said(version, _LIFE)}
    for part in _parts():
        said[part.__name__] = [_said(row, _OF_A_PART) for row in part.objects.filter(version=version).order_by("pk")]
    written = json.dumps(said, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def untrue(decision: Approval) -> bool:
    """Whether the version says something else today than when it was decided. Older decisions have no number."""
    return bool(decision.content_sha256) and decision.content_sha256 != content_hash(decision.version)


def _parts() -> Iterator[Any]:
    """The tables that are frozen with their version: they are what it says."""
    for model in apps.get_app_config("careplans").get_models():
        triggers = getattr(model._meta, "triggers", [])  # noqa: SLF001 - Django's own name for it
        if any(each.name == "frozen_with_version" for each in triggers):
            yield model


def _said(row: Model, without: frozenset[str]) -> dict[str, Any]:
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}  # noqa: SLF001
    return {
        name: _plain(value) for name, value in values.items() if name not in without and value not in (None, "", [], {})
    }


def _plain(value: Any) -> Any:
    """One written form of each value: 2.5 and 2.500 are the same limit."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
