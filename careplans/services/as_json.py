"""A plan's content as JSON: what a template holds, what is handed over in a file, and what two editors compare.

The form is the content itself, field by field, so that nothing is lost either way. A number is text («88», «1.5»): a
JSON number would be a float.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext

from careplans.models import PlanVersion
from careplans.services.content import COLUMNS, ROWS, PlanContent

_KEYS: Final = frozenset({"id", "municipality_id", "version_id", "trial_id"})
# More rows of a kind than any plan has: neither a file nor a page fills the database.
MOST_ROWS: Final = 60


class Unreadable(Exception):
    """The file or template says something that no plan can; `problems` are sentences for the screen."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


def as_json(content: PlanContent) -> dict[str, Any]:
    """The content, every field of every row, in one form whatever it was read from."""
    said: dict[str, Any] = {name: _plain(getattr(content, name)) for name in COLUMNS}
    for name, model in ROWS.items():
        rows = [_row(model, row) for row in getattr(content, name)]
        said[name] = _in_order(name, rows)
    return said


def from_json(said: Any) -> PlanContent:
    """The content again. Raises Unreadable, which names the fields, for anything that is not such content."""
    if not isinstance(said, Mapping):
        raise Unreadable([gettext("Filen er ikke en plan fra dette systemet.")])
    problems: list[str] = []
    found: dict[str, Any] = {}
    for name in COLUMNS:
        field = PlanVersion._meta.get_field(name)  # noqa: SLF001
        found[name] = _cleaned(field, name, said.get(name), problems)
    for name, model in ROWS.items():
        found[name] = _rows(model, name, said.get(name, []), problems)
    weeks, way = found["guidance_every_weeks"], found["guidance_form"]
    if weeks == 0 or (weeks is not None) != bool(way):
        problems.append(gettext("%(field)s: verdiene passer ikke sammen.") % {"field": "guidance_every_weeks"})
    if problems:
        raise Unreadable(problems)
    return PlanContent(**found)


def digest(said: Any) -> str:
    """A short name for exactly this: two that differ have different ones."""
    written = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()[:24]


def fields_of(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    """The columns that say something, of a row of a version."""
    return [field for field in model._meta.concrete_fields if field.attname not in _KEYS]  # noqa: SLF001


def _row(model: type[models.Model], row: Mapping[str, Any]) -> dict[str, Any]:
    return {field.attname: _plain(row.get(field.attname, field.get_default())) for field in fields_of(model)}


def _in_order(name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with a position by it, counted from nought in each zone; zones in a fixed order."""
    zones = ["GREEN", "YELLOW", "RED"]
    if name == "zone_texts":
        return sorted(rows, key=lambda row: zones.index(row["zone"]))
    if rows and "position" in rows[0]:
        rows = sorted(rows, key=lambda row: (zones.index(row["zone"]) if "zone" in row else 0, row["position"]))
        counted: dict[Any, int] = {}
        for row in rows:
            row["position"] = counted.get(row.get("zone"), 0)
            counted[row.get("zone")] = row["position"] + 1
    return rows


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if value else "0"
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, str) else value


def _rows(model: type[models.Model], name: str, said: Any, problems: list[str]) -> list[dict[str, Any]]:
    if not isinstance(said, list) or len(said) > MOST_ROWS or not all(isinstance(row, Mapping) for row in said):
        sentence = gettext("%(field)s: skal være en liste med høyst %(most)s rader.")
        problems.append(sentence % {"field": name, "most": MOST_ROWS})
        return []
    found = []
    for number, row in enumerate(said, 1):
        where, before = f"{name} {number}", len(problems)
        values = {
            field.attname: _cleaned(field, f"{where}, {field.attname}", _given(field, row), problems)
            for field in fields_of(model)
        }
        if len(problems) == before:
            problems.extend(_impossible(name, where, values))
        found.append(values)
    if not problems:
        problems.extend(_twice(model, name, found))
    return found


def _impossible(name: str, where: str, row: Mapping[str, Any]) -> Iterator[str]:
    """What the row's constraints in the database refuse; the order of limits the scorer explains in words."""
    wrong = {
        "schedules": lambda: {
            "type_id": bool(row["type_id"]) == bool(row["questionnaire_code"]),
            "weekdays": not set(row["weekdays"]) <= set(range(7)),
        },
        "thresholds": lambda: {
            "n": (row["n"] is None) != (row["m"] is None) or (row["n"] is not None and not 1 <= row["n"] <= row["m"]),
            "scale": row["scale"] not in (None, 1, 2),
        },
    }
    for field, is_wrong in wrong.get(name, dict)().items():
        if is_wrong:
            yield gettext("%(field)s: verdiene passer ikke sammen.") % {"field": f"{where}, {field}"}


def _twice(model: type[models.Model], name: str, rows: list[dict[str, Any]]) -> Iterator[str]:
    """Rows of which a version has only one."""
    for constraint in model._meta.constraints:  # noqa: SLF001
        if isinstance(constraint, models.UniqueConstraint) and constraint.condition is None:
            columns = [column for column in constraint.fields if column != "version"]
            if len({tuple(row[column] for column in columns) for row in rows}) < len(rows):
                told = {"field": f"{name}, {', '.join(columns)}"}
                yield gettext("%(field)s: det samme står to ganger.") % told


def _given(field: "models.Field[Any, Any]", row: Mapping[str, Any]) -> Any:
    return row[field.attname] if field.attname in row else field.get_default()


def _cleaned(field: Any, where: str, value: Any, problems: list[str]) -> Any:
    """The value as the column takes it; what it refuses is said with its place in the file."""
    try:
        if value is None and not field.null:
            value = field.get_default()
        if isinstance(field, ArrayField):
            found = [field.base_field.clean(legible(each), None) for each in _listed(value)]
        else:
            found = _scalar(field, legible(value))
        if field.model is not PlanVersion and _is_missing(field, found):
            raise ValidationError(gettext("må fylles ut."))
        return found
    except (ValidationError, ValueError, TypeError, OverflowError) as refused:
        why = " ".join(refused.messages) if isinstance(refused, ValidationError) else gettext("kan ikke leses.")
        problems.append(f"{where}: {why}")
        return None


def legible(value: Any) -> Any:
    """The value, when it is one and no text that the database cannot hold. Raises ValidationError."""
    text = value if isinstance(value, str) else ""
    if isinstance(value, dict | list) or "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise ValidationError(gettext("kan ikke leses."))
    return value


def _scalar(field: Any, value: Any) -> Any:
    found = field.target_field.to_python(value) if field.is_relation else field.to_python(value)
    if value is not None:
        field.run_validators(found)
        _choice(field, found)
    return found


def _is_missing(field: Any, value: Any) -> bool:
    """Whether the row says nothing where it must. What a version must say is asked for when it is written."""
    if value is None:
        return not field.null
    return not (field.blank or field.null) and (value == [] or (isinstance(value, str) and not value.strip()))


def _choice(field: Any, value: Any) -> None:
    """Only what the closed list has; related rows are checked where they exist."""
    if field.choices and value not in (None, "") and value not in dict(field.flatchoices):
        raise ValidationError(gettext("«%(value)s» er ikke et av valgene.") % {"value": value})
    if field.is_relation and not field.related_model.objects.filter(pk=value).exists():
        raise ValidationError(gettext("«%(value)s» finnes ikke her.") % {"value": value})


def _listed(value: Any) -> Iterable[Any]:
    if not isinstance(value, list) or len(value) > MOST_ROWS:
        raise ValidationError(gettext("skal være en liste."))
    return value
