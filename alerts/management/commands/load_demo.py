"""Synthetic municipalities, people, plans and readings to look at and to try out."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from alerts.demo.load import OnlyForDemo, load


class Command(BaseCommand):
    """`manage.py load_demo`: safe to run again; the second time it changes nothing."""

    help = "Load synthetic demo data. Refused in production. A second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--patients", type=int, default=80)
        parser.add_argument("--days", type=int, default=90, help="days of readings before now")
        parser.add_argument("--seed", type=int, default=2026, help="the same seed on the same day gives the same data")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now().replace(second=0, microsecond=0)
        try:
            found = load(patients=options["patients"], days=options["days"], seed=options["seed"], now=now)
        except OnlyForDemo:
            raise CommandError("Demo data is not loaded in production (DHO_PRODUCTION=1).") from None
        what = f"{found.patients} patients, {found.readings} readings, {found.open_cases} open cases"
        self.stdout.write(f"Demo data is there already: {what}." if found.existed else f"Demo data loaded: {what}.")
