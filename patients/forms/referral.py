"""What a referral says: whom it is about, who asks for the service, and why (R-001)."""

from datetime import date
from typing import Any, Final, cast

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dho.lib.national_id import InvalidNationalId, NationalId, check_allowed, parse
from dho.lib.texts import LazyText
from organisations.forms import DayField
from organisations.models import Municipality
from patients.enums import ReferralOrigin, Sex, TargetGroup
from patients.services import NewReferral, Person

INPUT: Final = {"class": "ds-input", "autocomplete": "off"}
AREA: Final = {"class": "ds-input", "rows": 4}


def words(
    label: LazyText, missing: LazyText | str, *, at_most: int, long: bool = False, **more: Any
) -> forms.CharField:
    """A text field whose messages name it: the label, then what to do."""
    too_long = format_lazy(_("{label}: skriv høyst {length} tegn."), label=label, length=at_most)
    return forms.CharField(
        label=label,
        max_length=at_most,
        widget=forms.Textarea(attrs=AREA) if long else forms.TextInput(attrs=INPUT),
        error_messages={"required": missing, "max_length": too_long},
        **more,
    )


class ReferralForm(forms.Form):
    """Whose, from whom, when and why. The number is posted, so it stands in no address."""

    municipality = forms.ModelChoiceField(
        Municipality.objects.none(),
        label=_("Kommune"),
        help_text=_("Kommunen personen bor i. Den avgjør om personen får tjenesten."),
        empty_label=_("Velg kommune"),
        widget=forms.Select(attrs={"class": "ds-input"}),
        error_messages={
            "required": _("Kommune: velg kommunen personen bor i."),
            "invalid_choice": _("Kommune: velg en kommune i listen."),
        },
    )
    national_id = words(_("Fødselsnummer"), _("Fødselsnummer: skriv de 11 sifrene."), at_most=30)
    given_name = words(_("Fornavn"), _("Fornavn: skriv fornavnet."), at_most=100)
    family_name = words(_("Etternavn"), _("Etternavn: skriv etternavnet."), at_most=100)
    sex = forms.ChoiceField(
        label=_("Kjønn"), choices=Sex, initial=Sex.UNKNOWN, widget=forms.Select(attrs={"class": "ds-input"})
    )
    phone = forms.RegexField(
        regex=r"^\+?[0-9](?: ?[0-9]){2,14}$",
        label=_("Telefon"),
        help_text=_("Valgfritt. Bare tall, for eksempel 99 00 00 01."),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={**INPUT, "inputmode": "tel"}),
        error_messages={
            "invalid": _("Telefon: skriv bare tall, for eksempel 99 00 00 01."),
            "max_length": _("Telefon: skriv høyst 20 tegn."),
        },
    )
    origin = forms.ChoiceField(
        label=_("Hvem kommer henvisningen fra?"),
        widget=forms.RadioSelect(attrs={"class": "ds-input"}),
        choices=ReferralOrigin,
        error_messages={
            "required": _("Hvem henvisningen kommer fra: velg en."),
            "invalid_choice": _("Hvem henvisningen kommer fra: velg i listen."),
        },
    )
    referrer = words(
        _("Navn og arbeidssted til den som henviser"),
        "",
        at_most=200,
        required=False,
        help_text=_("Valgfritt. Trengs ikke når innbyggeren søker selv."),
    )
    received_on = DayField(label=_("Mottatt"))
    reason = words(
        _("Hvorfor trenger personen tjenesten?"),
        _("Begrunnelse: skriv hvorfor personen trenger tjenesten."),
        at_most=4000,
        long=True,
    )
    target_groups = forms.MultipleChoiceField(
        label=_("Målgruppe (valgfritt)"),
        choices=TargetGroup,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Målgruppe: velg i listen.")},
    )

    def __init__(
        self, data: Any = None, *, municipalities: QuerySet[Municipality], asks_origin: bool, today: date
    ) -> None:
        super().__init__(data)
        self.today = today
        towns = cast(forms.ModelChoiceField, self.fields["municipality"])
        towns.queryset = municipalities
        self.fields["received_on"].initial = today
        self.fields["national_id"].help_text = gettext("11 sifre. Fødselsdatoen står i nummeret.")
        if municipalities.count() == 1:
            towns.initial = municipalities.first()
        if not asks_origin:
            del self.fields["origin"]

    def clean_national_id(self) -> NationalId:
        """A number that belongs to somebody who has been born, and that may be used here."""
        try:
            found = parse(self.cleaned_data["national_id"], relaxed_2032=settings.NATIONAL_ID_RELAXED_2032)
            check_allowed(found, settings.PRODUCTION)
        except InvalidNationalId as error:
            raise forms.ValidationError(_("Fødselsnummer: %(error)s") % {"error": error}) from None
        if found.birth_date is None or found.birth_date > self.today:
            raise forms.ValidationError(_("Fødselsnummer: nummeret sier ikke når personen er født. Se over sifrene."))
        return found

    def clean_received_on(self) -> date:
        """Nothing has been received tomorrow."""
        day: date = self.cleaned_data["received_on"]
        if day > self.today:
            raise forms.ValidationError(_("Mottatt: velg i dag eller en dag som har vært."))
        return day

    @property
    def person(self) -> Person:
        """Whom it is about, once the form is valid."""
        asked = self.cleaned_data
        return Person(
            national_id=asked["national_id"],
            given_name=asked["given_name"],
            family_name=asked["family_name"],
            sex=Sex(asked["sex"]),
            phone=asked["phone"],
        )

    @property
    def new(self) -> NewReferral:
        """What it says."""
        asked = self.cleaned_data
        return NewReferral(
            origin=ReferralOrigin(asked.get("origin") or ReferralOrigin.OTHER),
            referrer=asked["referrer"],
            received_on=asked["received_on"],
            reason=asked["reason"],
            target_groups=asked["target_groups"],
        )
