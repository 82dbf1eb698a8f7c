"""Which plan is taken over, and that the patient has agreed."""

from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from careplans.models import PlanVersion

# A plan is some thousand characters; a file of another kind is refused before it is read.
LARGEST: Final = 500_000


class SourceField(forms.ModelChoiceField):
    """Versions that stand in another municipality."""

    def label_from_instance(self, obj: Any) -> str:
        """«Grue, versjon 3»."""
        return gettext("%(place)s, versjon %(number)s") % {"place": obj.municipality.name, "number": obj.number}


class TakeOverForm(forms.Form):
    """Either a version that this person may read, or a file."""

    use_required_attribute = False

    source = SourceField(
        label=_("Plan i en annen kommune"),
        queryset=PlanVersion.objects.none(),
        required=False,
        empty_label=_("Ingen, jeg har en fil"),
        widget=forms.Select(attrs={"class": "ds-input"}),
        error_messages={"invalid_choice": _("Plan i en annen kommune: velg en av planene i listen.")},
    )
    file = forms.FileField(
        label=_("Fil med planen"),
        help_text=_("Filen som den forrige kommunen eller sykehuset har hentet ut."),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"class": "ds-input", "accept": ".json,application/json"}),
    )
    agreed = forms.BooleanField(
        label=_("Pasienten er enig i at planen tas over hit."),
        widget=forms.CheckboxInput(attrs={"class": "ds-input"}),
        error_messages={"required": _("Kryss av for at pasienten er enig, eller lag en ny plan.")},
    )

    def __init__(self, *args: Any, versions: QuerySet[PlanVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].queryset = versions  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """One of the two, and not a film."""
        data = super().clean() or self.cleaned_data
        file = data.get("file")
        if not data.get("source") and not file and not {"source", "file"} & set(self.errors):
            self.add_error("file", gettext("Fil med planen: velg en fil."))
        elif file and file.size > LARGEST:
            self.add_error("file", gettext("Fil med planen: filen er for stor til å være en plan."))
        return data
