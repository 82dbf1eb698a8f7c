"""What is asked when a plan is sent."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class ReasonForm(forms.Form):
    """Why the plan is sent although the trial holds less than the service asks for; the doctor reads it (R-036)."""

    reason = forms.CharField(
        label=_("Hvorfor sendes planen med så lite data?"),
        help_text=_("Legen leser dette sammen med planen."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"class": "ds-input", "rows": 3}),
        error_messages={"max_length": _("Begrunnelse: skriv høyst 500 tegn.")},
    )

    @property
    def given(self) -> str:
        """What was written; nothing where it is too long."""
        return str(self.cleaned_data.get("reason", "")) if self.is_valid() else ""

    def demand(self) -> None:
        """Say that it is needed, unless something else is wrong with it."""
        if self.is_valid():
            self.add_error("reason", gettext("Begrunnelse: skriv hvorfor planen sendes med så lite data."))
