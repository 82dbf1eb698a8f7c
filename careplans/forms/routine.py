"""What was agreed with the GP."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from careplans.enums import RoutineMode
from careplans.models import LONGEST_INTERVAL, GpRoutine
from careplans.services import Agreed
from dho.lib.numbers import date_nb
from organisations.forms import DayField

MOST_TASKS = 20
LONGEST_TASK = 200
_TEXT = {"class": "ds-input", "autocomplete": "off"}


class GpRoutineForm(forms.Form):
    """When the GP looks, how often, what the GP has taken on, and with whom and when it was agreed."""

    mode = forms.ChoiceField(
        label=_("Når ser fastlegen på målingene?"),
        choices=RoutineMode,
        widget=forms.RadioSelect(attrs={"class": "ds-input"}),
        error_messages={"required": _("Når: velg når fastlegen ser på målingene.")},
    )
    interval_days = forms.IntegerField(
        label=_("Antall dager mellom hver gang"),
        help_text=_("Bare når fastlegen ser på målingene med faste mellomrom. For eksempel 14."),
        required=False,
        widget=forms.TextInput(attrs={**_TEXT, "inputmode": "numeric"}),
        error_messages={"invalid": _("Antall dager: skriv et helt tall, for eksempel 14.")},
    )
    curves_every_days = forms.IntegerField(
        label=_("Hvor ofte sendes kurver til fastlegen?"),
        help_text=_("Valgfritt. Antall dager mellom hver gang. Uten tall sender dere bare når det trengs."),
        required=False,
        widget=forms.TextInput(attrs={**_TEXT, "inputmode": "numeric"}),
        error_messages={"invalid": _("Kurver: skriv et helt tall, for eksempel 28.")},
    )
    tasks = forms.CharField(
        label=_("Hvilke oppgaver har fastlegen påtatt seg?"),
        help_text=_("Valgfritt. Én oppgave på hver linje, for eksempel «justerer vanndrivende medisin»."),
        max_length=MOST_TASKS * (LONGEST_TASK + 2),
        required=False,
        widget=forms.Textarea(attrs={"class": "ds-input", "rows": 4}),
        error_messages={"max_length": _("Oppgaver: skriv kortere.")},
    )
    agreed_with = forms.CharField(
        label=_("Avtalt med"),
        max_length=120,
        widget=forms.TextInput(attrs=_TEXT),
        error_messages={
            "required": _("Avtalt med: skriv hvem avtalen er gjort med."),
            "max_length": _("Avtalt med: skriv høyst 120 tegn."),
        },
    )
    agreed_on = DayField(label=_("Avtalt dato"))
    valid_from = DayField(label=_("Gjelder fra"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["agreed_on"].initial = self.fields["valid_from"].initial = today

    @staticmethod
    def initial_of(routine: GpRoutine | None) -> dict[str, Any]:
        """The form as it was agreed last."""
        if routine is None:
            return {}
        kept = {name: getattr(routine, name) for name in ("mode", "interval_days", "curves_every_days", "agreed_with")}
        return kept | {"tasks": "\n".join(routine.tasks)}

    def clean_tasks(self) -> list[str]:
        """One for each line that says something."""
        tasks = [line.strip() for line in self.cleaned_data["tasks"].splitlines() if line.strip()]
        if len(tasks) > MOST_TASKS or any(len(task) > LONGEST_TASK for task in tasks):
            said = gettext("Oppgaver: skriv høyst %(most)s linjer med høyst %(longest)s tegn.")
            raise forms.ValidationError(said % {"most": MOST_TASKS, "longest": LONGEST_TASK})
        return tasks

    def clean_agreed_on(self) -> date:
        """Today at the latest: what is agreed has been agreed."""
        day: date = self.cleaned_data["agreed_on"]
        if day > self.today:
            said = gettext("Avtalt dato: velg %(today)s eller tidligere.") % {"today": date_nb(self.today)}
            raise forms.ValidationError(said)
        return day

    def clean(self) -> dict[str, Any]:
        """An interval where one belongs, and nothing that held before it was agreed."""
        data = super().clean() or {}
        days, curves = data.get("interval_days"), data.get("curves_every_days")
        if curves is not None and not 1 <= curves <= LONGEST_INTERVAL:
            said = gettext("Kurver: skriv et tall fra 1 til %(most)s.") % {"most": LONGEST_INTERVAL}
            self.add_error("curves_every_days", said)
        if data.get("mode") == RoutineMode.AT_INTERVALS:
            if "interval_days" not in self.errors and not (days and 1 <= days <= LONGEST_INTERVAL):
                said = gettext("Antall dager: skriv et tall fra 1 til %(most)s.") % {"most": LONGEST_INTERVAL}
                self.add_error("interval_days", said)
        elif days is not None:
            self.add_error(
                "interval_days", gettext("Antall dager: la feltet stå tomt når fastlegen bare ser ved melding.")
            )
        agreed_on, valid_from = data.get("agreed_on"), data.get("valid_from")
        if agreed_on and valid_from and valid_from < agreed_on:
            self.add_error("valid_from", gettext("Gjelder fra: velg datoen for avtalen eller senere."))
        return data

    @property
    def agreed(self) -> Agreed:
        """As the service takes it."""
        data = self.cleaned_data
        fields = ("interval_days", "curves_every_days", "agreed_on", "agreed_with", "valid_from", "tasks")
        return Agreed(mode=RoutineMode(data["mode"]), **{name: data[name] for name in fields})
