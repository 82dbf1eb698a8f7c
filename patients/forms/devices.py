"""The name of a device."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DeviceForm(forms.Form):
    """A name by which people know the device: what stands on its label, never the patient's name."""

    label = forms.CharField(
        label=_("Hva skal enheten hete?"),
        help_text=_("For eksempel «Nettbrett 14». Ikke skriv pasientens navn."),
        max_length=80,
        widget=forms.TextInput(attrs={"class": "ds-input", "autocomplete": "off"}),
        error_messages={
            "required": _("Navn på enheten: skriv det som står på merkelappen."),
            "max_length": _("Navn på enheten: skriv høyst 80 tegn."),
        },
    )
