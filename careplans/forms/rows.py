"""Forms repeated on one page: what stands, and some empty ones to go on in. Works without JavaScript."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from careplans.services.as_json import MOST_ROWS
from dho.lib.numbers import whole_number

# So many are drawn, full or empty: a number typed into the hidden field must not make a million forms.
_DRAWN: Final = 3 * MOST_ROWS


class RowForm(forms.Form):
    """One row. It is nothing while none of `telling` is filled in, and goes away when «Fjern» is ticked."""

    telling: tuple[str, ...] = ()
    remove = forms.BooleanField(
        label=_("Fjern"), required=False, widget=forms.CheckboxInput(attrs={"class": "ds-input"})
    )

    @property
    def blank(self) -> bool:
        """Nothing is written in it."""
        return not any(self.data.get(self.add_prefix(name), "").strip() for name in self.telling)

    @property
    def is_new(self) -> bool:
        """An empty row to go on in: there is nothing to remove."""
        return self.blank if self.is_bound else not self.initial

    @property
    def counts(self) -> bool:
        """Whether the row says something that is to be kept."""
        return not self.blank and not self.cleaned_data.get("remove")

    def full_clean(self) -> None:
        """What is removed or empty has no errors."""
        super().full_clean()
        if self.is_bound and (self.blank or self.data.get(self.add_prefix("remove"))):
            self._errors = ErrorDict()


class Rows:
    """The rows of one list: bound to what was typed, or showing what stands."""

    def __init__(
        self,
        form: type[RowForm],
        prefix: str,
        *,
        initial: Sequence[dict[str, Any]],
        extra: int,
        data: Mapping[str, Any] | None,
        **kwargs: Any,
    ) -> None:
        self.prefix = prefix
        self.count, self.cut = len(initial) + extra, False
        self.errors: list[str] = []
        if data is not None:
            asked = whole_number(data.get(self.count_name, "")) or 0
            self.count, self.cut = min(asked, _DRAWN), asked > _DRAWN
        self.forms: list[Any] = [
            form(
                data,
                prefix=f"{prefix}-{number}",
                # Also when bound: a choice that is no longer offered stays where it stands.
                initial=initial[number] if number < len(initial) else None,
                use_required_attribute=False,
                **kwargs,
            )
            for number in range(self.count)
        ]

    @property
    def count_name(self) -> str:
        """The hidden field that says how many rows the page had."""
        return f"{self.prefix}-count"

    def is_valid(self) -> bool:
        """Every row that counts is right, and there are not more than a plan takes: none is dropped in silence."""
        checked = [form.is_valid() for form in self.forms]
        too_many = self.cut or sum(form.counts for form in self.forms) > MOST_ROWS
        sentence = gettext("Det er for mange rader her. Fjern noen, slik at det er høyst %(most)s.")
        self.errors = [sentence % {"most": MOST_ROWS}] if too_many else []
        return all(checked) and not too_many

    def kept(self) -> list[dict[str, Any]]:
        """What each row that counts says."""
        return [form.cleaned_data for form in self.forms if form.counts]
