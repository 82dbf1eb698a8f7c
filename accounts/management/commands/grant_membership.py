"""The operator's way to set in the first person of an organisation; from then on its administrator gives roles."""

from argparse import ArgumentParser
from datetime import date
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.enums import AT_AUTHORITY, AT_COMMUNITY, AT_PARTNER, AT_PRACTICE, AT_SERVICE, Role
from accounts.models import Membership, User
from organisations.models import FollowUpService, GpPractice, HealthCommunity, Municipality, Partner

_WHERE: Final[list[tuple[str, list[Role], Any]]] = [
    ("service", AT_SERVICE, FollowUpService),
    ("practice", AT_PRACTICE, GpPractice),
    ("authority", AT_AUTHORITY, Municipality),
    ("community", AT_COMMUNITY, HealthCommunity),
    ("partner", AT_PARTNER, Partner),
]


class Command(BaseCommand):
    help = "Give a person a role: the very first one of an organisation. ORGANISATION is its id or its exact name."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who, what, where, and from when to when (today, until further notice)."""
        parser.add_argument("username")
        parser.add_argument("role", choices=Role.values)
        parser.add_argument("organisation")
        parser.add_argument("--party", type=int, help="the municipality that lets a partner's person in, e.g. 340100")
        parser.add_argument("--from", dest="valid_from", type=date.fromisoformat, default=timezone.localdate())
        parser.add_argument("--until", dest="valid_until", type=date.fromisoformat, default=None)

    def handle(self, *args: Any, **options: Any) -> None:
        """Support is refused by the database: it needs somebody who approves it (R-309)."""
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"There is no user {options['username']}. Make one first: manage.py createsuperuser")
        kind, model = next((kind, model) for kind, roles, model in _WHERE if options["role"] in roles)
        dates = {name: options[name] for name in ("valid_from", "valid_until")}
        place = _find(model, options["organisation"])
        if (kind == "partner") != (options["party"] is not None):
            raise CommandError("Give --party (the id of the municipality) for a partner's person, and for nobody else.")
        try:
            with transaction.atomic():
                Membership.objects.create(
                    user=user, role=options["role"], party_id=options["party"], **{kind: place}, **dates
                )
        except IntegrityError as error:
            raise CommandError(f"The database refuses it: {str(error).splitlines()[0]}") from error
        self.stdout.write(f"{user.username} is {options['role']} at {place.name} from {dates['valid_from']}.")


def _find(model: Any, text: str) -> Any:
    try:
        found = list(model.objects.filter(pk=text))
    except (ValueError, ValidationError):
        found = list(model.objects.filter(name=text))
    if len(found) != 1:
        raise CommandError(f"There are {len(found)} organisations «{text}» for this role. Give the id.")
    return found[0]
