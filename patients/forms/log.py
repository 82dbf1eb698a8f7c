"""What the privacy officer asks and decides."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from audit.enums import Action
from audit.queries.log import LogSearch
from dho.lib.numbers import OSLO
from organisations.forms import DayField
from patients.enums import Decision, InsightChannel
from patients.queries.log import TooMany, find_patient_id, find_people

LONGEST_SEARCH: Final = timedelta(days=366)


class LogSearchForm(forms.Form):
    """Whose record, who looked, when and what. Posted, so that no name or national id stands in an address."""

    national_id = forms.CharField(
        label=_("Pasientens fødselsnummer"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"class": "ds-input", "autocomplete": "off", "inputmode": "numeric"}),
    )
    # Where the search began at a patient or a page goes on: an id, never typed.
    patient = forms.UUIDField(required=False, widget=forms.HiddenInput)
    person = forms.CharField(
        label=_("Navnet på den som har sett"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"class": "ds-input", "autocomplete": "off"}),
    )
    since = DayField(label=_("Fra og med"), help_text="")
    until = DayField(label=_("Til og med"), help_text="")
    action = forms.ChoiceField(
        label=_("Handling"),
        choices=[("", _("Alle")), *Action.choices],
        required=False,
        widget=forms.Select(attrs={"class": "ds-input"}),
        error_messages={"invalid_choice": _("Handling: velg en fra listen.")},
    )
    after = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.people: list[UUID] | None = None

    def clean_national_id(self) -> UUID | None:
        """The municipality's own patient with this number."""
        digits = re.sub(r"\s", "", self.cleaned_data["national_id"])
        if not digits:
            return None
        if (found := find_patient_id(self.by, national_id=digits)) is None:
            raise forms.ValidationError(
                gettext("Fødselsnummer: kommunen har ingen pasient med dette nummeret. Sjekk sifrene.")
            )
        return found

    def clean(self) -> dict[str, Any]:
        """A period that the log can answer for."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and not since <= until <= since + LONGEST_SEARCH:
            self.add_error("until", gettext("Til og med: velg en dag etter «Fra og med», og høyst ett år etter."))
        if "patient" in self.errors:
            self.add_error(None, gettext("Lenken til pasienten er feil. Søk på fødselsnummer i stedet."))
        if not self.errors:
            self._find_people()
        return self.cleaned_data

    def _find_people(self) -> None:
        """Everyone in the log of the period whose name has all the words; nobody asked for means everybody."""
        words = self.cleaned_data["person"].split()
        try:
            self.people = find_people(words, **self._where) if words else None
        except TooMany:
            self.add_error("person", gettext("Navnet: for mange har dette navnet. Skriv også fornavn eller etternavn."))
        else:
            if self.people == []:
                message = gettext(
                    "Navnet: ingen med dette navnet står i loggen i perioden. Sjekk skrivemåten og dagene."
                )
                self.add_error("person", message)

    @property
    def _where(self) -> dict[str, Any]:
        since, until = self.cleaned_data["since"], self.cleaned_data["until"]
        period = {"since": _midnight(since), "until": _midnight(until + timedelta(days=1))}
        return {"municipality_ids": self.by.municipality_ids, **period}

    @property
    def search(self) -> LogSearch:
        """What a valid form asks for."""
        asked = self.cleaned_data
        return LogSearch(
            **self._where,
            patient_id=asked["national_id"] or asked["patient"],
            actor_ids=self.people,
            action=asked["action"],
        )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), OSLO)


class InsightRequestForm(forms.Form):
    """When and how the patient asked for what is stored."""

    asked_on = DayField(label=_("Dagen kravet kom"))
    channel = forms.ChoiceField(
        label=_("Hvordan kravet kom"),
        choices=lambda: [(each.value, str(each.label).capitalize()) for each in InsightChannel],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Hvordan kravet kom: velg en av dem."),
            "invalid_choice": _("Hvordan kravet kom: velg en av dem."),
        },
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_asked_on(self) -> date:
        """No day ahead."""
        day: date = self.cleaned_data["asked_on"]
        if day > self.today:
            raise forms.ValidationError(gettext("Dagen kravet kom: velg i dag eller en dag som har vært."))
        return day


class CorrectionForm(forms.Form):
    """What the patient says is wrong."""

    what = forms.CharField(
        label=_("Hva mener pasienten er feil?"),
        help_text=_("Skriv det så pasienten kjenner seg igjen, og hva som skulle ha stått."),
        max_length=4000,
        widget=forms.Textarea(attrs={"class": "ds-input", "rows": 4}),
        error_messages={
            "required": _("Hva er feil: skriv hva pasienten vil ha rettet."),
            "max_length": _("Hva er feil: skriv høyst 4000 tegn."),
        },
    )


class DecisionForm(forms.Form):
    """Corrected or refused, with the reason that the patient is given."""

    decision = forms.ChoiceField(
        label=_("Svar"),
        choices=[
            (Decision.ACCEPTED.value, _("Opplysningene er rettet")),
            (Decision.REFUSED.value, _("Kravet er avslått")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Svar: velg om opplysningene er rettet, eller om kravet er avslått."),
            "invalid_choice": _("Svar: velg et av de to svarene."),
        },
    )
    reason = forms.CharField(
        label=_("Begrunnelse"),
        help_text=_("Pasienten får lese den."),
        max_length=4000,
        widget=forms.Textarea(attrs={"class": "ds-input", "rows": 4}),
        error_messages={
            "required": _("Begrunnelse: skriv hvorfor, så pasienten forstår svaret."),
            "max_length": _("Begrunnelse: skriv høyst 4000 tegn."),
        },
    )
