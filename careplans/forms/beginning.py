"""How a plan begins: what matters to the patient, and a template or none."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from careplans.forms.fields import Words
from careplans.forms.sections import LONG
from careplans.models import PlanTemplateVersion


class TemplateField(forms.ModelChoiceField):
    """Templates by name; the service's own are told apart."""

    def label_from_instance(self, obj: Any) -> str:
        """«Kols (versjon 2, tjenestens egen)»."""
        own = _("tjenestens egen") if obj.template.service_id else _("felles")
        return _("%(name)s (versjon %(number)s, %(own)s)") % {
            "name": obj.template.name,
            "number": obj.number,
            "own": own,
        }


class BeginForm(forms.Form):
    """The patient's answer comes first, and is never a template's (R-030)."""

    use_required_attribute = False

    what_matters = Words(
        _("Hva er viktig for deg?"),
        LONG,
        lines=4,
        required=True,
        help_text=_("Må fylles ut. Skriv pasientens eget svar, med pasientens egne ord."),
        error_messages={"required": _("Hva er viktig for deg?: skriv pasientens svar.")},
    )
    template = TemplateField(
        label=_("Mal"),
        help_text=_("Malen er bare et forslag. Du må endre eller bekrefte hver del før planen kan sendes."),
        queryset=PlanTemplateVersion.objects.none(),
        required=False,
        empty_label=_("Ingen mal, begynn med en tom plan"),
        widget=forms.Select(attrs={"class": "ds-input"}),
        error_messages={"invalid_choice": _("Mal: velg en av malene i listen.")},
    )

    def __init__(self, *args: Any, templates: QuerySet[PlanTemplateVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].queryset = templates  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """What the service takes."""
        return {"what_matters": self.cleaned_data["what_matters"], "template": self.cleaned_data["template"]}
