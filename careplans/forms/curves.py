"""How curves are sent."""

from django import forms
from django.utils.translation import gettext_lazy as _

from careplans.enums import CurveWay


class CurvesForm(forms.Form):
    """On the platform, or on paper to an office that does not use it."""

    way = forms.ChoiceField(
        label=_("Hvordan sender du kurvene?"),
        choices=CurveWay,
        widget=forms.RadioSelect(attrs={"class": "ds-input"}),
        error_messages={"required": _("Måte: velg hvordan du sender kurvene.")},
    )
