"""How much of a position somebody has."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from organisations.forms import DayField


class PositionForm(forms.Form):
    """Who, how many per cent, and from when."""

    membership = forms.TypedChoiceField(
        label=_("Hvem"),
        coerce=UUID,
        widget=forms.Select(attrs={"class": "ds-input"}),
        error_messages={"required": _("Hvem: velg i listen."), "invalid_choice": _("Hvem: velg i listen.")},
    )
    percent = forms.IntegerField(
        label=_("Stilling i prosent"),
        help_text=_("Bare den delen av stillingen som brukes til digital hjemmeoppfølging."),
        min_value=1,
        max_value=100,
        widget=forms.TextInput(attrs={"class": "ds-input", "inputmode": "numeric", "size": "4", "autocomplete": "off"}),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _("Stilling: skriv et helt tall fra 1 til 100.")
        ),
    )
    valid_from = DayField(label=_("Fra og med"))

    def __init__(self, data: Any = None, *, people: Iterable[Membership], today: date) -> None:
        super().__init__(data)
        named = [
            (str(each.pk), f"{each.user.get_full_name()}, {each.get_role_display()}, {each.organisation}")
            for each in people
        ]
        self.fields["membership"].choices = [("", gettext("Velg person")), *named]  # type: ignore[attr-defined]
        self.fields["valid_from"].initial = today
