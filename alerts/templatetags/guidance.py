"""When a guidance card fits, in words."""

from django import template
from django.utils.translation import gettext

from alerts.enums import AlertKind
from alerts.models import GuidanceVersion
from careplans.queries.in_force import measurement_types
from measurements.models import Questionnaire

register = template.Library()


@register.filter
def fits_in_words(version: GuidanceVersion) -> str:
    """«SpO₂, for lavt, rød, kols»: everything that must hold."""
    # A measurement or form has nothing but such alerts and missing ones.
    kind = "" if version.subject and version.kind == AlertKind.ASSESSMENT else version.get_kind_display()
    parts = [_subject(version.subject), version.get_side_display(), kind]
    parts += [version.get_level_display() or "", version.get_target_group_display()]
    filled = [str(part) for part in parts if part]
    return ", ".join([part if number == 0 else part[:1].lower() + part[1:] for number, part in enumerate(filled)])


def _subject(code: str) -> str:
    if not code:
        return ""
    if code in measurement_types():
        return measurement_types()[code][0]
    titles = Questionnaire.objects.filter(code=code).order_by("-version").values_list("title", flat=True)
    return titles.first() or gettext("Skjema som ikke er i bruk her")
