"""Signing in, choosing a role, and the person's own settings."""

from datetime import date
from typing import Any, cast

from allauth.account.forms import ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm
from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.enums import NORWEGIAN, Role, SystemKind, SystemScope
from accounts.models import User
from accounts.queries import Workplace
from accounts.roles import MAY_GIVE
from dho.lib.texts import LazyText
from organisations.forms import DayField

FIELD = {"class": "ds-input"}


class LoginForm(AuthenticationForm):
    """User name and password. The answer never says which of the two was wrong."""

    error_messages = {
        "invalid_login": _("Brukernavnet eller passordet er feil. Sjekk begge, og prøv igjen."),
        "inactive": _("Brukernavnet eller passordet er feil. Sjekk begge, og prøv igjen."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("username", gettext("Brukernavn")), ("password", gettext("Passord"))):
            field = self.fields[name]
            field.label = label
            field.error_messages["required"] = gettext("%(label)s mangler. Fyll inn feltet.") % {"label": label}
            field.widget.attrs.update(FIELD)


class _CodeField:
    """The one-time code as our pages ask for it."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = gettext("Engangskode")
        field.error_messages["required"] = gettext("Engangskoden mangler. Fyll inn feltet.")
        field.widget.attrs = {**FIELD, "autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}


class _KeyField(forms.JSONField):
    """What a passkey answers, as our script sends it."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        """Also a number of thousands of digits, or lists within lists without end, is told as what it is: no answer."""
        try:
            return super().to_python(value)
        except (ValueError, RecursionError):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Not written back into the page: an answer counts once, and Django would read it a second time."""
        return initial


class AddKeyForm(AddWebAuthnForm):
    """A new passkey."""

    credential = _KeyField()


class KeyForm(AuthenticateWebAuthnForm):
    """The second step of signing in by passkey."""

    credential = _KeyField()


class CodeForm(_CodeField, AuthenticateForm):
    """The second step of signing in: a code from the app, or a recovery code."""


class CodeAgainForm(_CodeField, ReauthenticateByCodeForm):
    """The same, before the second factor is changed."""


class SetUpAppForm(_CodeField, ActivateTOTPForm):
    """The first code shows that the app has the secret."""


class PasswordAgainForm(ReauthenticateForm):
    """The password once more, before the second factor is changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["password"]
        field.label = gettext("Passord")
        field.error_messages["required"] = gettext("Passordet mangler. Fyll inn feltet.")
        field.widget.attrs = {**FIELD, "autocomplete": "current-password", "autofocus": True}


class RoleForm(forms.Form):
    """Which of the memberships in force the person works in now."""

    membership = forms.ChoiceField(
        label=_("Rolle"), widget=forms.RadioSelect, error_messages={"invalid_choice": _("Rollen gjelder ikke lenger.")}
    )

    def __init__(self, *args: Any, work: list[Actor], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["membership"]).choices = [
            (str(one.membership_id), f"{one.role.label.capitalize()}, {one.organisation}") for one in work
        ]


class ProfileForm(forms.ModelForm):
    """What the person decides alone. Single-key shortcuts must be possible to switch off (WCAG 2.1.4)."""

    # Not required: what is not sent stays as it is.
    language = forms.ChoiceField(
        label=_("Språk"),
        choices=[(each.value, each.label) for each in NORWEGIAN],
        required=False,
        widget=forms.RadioSelect(attrs=FIELD),
        error_messages={"invalid_choice": _("Språk: velg bokmål eller nynorsk.")},
    )

    class Meta:
        model = User
        fields = ["language", "shortcuts_enabled"]
        widgets = {"shortcuts_enabled": forms.CheckboxInput(attrs=FIELD)}


def _text(label: LazyText, *, longest: int, **kwargs: Any) -> forms.CharField:
    """A line of text whose errors name it."""
    messages = {
        "required": format_lazy(_("{label}: fyll inn feltet."), label=label),
        "max_length": format_lazy(_("{label}: skriv høyst {longest} tegn."), label=label, longest=longest),
        "invalid": kwargs.pop("invalid", ""),
    }
    widget = forms.TextInput(attrs={**FIELD, "autocomplete": "off"})
    field = kwargs.pop("field", forms.CharField)
    return cast(
        forms.CharField, field(label=label, max_length=longest, widget=widget, error_messages=messages, **kwargs)
    )


class NationalIdField(forms.CharField):
    """Eleven digits. The service checks them; what was typed comes back only to whoever mends an error in it."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {**FIELD, "autocomplete": "off", "inputmode": "numeric", "spellcheck": "false"}
        super().__init__(
            label=_("Fødselsnummer"),
            max_length=20,
            widget=forms.TextInput(attrs=attrs),
            error_messages={
                "required": _("Fødselsnummer: fyll inn feltet."),
                "max_length": _("Fødselsnummer: skriv 11 sifre."),
            },
            **kwargs,
        )


class PersonForm(forms.Form):
    """A new person. How the person signs in is decided elsewhere: no password is set here."""

    given_name = _text(_("Fornavn"), longest=90)
    family_name = _text(_("Etternavn"), longest=100)
    username = _text(
        _("Brukernavn"),
        longest=150,
        help_text=_("Bokstaver, tall, punktum og bindestrek."),
        field=forms.RegexField,
        regex=r"^[\w.-]+$",
        invalid=_("Brukernavn: bruk bare bokstaver, tall, punktum og bindestrek."),
    )
    email = _text(
        _("E-post"),
        longest=254,
        help_text=_("Jobbadressen til personen. Den brukes ikke til innlogging."),
        field=forms.EmailField,
        invalid=_("E-post: skriv en adresse, for eksempel navn@kommunen.no."),
    )
    hpr_number = _text(
        _("HPR-nummer"),
        longest=9,
        required=False,
        help_text=_("Valgfritt. Helsepersonell kjennes igjen på det når de logger inn med HelseID."),
        field=forms.RegexField,
        regex=r"^[0-9]{7,9}$",
        invalid=_("HPR-nummer: skriv sju til ni sifre."),
    )
    national_id = NationalIdField(
        required=False,
        help_text=_(
            "Valgfritt. Den som ikke har HPR-nummer, kjennes igjen på det i HelseID. Vi viser det aldri igjen."
        ),
    )


class NationalIdForm(forms.Form):
    """How HelseID knows a person without HPR number."""

    national_id = NationalIdField(help_text=_("11 sifre. Vi viser det aldri igjen, bare at det er registrert."))


class AddressForm(forms.Form):
    """A street and its postal code: both, or none."""

    street = forms.CharField(
        label=_("Gateadresse"),
        help_text=_("Gate og husnummer, for eksempel Storgata 12 B."),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={**FIELD, "autocomplete": "off"}),
        error_messages={"max_length": _("Gateadresse: skriv høyst 120 tegn.")},
    )
    postal_code = forms.RegexField(
        regex=r"^[0-9]{4}$",
        label=_("Postnummer"),
        help_text=_("Fire sifre."),
        required=False,
        widget=forms.TextInput(attrs={**FIELD, "autocomplete": "off", "inputmode": "numeric", "size": "4"}),
        error_messages={"invalid": _("Postnummer: skriv fire sifre.")},
    )

    def clean_street(self) -> str:
        """Where somebody lives: a letter box is nobody's home."""
        street = str(self.cleaned_data["street"])
        if street.casefold().startswith(("postboks", "pb ", "boks ")):
            raise forms.ValidationError(_("Gateadresse: skriv gaten der personen bor, ikke en postboks."))
        if street and not any(sign.isalpha() for sign in street):
            raise forms.ValidationError(_("Gateadresse: skriv navnet på gaten eller stedet."))
        return street

    def clean(self) -> dict[str, Any]:
        """An address without its postal code could be anywhere."""
        data = super().clean() or {}
        if data.get("street") and not data.get("postal_code") and "postal_code" not in self.errors:
            self.add_error("postal_code", _("Postnummer: fyll inn postnummeret til adressen."))
        if data.get("postal_code") and not data.get("street") and "street" not in self.errors:
            self.add_error("street", _("Gateadresse: fyll inn gateadressen, eller fjern postnummeret."))
        return data


