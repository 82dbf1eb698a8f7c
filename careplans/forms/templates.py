"""A new template: its name, and what it is a copy of."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from careplans.forms.beginning import TemplateField
from careplans.forms.fields import Words
from careplans.models import PlanTemplateVersion


class NewTemplateForm(forms.Form):
    """The service's own template, empty or from one that stands."""

    use_required_attribute = False

    name = Words(_("Navn"), 120, required=True, error_messages={"required": _("Navn: skriv hva malen skal hete.")})
    copy_of = TemplateField(
        label=_("Begynn med"),
        queryset=PlanTemplateVersion.objects.none(),
        required=False,
        empty_label=_("En tom mal"),
        widget=forms.Select(attrs={"class": "ds-input"}),
        error_messages={"invalid_choice": _("Begynn med: velg en av malene i listen.")},
    )

    def __init__(self, *args: Any, versions: QuerySet[PlanTemplateVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["copy_of"].queryset = versions  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """What the service takes."""
        return {"name": self.cleaned_data["name"], "copy_of": self.cleaned_data["copy_of"]}
