"""Fields that say in words which of them is wrong."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from dho.lib.texts import LazyText

INPUT = {"class": "ds-input", "autocomplete": "off"}


def text_field(label: LazyText, *, most: int, rows: int = 0, required: bool = True, help_text: Any = "") -> Any:
    """One line, or with `rows` an area of text."""
    widget = forms.Textarea(attrs={"class": "ds-input", "rows": rows}) if rows else forms.TextInput(attrs=INPUT)
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=most,
        widget=widget,
        error_messages={
            "required": format_lazy(_("{label}: fyll inn feltet."), label=label),
            "max_length": format_lazy(_("{label}: skriv høyst {most} tegn."), label=label, most=most),
            "null_characters_not_allowed": format_lazy(
                _("{label}: teksten har et tegn som ikke kan vises. Skriv den på nytt."), label=label
            ),
        },
    )


def choice_field(label: LazyText, choices: Any, *, required: bool = True, **kwargs: Any) -> forms.ChoiceField:
    """One of a closed list."""
    wrong = format_lazy(_("{label}: velg i listen."), label=label)
    return forms.ChoiceField(
        label=label,
        choices=choices,
        required=required,
        widget=forms.Select(attrs={"class": "ds-input"}),
        error_messages={"required": wrong, "invalid_choice": wrong},
        **kwargs,
    )


def minutes_field(label: LazyText, *, required: bool = True) -> forms.IntegerField:
    """Whole minutes, within a working day."""
    wrong = format_lazy(_("{label}: skriv et helt antall minutter fra 1 til 600."), label=label)
    return forms.IntegerField(
        label=label,
        required=required,
        min_value=1,
        max_value=600,
        widget=forms.TextInput(attrs={**INPUT, "inputmode": "numeric", "size": "5"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong),
    )
