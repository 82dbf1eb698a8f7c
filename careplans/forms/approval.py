"""What the doctor fills in."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dho.lib.numbers import OSLO, date_nb
from organisations.forms import DayField

# Half a year is proposed; a mistyped year must not make a plan valid for a generation.
PROPOSED_MONTHS: Final = 6
LONGEST_MONTHS: Final = 24


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


class ApprovalForm(forms.Form):
    """Until when the plan is valid, and that the doctor means this patient and this version."""

    valid_until = DayField(
        label=_("Planen gjelder til og med"),
        called=_("Gyldighetsdato"),
        widget=forms.DateInput(format="%d.%m.%Y", attrs={"class": "ds-input answer__date", "autocomplete": "off"}),
        error_messages={"required": _("Gyldighetsdato: skriv siste dag planen gjelder.")},
    )
    # The review step: one key press, or Enter in the date field, never approves anything.
    confirmed = forms.BooleanField(
        widget=forms.CheckboxInput(attrs={"class": "ds-input"}),
        error_messages={"required": _("Kryss av for at du godkjenner planen, eller send den tilbake med spørsmål.")},
    )

    def __init__(self, *args: Any, today: date, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["confirmed"].label = label
        self.fields["valid_until"].initial = months_after(today, PROPOSED_MONTHS)

    def clean_valid_until(self) -> date:
        """The last day of validity: after today, and not so far away that it must be a mistake."""
        day: date = self.cleaned_data["valid_until"]
        latest = months_after(self.today, LONGEST_MONTHS)
        if not self.today < day <= latest:
            raise forms.ValidationError(
                gettext("Gyldighetsdato: velg en dag etter %(today)s og senest %(latest)s.")
                % {"today": date_nb(self.today), "latest": date_nb(latest)}
            )
        return day

    @property
    def ends(self) -> datetime:
        """The midnight that ends the last day of validity, in Oslo."""
        return datetime.combine(self.cleaned_data["valid_until"] + timedelta(days=1), time(), OSLO)


class ReturnForm(forms.Form):
    """The question with which the proposal goes back."""

    question = forms.CharField(
        label=_("Spørsmål til oppfølgingstjenesten"),
        help_text=_("Må fylles ut. Skriv hva som må avklares før du kan godkjenne."),
        max_length=2000,
        widget=forms.Textarea(attrs={"class": "ds-input", "rows": 4}),
        error_messages={
            "required": _("Spørsmål: skriv hva oppfølgingstjenesten må avklare."),
            "max_length": _("Spørsmål: skriv høyst 2000 tegn."),
        },
    )
