"""A version's rules with the catalogue they speak of, as the pure scorer takes them."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from careplans.models import PlanVersion, Threshold
from careplans.scoring import Quantity, RuleSet
from measurements.enums import FormStatus
from measurements.models import Quantity as CatalogueQuantity
from measurements.models import Questionnaire

# A form's points have the shape of a measured quantity, so that their sentences carry the form's title.
_MOST_POINTS: Final = Decimal(1000)


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


def judged_quantities() -> dict[str, Quantity]:
    """Everything that has a number to be judged, by code: the quantities, and the forms with their points."""
    forms = {
        form.code: Quantity(form.code, form.title, "poeng", 0, Decimal(0), _MOST_POINTS)
        for form in Questionnaire.objects.exclude(status=FormStatus.DRAFT).order_by("version")
    }
    return forms | quantities()


def ruleset_of(
    version: PlanVersion,
    thresholds: Iterable[Threshold] | None = None,
    *,
    catalogue: Mapping[str, Quantity] | None = None,
) -> RuleSet:
    """The version's rules in the order they were written, or those of these thresholds when they are not saved yet.

    `catalogue` spares the look-up to whoever has it already. It is the same that judges once the version is approved.
    """
    rows = version.thresholds.order_by("pk") if thresholds is None else thresholds
    return RuleSet(str(version.pk), tuple(row.rule() for row in rows), catalogue or judged_quantities())
