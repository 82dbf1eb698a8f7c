"""What came of seeking the doctor."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from careplans.enums import ContactWay

YES_OR_NO = [("yes", _("Ja")), ("no", _("Nei, fikk ikke svar"))]


class ContactForm(forms.Form):
    """How the doctor was sought, whether anybody was reached, and what was said or agreed."""

    how = forms.ChoiceField(
        label=_("Hvordan kontaktet du legen?"),
        choices=ContactWay,
        widget=forms.RadioSelect(attrs={"class": "ds-input"}),
        error_messages={"required": _("Måte: velg hvordan du kontaktet legen.")},
    )
    reached = forms.ChoiceField(
        label=_("Fikk du kontakt?"),
        choices=YES_OR_NO,
        widget=forms.RadioSelect(attrs={"class": "ds-input"}),
        error_messages={"required": _("Kontakt: svar ja eller nei.")},
    )
    outcome = forms.CharField(
        label=_("Hva kom dere fram til?"),
        help_text=_("Må fylles ut. Skriv hvem du snakket med og hva som ble avtalt, eller at ingen svarte."),
        max_length=2000,
        widget=forms.Textarea(attrs={"class": "ds-input", "rows": 4}),
        error_messages={
            "required": _("Resultat: skriv hva dere kom fram til."),
            "max_length": _("Resultat: skriv høyst 2000 tegn."),
        },
    )

    @property
    def said(self) -> dict[str, Any]:
        """As the service takes it."""
        data = self.cleaned_data
        return {"how": ContactWay(data["how"]), "reached": data["reached"] == "yes", "outcome": data["outcome"]}


class CallForm(ContactForm):
    """A telephone call about a plan that waits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["how"]

    @property
    def said(self) -> dict[str, Any]:
        """By telephone."""
        data = self.cleaned_data
        return {"how": ContactWay.PHONE, "reached": data["reached"] == "yes", "outcome": data["outcome"]}
