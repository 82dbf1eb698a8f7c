"""How the plan was gone through, and that the patient accepts it."""

from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from careplans.enums import ReviewForm
from careplans.forms.fields import Whole, Words, select
from organisations.forms import DayField

_HOW: Final = _("For eksempel «sa ja i møtet» eller «skrev under på papiret».")


class PastDayForm(forms.Form):
    """Something that has happened, so not in the future."""

    use_required_attribute = False
    day = ""

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        """Nothing is registered before it has happened."""
        data = super().clean() or self.cleaned_data
        if data.get(self.day) and data[self.day] > self.today:
            self.add_error(self.day, gettext("Dato: velg i dag eller en dag før i dag."))
        return data


class MeetingForm(PastDayForm):
    """The multidisciplinary meeting, or how it was done by agreement (R-039)."""

    day = "held_on"
    form = select(_("Hvordan planen ble gått gjennom"), ReviewForm.choices)
    held_on = DayField(label=_("Dato"))
    participants = Words(
        _("Hvem som deltok"),
        1000,
        lines=2,
        required=True,
        error_messages={"required": _("Hvem som deltok: skriv navn og rolle.")},
    )
    duration_minutes = Whole(_("Varighet i minutter"), 1, 600)
    note = Words(_("Merknad"), 2000, lines=2, help_text=_("Må fylles ut når det er gjort etter avtale: skriv hvordan."))

    def clean(self) -> dict[str, Any]:
        """By agreement says how."""
        data = super().clean()
        if data.get("form") == ReviewForm.BY_AGREEMENT and not data.get("note"):
            self.add_error("note", gettext("Merknad: skriv hvordan det er gjort etter avtale."))
        return data


class AcceptanceForm(PastDayForm):
    """That the patient said yes, when and how (R-048)."""

    day = "accepted_on"
    accepted_on = DayField(label=_("Dato"))
    how = Words(
        _("Hvordan pasienten sa ja"),
        200,
        required=True,
        help_text=_HOW,
        error_messages={"required": _("Hvordan pasienten sa ja: skriv hvordan.")},
    )
