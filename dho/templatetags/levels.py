"""The tag of a level or colour, rendered once: a queue of 300 rows has five different ones."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


@register.filter
def level_tag(level: int | str) -> SafeString:
    """`_components/level.html` for a queue level (1-5) or the name of a colour."""
    return _rendered(level, get_language())


@lru_cache(maxsize=32)
def _rendered(level: int | str, _language: str | None) -> SafeString:
    # Stripping makes it an ordinary string again, so it is marked as the template's own markup once more.
    return SafeString(render_to_string("_components/level.html", {"level": level}).strip())
