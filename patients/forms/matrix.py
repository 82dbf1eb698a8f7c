"""What the access matrix is asked for."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.enums import Role
from dho.lib.numbers import date_nb
from organisations.forms import DayField


class MatrixForm(forms.Form):
    """Which rows of the access matrix, and on which day. Only the day can be wrong; an unknown choice finds nothing."""

    organisation = forms.CharField(
        label=_("Organisasjon"), required=False, widget=forms.Select(attrs={"class": "ds-input"})
    )
    role = forms.CharField(label=_("Rolle"), required=False, widget=forms.Select(attrs={"class": "ds-input"}))
    day = DayField(label=_("Dato"), help_text="")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_day(self) -> date:
        """Today or later: who saw patients on a day gone by stands in the access log."""
        day: date = self.cleaned_data["day"]
        if day < self.today:
            raise forms.ValidationError(
                gettext("Dato: velg %(today)s eller en senere dag.") % {"today": date_nb(self.today)}
            )
        return day

    def offer(self, work: Iterable[Actor]) -> None:
        """Let the lists hold what there is to choose among that day."""
        organisations = sorted({one.organisation for one in work})
        held = {one.role for one in work}
        self.fields["organisation"].widget.choices = [("", gettext("Alle")), *((name, name) for name in organisations)]
        self.fields["role"].widget.choices = [
            ("", gettext("Alle")),
            *((role, role.label) for role in Role if role in held),
        ]

    def admits(self, one: Actor) -> bool:
        """Whether the row is asked for."""
        organisation, role = self.cleaned_data.get("organisation"), self.cleaned_data.get("role")
        return organisation in ("", None, one.organisation) and role in ("", None, one.role)
