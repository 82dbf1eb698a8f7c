"""Reading people and their memberships."""

from datetime import date

from accounts.models import Membership, User


def memberships_in_force(user: User, *, on: date) -> list[Membership]:
    """Where the person works on that day, oldest first: what the person chooses among."""
    return list(
        Membership.objects.in_force(on)
        .filter(user=user)
        .select_related("user", "service", "practice", "authority")
        .order_by("valid_from", "id")
    )
