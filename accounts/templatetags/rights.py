"""What the signed-in person may do, for navigation. Showing a link is a courtesy; the view holds the lock."""

from django import template

from accounts.actor import Actor
from accounts.roles import Permission

register = template.Library()


@register.filter
def may(actor: Actor | None, permission: str) -> bool:
    """Whether the role gives the permission; nobody signed in (also on error pages) may nothing."""
    return actor is not None and actor.may(Permission(permission))
