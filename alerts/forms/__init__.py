"""What a nurse writes: how a case was handled, that a reading is wrong, and that a course ends.

The handling form checks shape only; what must be documented is the service's rule (R-100, AT-32).
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import DeviceCredential, User
from alerts.enums import Outcome, Pattern
from alerts.services.casework import NEEDS_NOTE
from alerts.services.ending import Ending
from audit.enums import ReviewOutcome
from careplans.models import Measure
from measurements.enums import StatementKind
from measurements.models import Reading, ReadingStatement
from organisations.forms import DayField
from patients.enums import EndReason

ERRORS = {
    "outcomes": _("Hva gjorde du: Kryss av for minst ett valg."),
    "note": _("Notat: Skriv hva du så, og hva dere ble enige om."),
    "measure_ids": _("Tiltak: Ett av tiltakene står ikke i pasientens plan. Se over dem på nytt."),
}
REASON_MISSING = _("Hvorfor er målingen feil: Skriv det du vet, for eksempel «kalde fingre».")
FIELDS = {"measure_ids": "measures"}


class HandoverAnswerForm(forms.Form):
    """What the receiving service adds to its yes or no."""

    note = forms.CharField(
        required=False,
        error_messages={
            "null_characters_not_allowed": _("Notat: teksten har et tegn som ikke kan vises. Skriv den på nytt.")
        },
    )


class HandlingForm(forms.Form):
    """What was done with a case. `seen` is the change of the queue row that the nurse had in front of her."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    shown_at = forms.DateTimeField(widget=forms.HiddenInput)
    measures = forms.TypedMultipleChoiceField(
        label=_("Tiltak du gjennomførte"),
        coerce=UUID,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": ERRORS["measure_ids"]},
    )
    outcomes = forms.MultipleChoiceField(
        label=_("Hva gjorde du?"), choices=Outcome.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label=_("Notat"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": _("Notat: Skriv høyst %(limit_value)d tegn. Du har skrevet %(show_value)d.")},
    )

    def __init__(
        self, *args: Any, agreed: Iterable[Measure], known: Iterable[Measure], level: int, **kwargs: Any
    ) -> None:
        """`agreed` is the checklist, `known` every measure of the plan: a changed case is stale, not wrong."""
        super().__init__(*args, **kwargs)
        self.agreed = list(agreed)
        self.fields["measures"].choices = [(str(measure.pk), measure.text) for measure in known]  # type: ignore[attr-defined]
        self.note_required = level in NEEDS_NOTE

    def add_missing(self, names: Iterable[str]) -> None:
        """Name what the service says is not documented, and what to do about it."""
        for name in names:
            self.add_error(FIELDS.get(name, name), ERRORS[name])

    def renew(self, *, seen: int, shown_at: datetime) -> None:
        """Let the next save count from what the page shows now; the text stays."""
        sent = QueryDict(mutable=True)
        sent.update(self.data)
        sent["seen"], sent["shown_at"] = str(seen), shown_at.isoformat()
        self.data = sent

    def checklist(self) -> list[dict[str, Any]]:
        """Each agreed measure, and whether its box was ticked."""
        ticked = set(self["measures"].value() or ())
        return [{"measure": measure, "ticked": str(measure.pk) in ticked} for measure in self.agreed]


class FaultyForm(forms.ModelForm):
    """A nurse states that a reading is a mis-measurement. The reading and its assessment stay as they are (R-070)."""

    class Meta:
        model = ReadingStatement
        fields = ("reason", "fulfils_schedule")
        labels = {
            "reason": _("Hvorfor er målingen feil?"),
            "fulfils_schedule": _("Pasienten trenger ikke å måle på nytt"),
        }
        error_messages = {
            "reason": {"required": _("Hvorfor er målingen feil: Skriv det du vet, for eksempel «kalde fingre».")}
        }

    def __init__(self, data: QueryDict | None, *, reading: Reading, by: User, now: datetime) -> None:
        statement = ReadingStatement(
            reading=reading,
            municipality_id=reading.municipality_id,
            kind=StatementKind.FAULTY,
            stated_by=by,
            stated_at=now,
        )
        super().__init__(data, instance=statement)


class ReviewForm(forms.Form):
    """What the privacy officer found out about an unusual look."""

    outcome = forms.ChoiceField(
        label=_("Resultat"),
        choices=ReviewOutcome.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Resultat: velg hva du kom fram til."),
            "invalid_choice": _("Resultat: velg et av svarene i listen."),
        },
    )
    note = forms.CharField(
        label=_("Hva du undersøkte, og hva du fant ut"),
        max_length=1000,
        widget=forms.Textarea(attrs={"class": "ds-input", "rows": 4}),
        error_messages={
            "required": _("Notat: skriv hva du undersøkte, og hva du fant ut."),
            "max_length": _("Notat: skriv høyst 1000 tegn."),
        },
    )