class MembershipForm(forms.Form):
    """A role for a person: what, where, and from when to when."""

    workplace = forms.ChoiceField(
        label=_("Organisasjon"),
        widget=forms.Select(attrs=FIELD),
        error_messages={
            "required": _("Organisasjon: velg en."),
            "invalid_choice": _("Organisasjon: velg en i listen."),
        },
    )
    role = forms.ChoiceField(
        label=_("Rolle"),
        widget=forms.Select(attrs=FIELD),
        error_messages={"required": _("Rolle: velg en."), "invalid_choice": _("Rolle: velg en i listen.")},
    )
    valid_from = DayField(label=_("Første dag"))
    valid_until = DayField(
        label=_("Siste dag"),
        required=False,
        help_text=_("Valgfritt. Leverandørstøtte må ha en siste dag, høyst sju dager, den første medregnet."),
    )

    def __init__(self, *args: Any, by: Actor, workplaces: list[Workplace], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workplaces = {f"{each.kind}:{each.key}": each for each in workplaces}
        places = [(key, each.name) for key, each in self.workplaces.items()]
        held = {role for each in workplaces for role in each.roles}
        roles = [(role, role.label.capitalize()) for role in Role if role in MAY_GIVE[by.role] & held]
        cast(forms.ChoiceField, self.fields["workplace"]).choices = [("", gettext("Velg organisasjon")), *places]
        cast(forms.ChoiceField, self.fields["role"]).choices = [("", gettext("Velg rolle")), *roles]

    def clean_workplace(self) -> Workplace:
        """The organisation itself."""
        return self.workplaces[self.cleaned_data["workplace"]]

    def clean_role(self) -> Role:
        """The role itself."""
        return Role(self.cleaned_data["role"])


class SystemForm(forms.Form):
    """A system that is to speak to the REST interface."""

    name = _text(_("Navn på systemet"), longest=80, help_text=_("Navnet står i innsynsloggen når systemet henter noe."))
    kind = forms.ChoiceField(
        label=_("Hva slags system er det?"),
        choices=SystemKind,
        widget=forms.RadioSelect(attrs=FIELD),
        error_messages={"required": _("Hva slags system er det? Velg én.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("Hva skal systemet få gjøre?"),
        choices=SystemScope,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Hva skal systemet få gjøre? Kryss av for minst én ting.")},
    )
    valid_from = DayField(label=_("Første dag"))
    valid_until = DayField(
        label=_("Siste dag"), required=False, help_text=_("Valgfritt. Uten dato varer tilgangen til noen trekker den.")
    )

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data, initial={"valid_from": today})
        self.today = today

    def clean(self) -> dict[str, Any] | None:
        """From today at the earliest, and not over before it begins."""
        found = super().clean() or {}
        begins, ends = found.get("valid_from"), found.get("valid_until")
        if begins and begins < self.today:
            self.add_error("valid_from", _("Første dag kan ikke være før i dag."))
        elif begins and ends and ends < begins:
            self.add_error("valid_until", _("Siste dag kan ikke være før første dag."))
        return found
