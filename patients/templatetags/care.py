"""What waits for somebody's answer, for the pages where the person begins."""

from django import template

from accounts.actor import Actor
from patients.queries import incoming_handovers, unreviewed

register = template.Library()


@register.simple_tag
def handovers_to_answer(actor: Actor) -> int:
    """How many handovers other services have asked the actor's own to take."""
    return incoming_handovers(actor).filter(answer="").count()


@register.simple_tag
def emergencies_to_review(actor: Actor) -> int:
    """How many emergency accesses wait for the privacy officer."""
    return unreviewed(actor)
