"""Signing in, choosing a role, and the person's own settings."""

from typing import Any, cast

from allauth.account.forms import ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.enums import Role
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

    class Meta:
        model = User
        fields = ["shortcuts_enabled"]
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
        help_text=_("Personen bruker den første gang for å logge inn."),
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
