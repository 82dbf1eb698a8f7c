"""When a guidance card fits, in words."""

from django import template

from alerts.models import GuidanceVersion
from careplans.queries.in_force import measurement_types
from measurements.models import Questionnaire

register = template.Library()


@register.filter
def fits_in_words(version: GuidanceVersion) -> str:
    """«SpO₂, for lavt, rød, kols»: everything that must hold."""
    parts = [_subject(version.subject), version.get_side_display(), version.get_kind_display()]
    parts += [version.get_level_display() or "", version.get_target_group_display()]
    filled = [str(part) for part in parts if part]
    return ", ".join([part if number == 0 else part[:1].lower() + part[1:] for number, part in enumerate(filled)])


def _subject(code: str) -> str:
    if not code:
        return ""
    if code in measurement_types():
        return measurement_types()[code][0]
    return Questionnaire.objects.filter(code=code).order_by("-version").values_list("title", flat=True).first() or code
