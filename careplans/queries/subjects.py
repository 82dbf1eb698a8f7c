"""What a plan can be about: what is measured, in which units, and which forms are answered."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from careplans.queries.wording import Names
from measurements.models import MeasurementType, UnitSynonym
from measurements.models import Quantity as CatalogueQuantity


@dataclass(frozen=True)
class Subjects:
    """The catalogue as the editor offers it."""

    names: Names
    types: list[tuple[str, str]]
    # How each quantity's own unit may be written; a unit that needs converting is no way to write a limit.
    units: Mapping[str, list[str]]

    @classmethod
    def current(cls) -> "Subjects":
        """As it is today."""
        types = list(MeasurementType.objects.order_by("position").values_list("code", "label"))
        ways: dict[str, list[str]] = defaultdict(list)
        for unit in UnitSynonym.objects.filter(pre_offset=0, numerator=1, denominator=1):
            ways[unit.type_id].append(unit.text)
        own = dict(CatalogueQuantity.objects.values_list("code", "type_id"))
        return cls(Names.current(), types, {code: ways[type_id] for code, type_id in own.items()})

    def choices(self, standing: Any = None) -> list[tuple[str, str]]:
        """Types and forms; one that is no longer in use stays where it stands."""
        found = [(f"type:{code}", label) for code, label in self.types]
        found += [(f"form:{code}", title) for code, title in self.names.titles.items()]
        if standing and standing not in dict(found):
            found.append((standing, str(standing).partition(":")[2]))
        return found

    @staticmethod
    def value_of(row: Mapping[str, Any]) -> str:
        """The choice that a schedule is about."""
        return f"type:{row['type_id']}" if row.get("type_id") else f"form:{row.get('questionnaire_code', '')}"

    @staticmethod
    def columns_of(value: str) -> dict[str, Any]:
        """The columns again."""
        sort, _colon, code = value.partition(":")
        is_type = sort == "type"
        return {"type_id": code if is_type else None, "questionnaire_code": "" if is_type else code}
