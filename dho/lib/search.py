"""The one line that the lists are searched with. Posted, so that what is looked for stands in no address."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST: Final = 150


class SearchForm(forms.Form):
    """`text` is empty when nothing is looked for, and when what was written can stand in no name."""

    finn = forms.CharField(
        required=False,
        widget=forms.TextInput(attrs={"id": "finn"}),
        error_messages={
            "null_characters_not_allowed": _("Søk: teksten har et tegn som ikke kan vises. Skriv den på nytt.")
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text: str = self.cleaned_data["finn"][:LONGEST] if self.is_valid() else ""
