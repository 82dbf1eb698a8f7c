"""Signing in, choosing a role, and the person's own settings."""

from typing import Any, cast

from allauth.account.forms import ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.forms import AuthenticationForm

from accounts.actor import Actor
from accounts.models import User

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
