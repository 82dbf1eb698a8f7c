"""What the owner of a guidance card writes."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alerts.enums import AlertKind, Level, Side
from alerts.forms.texts import choice_field, text_field
from alerts.models import GuidanceVersion
from alerts.services.guidance import CardContent
from measurements.models import MeasurementType, Questionnaire
from organisations.forms import DayField
from patients.enums import TargetGroup

_ANY = ("", _("Alle"))


class CardForm(forms.Form):
    """When the card fits, what it says, and who answers for it."""

    title = text_field(_("Tittel"), most=120)
    subject = choice_field(_("Måling eller skjema"), [], required=False)
    side = choice_field(_("Hvilken side av grensen"), [_ANY, *Side.choices], required=False)
    kind = choice_field(_("Type varsel"), [_ANY, *AlertKind.choices], required=False)
    level = choice_field(_("Nivå"), [_ANY, *Level.choices], required=False)
    target_group = choice_field(_("Målgruppe"), [_ANY, *TargetGroup.choices], required=False)
    steps = text_field(_("Hva sykepleieren gjør"), most=2000, rows=6, help_text=_("Ett steg på hver linje."))
    doctor = text_field(_("Når lege kontaktes"), most=1000, rows=3)
    responsible = text_field(_("Fagansvarlig"), most=120, help_text=_("Den som svarer for innholdet i kortet."))
    review_on = DayField(label=_("Gjennomgås innen"))

    def __init__(self, *args: Any, questionnaires: QuerySet[Questionnaire], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        types = list(MeasurementType.objects.values_list("code", "label").order_by("label"))
        forms_in_use = questionnaires.order_by("title").values_list("code", "title")
        self.fields["subject"].choices = [_ANY, *types, *forms_in_use]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A card that fits everything fits nothing; a side is the side of something."""
        data = super().clean() or {}
        if not any(data.get(name) for name in ("kind", "subject", "level", "target_group")):
            self.add_error("subject", gettext("Måling eller skjema: velg minst én ting kortet gjelder for."))
        elif data.get("side") and not data.get("subject"):
            self.add_error("side", gettext("Hvilken side av grensen: velg også hvilken måling det gjelder."))
        return data

    def content(self) -> CardContent:
        """What was written, as the service takes it."""
        data = dict(self.cleaned_data)
        return CardContent(**{**data, "level": int(data["level"]) if data["level"] else None})


def initial_of(version: GuidanceVersion) -> dict[str, Any]:
    """The form as the version stands."""
    return {name: getattr(version, name) for name in CardForm.base_fields}
