"""Fields of one line that say in their messages which field it is."""

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dho.lib.numbers import InvalidNumber, parse_decimal, whole_number
from dho.lib.texts import LazyText

_TEXT: Final = {"class": "ds-input", "autocomplete": "off"}
_NUMBER: Final = {**_TEXT, "inputmode": "numeric"}


class LineField(forms.CharField):
    """One line of text, with spaces written once. The messages name the field."""

    def __init__(self, *, label: LazyText | str, max_length: int, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs=_TEXT))
        told = {
            "required": format_lazy(_("{label}: fyll inn feltet."), label=label),
            "min_length": format_lazy(
                _("{label}: skriv minst {length} tegn."), label=label, length=kwargs.get("min_length", 0)
            ),
            "max_length": format_lazy(_("{label}: skriv høyst {length} tegn."), label=label, length=max_length),
        }
        super().__init__(label=label, max_length=max_length, error_messages=told, **kwargs)

    def clean(self, value: Any) -> str:
        """The text."""
        return " ".join(str(super().clean(value)).split())


class WholeField(LineField):
    """A whole number from 0 up, or None for an empty field."""

    def __init__(self, *, label: LazyText | str, most: int, **kwargs: Any) -> None:
        super().__init__(label=label, max_length=18, widget=forms.TextInput(attrs=_NUMBER), **kwargs)
        self.most = most

    def clean(self, value: Any) -> int | None:  # type: ignore[override] # a field cleans to what it is for
        """The number."""
        text = super().clean(value)
        number = whole_number(text) if text else None
        if text and (number is None or number > self.most):
            message = gettext("%(label)s: skriv et helt tall fra 0 til %(most)s.")
            raise forms.ValidationError(message % {"label": self.label, "most": self.most})
        return number


class DecimalField(LineField):
    """A number with a decimal comma, of which the column holds six digits before it and two after."""

    def __init__(self, *, label: LazyText | str, **kwargs: Any) -> None:
        super().__init__(label=label, max_length=12, **kwargs)

    def clean(self, value: Any) -> Decimal:  # type: ignore[override] # a field cleans to what it is for
        """The number."""
        try:
            number = parse_decimal(super().clean(value))
        except InvalidNumber:
            message = gettext("%(label)s: skriv et tall, for eksempel 37,5.") % {"label": self.label}
            raise forms.ValidationError(message) from None
        if abs(number) >= 1_000_000 or number != round(number, 2):
            message = gettext("%(label)s: skriv et tall under én million med høyst to desimaler.")
            raise forms.ValidationError(message % {"label": self.label})
        return number
