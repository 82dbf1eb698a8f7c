"""The one-time code of a demo login, in place of the phone that the demo's people do not have."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from alerts.demo.staff import STAFF, code_now


class Command(BaseCommand):
    """`manage.py demo_code USERNAME`: needs no database, the secrets are known to everyone."""

    help = "Print the one-time code of a demo login. Refused in production, where they do not exist."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("There are no demo logins in production (DHO_PRODUCTION=1).")
        if options["username"] not in {each.username for each in STAFF}:
            raise CommandError(f"No demo login is called {options['username']}. demo_logins lists them.")
        self.stdout.write(code_now(options["username"]))
