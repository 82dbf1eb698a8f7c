"""How to reach a patient."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import FIELD, AddressForm
from patients.models import Patient

_PLAIN: Final = {**FIELD, "autocomplete": "off"}


class ContactForm(AddressForm):
    """Telephone, home address, language, and what to take into account when talking."""

    place = forms.CharField(
        label=_("Poststed"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs=_PLAIN),
        error_messages={"max_length": _("Poststed: skriv høyst 60 tegn.")},
    )
    phone = forms.RegexField(
        regex=r"^\+?[0-9](?: ?[0-9]){2,14}$",
        label=_("Telefon"),
        help_text=_("Valgfritt. Bare tall, for eksempel 99 00 00 01."),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={**_PLAIN, "inputmode": "tel"}),
        error_messages={
            "invalid": _("Telefon: skriv bare tall, for eksempel 99 00 00 01."),
            "max_length": _("Telefon: skriv høyst 20 tegn."),
        },
    )
    language = forms.CharField(
        label=_("Språk"),
        help_text=_("Det språket pasienten helst snakker."),
        max_length=40,
        widget=forms.TextInput(attrs=_PLAIN),
        error_messages={"required": _("Språk: fyll inn feltet."), "max_length": _("Språk: skriv høyst 40 tegn.")},
    )
    communication = forms.CharField(
        label=_("Tilrettelegging"),
        help_text=_("Valgfritt. For eksempel «hører dårlig» eller «ring etter klokken 10»."),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs=_PLAIN),
        error_messages={"max_length": _("Tilrettelegging: skriv høyst 120 tegn.")},
    )
    field_order = ("phone", "street", "postal_code", "place", "language", "communication")

    @staticmethod
    def initial_of(patient: Patient) -> dict[str, Any]:
        """The form as the patient's details stand."""
        home = getattr(patient, "home", None)
        found = {name: getattr(patient, name) for name in ("phone", "language", "communication")}
        return found | {name: getattr(home, name, "") for name in ("street", "postal_code", "place")}

    def clean(self) -> dict[str, Any]:
        """An address that somebody can deliver to."""
        data = super().clean()
        if data.get("street") and not data.get("place") and "place" not in self.errors:
            self.add_error("place", _("Poststed: fyll inn poststedet til adressen."))
        if data.get("place") and not data.get("street") and "street" not in self.errors:
            self.add_error("street", _("Gateadresse: fyll inn gateadressen, eller fjern poststedet."))
        return data
