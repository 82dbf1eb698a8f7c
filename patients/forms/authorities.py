"""What is filled in to give a relative authority: by the patient, or by staff for her."""

from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from dho.lib.national_id import InvalidNationalId, NationalId, check_allowed, parse
from dho.lib.numbers import long_date_nb
from patients.enums import GIVEN_TO_RELATIVES, Consent, Scope
from patients.models import AUTHORITY_LASTS
from patients.services import NewAuthority

INPUT: Final = {"class": "ds-input", "autocomplete": "off"}
# A choice instead of a date: nobody has to count days, and none can be wrong.
_LASTS: Final = {
    "30": (_("1 måned"), timedelta(days=30)),
    "91": (_("3 måneder"), timedelta(days=91)),
    "182": (_("6 måneder"), timedelta(days=182)),
    "365": (_("1 år"), AUTHORITY_LASTS),
}


class AuthorityForm(forms.Form):
    """Who, what they may do, and how long."""

    name = forms.CharField(
        label=_("Navnet til den pårørende"),
        max_length=200,
        widget=forms.TextInput(attrs=INPUT),
        error_messages={
            "required": _("Navn: skriv fornavn og etternavn."),
            "max_length": _("Navn: skriv høyst 200 tegn."),
        },
    )
    relation = forms.CharField(
        label=_("Hvem er det?"),
        help_text=_("For eksempel datter, ektefelle eller nabo."),
        max_length=60,
        widget=forms.TextInput(attrs=INPUT),
        error_messages={
            "required": _("Hvem er det: skriv for eksempel datter."),
            "max_length": _("Hvem er det: skriv høyst 60 tegn."),
        },
    )
    national_id = forms.CharField(
        label=_("Fødselsnummeret til den pårørende"),
        help_text=_("11 sifre. Vi bruker det bare til å kjenne igjen personen, og lagrer det ikke."),
        max_length=30,
        widget=forms.TextInput(attrs={**INPUT, "inputmode": "numeric"}),
        error_messages={
            "required": _("Fødselsnummer: skriv de 11 sifrene."),
            "max_length": _("Fødselsnummer: skriv de 11 sifrene."),
        },
    )
    scopes = forms.MultipleChoiceField(
        label=_("Hva får personen gjøre?"),
        choices=[(code.value, code.label) for code in GIVEN_TO_RELATIVES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Hva får personen gjøre: velg minst én ting."),
            "invalid_choice": _("Hva får personen gjøre: velg i listen."),
        },
    )
    lasts = forms.ChoiceField(
        label=_("Hvor lenge?"),
        widget=forms.RadioSelect(attrs={"class": "ds-input"}),
        error_messages={
            "required": _("Hvor lenge: velg hvor lenge fullmakten skal gjelde."),
            "invalid_choice": _("Hvor lenge: velg i listen."),
        },
    )

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, auto_id="fullmakt-%s")
        self.today = today
        self.fields["lasts"].choices = [  # type: ignore[attr-defined]
            (key, _("%(length)s (til %(day)s)") % {"length": label, "day": long_date_nb(today + lasts)})
            for key, (label, lasts) in _LASTS.items()
        ]

    def clean_national_id(self) -> NationalId:
        """The number itself goes no further than the service."""
        try:
            found = parse(self.cleaned_data["national_id"], relaxed_2032=settings.NATIONAL_ID_RELAXED_2032)
            check_allowed(found, settings.PRODUCTION)
        except InvalidNationalId as error:
            raise forms.ValidationError(f"Fødselsnummer: {error}") from None
        return found

    @property
    def new(self) -> NewAuthority:
        """What is asked for, once the form is valid."""
        asked = self.cleaned_data
        return NewAuthority(
            name=asked["name"],
            relation=asked["relation"],
            national_id=asked["national_id"],
            scopes=[Scope(code) for code in asked["scopes"]],
            last_day=self.today + _LASTS[asked["lasts"]][1],
        )


class RegisteredAuthorityForm(AuthorityForm):
    """As staff register it: also how the patient said yes."""

    consent = forms.ChoiceField(
        label=_("Hvordan har pasienten samtykket?"),
        choices=[(each.value, each.label) for each in (Consent.SPOKEN, Consent.WRITTEN)],
        widget=forms.RadioSelect(attrs={"class": "ds-input"}),
        error_messages={
            "required": _("Samtykke: velg hvordan pasienten har sagt ja."),
            "invalid_choice": _("Samtykke: velg i listen."),
        },
    )