class PeriodForm(forms.Form):
    """Which days and which pattern the list of unusual looks is about. Only choices, so it may stand in an address."""

    dager = forms.TypedChoiceField(
        label=_("Periode"),
        coerce=int,
        choices=[("1", _("I dag")), ("7", _("Siste 7 dager")), ("31", _("Siste 31 dager"))],
        widget=forms.Select(attrs={"class": "ds-input"}),
    )
    monster = forms.ChoiceField(
        label=_("Hva som er uvanlig"),
        choices=[("", _("Alt")), *Pattern.choices],
        required=False,
        widget=forms.Select(attrs={"class": "ds-input"}),
    )
    side = forms.IntegerField(min_value=1, max_value=10_000, widget=forms.HiddenInput)


class EndCourseForm(forms.Form):
    """Why the course ends, its last day, and for each device whether it is handed back."""

    reason = forms.ChoiceField(
        label=_("Hvorfor forløpet avsluttes"),
        choices=[(each.value, each.label) for each in EndReason if each != EndReason.CRITERIA],
        widget=forms.RadioSelect(attrs={"class": "ds-input"}),
        error_messages={"required": _("Hvorfor: velg en grunn."), "invalid_choice": _("Hvorfor: velg en grunn.")},
    )
    text = forms.CharField(
        label=_("Utdyping"),
        help_text=_("Skriv kort hva dere ble enige om, og hva som skjer videre."),
        max_length=500,
        widget=forms.Textarea(attrs={"class": "ds-input", "rows": 3}),
        error_messages={
            "required": _("Utdyping: fyll inn feltet."),
            "max_length": _("Utdyping: skriv høyst 500 tegn."),
        },
    )
    last_day = DayField(label=_("Siste dag"))

    def __init__(self, data: Any = None, *, devices: Sequence[DeviceCredential], today: date) -> None:
        super().__init__(data)
        self.devices = devices
        self.fields["last_day"].initial = today
        for device in devices:
            self.fields[f"state_{device.pk}"] = forms.ChoiceField(
                label=device.label,
                choices=[("back", gettext("Levert tilbake. Vi sperrer det nå")), ("kept", gettext("Beholdes"))],
                widget=forms.RadioSelect(attrs={"class": "ds-input"}),
                error_messages={"required": gettext("%(device)s: velg hva som skjer.") % {"device": device.label}},
            )
            self.fields[f"why_{device.pk}"] = forms.CharField(
                label=gettext("Hvorfor %(device)s beholdes (valgfritt)") % {"device": device.label},
                required=False,
                max_length=200,
                widget=forms.TextInput(attrs={"class": "ds-input", "autocomplete": "off"}),
            )

    def device_fields(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The two fields of each device, for the page."""
        return [(self[f"state_{device.pk}"], self[f"why_{device.pk}"]) for device in self.devices]

    def clean(self) -> dict[str, Any]:
        """What is kept needs a reason."""
        data = super().clean() or {}
        for device in self.devices:
            if data.get(f"state_{device.pk}") == "kept" and not data.get(f"why_{device.pk}"):
                text = gettext("%(device)s: skriv hvorfor det beholdes.") % {"device": device.label}
                self.add_error(f"why_{device.pk}", text)
        return data

    @property
    def ending(self) -> Ending:
        """What the service takes."""
        data = self.cleaned_data
        kept = {
            device.pk: data[f"why_{device.pk}"] if data[f"state_{device.pk}"] == "kept" else ""
            for device in self.devices
        }
        return Ending(reason=data["reason"], text=data["text"], last_day=data["last_day"], devices=kept)
