"""What staff fill in about who sees a patient and who answers for the care."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dho.lib.texts import LazyText
from organisations.forms import DayField
from organisations.models import FollowUpService

INPUT = {"class": "ds-input", "autocomplete": "off"}


class ServiceField(forms.ModelChoiceField):  # type: ignore[type-arg] # not subscriptable when it runs
    """One of the services that may see patients of the municipality."""

    def __init__(self, label: LazyText) -> None:
        super().__init__(
            FollowUpService.objects.none(),
            label=label,
            empty_label=_("Velg tjeneste"),
            widget=forms.Select(attrs={"class": "ds-input"}),
            error_messages={
                "required": _("Tjeneste: velg en tjeneste i listen."),
                "invalid_choice": _("Tjeneste: velg en tjeneste i listen."),
            },
        )


class ShareForm(forms.Form):
    """With whom, and until when."""

    service = ServiceField(_("Del med"))
    last_day = DayField(
        label=_("Siste dag (valgfritt)"),
        called=_("Siste dag"),
        help_text=_("Dag, måned og år, for eksempel 01.01.2027. Uten dato gjelder delingen til noen avslutter den."),
        required=False,
    )

    def __init__(self, data: Any = None, *, services: QuerySet[FollowUpService]) -> None:
        super().__init__(data, auto_id="del-%s")
        self.fields["service"].queryset = services  # type: ignore[attr-defined]


class HandoverForm(forms.Form):
    """To whom, from when, and what the receiver should know."""

    service = ServiceField(_("Overfør til"))
    takes_effect_on = DayField(
        label=_("Fra og med"),
        help_text=_("Dag, måned og år. Dere følger opp pasienten til dagen er kommet og mottakeren har sagt ja."),
        error_messages={"required": _("Fra og med: skriv dagen mottakeren skal ta over.")},
    )
    note = forms.CharField(
        label=_("Notat til mottakeren (valgfritt)"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"class": "ds-input", "rows": 3}),
        error_messages={"max_length": _("Notat: skriv høyst 2000 tegn.")},
    )

    def __init__(self, data: Any = None, *, services: QuerySet[FollowUpService], today: date) -> None:
        super().__init__(data, auto_id="overfor-%s")
        self.fields["service"].queryset = services  # type: ignore[attr-defined]
        self.fields["takes_effect_on"].initial = today


class BlockForm(forms.Form):
    """Whom the patient shuts out: `choices` by group, and what each stands for."""

    against = forms.ChoiceField(
        label=_("Sperr for"),
        widget=forms.Select(attrs={"class": "ds-input"}),
        error_messages={
            "required": _("Sperr for: velg hvem pasienten ikke vil skal se journalen."),
            "invalid_choice": _("Sperr for: velg en person eller virksomhet i listen."),
        },
    )

    def __init__(self, data: Any = None, *, choices: Mapping[str, list[tuple[str, str]]]) -> None:
        super().__init__(data, auto_id="sperr-%s")
        filled = [(group, rows) for group, rows in choices.items() if rows]
        self.fields["against"].choices = [("", gettext("Velg person eller virksomhet")), *filled]  # type: ignore[attr-defined]


class EmergencyForm(forms.Form):
    """Whose journal, and why now. The number is posted, so it stands in no address."""

    national_id = forms.RegexField(
        r"^\s*[0-9]{6}\s?[0-9]{5}\s*$",
        label=_("Fødselsnummer"),
        help_text=_("11 sifre. D-nummer og hjelpenummer går også."),
        widget=forms.TextInput(attrs={**INPUT, "inputmode": "numeric"}),
        error_messages={
            "required": _("Fødselsnummer: skriv de 11 sifrene."),
            "invalid": _("Fødselsnummer: skriv de 11 sifrene. Se over tallene."),
        },
    )
    reason = forms.CharField(
        label=_("Begrunnelse"),
        help_text=_("Minst 20 tegn. Skriv hvorfor du må se journalen nå. Pasienten og personvernombudet kan lese det."),
        min_length=20,
        max_length=2000,
        widget=forms.Textarea(attrs={"class": "ds-input", "rows": 4}),
        error_messages={
            "required": _("Begrunnelse: skriv minst 20 tegn om hvorfor du trenger innsyn nå."),
            "min_length": _("Begrunnelse: skriv minst 20 tegn om hvorfor du trenger innsyn nå."),
            "max_length": _("Begrunnelse: skriv høyst 2000 tegn."),
        },
    )


class ReviewForm(forms.Form):
    """What the privacy officer has come to."""

    review = forms.CharField(
        label=_("Vurdering"),
        help_text=_("Skriv hva du har undersøkt, og om tilgangen var i orden. Ikke skriv helseopplysninger."),
        max_length=2000,
        widget=forms.Textarea(attrs={"class": "ds-input", "rows": 4}),
        error_messages={
            "required": _("Vurdering: skriv hva du har kommet fram til."),
            "max_length": _("Vurdering: skriv høyst 2000 tegn."),
        },
    )
