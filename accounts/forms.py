"""Signing in, choosing a role, and the person's own settings."""

from typing import Any, cast

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
