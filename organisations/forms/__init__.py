"""What an administrator fills in about an agreement. What may be is decided in `organisations.services`."""

import re
from datetime import date, time
from typing import Any, Final, cast
from uuid import UUID

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dho.lib.texts import LazyText
from organisations.enums import Shared, Task
from organisations.models import Agreement, FollowUpService, GpPractice, Partner, last_day_at_once

_TEXT: Final = {"class": "ds-input", "autocomplete": "off"}
# Outside these a year is a slip, and the last day of the calendar has no day after it.
YEARS: Final = range(1900, 2200)


class DayField(forms.DateField):
    """A known date, typed as people write it (ux.md 2.1). `called` names it in messages, when the label says more."""

    def __init__(self, *, label: LazyText, called: LazyText | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Dag, måned og år, for eksempel 01.01.2027."))
        kwargs.setdefault("widget", forms.DateInput(format="%d.%m.%Y", attrs=_TEXT))
        messages = {
            "required": _("{label}: skriv datoen."),
            "invalid": _("{label}: skriv datoen som dag, måned og år, for eksempel 01.01.2027."),
            "year": _("{label}: skriv et år fra 1900 til 2199."),
        }
        told = {code: format_lazy(text, label=called or label) for code, text in messages.items()}
        super().__init__(
            label=label,
            input_formats=["%d.%m.%Y", "%d.%m.%y", "%d %m %Y", "%d%m%Y"],
            error_messages=told | kwargs.pop("error_messages", {}),
            **kwargs,
        )

    def to_python(self, value: Any) -> date | None:
        """The day. Raises ValidationError for what is none, and for 31.12.9999 and its like."""
        day = super().to_python(value)
        if day and day.year not in YEARS:
            raise forms.ValidationError(self.error_messages["year"], code="year")
        return day


class ClocksField(forms.CharField):
    """Times of day, typed as people write them: «08.00, 20.00» or «8 og 20». At most `most` of them, each once."""

    def __init__(self, *, label: LazyText, most: int = 20, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={**_TEXT, "size": 20}))
        super().__init__(label=label, **kwargs)
        self.most = most

    def to_python(self, value: Any) -> Any:
        """The times in the order they were written. Raises ValidationError for what is none, and for too many."""
        found: list[time] = []
        for part in re.split(r"[,;]|\s+og\s+|\s+", (super().to_python(value) or "").strip()):
            clock = re.fullmatch(r"([01]?[0-9]|2[0-3])(?:[.:]?([0-5][0-9]))?", part)
            if part and clock is None:
                message = gettext("Klokkeslett: skriv tidene som 08.00, 20.00. Vi forsto ikke «%(part)s».")
                raise forms.ValidationError(message % {"part": part[:20]})
            if clock and (at := time(int(clock[1]), int(clock[2] or 0))) not in found:
                found.append(at)
        if len(found) > self.most:
            raise forms.ValidationError(gettext("Klokkeslett: skriv høyst %(most)s klokkeslett.") % {"most": self.most})
        return found

    def run_validators(self, value: Any) -> None:
        """What was typed has been looked at."""

    def prepare_value(self, value: Any) -> Any:
        """As people write it."""
        return ", ".join(f"{each:%H.%M}" for each in value) if isinstance(value, list) else value


class OrganisationField(forms.ChoiceField):
    """Whom to let in: every service, practice and partner of the installation, grouped."""

    def groups(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Read when the page is made: organisations come and go."""
        kinds = ((gettext("Tjenester"), "service", FollowUpService), (gettext("Legekontor"), "practice", GpPractice))
        return [
            (heading, [(f"{kind}:{each.pk}", each.name) for each in cast(Any, model).objects.open().order_by("name")])
            for heading, kind, model in (*kinds, (gettext("Partnere"), "partner", Partner))
        ]


class AgreementForm(forms.Form):
    """What is shared, who does what, and from when to when."""

    shares = forms.MultipleChoiceField(
        label=_("Hva deler avtalen?"), choices=Shared, widget=forms.CheckboxSelectMultiple, required=False
    )
    tasks = forms.MultipleChoiceField(
        label=_("Hvilke oppgaver gjør organisasjonen for kommunen?"),
        choices=Task,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    valid_from = DayField(label=_("Første dag"))
    valid_until = DayField(
        label=_("Siste dag"),
        required=False,
        help_text=_("Valgfritt. Uten dato gjelder avtalen til noen avslutter den."),
    )
    reference = forms.CharField(
        label=_("Referanse"),
        help_text=_("Valgfritt. Hvor den signerte avtalen ligger, for eksempel saksnummer."),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs=_TEXT),
        error_messages={"max_length": _("Referanse: skriv høyst 120 tegn.")},
    )

    def fill(self, agreement: Agreement) -> Agreement:
        """The agreement as the form says it should be, not yet stored."""
        for field in ("shares", "tasks", "valid_from", "valid_until", "reference"):
            setattr(agreement, field, self.cleaned_data[field])
        return agreement


class NewAgreementForm(AgreementForm):
    """A new agreement also says with whom."""

    organisation = OrganisationField(
        label=_("Organisasjon"),
        widget=forms.Select(attrs={"class": "ds-input"}),
        error_messages={
            "required": _("Organisasjon: velg en."),
            "invalid_choice": _("Organisasjon: velg en i listen."),
        },
    )
    field_order = ("organisation",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(OrganisationField, self.fields["organisation"])
        field.choices = [("", gettext("Velg organisasjon")), *field.groups()]

    def fill(self, agreement: Agreement) -> Agreement:
        """With the chosen organisation on it."""
        kind, key = self.cleaned_data["organisation"].split(":")
        setattr(agreement, f"{kind}_id", UUID(key))
        return super().fill(agreement)


class EndForm(forms.Form):
    """The last day, or at once: two buttons, and the second needs no date."""

    valid_until = DayField(label=_("Siste dag"), required=False)
    at_once = forms.BooleanField(required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["valid_until"].initial = today

    def clean(self) -> dict[str, Any]:
        """One of the two is needed. At once is at once, whatever stands in the date field."""
        data = super().clean() or {}
        if data.get("at_once"):
            self.errors.pop("valid_until", None)
        elif data.get("valid_until") is None and "valid_until" not in self.errors:
            self.add_error("valid_until", self.fields["valid_until"].error_messages["required"])
        return data

    def last_day(self, valid_from: date) -> date:
        """The last day of what began then."""
        at_once = last_day_at_once(valid_from, self.today)
        return at_once if self.cleaned_data["at_once"] else cast(date, self.cleaned_data["valid_until"])

    def fill(self, agreement: Agreement) -> Agreement:
        """The agreement with its last day, not yet stored."""
        agreement.valid_until = self.last_day(agreement.valid_from)
        return agreement
