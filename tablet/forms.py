"""One measurement as it is typed in: a field for each number, in the unit that stands beside it."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from dho.lib.numbers import InvalidNumber, parse_decimal
from measurements.models import MeasurementType, Quantity
from measurements.names import name_of, unit_of
from measurements.services import TypedReading

ENTER_AGAIN = _("Siden er gammel. Åpne den på nytt, og skriv målingen en gang til.")


class ReadingForm(forms.Form):
    """The numbers of one type. `client_id` is made with the page, so that a double click stores one reading."""

    client_id = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"required": ENTER_AGAIN, "invalid": ENTER_AGAIN}
    )
    # What the person has said is right although it cannot be: the very numbers, so that another asks anew.
    confirmed = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, kind: MeasurementType) -> None:
        super().__init__(data, initial={"client_id": uuid7()}, auto_id="maling-%s")
        self.kind, self.quantities = kind, list(kind.quantities.all())
        for quantity in self.quantities:
            self.fields[quantity.code] = self._field(quantity)

    def _field(self, quantity: Quantity) -> forms.CharField:
        attrs = {
            "class": "ds-input own-number",
            "inputmode": "decimal" if quantity.decimals else "numeric",
            "autocomplete": "off",
            "aria-describedby": f"enhet-{quantity.code}",
        }
        name = self._name(quantity)
        return forms.CharField(
            label=name_of(quantity) if len(self.quantities) > 1 else _("Skriv tallet du har målt"),
            max_length=20,
            widget=forms.TextInput(attrs=attrs),
            error_messages={
                "required": _("%(name)s: skriv tallet du har målt.") % {"name": name},
                "max_length": _("%(name)s: tallet er for langt. Se over det.") % {"name": name},
            },
        )

    def _name(self, quantity: Quantity) -> str:
        """What errors call the field: with one number the heading says what it is."""
        return name_of(quantity if len(self.quantities) > 1 else self.kind)

    def clean(self) -> dict[str, Any]:
        """Each number read with comma or full stop."""
        cleaned = super().clean() or {}
        for quantity in self.quantities:
            if quantity.code in cleaned:
                try:
                    cleaned[quantity.code] = parse_decimal(cleaned[quantity.code])
                except InvalidNumber as error:
                    self.add_error(quantity.code, f"{self._name(quantity)}: {error}")
        return cleaned

    @property
    def rows(self) -> list[tuple[Any, str, str]]:
        """Each visible field with the code and the unit of its quantity."""
        return [(self[each.code], each.code, unit_of(each)) for each in self.quantities]

    @property
    def numbers(self) -> list[str]:
        """The numbers digit by digit, once the form is valid."""
        return [f"{self.cleaned_data[each.code]:f}" for each in self.quantities]

    @property
    def written(self) -> str:
        """What is asked about, and what is compared with the answer."""
        return " / ".join(str(self[each.code].value()).strip() for each in self.quantities)

    @property
    def is_doubtful(self) -> bool:
        """Whether a number cannot be true, and nobody has said that it is."""
        values = [(self.cleaned_data[each.code], each) for each in self.quantities]
        impossible = any(not each.impossible_low <= value <= each.impossible_high for value, each in values)
        return impossible and self.cleaned_data["confirmed"] != self.written

    @property
    def typed(self) -> TypedReading:
        """What is stored."""
        client_id: UUID = self.cleaned_data["client_id"]
        return TypedReading(client_id=client_id, type_id=self.kind.pk, numbers=self.numbers)
