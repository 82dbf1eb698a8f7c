"""What is filled in while a course runs: the trial, evaluations, pauses, tasks and routines."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from careplans.enums import EvaluationOutcome, TaskKind
from dho.lib.texts import LazyText
from measurements.models import MeasurementType, Questionnaire
from organisations.forms import ClocksField, DayField
from patients.enums import PlanBasis

_INPUT: Final = {"class": "ds-input", "autocomplete": "off"}
_PROPOSED_TRIAL: Final = timedelta(days=21)
# What somebody adds by hand; the others come by themselves.
_ADDED: Final = [each for each in TaskKind if each not in (TaskKind.RECEIVE, TaskKind.RETURN)]
_YES_NO: Final = [("yes", _("Ja")), ("no", _("Nei"))]


class TextField(forms.CharField):
    """A text whose label stands first in each of its messages; `rows` makes it longer than a line."""

    def __init__(self, label: LazyText, *, rows: int = 0, called: LazyText | None = None, **kwargs: Any) -> None:
        attrs = {**_INPUT, "rows": rows} if rows else _INPUT
        told = called or label
        super().__init__(
            label=label,
            widget=forms.Textarea(attrs=attrs) if rows else forms.TextInput(attrs=attrs),
            error_messages={
                "required": format_lazy(_("{label}: fyll inn feltet."), label=told),
                "max_length": format_lazy(
                    _("{label}: skriv kortere, høyst {most} tegn."), label=told, most=kwargs["max_length"]
                ),
            },
            **kwargs,
        )


def _choice(label: LazyText, choices: Iterable[tuple[str, LazyText]], **kwargs: Any) -> forms.ChoiceField:
    told = format_lazy(_("{label}: velg et svar."), label=kwargs.pop("called", label))
    return forms.ChoiceField(
        label=label,
        choices=list(choices),
        widget=forms.RadioSelect(attrs={"class": "ds-input"}),
        error_messages={"required": told, "invalid_choice": told},
        **kwargs,
    )


def _many(label: LazyText, required: LazyText) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "ds-input"}),
        error_messages={"required": required, "invalid_choice": required, "invalid_list": required},
    )


class TrialForm(forms.Form):
    """The days of the trial and what is expected every day (R-013)."""

    starts_on = DayField(label=_("Første dag"))
    ends_on = DayField(
        label=_("Siste dag"),
        help_text=_(
            "14 til 28 dager etter den første dagen. Innen denne dagen avgjør dere om pasienten skal fortsette."
        ),
    )
    reason = TextField(
        _("Begrunnelse (valgfritt)"),
        called=_("Begrunnelse"),
        max_length=500,
        required=False,
        help_text=_("Må fylles ut når perioden er kortere enn 14 eller lengre enn 28 dager."),
    )
    types = _many(_("Målinger hver dag"), _("Målinger: velg minst én."))
    questionnaires = _many(_("Symptomspørsmål hver dag"), _("Symptomspørsmål: velg minst ett skjema."))
    times = ClocksField(
        label=_("Klokkeslett"),
        most=6,
        help_text=_("Når pasienten måler og svarer, for eksempel 08.00 eller 08.00, 20.00."),
        initial="08.00",
        error_messages={"required": _("Klokkeslett: skriv når pasienten måler, for eksempel 08.00.")},
    )
    grace_minutes = forms.IntegerField(
        label=_("Hvor mange minutter etter klokkeslettet målingen kan komme"),
        min_value=15,
        max_value=720,
        initial=120,
        widget=forms.TextInput(attrs={**_INPUT, "inputmode": "numeric", "size": "6"}),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _("Minutter: skriv et helt tall fra 15 til 720.")
        ),
    )

    def __init__(self, data: Any = None, *, today: date, questionnaires: QuerySet[Questionnaire]) -> None:
        super().__init__(data)
        self.fields["starts_on"].initial = today
        self.fields["ends_on"].initial = today + _PROPOSED_TRIAL
        self.fields["types"].choices = list(MeasurementType.objects.values_list("code", "label"))  # type: ignore[attr-defined]
        self.fields["questionnaires"].choices = list(questionnaires.values_list("code", "title"))  # type: ignore[attr-defined]


class EvaluationForm(forms.Form):
    """What the evaluation came to (R-014, R-018, R-019)."""

    held_on = DayField(label=_("Dato for evalueringen"))
    participants = TextField(
        _("Hvem deltok"), max_length=300, help_text=_("For eksempel pasienten, datteren og sykepleieren.")
    )
    makes_insecure = _choice(
        _("Gjør oppfølgingen pasienten utrygg?"), _YES_NO, help_text=_("Spør pasienten hver gang.")
    )
    health_anxiety = _choice(_("Er det tegn til helseangst eller at pasienten er for opptatt av målingene?"), _YES_NO)
    benefit = TextField(
        _("Nytte for pasienten (valgfritt)"), called=_("Nytte"), max_length=2000, required=False, rows=3
    )
    outcome = _choice(_("Hva ble dere enige om?"), EvaluationOutcome.choices)
    trial_until = DayField(
        label=_("Ny siste dag i prøveperioden (valgfritt)"),
        called=_("Ny siste dag"),
        help_text=_("Fyll ut når dere justerer ved å forlenge prøveperioden. Uten dato er den over."),
        required=False,
    )
    basis = forms.ChoiceField(
        label=_("Hva oppfølgingen bygger på videre"),
        choices=[
            (PlanBasis.SELF_CARE_PLAN.value, PlanBasis.SELF_CARE_PLAN.label),
            (PlanBasis.OTHER_PLAN.value, PlanBasis.OTHER_PLAN.label),
        ],
        required=False,
        widget=forms.RadioSelect(attrs={"class": "ds-input"}),
        error_messages={"invalid_choice": _("Grunnlag: velg et svar.")},
    )
    other_plan = TextField(
        _("Hvilken annen behandlingsplan (valgfritt)"),
        called=_("Annen behandlingsplan"),
        max_length=300,
        required=False,
        help_text=_("Skriv hvilken plan det er, og hvem som har laget den."),
    )
    frequency = TextField(
        _("Hvor ofte pasienten måler videre"),
        max_length=300,
        required=False,
        help_text=_("For eksempel: puls og vekt mandag og torsdag. Selve tidene står i planen."),
    )
    next_on = DayField(label=_("Neste evaluering"), required=False)
    note = TextField(
        _("Notat (valgfritt)"),
        called=_("Notat"),
        max_length=2000,
        required=False,
        rows=4,
        help_text=_("Må fylles ut hvis du svarte ja på et av spørsmålene over, eller forlenger ut over 28 dager."),
    )

    def __init__(self, data: Any = None, *, today: date, weeks: int, in_trial: bool) -> None:
        super().__init__(data)
        self.fields["held_on"].initial = today
        self.fields["next_on"].initial = today + timedelta(weeks=weeks)
        if not in_trial:
            del self.fields["trial_until"]

    def clean_makes_insecure(self) -> bool:
        """Yes or no."""
        return self.cleaned_data["makes_insecure"] == "yes"

    def clean_health_anxiety(self) -> bool:
        """Yes or no."""
        return self.cleaned_data["health_anxiety"] == "yes"

    def clean(self) -> dict[str, Any]:
        """What each outcome asks for."""
        data = super().clean() or {}
        if (data.get("makes_insecure") or data.get("health_anxiety")) and not data.get("note"):
            self.add_error("note", _("Notat: skriv hva dere gjør med utryggheten eller helseangsten."))
        if data.get("outcome") != EvaluationOutcome.ADJUST:
            data["trial_until"] = None
        if data.get("basis") != PlanBasis.OTHER_PLAN:
            data["other_plan"] = ""
        going_on = data.get("outcome") in (EvaluationOutcome.CONTINUE, EvaluationOutcome.ADJUST)
        if not going_on or data.get("trial_until"):
            return data | {"basis": "", "other_plan": "", "next_on": None}
        self._check_going_on(data)
        return data

    def _check_going_on(self, data: dict[str, Any]) -> None:
        if not data.get("basis"):
            self.add_error("basis", _("Grunnlag: velg hva oppfølgingen bygger på videre."))
        if data.get("basis") == PlanBasis.OTHER_PLAN and not data.get("other_plan"):
            self.add_error("other_plan", _("Annen behandlingsplan: skriv hvilken plan oppfølgingen bygger på."))
        if not data.get("frequency"):
            self.add_error("frequency", _("Hvor ofte pasienten måler videre: skriv det dere ble enige om."))
        if not data.get("next_on") and "next_on" not in self.errors:
            self.add_error("next_on", _("Neste evaluering: skriv datoen."))


class PauseForm(forms.Form):
    """The days of a pause, and why."""

    first_day = DayField(label=_("Første dag"))
    last_day = DayField(label=_("Siste dag"), help_text=_("Høyst 90 dager om gangen. Du kan forlenge pausen senere."))
    reason = TextField(_("Begrunnelse"), max_length=300)


class PauseEndForm(forms.Form):
    """Another last day: earlier or later."""

    last_day = DayField(label=_("Siste dag i pausen"), called=_("Siste dag"))


class TaskForm(forms.Form):
    """One more thing to do."""

    kind = forms.ChoiceField(
        label=_("Hva"),
        choices=[(each.value, each.label) for each in _ADDED],
        widget=forms.Select(attrs={"class": "ds-input"}),
        error_messages={"required": _("Hva: velg i listen."), "invalid_choice": _("Hva: velg i listen.")},
    )
    title = TextField(
        _("Beskrivelse (valgfritt)"),
        called=_("Beskrivelse"),
        max_length=200,
        required=False,
        help_text=_("Må fylles ut når du velger «Annet»."),
    )
    due_on = DayField(label=_("Frist"))
    mine = forms.BooleanField(
        label=_("Jeg har ansvaret"), required=False, widget=forms.CheckboxInput(attrs={"class": "ds-input"})
    )

    def clean(self) -> dict[str, Any]:
        """Something else says what."""
        data = super().clean() or {}
        if data.get("kind") == TaskKind.OTHER and not data.get("title"):
            self.add_error("title", _("Beskrivelse: skriv hva som skal gjøres."))
        return data


class TaskDoneForm(forms.Form):
    """The ticks of the checklist and a note."""

    ticked = forms.MultipleChoiceField(
        label=_("Sjekkliste"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "ds-input"}),
        error_messages={"invalid_choice": _("Sjekkliste: kryss av i listen.")},
    )
    note = TextField(_("Notat (valgfritt)"), called=_("Notat"), max_length=2000, required=False, rows=4)

    def __init__(self, data: Any = None, *, items: list[str], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["ticked"].choices = [(str(number), item) for number, item in enumerate(items)]  # type: ignore[attr-defined]


class RoutineForm(forms.Form):
    """A checklist, one item on each line, or a document."""

    title = TextField(_("Tittel"), max_length=200)
    text = TextField(_("Tekst (valgfritt)"), called=_("Tekst"), max_length=20000, required=False, rows=10)
    items = TextField(
        _("Punkter (valgfritt)"),
        called=_("Punkter"),
        max_length=8000,
        required=False,
        rows=10,
        help_text=_("Ett punkt på hver linje."),
    )

    def clean_items(self) -> list[str]:
        """One item for each line that says something."""
        lines = [line.strip() for line in self.cleaned_data["items"].splitlines()]
        if any(len(line) > 200 for line in lines):
            raise forms.ValidationError(gettext("Punkter: skriv høyst 200 tegn i hvert punkt."))
        return [line for line in lines if line]

    def clean(self) -> dict[str, Any]:
        """There must be something in it."""
        data = super().clean() or {}
        if not data.get("text") and not data.get("items") and not self.errors:
            self.add_error("text", _("Tekst: skriv en tekst, eller minst ett punkt."))
        return data
