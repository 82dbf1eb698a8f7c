"""Signing in, choosing a role, and the person's own settings."""

from datetime import date
from typing import Any, cast

from allauth.account.forms import ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.enums import Role, SystemKind, SystemScope
from accounts.models import User
from accounts.queries import Workplace
from accounts.roles import MAY_GIVE
from organisations.forms import DayField

FIELD = {"class": "ds-input"}


class LoginForm(AuthenticationForm):
    """User name and password. The answer never says which of the two was wrong."""

    error_messages = {
        "invalid_login": "Brukernavnet eller passordet er feil. Sjekk begge, og prøv igjen.",
        "inactive": "Brukernavnet eller passordet er feil. Sjekk begge, og prøv igjen.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("username", "Brukernavn"), ("password", "Passord")):
            field = self.fields[name]
            field.label = label
            field.error_messages["required"] = f"{label} mangler. Fyll inn feltet."
            field.widget.attrs.update(FIELD)


class _CodeField:
    """The one-time code as our pages ask for it."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = "Engangskode"
        field.error_messages["required"] = "Engangskoden mangler. Fyll inn feltet."
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
        field.label = "Passord"
        field.error_messages["required"] = "Passordet mangler. Fyll inn feltet."
        field.widget.attrs = {**FIELD, "autocomplete": "current-password", "autofocus": True}


class RoleForm(forms.Form):
    """Which of the memberships in force the person works in now."""

    membership = forms.ChoiceField(
        label="Rolle", widget=forms.RadioSelect, error_messages={"invalid_choice": "Rollen gjelder ikke lenger."}
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


def _text(label: Any, *, longest: int, **kwargs: Any) -> forms.CharField:
    """A line of text whose errors name it."""
    messages = {
        "required": f"{label}: fyll inn feltet.",
        "max_length": f"{label}: skriv høyst {longest} tegn.",
        "invalid": kwargs.pop("invalid", ""),
    }
    widget = forms.TextInput(attrs={**FIELD, "autocomplete": "off"})
    field = kwargs.pop("field", forms.CharField)
    return cast(
        forms.CharField, field(label=label, max_length=longest, widget=widget, error_messages=messages, **kwargs)
    )


class PersonForm(forms.Form):
    """A new person. How the person signs in is decided elsewhere: no password is set here."""

    given_name = _text("Fornavn", longest=150)
    family_name = _text("Etternavn", longest=150)
    username = _text(
        "Brukernavn",
        longest=150,
        help_text="Bokstaver, tall, punktum og bindestrek.",
        field=forms.RegexField,
        regex=r"^[\w.-]+$",
        invalid="Brukernavn: bruk bare bokstaver, tall, punktum og bindestrek.",
    )
    email = _text(
        "E-post",
        longest=254,
        help_text="Personen bruker den første gang for å logge inn.",
        field=forms.EmailField,
        invalid="E-post: skriv en adresse, for eksempel navn@kommunen.no.",
    )
    hpr_number = _text(
        "HPR-nummer",
        longest=9,
        required=False,
        help_text="Valgfritt. Helsepersonell kjennes igjen på det når de logger inn med HelseID.",
        field=forms.RegexField,
        regex=r"^[0-9]{7,9}$",
        invalid="HPR-nummer: skriv sju til ni sifre.",
    )


class MembershipForm(forms.Form):
    """A role for a person: what, where, and from when to when."""

    workplace = forms.ChoiceField(
        label="Organisasjon",
        widget=forms.Select(attrs=FIELD),
        error_messages={"required": "Organisasjon: velg en.", "invalid_choice": "Organisasjon: velg en i listen."},
    )
    role = forms.ChoiceField(
        label="Rolle",
        widget=forms.Select(attrs=FIELD),
        error_messages={"required": "Rolle: velg en.", "invalid_choice": "Rolle: velg en i listen."},
    )
    valid_from = DayField(label="Første dag")
    valid_until = DayField(
        label="Siste dag",
        required=False,
        help_text="Valgfritt. Leverandørstøtte må ha en siste dag, høyst sju dager etter den første.",
    )

    def __init__(self, *args: Any, by: Actor, workplaces: list[Workplace], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workplaces = {f"{each.kind}:{each.key}": each for each in workplaces}
        places = [(key, each.name) for key, each in self.workplaces.items()]
        held = {role for each in workplaces for role in each.roles}
        roles = [(role, role.label.capitalize()) for role in Role if role in MAY_GIVE[by.role] & held]
        cast(forms.ChoiceField, self.fields["workplace"]).choices = [("", "Velg organisasjon"), *places]
        cast(forms.ChoiceField, self.fields["role"]).choices = [("", "Velg rolle"), *roles]

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
    valid_from = DayField(label="Første dag")
    valid_until = DayField(
        label="Siste dag", required=False, help_text=_("Valgfritt. Uten dato varer tilgangen til noen trekker den.")
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
