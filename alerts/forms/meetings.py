"""What is written around a red-zone meeting: when, who else, what was decided, and the minutes."""

from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alerts.enums import MeetingDecision
from alerts.forms.texts import minutes_field, text_field
from organisations.forms import DayField
from organisations.models import FollowUpService
from patients.models import Patient

_PLANNED_WITHIN: Final = timedelta(days=92)
_SELECT: Final = {"class": "ds-input"}


class PlanMeetingForm(forms.Form):
    """With which department, and when."""

    department = forms.ModelChoiceField(
        FollowUpService.objects.none(),
        label=_("Avdeling"),
        empty_label=_("Velg avdeling"),
        widget=forms.Select(attrs=_SELECT),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Avdeling: velg en avdeling i listen.")),
    )
    planned_on = DayField(label=_("Møtedag"))

    def __init__(self, data: Any = None, *, departments: QuerySet[FollowUpService], today: date) -> None:
        super().__init__(data)
        self.today = today
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]

    def clean_planned_on(self) -> date:
        """Today or soon."""
        day: date = self.cleaned_data["planned_on"]
        if not self.today <= day <= self.today + _PLANNED_WITHIN:
            raise forms.ValidationError(gettext("Møtedag: velg i dag eller en dag de neste tre månedene."))
        return day


class PatientField(forms.ModelChoiceField):
    """One of the patients that may stand on the agenda."""

    def label_from_instance(self, obj: Any) -> str:
        """Name and year of birth."""
        return f"{obj.name} ({obj.birth_date.year})"


class AddForm(forms.Form):
    """A patient whom the nurse puts on the agenda herself."""

    patient = PatientField(
        Patient.objects.none(),
        label=_("Pasient"),
        empty_label=_("Velg pasient"),
        widget=forms.Select(attrs=_SELECT),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Pasient: velg en pasient i listen.")),
    )
    reason = text_field(_("Hvorfor pasienten skal tas opp"), most=300, rows=2)

    def __init__(self, data: Any = None, *, patients: QuerySet[Patient]) -> None:
        super().__init__(data, auto_id="ny-%s")
        self.fields["patient"].queryset = patients  # type: ignore[attr-defined]


class DecisionForm(forms.Form):
    """What the meeting decided about one patient."""

    decision = forms.ChoiceField(
        label=_("Beslutning"),
        choices=MeetingDecision.choices,
        widget=forms.RadioSelect(attrs={"class": "ds-input"}),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Beslutning: velg hva dere bestemte.")),
    )
    text = text_field(_("Hva dere bestemte"), most=1000, rows=3, required=False)
    responsible = text_field(_("Hvem som følger det opp"), most=120, required=False)
    due_on = DayField(label=_("Frist (valgfritt)"), called=_("Frist"), required=False)

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data)
        self.today = today

    def clean(self) -> dict[str, Any]:
        """A decision that changes something says what, and who does it."""
        data = super().clean() or {}
        if data.get("decision") not in (None, MeetingDecision.NONE):
            if not data.get("text") and "text" not in self.errors:
                self.add_error("text", gettext("Hva dere bestemte: skriv hva som skal endres."))
            if not data.get("responsible") and "responsible" not in self.errors:
                self.add_error("responsible", gettext("Hvem som følger det opp: skriv et navn eller en rolle."))
        if data.get("due_on") and data["due_on"] < self.today:
            self.add_error("due_on", gettext("Frist: velg i dag eller en dag framover."))
        return data


class MinutesForm(forms.Form):
    """That the meeting has been held."""

    held_on = DayField(label=_("Møtet ble holdt"))
    participants = text_field(_("Deltakere"), most=1000, rows=3, help_text=_("Navn og rolle, én på hver linje."))
    duration = minutes_field(_("Varighet i minutter"))
    note = text_field(
        _("Notat (valgfritt)"), most=2000, rows=3, required=False,
        help_text=_("Om møtet selv. Det som gjelder en pasient, skriver du som beslutning."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, today: date, created_on: date) -> None:
        super().__init__(data, auto_id="referat-%s")
        self.today, self.created_on = today, created_on
        self.fields["held_on"].initial = today

    def clean_held_on(self) -> date:
        """Between the day the agenda was made and today."""
        day: date = self.cleaned_data["held_on"]
        if not self.created_on <= day <= self.today:
            raise forms.ValidationError(
                gettext("Møtet ble holdt: velg en dag fra agendaen ble laget til og med i dag.")
            )
        return day
