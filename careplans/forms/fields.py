"""Fields as a nurse types in them: numbers with comma and unit, clock times, one thing on each line."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dho.lib.numbers import InvalidNumber, decimal_comma, parse_decimal
from dho.lib.texts import LazyText

_PLAIN: Final = {"class": "ds-input", "autocomplete": "off"}
# A column holds seven digits before the comma and three after.
_LARGEST: Final = Decimal(10**7)
_MOST_DECIMALS: Final = 3


class Words(forms.CharField):
    """Text that may be left out, with a length that the column or the page has room for."""

    def __init__(self, label: LazyText, longest: int, *, lines: int = 0, **kwargs: Any) -> None:
        attrs = {**_PLAIN, "rows": lines} if lines else _PLAIN
        too_long = format_lazy(_("{label}: skriv høyst {longest} tegn."), label=label, longest=longest)
        kwargs.setdefault("required", False)
        super().__init__(
            label=label,
            max_length=longest,
            widget=forms.Textarea(attrs=attrs) if lines else forms.TextInput(attrs=attrs),
            error_messages={"max_length": too_long, **kwargs.pop("error_messages", {})},
            **kwargs,
        )

    def to_python(self, value: Any) -> str:
        """As typed, with the line breaks that the database keeps."""
        return (super().to_python(value) or "").replace("\r\n", "\n")


class Number(forms.CharField):
    """A number with decimal comma; its unit may stand behind, and no other unit may."""

    def __init__(self, label: LazyText, *, unit: str = "", also: Sequence[str] = (), **kwargs: Any) -> None:
        self.unit, self.also = unit, {unit.casefold(), *(each.casefold() for each in also)} - {""}
        shown = format_lazy("{label} ({unit})", label=label, unit=unit) if unit else label
        self.called = label
        attrs = {**_PLAIN, "inputmode": "text", "size": 8}
        super().__init__(label=shown, required=False, widget=forms.TextInput(attrs=attrs), **kwargs)

    def to_python(self, value: Any) -> Any:
        """The number, or None where nothing is written."""
        text = (super().to_python(value) or "").strip()
        if not text:
            return None
        found = re.fullmatch(r"([-\u2212\u2013]?[\d\s.,]*)(.*)", text, re.DOTALL)
        number, unit = (found[1].strip(), found[2].strip()) if found else (text, "")
        if unit and unit.casefold() not in self.also:
            raise forms.ValidationError(self._unknown(unit))
        try:
            read = parse_decimal(number)
        except InvalidNumber as refused:
            raise forms.ValidationError(f"{self.called}: {refused}") from None
        exponent = read.as_tuple().exponent
        if abs(read) >= _LARGEST or (isinstance(exponent, int) and exponent < -_MOST_DECIMALS):
            raise forms.ValidationError(
                gettext("%(label)s: skriv et mindre tall, med høyst tre desimaler.") % {"label": self.called}
            )
        return read

    def run_validators(self, value: Any) -> None:
        """What was typed has been looked at; a number has no length."""

    def prepare_value(self, value: Any) -> Any:
        """With a comma, and only the decimals that it needs."""
        return decimal_comma(value) if isinstance(value, Decimal) else value

    def _unknown(self, unit: str) -> str:
        if not self.unit:
            return gettext("%(label)s: skriv bare tallet.") % {"label": self.called}
        return gettext("%(label)s: «%(written)s» er ikke enheten her. Skriv tallet i %(unit)s.") % {
            "label": self.called,
            "written": unit,
            "unit": self.unit,
        }


class Whole(forms.IntegerField):
    """A whole number that may be left out."""

    def __init__(self, label: LazyText, lowest: int, highest: int, **kwargs: Any) -> None:
        wrong = format_lazy(
            _("{label}: skriv et helt tall fra {lowest} til {highest}."), label=label, lowest=lowest, highest=highest
        )
        super().__init__(
            label=label,
            min_value=lowest,
            max_value=highest,
            required=False,
            widget=forms.TextInput(attrs={**_PLAIN, "inputmode": "numeric", "size": 6}),
            error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), wrong),
            **kwargs,
        )


class Lines(Words):
    """One thing on each line; empty lines are nothing."""

    def __init__(self, label: LazyText, longest: int, *, most: int, **kwargs: Any) -> None:
        self.longest, self.most = longest, most
        super().__init__(label, (longest + 2) * most, lines=3, **kwargs)

    def to_python(self, value: Any) -> Any:
        """The lines without blanks around."""
        value = super().to_python(value)
        lines = [line.strip() for line in value.split("\n") if line.strip()]
        if "\x00" in value or len(lines) > self.most or any(len(line) > self.longest for line in lines):
            raise forms.ValidationError(
                gettext("%(label)s: skriv høyst %(most)s linjer, og høyst %(longest)s tegn på hver.")
                % {"label": self.label, "most": self.most, "longest": self.longest}
            )
        return lines

    def prepare_value(self, value: Any) -> Any:
        """Each on its line."""
        return "\n".join(value) if isinstance(value, list) else value

    def run_validators(self, value: Any) -> None:
        """The lengths have been looked at line by line."""


def select(label: LazyText, choices: Any, **kwargs: Any) -> forms.ChoiceField:
    """One of a closed list, with a message that names the field."""
    wrong = format_lazy(_("{label}: velg et av valgene i listen."), label=label)
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.Select(attrs={"class": "ds-input"}),
        error_messages={"invalid_choice": wrong, "required": wrong},
        **kwargs,
    )
