"""A version's rules with the catalogue they speak of, as the pure scorer takes them."""

from collections.abc import Iterable

from careplans.models import PlanVersion, Threshold
from careplans.scoring import Quantity, RuleSet
from measurements.models import Quantity as CatalogueQuantity


def quantities() -> dict[str, Quantity]:
    """Every quantity of the catalogue, by code, with the label and unit that people read."""
    return {
        row.code: Quantity(
            code=row.code,
            label=row.label,
            unit=row.unit_label,
            decimals=row.decimals,
            impossible_low=row.impossible_low,
            impossible_high=row.impossible_high,
        )
        for row in CatalogueQuantity.objects.all()
    }


def ruleset_of(version: PlanVersion, thresholds: Iterable[Threshold] | None = None) -> RuleSet:
    """The version's rules in the order they were written, or those of these thresholds when they are not saved yet."""
    rows = version.thresholds.order_by("pk") if thresholds is None else thresholds
    return RuleSet(str(version.pk), tuple(row.rule() for row in rows), quantities())
