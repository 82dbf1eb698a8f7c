"""The PIN, chosen and typed."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.services import PinRefused, check_choice

_PIN = {
    "class": "ds-input pin",
    "inputmode": "numeric",
    "autocomplete": "off",
    "maxlength": "6",
    "data-pin": "",
}


class PinField(forms.CharField):
    """Four to six digits, never shown. What is no PIN is told where it is judged."""

    def __init__(self, label: Any, missing: Any) -> None:
        super().__init__(
            label=label,
            max_length=20,
            widget=forms.PasswordInput(attrs=_PIN),
            error_messages={"required": missing, "max_length": _("PIN-koden må ha fire til seks tall.")},
        )


class PinForm(forms.Form):
    """The PIN, to open."""

    pin = PinField(_("PIN-kode"), _("Skriv PIN-koden din."))


class ChoosePinForm(forms.Form):
    """A new PIN, twice."""

    pin = PinField(_("Velg en PIN-kode"), _("Velg en PIN-kode med fire til seks tall."))
    again = PinField(_("Skriv den en gang til"), _("Skriv PIN-koden en gang til."))

    def __init__(self, *args: Any, birth_date: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.birth_date = birth_date

    def clean_pin(self) -> str:
        """Refuses, with the reason, what somebody who finds the tablet would try first."""
        pin: str = self.cleaned_data["pin"]
        try:
            check_choice(pin, birth_date=self.birth_date)
        except PinRefused as refused:
            raise forms.ValidationError(str(refused)) from None
        return pin

    def clean(self) -> dict[str, Any] | None:
        """The two must be alike."""
        found = super().clean() or {}
        if "pin" in found and "again" in found and found["pin"] != found["again"]:
            self.add_error("again", _("De to PIN-kodene er ikke like. Skriv den samme koden to ganger."))
        return found
