"""What a browser calls itself, as people say it: enough to recognise one's own machine in a list."""

from typing import Final

from django.utils.translation import gettext

# The first that fits: Edge and Opera also call themselves Chrome, and Chrome also calls itself Safari.
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def name_of(user_agent: str) -> str:
    """«Firefox på Windows», or «ukjent nettleser»."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), gettext("ukjent nettleser"))
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return gettext("%(browser)s på %(system)s") % {"browser": browser, "system": system} if system else browser
