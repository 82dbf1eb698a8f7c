"""The name of a device."""

from django import forms


class DeviceForm(forms.Form):
    """A name by which people know the device: what stands on its label, never the patient's name."""

    label = forms.CharField(
        label="Hva skal enheten hete?",
        help_text="For eksempel «Nettbrett 14». Ikke skriv pasientens navn.",
        max_length=80,
        widget=forms.TextInput(attrs={"class": "ds-input", "autocomplete": "off"}),
        error_messages={
            "required": "Navn på enheten: skriv det som står på merkelappen.",
            "max_length": "Navn på enheten: skriv høyst 80 tegn.",
        },
    )
