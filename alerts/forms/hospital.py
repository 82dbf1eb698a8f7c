"""What is written about urgent slots, activities of the hospital, and how to reach the department."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alerts.enums import ActivityKind, OutpatientAnswer, OutpatientOutcome
from alerts.forms.texts import INPUT, choice_field, minutes_field, text_field
from dho.lib.numbers import OSLO
from organisations.forms import DayField
from organisations.models import FollowUpService

_RADIO = {"class": "ds-input"}


class SlotForm(forms.Form):
    """An urgent slot: where, why, and how soon."""

    department = choice_field(_("Avdeling"), [])
    reason = text_field(_("Hvorfor det haster"), most=1000, rows=3)
    within_days = forms.TypedChoiceField(
        label=_("Ønsket innen"),
        coerce=int,
        choices=[("1", _("1 dag")), ("2", _("2 dager"))],
        widget=forms.RadioSelect(attrs=_RADIO),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Ønsket innen: velg 1 eller 2 dager.")),
    )

    def __init__(self, data: Any = None, *, departments: list[FollowUpService]) -> None:
        super().__init__(data)
        self.departments = {str(each.pk): each for each in departments}
        self.fields["department"].choices = [(key, each.name) for key, each in self.departments.items()]  # type: ignore[attr-defined]

    def chosen(self) -> FollowUpService:
        """The department asked."""
        return self.departments[self.cleaned_data["department"]]


class AnswerForm(forms.Form):
    """A time, or advice instead."""

    answer = forms.ChoiceField(
        label=_("Svar"),
        choices=OutpatientAnswer.choices,
        widget=forms.RadioSelect(attrs=_RADIO),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Svar: velg om dere gir time.")),
    )
    day = DayField(label=_("Dag"), required=False)
    time = forms.TimeField(
        label=_("Klokkeslett"),
        required=False,
        input_formats=["%H.%M", "%H:%M", "%H%M"],
        widget=forms.TimeInput(format="%H.%M", attrs={**INPUT, "size": "6"}),
        error_messages={"invalid": _("Klokkeslett: skriv for eksempel 10.30.")},
    )
    advice = text_field(_("Råd eller beskjed"), most=1000, rows=3, required=False)

    def __init__(self, data: Any = None, *, now: datetime) -> None:
        super().__init__(data)
        self.now = now

    def clean(self) -> dict[str, Any]:
        """A slot has its day and time, ahead of us; a no has its advice."""
        data = super().clean() or {}
        if data.get("answer") == OutpatientAnswer.DECLINED and not data.get("advice") and "advice" not in self.errors:
            self.add_error("advice", gettext("Råd eller beskjed: skriv hva oppfølgingstjenesten skal gjøre i stedet."))
        if data.get("answer") == OutpatientAnswer.GIVEN:
            self._clean_time(data)
        return data

    def _clean_time(self, data: dict[str, Any]) -> None:
        for name, missing in (
            ("day", gettext("Dag: skriv dagen pasienten skal møte.")),
            ("time", gettext("Klokkeslett: skriv når pasienten skal møte.")),
        ):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, missing)
        at = self.slot_at()
        if at and at <= self.now:
            self.add_error("day", gettext("Dag: timen må være fram i tid."))

    def slot_at(self) -> datetime | None:
        """Day and time together, as the clock in Oslo goes."""
        day, time = self.cleaned_data.get("day"), self.cleaned_data.get("time")
        return datetime.combine(day, time, OSLO) if day and time else None


class OutcomeForm(forms.Form):
    """Whether the patient came."""

    outcome = forms.ChoiceField(
        label=_("Hva skjedde?"),
        choices=OutpatientOutcome.choices,
        widget=forms.RadioSelect(attrs=_RADIO),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Hva skjedde: velg om pasienten møtte.")),
    )


class ActivityForm(forms.Form):
    """Something the department did for a patient."""

    kind = choice_field(_("Hva dere gjorde"), [("", _("Velg")), *ActivityKind.choices])
    on = DayField(label=_("Dag"))
    minutes = minutes_field(_("Varighet i minutter"), required=False)
    persons = text_field(_("Hvem som deltok"), most=300)
    note = text_field(_("Notat (valgfritt)"), most=500, required=False)

    def __init__(self, data: Any = None, *, today: date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.today = today

    def clean_on(self) -> date:
        """What has been done, has been done by today."""
        day: date = self.cleaned_data["on"]
        if day > self.today:
            raise forms.ValidationError(gettext("Dag: aktiviteten kan ikke være fram i tid."))
        return day


class CorrectionForm(ActivityForm):
    """A new row in place of a wrong one, or that it never happened."""

    withdrawn = forms.BooleanField(
        label=_("Aktiviteten skjedde ikke"), required=False, widget=forms.CheckboxInput(attrs=_RADIO)
    )
    note = text_field(_("Hvorfor du retter"), most=500)


class ContactForm(forms.Form):
    """The one place that others turn to, and the way to a higher level of care (R-145, R-153)."""

    contact_point = text_field(
        _("Kontaktpunkt"), most=120, required=False, help_text=_("Én person eller vakt, for eksempel «Lungevakten».")
    )
    phone = text_field(_("Telefon"), most=20)
    urgent_route = text_field(
        _("Vei til høyere nivå"), most=300, rows=3, required=False,
        help_text=_("Hva oppfølgingstjenesten gjør når en pasient blir raskt verre. Står ved røde varsler."),
    )  # fmt: skip
