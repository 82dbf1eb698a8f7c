"""For the person who works for several employers, none of whom may say alone who the person is."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import AccountRefused, give_national_id


class Command(BaseCommand):
    """`manage.py register_national_id USERNAME`: the number comes on standard input, so that no shell remembers it."""

    help = "Let HelseID know a person by the national id that is written on standard input. Make sure who asks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        """Keep the index of the number; it is not shown."""
        with transaction.atomic():
            user = User.objects.select_for_update().filter(username=options["username"]).first()
            if user is None:
                raise CommandError(f"Nobody is called {options['username']}.")
            try:
                give_national_id(user, input(), by=None, now=timezone.now())
            except AccountRefused as refused:
                raise CommandError(str(refused)) from None
        self.stdout.write("Done. HelseID knows the person by this number from now on.")
