"""The name of a device, the code that a tablet shows, and what is done with a tablet."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import RevokedWhy


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


class CodeForm(forms.Form):
    """The code as the patient reads it out."""

    code = forms.CharField(
        label=_("Koden på nettbrettet"),
        help_text=_("Åtte bokstaver, for eksempel BCDF-GHJK. Store eller små bokstaver er det samme."),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "class": "ds-input code-input",
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
        error_messages={
            "required": _("Koden på nettbrettet: skriv de åtte bokstavene."),
            "max_length": _("Koden på nettbrettet: skriv bare de åtte bokstavene."),
        },
    )


class PairForm(DeviceForm):
    """The same code once more, and what the tablet is to be called."""

    code = forms.CharField(max_length=20, widget=forms.HiddenInput)


class RevokeForm(forms.Form):
    """Why a device loses its access. Whoever says nothing has just taken it away."""

    why = forms.ChoiceField(choices=[(each.value, each.label) for each in (RevokedWhy.STAFF, RevokedWhy.LOST)])

    def __init__(self, data: Any) -> None:
        super().__init__({"why": data.get("why", RevokedWhy.STAFF)})


class ResetPinForm(forms.Form):
    """Staff say that they have seen who asks."""

    identified = forms.BooleanField(
        label=_("Jeg har kontrollert at det er pasienten som spør"),
        widget=forms.CheckboxInput(attrs={"class": "ds-input"}),
        error_messages={"required": _("Kontroller hvem som spør, og kryss av, før du nullstiller PIN-koden.")},
    )
