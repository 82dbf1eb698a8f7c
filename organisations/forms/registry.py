"""What an administrator fills in about the organisations of the municipality: services, practices and partners."""

from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any, Final, cast

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import InvalidChecksum
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.no import orgnr

from organisations.enums import PartnerKind, ServiceKind
from organisations.hours_text import (
    Unreadable,
    read_days,
    read_early,
    read_spans,
    write_days,
    write_early,
    write_spans,
)
from organisations.models import FollowUpService, PlanningFigure, Registered
from organisations.opening_hours import OpeningHours, Span

_TEXT: Final = {"class": "ds-input", "autocomplete": "off"}
_DEADLINES: Final = ("deadline_red", "deadline_yellow", "deadline_other")
_COLUMNS: Final = ("name", "kind", "phone", "notify_email", "evaluation_weeks", "planning_figure")
_MINIMUM: Final = ("minimum_days", "minimum_readings")


class HoursField(forms.CharField):
    """The open hours of one weekday, as spans of the clock."""

    def clean(self, value: Any) -> tuple[Span, ...]:
        """No span where the service is closed that day."""
        try:
            return read_spans(super().clean(value))
        except Unreadable as error:
            message = _("%(day)s: skriv åpningstiden slik: 08.00–15.30. Vi forsto ikke «%(part)s».")
            raise forms.ValidationError(message % {"day": self.label, "part": error.part}) from None


class NameField(forms.CharField):
    """The name of an organisation: something to read, in one line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Navn"),
            max_length=120,
            min_length=3,
            widget=forms.TextInput(attrs=_TEXT),
            error_messages={
                "required": _("Navn: fyll inn feltet."),
                "max_length": _("Navn: skriv høyst 120 tegn."),
                "min_length": _("Navn: skriv minst 3 tegn."),
            },
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        """Spaces written once; letters there must be."""
        name = " ".join(str(super().clean(value)).split())
        if not any(sign.isalpha() for sign in name):
            raise forms.ValidationError(_("Navn: skriv et navn med bokstaver."))
        return name


class OrganisationNumberField(forms.CharField):
    """Nine digits with the check digit of the Register of Legal Entities, or nothing."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Organisasjonsnummer"),
            help_text=_("Valgfritt. Ni sifre, slik det står i Enhetsregisteret."),
            max_length=20,
            required=False,
            widget=forms.TextInput(attrs={**_TEXT, "inputmode": "numeric"}),
            error_messages={"max_length": _("Organisasjonsnummer: skriv ni sifre.")},
        )

    def clean(self, value: Any) -> str:
        """Without spaces."""
        text = str(super().clean(value))
        try:
            return str(orgnr.validate(text)) if text else ""
        except InvalidChecksum:
            raise forms.ValidationError(
                _("Organisasjonsnummer: kontrollsifferet stemmer ikke. Se over tallene.")
            ) from None
        except StdnumError:
            raise forms.ValidationError(_("Organisasjonsnummer: skriv ni sifre.")) from None


def _hours_of_time(label: Any, help_text: Any = "") -> forms.DecimalField:
    """A deadline in open hours, with a decimal comma."""
    wrong = format_lazy(_("{label}: skriv antall timer, for eksempel 0,5."), label=label)
    limits = format_lazy(_("{label}: skriv mellom 0,1 og 100 timer."), label=label)
    return forms.DecimalField(
        label=label,
        help_text=help_text,
        localize=True,
        min_value=Decimal("0.1"),
        max_value=100,
        max_digits=6,
        decimal_places=2,
        widget=forms.TextInput(attrs={**_TEXT, "inputmode": "decimal", "size": "6"}),
        error_messages={
            "required": wrong, "invalid": wrong, "max_digits": wrong, "max_decimal_places": wrong,
            "max_whole_digits": wrong, "min_value": limits, "max_value": limits,
        },
    )  # fmt: skip


def _at_least(label: Any, help_text: Any, most: int) -> forms.IntegerField:
    """How much a trial must hold; an empty field leaves it as it is, and 0 asks for nothing."""
    wrong = format_lazy(_("{label}: skriv et helt tall fra 0 til {most}."), label=label, most=most)
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        required=False,
        min_value=0,
        max_value=most,
        widget=forms.TextInput(attrs={**_TEXT, "inputmode": "numeric", "size": "6"}),
        error_messages={"invalid": wrong, "min_value": wrong, "max_value": wrong},
    )


