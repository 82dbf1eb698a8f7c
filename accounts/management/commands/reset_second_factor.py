"""For the day a person has lost phone and recovery codes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.services import forget_second_factor


class Command(BaseCommand):
    """`manage.py reset_second_factor USERNAME`: the next sign-in sets up a new one."""

    help = "Remove a person's second factors and end all sessions of that person. Make sure who asks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"Nobody is called {options['username']}.")
        forget_second_factor(user=user)
        self.stdout.write("Done. At the next sign-in the person sets up a new second factor.")
