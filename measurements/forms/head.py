"""What the maker of a questionnaire fills in about the form as a whole."""

from collections.abc import Iterator
from datetime import time
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dho.lib.numbers import WEEKDAYS, decimal_comma
from measurements.content import Band, band_problems
from measurements.enums import HigherIs
from measurements.forms.fields import DecimalField, LineField, WholeField
from measurements.models import Questionnaire
from organisations.forms import ClocksField

BAND_ROWS: Final = 5
_MOST_POINTS: Final = 9999


class TitleForm(forms.Form):
    """A form begins with its name."""

    title = LineField(label=_("Navn på skjemaet"), max_length=120, min_length=3)


class HeadForm(TitleForm):
    """The form as a whole: its name, what sums are called, and when it proposes to be answered."""

    higher_is = forms.ChoiceField(
        label=_("Hva betyr poengsummen?"),
        choices=HigherIs.choices,
        widget=forms.RadioSelect(attrs={"class": "ds-input"}),
        error_messages={"required": _("Hva betyr poengsummen? Velg en."), "invalid_choice": _("Velg en i listen.")},
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Dager"), coerce=int, required=False, choices=[(str(day), name) for day, name in enumerate(WEEKDAYS)]
    )
    times = ClocksField(label=_("Klokkeslett"), required=False, help_text=_("For eksempel 09.00, eller 09.00, 20.00."))
    grace_hours = DecimalField(label=_("Frist etter klokkeslettet, i timer"), help_text=_("For eksempel 3 eller 1,5."))

    def __init__(self, data: Any, *, form: Questionnaire) -> None:
        super().__init__(data, initial=_head_of(form))
        self.form = form
        for n in range(1, BAND_ROWS + 1):
            row = {"n": n}
            low, high = gettext("Fra (rad %(n)s)") % row, gettext("Til (rad %(n)s)") % row
            self.fields[f"low_{n}"] = WholeField(label=low, most=_MOST_POINTS, required=False)
            self.fields[f"high_{n}"] = WholeField(label=high, most=_MOST_POINTS, required=False)
            self.fields[f"text_{n}"] = LineField(
                label=gettext("Beskrivelse (rad %(n)s)") % row, max_length=80, required=False
            )

    def clean_times(self) -> list[time]:
        """From morning to night."""
        return sorted(self.cleaned_data["times"])

    def clean_grace_hours(self) -> int:
        """The grace in minutes, up to a day."""
        minutes = self.cleaned_data["grace_hours"] * 60
        if not 15 <= minutes <= 24 * 60:
            raise forms.ValidationError(gettext("Frist: skriv et tall fra 0,25 til 24 timer."))
        return int(minutes)

    def clean(self) -> dict[str, Any]:
        """Days and times belong together, and the bands to the points of the questions."""
        found = self.cleaned_data
        if "times" in found and bool(found["times"]) != bool(found.get("weekdays")):
            missing = "weekdays" if found["times"] else "times"
            self.add_error(missing, gettext("Velg både dager og klokkeslett, eller la begge stå tomme."))
        bands = list(self._bands())
        if not self.errors:
            for text in band_problems(bands, list(self.form.items.all())) if self.form.items.exists() else ():
                self.add_error("text_1", text)
        found["bands"] = bands
        return found

    def _bands(self) -> Iterator[Band]:
        for n in range(1, BAND_ROWS + 1):
            low, high, text = (self.cleaned_data.get(f"{name}_{n}") for name in ("low", "high", "text"))
            if low is None and high is None and not text:
                continue
            if low is None or high is None or not text:
                self._complain(n, low, high, text)
            elif low > high:
                message = gettext("Poengsummen, rad %(n)s: «til» kan ikke være mindre enn «fra».")
                self.add_error(f"high_{n}", message % {"n": n})
            else:
                yield {"low": low, "high": high, "text": text}

    def _complain(self, n: int, low: int | None, high: int | None, text: str | None) -> None:
        message = gettext("Poengsummen, rad %(n)s: fyll inn fra, til og beskrivelse.") % {"n": n}
        empty = next(name for name, value in (("low", low), ("high", high), ("text", text or None)) if value is None)
        if f"{empty}_{n}" not in self.errors:
            self.add_error(f"{empty}_{n}", message)

    @property
    def band_rows(self) -> list[list[forms.BoundField]]:
        """The fields of the bands, row by row, for the page."""
        return [[self[f"{name}_{n}"] for name in ("low", "high", "text")] for n in range(1, BAND_ROWS + 1)]

    def fill(self) -> Questionnaire:
        """The form with what was written."""
        names = ("title", "higher_is", "weekdays", "times", "bands")
        for name in names:
            setattr(self.form, name, self.cleaned_data[name])
        self.form.grace_minutes = self.cleaned_data["grace_hours"]
        return self.form


def _head_of(form: Questionnaire) -> dict[str, Any]:
    found = {
        "title": form.title,
        "higher_is": form.higher_is,
        "weekdays": [str(day) for day in form.weekdays],
        "times": form.times,
        "grace_hours": decimal_comma(Decimal(form.grace_minutes) / 60, 2).removesuffix(",00"),
    }
    for n, band in enumerate(form.bands, start=1):
        found |= {f"{name}_{n}": band[name] for name in ("low", "high", "text")}
    return found