_OWN_KINDS: Final = [
    (kind.value, kind.label)
    for kind in ServiceKind
    if kind not in (ServiceKind.HOSPITAL_OWN, ServiceKind.HOSPITAL_COOPERATION)
]
# What a new service begins with: a daytime service on weekdays.
_USUAL: Final = (*("08.00–15.30",) * 5, "", "")
WEEKDAYS: Final = (_("Mandag"), _("Tirsdag"), _("Onsdag"), _("Torsdag"), _("Fredag"), _("Lørdag"), _("Søndag"))


class _RegisterForm(forms.Form):
    """The fields are columns of the organisation, unless a form says more."""

    @classmethod
    def initial_of(cls, organisation: Any) -> dict[str, Any]:
        """The form as the organisation stands."""
        return {name: getattr(organisation, name) for name in cls.base_fields}

    def fill(self, organisation: Registered) -> Registered:
        """The organisation as the form says it should be, not yet stored."""
        for name in self.base_fields:
            setattr(organisation, name, self.cleaned_data[name])
        return organisation


class ServiceForm(forms.Form):
    """A follow-up service of the municipality: whom patients call, when somebody looks, and how soon."""

    name = NameField(help_text=_("Slik pasienter og samarbeidspartnere kjenner tjenesten."))
    kind = forms.ChoiceField(
        label=_("Type"),
        choices=[("", _("Velg type")), *_OWN_KINDS],
        widget=forms.Select(attrs={"class": "ds-input"}),
        error_messages={"required": _("Type: velg en."), "invalid_choice": _("Type: velg en i listen.")},
    )
    phone = forms.RegexField(
        regex=r"^\+?[0-9](?: ?[0-9]){2,14}$",
        label=_("Telefon"),
        help_text=_("Nummeret pasientene ringer i åpningstiden."),
        max_length=20,
        widget=forms.TextInput(attrs={**_TEXT, "inputmode": "tel"}),
        error_messages={
            "required": _("Telefon: fyll inn feltet."),
            "invalid": _("Telefon: skriv bare tall, for eksempel 62 80 00 00."),
            "max_length": _("Telefon: skriv høyst 20 tegn."),
        },
    )
    notify_email = forms.EmailField(
        label=_("E-post for beskjed om varsler"),
        help_text=_("Valgfritt. En felles postkasse i tjenesten. Beskjeden sier aldri hvem det gjelder."),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs=_TEXT),
        error_messages={"invalid": _("E-post: skriv en adresse, for eksempel vakt@kommunen.no.")},
    )
    deadline_red = _hours_of_time(_("Frist for røde varsler"))
    deadline_yellow = _hours_of_time(_("Frist for gule varsler"))
    deadline_other = _hours_of_time(_("Frist for andre varsler"))
    evaluation_weeks = forms.IntegerField(
        label=_("Uker mellom hver evaluering"),
        help_text=_("Alle som blir fulgt opp, evalueres jevnlig. Den som er over tiden, vises på forløpstavlen."),
        min_value=1,
        max_value=104,
        initial=12,
        widget=forms.TextInput(attrs={**_TEXT, "inputmode": "numeric", "size": "6"}),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _("Uker: skriv et helt tall fra 1 til 104.")
        ),
    )
    planning_figure = forms.ModelChoiceField(
        PlanningFigure.objects.order_by("patients_per_position"),
        label=_("Planleggingstall for kapasitet"),
        required=False,
        empty_label=_("Det laveste tallet som gjelder"),
        widget=forms.Select(attrs={"class": "ds-input"}),
        error_messages={"invalid_choice": _("Planleggingstall: velg et tall i listen.")},
    )
    minimum_days = _at_least(
        _("Minste antall dager i prøveperioden"),
        _("Så mange dager må pasienten ha målt før planen kan sendes til legen uten begrunnelse. 0 er ingen grense."),
        28,
    )
    minimum_readings = _at_least(
        _("Minste antall målinger i prøveperioden"), _("Gjelder hver måling for seg. 0 er ingen grense."), 200
    )
    closures = forms.CharField(
        label=_("Dager tjenesten er stengt"),
        help_text=_("Valgfritt. Én dato på hver linje, for eksempel 24.12.2026. Helligdager er stengt uansett."),
        required=False,
        widget=forms.Textarea(attrs={"class": "ds-input", "rows": 3}),
    )
    half_days = forms.CharField(
        label=_("Dager tjenesten stenger tidlig"),
        help_text=_("Valgfritt. Dato og klokkeslett på hver linje, for eksempel 31.12.2026 12.00."),
        required=False,
        widget=forms.Textarea(attrs={"class": "ds-input", "rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, weekday in enumerate(WEEKDAYS):
            widget = forms.TextInput(attrs={**_TEXT, "size": "24"})
            self.fields[f"day_{number}"] = HoursField(label=weekday, required=False, max_length=80, widget=widget)

    @staticmethod
    def initial_of(service: FollowUpService) -> dict[str, Any]:
        """The form as the service stands."""
        hours = service.opening_hours if service.hours else None
        found = {name: getattr(service, name) for name in (*_COLUMNS, *_MINIMUM)}
        found["planning_figure"] = service.planning_figure_id or ""
        found |= {name: Decimal(getattr(service, name).total_seconds()) / 3600 for name in _DEADLINES}
        for number in range(7):
            found[f"day_{number}"] = write_spans(hours.weekly.get(number, ())) if hours else _USUAL[number]
        found["closures"] = write_days(hours.closures) if hours else ""
        found["half_days"] = write_early(hours.half_days) if hours else ""
        return found

    def hours_fields(self) -> list[forms.BoundField]:
        """The seven days, for the page."""
        return [self[f"day_{number}"] for number in range(7)]

    def clean_closures(self) -> frozenset[date]:
        """The dates."""
        return cast("frozenset[date]", self._read("closures", read_days, _("Dager tjenesten er stengt")))

    def clean_half_days(self) -> dict[date, time]:
        """The dates with their closing times."""
        return cast("dict[date, time]", self._read("half_days", read_early, _("Dager tjenesten stenger tidlig")))

    def _read(self, field: str, read: Callable[[str], object], label: Any) -> object:
        try:
            return read(self.cleaned_data[field])
        except Unreadable as error:
            message = _("%(label)s: vi forsto ikke «%(part)s». Se eksempelet over feltet.")
            raise forms.ValidationError(message % {"label": label, "part": error.part}) from None

    def clean(self) -> dict[str, Any]:
        """The hours together: open at some time of the week, and no two spans over each other."""
        data = super().clean() or {}
        if any(name.startswith("day_") or name in ("closures", "half_days") for name in self.errors):
            return data
        weekly = {number: data[f"day_{number}"] for number in range(7)}
        if not any(weekly.values()):
            self.add_error("day_0", _("Åpningstider: skriv når tjenesten er åpen, minst én dag i uken."))
            return data
        try:
            data["hours"] = OpeningHours(weekly, data["closures"], data["half_days"])
        except ValueError:
            self.add_error("day_0", _("Åpningstider: tidene på samme dag overlapper. Skriv dem i rekkefølge."))
        return data

    def fill(self, service: FollowUpService) -> FollowUpService:
        """The service as the form says it should be, not yet stored."""
        for field in _COLUMNS:
            setattr(service, field, self.cleaned_data[field])
        for field in _MINIMUM:
            if self.cleaned_data[field] is not None:
                setattr(service, field, self.cleaned_data[field])
        for field in _DEADLINES:
            setattr(service, field, timedelta(hours=float(self.cleaned_data[field])))
        service.hours = self.cleaned_data["hours"].to_json()
        return service


class PracticeForm(_RegisterForm):
    """A GP practice in the municipality."""

    name = NameField(help_text=_("Slik legekontoret heter i Enhetsregisteret eller på skiltet."))
    organisation_number = OrganisationNumberField()
    her_id = forms.RegexField(
        regex=r"^[0-9]{2,8}$",
        label=_("HER-id"),
        help_text=_("Valgfritt. Adressen til legekontoret i Adresseregisteret, bare tall."),
        required=False,
        widget=forms.TextInput(attrs={**_TEXT, "inputmode": "numeric"}),
        error_messages={"invalid": _("HER-id: skriv to til åtte sifre.")},
    )


class PartnerForm(_RegisterForm):
    """Somebody who works for municipalities without treating anybody."""

    name = NameField()
    kind = forms.ChoiceField(
        label=_("Type"),
        choices=[("", _("Velg type")), *PartnerKind.choices],
        widget=forms.Select(attrs={"class": "ds-input"}),
        error_messages={"required": _("Type: velg en."), "invalid_choice": _("Type: velg en i listen.")},
    )
    organisation_number = OrganisationNumberField()
